"""Versions of the routing rules: what is wrong with them, how they differ, YAML there and back, and who may do what."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from conversations.condition_lists import Lists
from conversations.conditions import holds
from conversations.models import AuditEntry, RoutingPolicy, Skill, Team
from conversations.routing import drafting, kept, reach
from conversations.routing.checking import House, problems
from conversations.routing.diff import differences
from conversations.routing.drafting import NotPossibleError
from conversations.routing.facts import Matter, Outcome, Overflow, Policy, Rule, Weights
from conversations.routing.reach import unreachable
from conversations.routing.yaml_form import BadYamlError, from_yaml, to_yaml
from customers.models import Segment

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)


def when(*rules, match="all"):
    return {"match": match, "rules": [{"field": field, "is": how, "value": value} for field, how, value in rules]}


def rule(key, *rules, match="all", **outcome):
    return Rule(key, key.capitalize(), when(*rules, match=match) if rules else {}, Outcome(**outcome))


def said(policy):
    return [(each.grade, each.key, each.says) for each in problems(policy, House.read(Lists()))]


UNREACHABLE = {
    "after one that always holds": ([rule("a"), rule("b", ("new", "yes", None))], ["b"]),
    "narrower than the one before": (
        [rule("a", ("medium", "is", ["email", "chat"])), rule("b", ("medium", "is", ["chat"]), ("new", "yes", None))],
        ["b"],
    ),
    "taken apart by two before": (
        [
            rule("a", ("medium", "is", ["email"])),
            rule("b", ("medium", "is", ["chat"])),
            rule("c", ("medium", "is", ["email", "chat"])),
        ],
        ["c"],
    ),
    "in words that were taken": (
        [
            rule("a", ("words", "has", ["refund", "money"])),
            rule("b", ("words", "has", ["Refund"]), ("new", "yes", None)),
        ],
        ["b"],
    ),
    "by another spelling of a field": (
        [rule("a", ("attribute", "is", "plan=Plus")), rule("b", ("attribute", "is", "Plan=Plus"))],
        [],
    ),
    "day and night": ([rule("a", ("open", "yes", None)), rule("b", ("open", "no", None)), rule("c")], ["c"]),
    "a higher limit": ([rule("a", ("value", "at_least", 100)), rule("b", ("value", "at_least", 500))], ["b"]),
    "any of what was taken": (
        [rule("a", ("tag", "is", ["vip", "late"])), rule("b", ("tag", "all", ["vip", "new"]))],
        ["b"],
    ),
    "against itself": ([rule("a", ("medium", "is", ["chat"]), ("medium", "is", ["email"]))], ["a"]),
    "limits that shut each other out": ([rule("a", ("value", "at_least", 9), ("value", "below", 9))], ["a"]),
    "a lower limit is reached": ([rule("a", ("value", "at_least", 500)), rule("b", ("value", "at_least", 100))], []),
    "either of two": ([rule("a", ("new", "yes", None), ("open", "no", None), match="any"), rule("b")], []),
    "what is unknown is under no limit": (
        [rule("a", ("mood", "below", 0)), rule("b", ("mood", "at_least", 0)), rule("c")],
        [],
    ),
}


@pytest.mark.parametrize("name", UNREACHABLE)
def test_rules_that_decide_nothing_are_found(name):
    rules, expected = UNREACHABLE[name]
    assert list(unreachable(rules)) == expected


FLAGS = st.sampled_from([("new", "yes", None), ("new", "no", None), ("open", "yes", None), ("open", "no", None)])
CHOICES = st.tuples(
    st.just("medium"), st.sampled_from(["is", "is_not"]), st.lists(st.sampled_from(["email", "chat"]), min_size=1)
)
LIMITS = st.tuples(st.just("value"), st.sampled_from(["at_least", "below"]), st.integers(0, 3))
TAGS = st.tuples(
    st.just("tag"), st.sampled_from(["is", "is_not", "all"]), st.lists(st.sampled_from(["vip", "late"]), min_size=1)
)
RULES = st.lists(
    st.tuples(st.lists(FLAGS | CHOICES | LIMITS | TAGS, max_size=3), st.sampled_from(["all", "any"])), max_size=5
)
MATTERS = st.builds(
    Matter,
    at=st.just(AT), trigger=st.just("arrived"), conversation=st.just(1), customer=st.just(1),
    medium=st.sampled_from(["email", "chat", "sms"]), value=st.integers(-1, 4).map(float), is_open=st.booleans(),
    is_new_customer=st.booleans(), tags=st.sets(st.sampled_from(["vip", "late", "x"])).map(tuple),
)  # fmt: skip


@given(RULES, st.lists(MATTERS, min_size=5, max_size=25))
def test_what_is_called_unreachable_decides_no_matter(drawn, matters):
    rules = [Rule(f"r{place}", f"r{place}", when(*asked, match=match)) for place, (asked, match) in enumerate(drawn)]
    never = set(unreachable(rules))
    for matter in matters:
        first = next((rule.key for rule in rules if holds(rule.conditions, matter)), None)
        assert first not in never


@pytest.mark.django_db
def test_what_nobody_could_answer_is_an_error(ada, returns):
    empty = Team.objects.create(name="Empty")
    skill = Skill.objects.create(name="Norwegian")
    policy = Policy(
        rules=(
            rule("fine", ("new", "yes", None), team=returns.pk),
            rule("empty", ("new", "no", None), team=empty.pk),
            rule("gone", ("team", "is", ["9999"]), team=9999),
            rule("skill", ("value", "below", 5), team=returns.pk, required={999: 1}),
            rule("weak", ("value", "below", 6), team=returns.pk, required={skill.pk: 3}),
            rule("loop", ("value", "below", 7), team=returns.pk, overflow=(Overflow(5, returns.pk),)),
            rule("early", ("value", "below", 8), overflow=(Overflow(5, returns.pk), Overflow(5, empty.pk))),
            rule("nobody", ("value", "below", 9), to="agent", agent=999),
            rule("wrong", ("value", "below", "much"), team=returns.pk),
        ),
        weights=Weights(0, 0, 0, 0, 0, 0),
    )
    told = said(policy)
    keys = {key for grade, key, _says in told if grade == "error"}
    assert keys == {"empty", "gone", "skill", "loop", "early", "nobody", "wrong", ""}
    assert ("error", "empty", "Nobody is in Empty: what goes there would wait for ever.") in told
    assert ("error", "loop", "The overflow goes in a loop: it comes back to Returns.") in told
    assert ("error", "skill", "It asks for a skill that is no longer there.") in told
    assert ("warning", "weak", "Nobody of its teams can do what it needs: Norwegian 3.") in told
    assert [grade for grade, *_rest in told] == sorted((grade for grade, *_rest in told))


@pytest.mark.django_db
def test_who_no_longer_works_here_fills_no_team(ada, returns):
    ada.is_active = False
    ada.save()
    assert ("error", "a", "Nobody is in Returns: what goes there would wait for ever.") in said(
        Policy(rules=(rule("a", team=returns.pk),))
    )


@pytest.mark.django_db
def test_a_difference_is_told_in_sentences(returns, billing):
    old = Policy(rules=(rule("a", ("new", "yes", None), team=returns.pk), rule("b"), rule("c"), rule("d")))
    new = Policy(
        rules=(
            rule("d"),
            rule("a", ("new", "no", None), team=billing.pk, wait_for_known=3),
            rule("e", ("tier", "is", ["Gold"]), priority=2),
            rule("b"),
        ),
        at_risk=5,
    )
    told = [(each.kind, each.says) for each in differences(old, new, Lists())]
    assert told == [
        ("moved", "“D” is asked in place 1."),
        ("removed", "A: when the customer is new."),
        ("added", "A: when the customer has written before."),
        ("removed", "A: to Returns."),
        ("added", "A: to Billing."),
        ("added", "A: waits up to 3 minutes for an agent who spoke with the customer in the last 7 days."),
        ("added", "E: when loyalty tier is Gold, to the channel’s own team; priority High."),
        ("removed", "C: to the channel’s own team."),
        ("removed", "A deadline is at risk 10 minutes before it."),
        ("added", "A deadline is at risk 5 minutes before it."),
    ]
    assert differences(new, new, Lists()) == []


OTHER = {
    "to": {"to": "bot"},
    "pulled": {"assigns": False},
    "the bot, then pulled": ({"to": "bot"}, {"to": "bot", "assigns": False}),
    "an agent, else pulled": ({"to": "agent", "agent": 1}, {"to": "agent", "agent": 1, "assigns": False}),
    "another agent": ({"to": "agent", "agent": 1}, {"to": "agent", "agent": 2}),
    "team": {"team": 1},
    "required": {"required": {1: 1}},
    "least level": ({"required": {1: 1}}, {"required": {1: 2}}),
    "preferred": {"preferred": {1: 1}},
    "language": {"language": "required"},
    "priority": {"priority": 0},
    "overflow": {"overflow": (Overflow(5, 1),)},
    "waits": {"wait_for_known": 3},
    "who knows them": {"known_within": 30},
    "weights": {"weights": Weights()},
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", OTHER)
def test_no_difference_of_an_outcome_goes_unsaid(name):
    old, new = OTHER[name] if isinstance(OTHER[name], tuple) else ({}, OTHER[name])
    assert differences(Policy(rules=(rule("a", **old),)), Policy(rules=(rule("a", **new),)), Lists())


def full(returns, billing, ada):
    gold = Segment.objects.create(name="Gold", conditions={})
    skill = Skill.objects.create(name="Norwegian")
    outcome = Outcome(
        to="agent", agent=ada.pk, team=returns.pk, required={skill.pk: 2}, preferred={skill.pk: 4}, language="any",
        priority=3, overflow=(Overflow(5, billing.pk),), wait_for_known=2.5, weights=Weights(skill=1),
    )  # fmt: skip
    conditions = {
        "match": "any",
        "rules": [
            {"field": "segment", "is": "is", "value": [str(gold.pk)]},
            {"match": "all", "rules": [{"field": "team", "is": "is", "value": [str(returns.pk)]}]},
        ],
    }
    return Policy(rules=(Rule("gold", "Gold, first", conditions, outcome),), otherwise=Outcome(team=billing.pk))


def test_rules_that_would_keep_a_page_waiting_are_not_all_compared(monkeypatch):
    """Two hundred rules of sixty ways each are compared for minutes."""
    alike = [rule(key, ("words", "has", ["refund"]), ("words", "has", ["money"]), match="any") for key in "abcdefgh"]
    assert len(unreachable(alike)) == 7
    monkeypatch.setattr(reach, "MOST_COMPARED", 20)
    found = unreachable(alike)
    assert set(found) < set("bcdefgh")
    assert found["b"] == ("A",)


@pytest.mark.django_db
def test_yaml_there_and_back_is_the_same_and_speaks_in_names(returns, billing, ada):
    policy = full(returns, billing, ada)
    text = to_yaml(policy, name="Gold first", lists=Lists())
    for name in ("Returns", "Billing", "Norwegian", "Gold", ada.email):
        assert name in text
    assert from_yaml(text, lists=Lists()) == ("Gold first", policy)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rules: [", "cannot be read as YAML in line 1"),
        ("- 1", "no YAML of rules"),
        ("a: &a [1]\nrules: *a", "Aliases"),
        ("rules: [{}]", "Rule 1 has no name"),
        ("rules: [{name: A, outcome: {team: Nowhere}}]", "Rule 1, “A”: this desk has no team “Nowhere”"),
        ("rules: [{name: A, outcome: {required: {Knitting: 2}}}]", "no skill “Knitting”"),
        ("rules: [{name: A, outcome: {agent: nobody@desk.example}}]", "nobody@desk.example"),
        ("rules: [{name: A, conditions: {rules: [{field: colour, is: is}]}}]", "Choose what is looked at"),
        ("rules: [{name: A, outcome: {colour: red}}]", "colour"),
        ("speed: 5", "no setting “speed”"),
        ("at_risk: soon", "is no float"),
        ("at_risk: .inf", "nothing that rules can say"),
        ("name: 2026-01-01", "nothing that rules can say"),
        ("at_risk: " + "1:" * 100_000 + "1", "too long"),
        ("rules: " + "[" * 100_000, "nested too deeply"),
        ("rules:" + " [" * 30 + " ]" * 30, "nested too deeply"),
        ("rules: [{name: A, conditions: {rules: [{field: words, is: [has], value: x}]}}]", "Rule 1, “A”: Say how"),
    ],
    ids=lambda value: value[:40],
)
def test_yaml_that_is_wrong_says_what_and_where(text, words):
    with pytest.raises(BadYamlError, match=words):
        from_yaml(text, lists=Lists())


@pytest.mark.django_db
def test_publishing_retires_the_former_and_rolling_back_brings_it_again(sam, ada, returns):
    first = drafting.draft(Policy(rules=(rule("a", team=returns.pk),)), by=sam)
    drafting.publish(first.pk, by=sam)
    second = drafting.draft(drafting.policy_of(first), by=sam, based_on=first)
    drafting.change(second.pk, lambda rules: drafting.with_rule(rules, rule("b")), by=sam)
    drafting.publish(second.pk, by=sam)
    assert [row.state for row in RoutingPolicy.objects.order_by("number")] == ["retired", "published"]
    with pytest.raises(NotPossibleError):
        drafting.change(second.pk, lambda rules: rules, by=sam)
    drafting.publish(first.pk, by=sam)
    assert drafting.published() == first
    assert AuditEntry.objects.filter(kind="routingpolicy", by=sam).count() == 8


@pytest.mark.django_db
def test_rules_with_an_error_are_neither_published_nor_tried(sam, returns):
    version = drafting.draft(Policy(rules=(rule("a", team=returns.pk),)), by=sam)
    soon = timezone.now() + timedelta(hours=1)
    for deed in (drafting.publish, lambda pk, by: drafting.try_on(pk, one_in=10, until=soon, by=by)):
        with pytest.raises(NotPossibleError, match="Nobody is in Returns"):
            deed(version.pk, by=sam)
    version.refresh_from_db()
    assert version.state == "draft"


@pytest.mark.django_db
def test_two_who_change_different_rules_lose_nothing(sam, returns):
    version = drafting.draft(Policy(rules=(rule("a"), rule("b"))), by=sam)
    drafting.change(version.pk, lambda rules: drafting.with_rule(rules, replace(rule("a"), name="A2")), by=sam)
    drafting.change(version.pk, lambda rules: drafting.with_rule(rules, replace(rule("b"), name="B2")), by=sam)
    version.refresh_from_db()
    assert [each.name for each in kept.policy_of(version).rules] == ["A2", "B2"]


@pytest.mark.parametrize(("place", "expected"), [(0, "cab"), (1, "acb"), (9, "abc"), (-1, "cab")])
def test_a_rule_is_moved_to_its_place(place, expected):
    policy = Policy(rules=(rule("a"), rule("b"), rule("c")))
    assert "".join(each.key for each in drafting.moved(policy, "c", place).rules) == expected


@pytest.fixture
def draft_of(client, sam, returns, ada):
    """A draft with two rules, and a supervisor who may change it."""
    client.force_login(sam)
    return drafting.draft(Policy(rules=(rule("a", ("new", "yes", None), team=returns.pk), rule("b"))), by=sam)


def form_of(returns, **more):
    """What the form of a rule sends."""
    return {
        "name": "Norwegian", "when-match": "all", "when-row": ["0"], "when-0-ask": "language.is",
        "when-0-was": "language", "when-0-value": ["no", "da"], "then-to": "team", "then-team": str(returns.pk),
        "then-assigns": "on", "then-language": "required", "then-priority": "2", "then-wait_for_known": "3",
        "then-known_within": "7", "then-after0": "5", "then-overflow0": str(returns.pk), **more,
    }  # fmt: skip


@pytest.mark.django_db
def test_a_rule_is_added_by_its_form(client, draft_of, returns, billing, linus):
    skill = Skill.objects.create(name="Knots")
    more = {"then-skill0": str(skill.pk), "then-least0": "3", "then-need0": "preferred"}
    form = form_of(returns, **more, **{"then-overflow0": str(billing.pk)})
    answer = client.post(reverse("new_policy_rule", args=[draft_of.pk]), form)
    assert answer.status_code == 302
    draft_of.refresh_from_db()
    made = drafting.policy_of(draft_of).rules[-1]
    assert made.conditions == {"match": "all", "rules": [{"field": "language", "is": "is", "value": ["no", "da"]}]}
    assert made.outcome == Outcome(
        team=returns.pk, language="required", priority=2, wait_for_known=3, preferred={skill.pk: 3},
        overflow=(Overflow(5, billing.pk),),
    )  # fmt: skip
    page = client.get(reverse("policy", args=[draft_of.pk])).content.decode()
    assert "When language is Norwegian or Danish" in page and "rather to who has Knots from level 3" in page
    again = client.get(reverse("policy_rule", args=[draft_of.pk, made.key])).content.decode()
    assert 'value="da" selected' in again and 'name="then-after0" value="5"' in again


@pytest.mark.django_db
def test_a_row_that_is_filled_in_after_empty_ones_is_saved(client, draft_of, returns, billing, linus):
    skill = Skill.objects.create(name="Knots")
    gap = {"then-skill4": str(skill.pk), "then-least4": "2", "then-need4": "required"}
    gap |= {"then-after0": "", "then-overflow0": "", "then-after3": "8", "then-overflow3": str(billing.pk)}
    assert client.post(reverse("policy_rule", args=[draft_of.pk, "b"]), form_of(returns, **gap)).status_code == 302
    made = drafting.policy_of(RoutingPolicy.objects.get(pk=draft_of.pk)).rules[-1].outcome
    assert made.required == {skill.pk: 2} and made.overflow == (Overflow(8, billing.pk),)


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["", "--1", "1-", "²", "99999"])
def test_a_place_that_is_none_is_refused(client, draft_of, place):
    answer = client.post(reverse("policy_order", args=[draft_of.pk]), {"key": "b", "place": place})
    assert answer.status_code == 422 and "Say where it goes." in answer.content.decode()


@pytest.mark.django_db
def test_without_javascript_a_button_of_the_builder_draws_the_page_anew_and_saves_nothing(client, draft_of, returns):
    where = reverse("policy_rule", args=[draft_of.pk, "a"])
    page = client.post(where, form_of(returns, **{"when-do": "add:", "name": ""})).content.decode()
    assert 'name="when-1-ask"' in page and 'value="no" selected' in page and "aria-invalid" not in page
    draft_of.refresh_from_db()
    assert drafting.policy_of(draft_of).rules[0].name == "A"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"name": " "}, "Give it a name."),
        ({"when-0-value": []}, "Fill in what “language” is compared with."),
        ({"then-to": "agent"}, "Choose the agent."),
        ({"then-after0": ""}, "Say both: after how long, and to whom."),
        ({"then-wait_for_known": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_form_says_what_is_missing_beside_it(client, draft_of, returns, more, words):
    answer = client.post(reverse("policy_rule", args=[draft_of.pk, "a"]), form_of(returns, **more))
    assert answer.status_code == 422 and words in answer.content.decode()


@pytest.mark.django_db
def test_rules_are_moved_deleted_and_what_holds_for_all_is_set(client, draft_of, returns):
    order, pk = reverse("policy_order", args=[draft_of.pk]), draft_of.pk
    answer = client.post(order, {"key": "b", "place": "0"}, HTTP_HX_REQUEST="true")
    assert "Now in place 1 of 2." in answer.content.decode()
    client.delete(reverse("policy_rule", args=[pk, "a"]))
    typed = {f"all-weight_{name}": "1" for name in ("skill", "language", "room", "knows", "idle", "share")}
    typed |= {
        "all-unsure_below": "50",
        "all-at_risk": "5",
        "all-cost_chat": "3",
        "all-away_gives_back": ["chat", "sms"],
    }
    typed |= {"then-to": "team", "then-team": str(returns.pk), "then-language": "any"}
    assert client.post(reverse("policy_settings", args=[pk]), typed).status_code == 302
    policy = drafting.policy_of(RoutingPolicy.objects.get(pk=pk))
    assert [each.key for each in policy.rules] == ["b"]
    assert policy.weights == Weights(1, 1, 1, 1, 1, 1) and policy.costs == {"chat": 3} and policy.silent_after == {}
    assert policy.unsure_below == 0.5 and policy.away_gives_back == ("chat", "sms")
    assert policy.otherwise == Outcome(team=returns.pk, assigns=False, language="any")


@pytest.mark.django_db
def test_a_draft_is_tried_until_tonight_published_taken_out_and_brought_in(client, draft_of):
    pk = draft_of.pk
    client.post(reverse("policy_trial", args=[pk]), {"one_in": "10"})
    draft_of.refresh_from_db()
    assert (draft_of.state, draft_of.one_in) == ("trial", 10)
    assert timezone.now() < draft_of.trial_until <= timezone.now() + timedelta(days=1)
    assert "On trial: 1 in 10" in client.get(reverse("policy", args=[pk])).content.decode()
    client.post(reverse("policy_publication", args=[pk]))
    text = client.get(reverse("policy_yaml", args=[pk])).content.decode()
    assert client.post(reverse("import_rules"), {"text": text}).status_code == 302
    brought = RoutingPolicy.objects.get(state="draft")
    assert drafting.policy_of(brought).rules == drafting.policy_of(draft_of).rules
    page = client.get(reverse("policy", args=[brought.pk])).content.decode()
    assert "Nothing: it decides as the rules that hold now." in page
    wrong = client.post(reverse("import_rules"), {"text": "rules: 5"})
    assert wrong.status_code == 422 and "rules: 5" in wrong.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("one_in", ["", "1", "0", "-3", "many", "100000"])
def test_a_trial_on_none_or_all_is_refused(client, draft_of, one_in):
    answer = client.post(reverse("policy_trial", args=[draft_of.pk]), {"one_in": one_in})
    assert answer.status_code == 422
    draft_of.refresh_from_db()
    assert draft_of.state == "draft"


@pytest.mark.django_db
def test_the_page_of_many_rules_asks_as_often_as_that_of_two(client, draft_of, sam, returns):
    where = reverse("policy", args=[draft_of.pk])
    client.get(where)
    with CaptureQueriesContext(connection) as few:
        client.get(where)
    many = tuple(rule(f"r{place}", ("value", "at_least", place), team=returns.pk) for place in range(50))
    drafting.change(draft_of.pk, lambda policy: replace(policy, rules=many), by=sam)
    with CaptureQueriesContext(connection) as more:
        client.get(where)
    assert len(more) == len(few)


@pytest.mark.django_db
def test_agents_keep_no_rules(client, ada, draft_of):
    client.force_login(ada)
    for name, args in (("routing_rules", []), ("import_rules", []), ("policy", [draft_of.pk])):
        assert client.get(reverse(name, args=args)).status_code == 404
