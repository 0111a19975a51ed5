"""Rules of automation: what sets them off, what they do, why they do not, and that they never go round in circles."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations import rule_engine, rule_log, rules, rules_of_the_clock
from conversations.actions.labels import prioritise, tag
from conversations.actions.states import resolve
from conversations.condition_lists import Lists
from conversations.inbound.receive import receive
from conversations.models import (
    Activity,
    CannedReply,
    Conversation,
    Macro,
    Message,
    Priority,
    Rule,
    RuleEvent,
    RuleRun,
    RuleTally,
    Status,
    Tag,
)
from conversations.rule_words import why
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules_are_heard(_nobody_listens_until_asked):
    rules.forget()


def rule(name, event, *actions, when=(), **more):
    made = Rule.objects.create(
        name=name,
        event=event,
        is_active=True,
        conditions={"match": "all", "rules": list(when)},
        actions=[{"do": do, "value": value} for do, value in actions],
        **more,
    )
    rules.forget()
    return made


def tags(conversation):
    return sorted(conversation.tags.values_list("name", flat=True))


def outcomes(conversation):
    runs = RuleRun.objects.filter(conversation=conversation).order_by("pk")
    return [(run.rule_name, run.outcome, run.why.get("code", "")) for run in runs]


def arrived(channel, text="Hello", **fields):
    conversation = receive(from_ann(channel, text, **fields)).conversation
    rule_engine.run(conversation.pk)
    conversation.refresh_from_db()
    return conversation


def test_a_rule_acts_on_what_arrives_and_says_what_it_did(mail):
    rule(
        "Refunds",
        "arrived",
        ("tag", "refund"),
        ("priority", "2"),
        when=[{"field": "words", "is": "has", "value": "refund*"}],
    )
    conversation = arrived(mail, "I want to be refunded")
    assert (tags(conversation), conversation.priority) == (["refund"], Priority.HIGH)
    run = RuleRun.objects.get()
    assert why(run, Lists()) == "Adds #refund, sets the priority to High."
    said = Activity.objects.get(conversation=conversation, verb="tagged")
    assert (said.by, said.reason) == (None, "rule “Refunds”")
    assert not RuleEvent.objects.exists()


def test_a_rule_that_does_not_hold_says_which_condition_it_was_and_what_was_so_instead(mail):
    rule("By phone", "arrived", ("tag", "phone"), when=[{"field": "medium", "is": "is", "value": ["voice"]}])
    arrived(mail)
    run = RuleRun.objects.get()
    assert run.outcome == "not"
    assert why(run, Lists()) == "Not so: medium is Phone. It was Email."


def test_the_customers_own_words_are_never_in_the_log(mail):
    rule("Refunds", "arrived", ("tag", "refund"), when=[{"field": "words", "is": "has", "value": ["refund"]}])
    arrived(mail, "a secret of mine")
    run = RuleRun.objects.get()
    assert "secret" not in str(run.why)
    assert why(run, Lists()) == "Not so: the words contain “refund”."


def test_nothing_is_written_down_where_no_rule_listens(mail, django_assert_num_queries):
    rule("Solved", "resolved", ("tag", "done"))
    conversation = receive(from_ann(mail)).conversation
    assert not RuleEvent.objects.exists()
    rules.listened()
    with django_assert_num_queries(0):
        rules.happened("arrived", conversation)


def test_a_rule_that_is_off_neither_listens_nor_acts(mail):
    Rule.objects.create(name="Off", event="arrived", actions=[{"do": "tag", "value": "off"}])
    rules.forget()
    assert tags(arrived(mail)) == []
    assert not RuleRun.objects.exists()


def test_rules_are_looked_at_in_their_order_and_see_what_those_before_them_did(mail):
    rule("Second", "arrived", ("tag", "second"), when=[{"field": "tag", "is": "is", "value": ["first"]}], place=2)
    rule("First", "arrived", ("tag", "first"), place=1)
    assert tags(arrived(mail)) == ["first", "second"]


def test_the_first_match_can_be_the_last(mail):
    rule("First", "arrived", ("tag", "first"), place=1, stops=True)
    rule("Second", "arrived", ("tag", "second"), place=2)
    conversation = arrived(mail)
    assert tags(conversation) == ["first"]
    assert outcomes(conversation) == [("First", "ran", "")]


def test_one_that_did_not_hold_does_not_stop_those_after_it(mail):
    rule("First", "arrived", ("tag", "first"), place=1, stops=True, when=[{"field": "public", "is": "yes"}])
    rule("Second", "arrived", ("tag", "second"), place=2)
    assert tags(arrived(mail)) == ["second"]


def test_what_cannot_be_done_undoes_the_whole_rule_and_says_why(mail):
    broken = rule("Broken", "arrived", ("tag", "half"), ("macro", "999"))
    conversation = arrived(mail)
    assert tags(conversation) == []
    assert not Activity.objects.filter(conversation=conversation, verb="tagged").exists()
    run = broken.runs.get()
    assert run.outcome == "could_not"
    assert why(run, Lists()) == "It could not run a macro: The macro is no longer there. Nothing was changed."


def test_a_rule_never_answers_its_own_doing(mail):
    rule("Tagger", "tagged", ("tag", "another"), ("untag", "another"))
    conversation = receive(from_ann(mail)).conversation
    tag(conversation, name="one", by=None)
    rule_engine.run(conversation.pk)
    assert outcomes(conversation) == [("Tagger", "ran", ""), ("Tagger", "held", "itself")]
    assert not RuleEvent.objects.exists()


def test_rules_that_set_each_other_off_come_to_an_end(mail):
    """Each one is another, and meets only what the one before it did: it is the depth that ends it."""
    for number in range(6):
        has = {"field": "tag", "is": "is", "value": [f"step {number}"]}
        rule(f"Step {number}", "tagged", ("tag", f"step {number + 1}"), when=[has], place=6 - number)
    conversation = receive(from_ann(mail)).conversation
    tag(conversation, name="step 0", by=None)
    assert rule_engine.run(conversation.pk) == 4
    assert tags(conversation) == ["step 0", "step 1", "step 2", "step 3"]
    assert ("Step 3", "held", "depth") in outcomes(conversation)
    assert not RuleEvent.objects.exists()


def test_two_rules_that_undo_each_other_do_not_go_on_for_ever(mail):
    rule("Up", "prioritised", ("priority", "3"), when=[{"field": "priority", "is": "below", "value": 3}])
    rule("Down", "prioritised", ("priority", "0"), when=[{"field": "priority", "is": "at_least", "value": 3}])
    conversation = receive(from_ann(mail)).conversation
    prioritise(conversation, priority=2, by=None)
    assert rule_engine.run(conversation.pk) == 4
    assert [name for name, outcome, _code in outcomes(conversation) if outcome == "ran"] == ["Up", "Down", "Up"]
    assert outcomes(conversation)[-1] == ("Down", "held", "itself")
    assert not RuleEvent.objects.exists()


def test_a_loop_by_way_of_the_world_outside_ends_as_well(mail):
    """A machine at the customer's end that answers each of our answers, and does not say that it is one."""
    canned = CannedReply.objects.create(name="Thanks", text="Thank you, {customer}.")
    rule("Thanks", "wrote", ("reply", str(canned.pk)))
    conversation = arrived(mail, "Hello")
    for number in range(6):
        receive(from_ann(mail, f"Automatic {number}"))
        rule_engine.run(conversation.pk)
    assert Message.objects.filter(conversation=conversation, kind="outbound").count() == rule_engine.MOST_TALK
    assert outcomes(conversation)[-1] == ("Thanks", "held", "often")


def test_what_answers_by_itself_sets_nothing_off(mail):
    rule("All", "arrived", ("tag", "all"))
    conversation = receive(from_ann(mail, "I am on holiday", is_automatic=True)).conversation
    rule_engine.run(conversation.pk)
    assert not RuleRun.objects.exists()


def test_spam_sets_nothing_off(mail):
    rule("All", "arrived", ("tag", "all"))
    conversation = receive(from_ann(mail, "Buy", is_spam=True)).conversation
    rule_engine.run(conversation.pk)
    assert not RuleRun.objects.exists()


def test_a_reply_by_a_rule_says_that_it_is_automatic_and_leaves_the_customer_waiting(mail):
    canned = CannedReply.objects.create(name="Got it", text="Hello {customer}, {agent} will write soon.")
    rule("Acknowledge", "arrived", ("reply", str(canned.pk)))
    conversation = arrived(mail, "Where is my parcel?")
    said = Message.objects.get(conversation=conversation, kind="outbound")
    assert (said.is_automatic, said.author, said.text) == (True, None, "Hello Ann, Returns will write soon.")
    assert said.delivery.status == "queued"
    assert conversation.waiting_since is not None
    assert Activity.objects.get(conversation=conversation, verb="rule_ran").to == "Acknowledge"


def test_a_rule_can_do_everything_else_that_an_agent_does(mail, ada, billing):
    macro = Macro.objects.create(name="Close up", resolves=True)
    rule(
        "All", "arrived", ("note", "Look, {customer}"), ("assign", f"agent:{ada.pk}"), ("macro", str(macro.pk)), place=1
    )
    rule("Move", "resolved", ("assign", f"team:{billing.pk}"), ("reopen", ""), ("snooze", "4"))
    conversation = arrived(mail)
    assert (conversation.assignee, conversation.team, conversation.status) == (None, billing, Status.SNOOZED)
    note = Message.objects.get(conversation=conversation, kind="note")
    assert (note.author, note.text) == (None, "Look, Ann")
    assert [name for name, outcome, _code in outcomes(conversation) if outcome == "ran"] == ["All", "Move"]


def test_a_macro_that_needs_an_agent_is_refused(mail):
    macro = Macro.objects.create(name="Mine", to_me=True)
    one = rule("Give", "arrived", ("macro", str(macro.pk)))
    arrived(mail)
    assert "needs an agent" in why(one.runs.get(), Lists())


def test_working_off_twice_does_it_once(mail):
    rule("Count", "arrived", ("note", "once"))
    conversation = arrived(mail)
    rule_engine.run(conversation.pk)
    assert Message.objects.filter(conversation=conversation, kind="note").count() == 1
    assert RuleRun.objects.count() == 1


def test_what_a_lost_task_left_is_due(mail):
    rule("Count", "arrived", ("tag", "seen"))
    conversation = receive(from_ann(mail)).conversation
    assert rule_engine.due() == [conversation.pk]
    rule_engine.run(conversation.pk)
    assert rule_engine.due() == []


def test_an_event_that_breaks_is_set_back_and_then_given_up(mail, monkeypatch):
    rule("Break", "arrived", ("tag", "seen"))
    conversation = receive(from_ann(mail)).conversation

    def broken(conversation, **how):
        raise ZeroDivisionError

    monkeypatch.setattr(rule_engine, "matter_now", broken)
    for number in range(rule_engine.TRIES):
        assert (RuleRun.objects.exists(), RuleEvent.objects.get().tries) == (False, number)
        RuleEvent.objects.update(due_at=timezone.now())
        rule_engine.run(conversation.pk)
    run = RuleRun.objects.get()
    assert (run.outcome, why(run, Lists())) == ("failed", "Something broke: ZeroDivisionError. Nothing was changed.")
    assert rule_engine.due() == []


def test_the_log_keeps_the_last_that_did_not_hold_and_counts_the_others(mail, monkeypatch):
    monkeypatch.setattr(rule_log, "KEPT", 3)
    one = rule("By phone", "wrote", ("tag", "phone"), when=[{"field": "medium", "is": "is", "value": ["voice"]}])
    conversation = arrived(mail)
    for number in range(8):
        receive(from_ann(mail, f"Again {number}"))
    rule_engine.run(conversation.pk)
    assert one.runs.count() == 8
    assert rule_log.fold() == 5
    assert (one.runs.count(), RuleTally.objects.get().count) == (3, 5)
    assert rule_log.misses(one) == [("condition:medium", 8)]
    assert rule_log.fold() == 0


def test_what_acted_is_never_folded_away(mail, monkeypatch):
    monkeypatch.setattr(rule_log, "KEPT", 0)
    one = rule("All", "arrived", ("tag", "all"))
    arrived(mail)
    rule_log.fold()
    assert one.runs.get().outcome == "ran"


def _aged(one, minutes):
    Rule.objects.filter(pk=one.pk).update(changed_at=timezone.now() - timedelta(minutes=minutes))


def test_the_clock_sets_a_rule_off_once_for_each_time_a_customer_waits(mail):
    one = rule("Long", "waiting", ("priority", "3"), after_minutes=30)
    _aged(one, 60)
    soon = receive(from_ann(mail, address="bo@home.example", at=timezone.now() - timedelta(minutes=29))).conversation
    late = receive(from_ann(mail, at=timezone.now() - timedelta(minutes=31))).conversation
    assert (rules_of_the_clock.sweep(), rules_of_the_clock.sweep()) == (1, 0)
    for conversation in (soon, late):
        rule_engine.run(conversation.pk)
        conversation.refresh_from_db()
    assert (soon.priority, late.priority) == (Priority.NORMAL, Priority.URGENT)
    assert rules_of_the_clock.sweep() == 0


def test_moments_from_before_the_rule_was_made_are_left_alone(mail):
    rule("Long", "waiting", ("priority", "3"), after_minutes=30)
    receive(from_ann(mail, at=timezone.now() - timedelta(hours=5)))
    assert rules_of_the_clock.sweep() == 0


def test_a_moment_that_passed_before_it_was_looked_at_does_nothing(mail):
    one = rule("Long", "waiting", ("priority", "3"), after_minutes=30)
    _aged(one, 60)
    conversation = receive(from_ann(mail, at=timezone.now() - timedelta(minutes=31))).conversation
    rules_of_the_clock.sweep()
    resolve(conversation, by=None)
    rule_engine.run(conversation.pk)
    assert outcomes(conversation) == [("Long", "not", "over")]


def test_a_rule_of_the_clock_acts_once_until_the_customer_writes(mail):
    """What it says itself would make its time count anew."""
    canned = CannedReply.objects.create(name="Still there?", text="Are you still there?")
    one = rule("Ask", "quiet", ("reply", str(canned.pk)), after_minutes=60)
    _aged(one, 600)
    conversation = receive(from_ann(mail, at=timezone.now() - timedelta(hours=9))).conversation
    for hours in (8, 4):
        Conversation.objects.filter(pk=conversation.pk).update(
            waiting_since=None, last_message_at=timezone.now() - timedelta(hours=hours)
        )
        assert rules_of_the_clock.sweep() == 1
        rule_engine.run(conversation.pk)
    assert [(outcome, code) for _name, outcome, code in outcomes(conversation)] == [("ran", ""), ("held", "once")]


def test_a_tag_that_is_there_already_is_no_event(mail):
    rule("Tagged", "tagged", ("note", "tagged"))
    conversation = receive(from_ann(mail)).conversation
    conversation.tags.add(Tag.objects.create(name="vip"))
    tag(conversation, name="VIP", by=None)
    assert not RuleEvent.objects.exists()
