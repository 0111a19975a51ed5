"""Kept decisions: what comes back is what was known, and the choice made again is the very same."""

from dataclasses import replace

import pytest

from conversations.models import Conversation, Roster, RoutingDecision, RoutingPolicy
from conversations.routing import kept, standing
from conversations.routing.facts import Decision, Known, Matter, Outcome, Overflow, Policy, Rule, Weights
from conversations.routing.policy import decide
from conversations.routing.written import BadWritingError, built, plain
from customers.models import Customer
from tests.conversations.routing.world import ADA, GRACE, ORDERS, RETURNS, SEAMS, ago, ahead, changed, snapshot

FULL_MATTER = {
    "language": "no",
    "topic": "Exchange",
    "certainty": 0.86,
    "mood": -0.25,
    "segments": (4, 9),
    "order_states": ("paid",),
    "attributes": {"shoe size": "44"},
    "tags": ("gift",),
    "since": ago(3.5),
    "due_at": ahead(30),
    "known": (Known(GRACE, 2, ago(600)),),
    "words": "Kan jeg bytte? 靴のサイズ",
}
POLICY = Policy(
    version=4,
    rules=(
        Rule(
            "exchange",
            "Exchanges",
            {"match": "all", "rules": [{"field": "topic", "is": "is", "value": ["Exchange"]}]},
            Outcome(
                team=RETURNS,
                required={SEAMS: 2},
                preferred={6: 1},
                language="required",
                priority=2,
                overflow=(Overflow(10, ORDERS),),
                wait_for_known=3,
                weights=Weights(knows=50),
            ),
        ),
    ),
)


@pytest.fixture
def conversation(db):
    return Conversation.objects.create(customer=Customer.objects.create(name="Ann"))


def kept_and_read(known, conversation, policy=None):
    known = replace(known, matter=replace(known.matter, conversation=conversation.pk))
    decision = replace(decide(known, POLICY), agent=None, team=None)
    row = kept.keep(known, decision, policy=policy)
    return known, decision, RoutingDecision.objects.get(pk=row.pk)


def test_what_was_known_comes_back_as_it_was(conversation):
    agents = changed(ADA, state="away", load=2.5, idle_since=ago(12), offered=7, available=3.25, skills={SEAMS: 3})
    teams = (replace(snapshot().teams[0], is_open=False, opens_at=ahead(90)), *snapshot().teams[1:])
    known, decision, row = kept_and_read(
        snapshot(agents=agents, teams=teams, bot=True, **FULL_MATTER), conversation
    )  # fmt: skip
    assert kept.snapshot_of(row) == known
    assert kept.decision_of(row) == decision


def test_decision_made_again_from_what_was_kept_is_the_same(conversation):
    known = snapshot(agents=changed(ADA, skills={SEAMS: 3}, load=1.1), **FULL_MATTER)
    known, _decision, row = kept_and_read(known, conversation)
    again = decide(kept.snapshot_of(row), POLICY)
    assert again == decide(known, POLICY)
    assert again.agent == ADA and len(again.verdicts) == 2


def test_decisions_that_saw_the_same_agents_share_one_roster(conversation):
    kept_and_read(snapshot(), conversation)
    kept_and_read(snapshot(agents=changed(ADA, load=4, state="away")), conversation)
    assert Roster.objects.count() == 1
    kept_and_read(snapshot(agents=changed(ADA, capacity=9)), conversation)
    assert Roster.objects.count() == 2


def test_rules_come_back_from_a_version_as_they_were(db):
    row = RoutingPolicy.objects.create(number=4, body=kept.written_policy(POLICY))
    assert kept.policy_of(RoutingPolicy.objects.get(pk=row.pk)) == POLICY


def test_published_version_is_made_ready_once(db):
    state = RoutingPolicy.State.PUBLISHED
    row = RoutingPolicy.objects.create(number=4, state=state, body=kept.written_policy(POLICY))
    assert kept.policy_of(row) is kept.policy_of(RoutingPolicy.objects.get(pk=row.pk))


@pytest.mark.parametrize(
    "written",
    [
        {"rules": [{"key": "a"}]},
        {"rules": [{"key": "a", "name": "A", "outcome": {"to": "moon"}}]},
        {"rules": [{"key": "a", "name": "A", "outcome": {"team": "1"}}]},
        {"rules": [{"key": "a", "name": "A", "outcome": {"required": {"seams": 2}}}]},
        {"rules": {"key": "a"}},
        {"unheard of": 1},
        {"unsure_below": True},
        [],
    ],
)
def test_what_are_no_rules_is_refused(written):
    with pytest.raises(BadWritingError):
        built(Policy, written)


def test_what_has_its_default_is_not_written():
    assert plain(Decision("bot")) == {"kind": "bot"}
    assert "tier" not in plain(snapshot().matter)
    assert built(Matter, plain(snapshot().matter)) == snapshot().matter


def test_of_many_agents_only_the_changes_are_written_and_all_come_back(conversation):
    ada = snapshot().agents[0]
    many = tuple(replace(ada, agent=n, name=f"Agent {n}", load=n / 4, idle_since=ago(n)) for n in range(1, 61))
    first, _decision, one = kept_and_read(snapshot(agents=many), conversation)
    base = standing.base_for(first, one.roster_id)
    moved = (replace(many[0], load=5.5, state="away", idle_since=None), *many[1:])
    second = replace(first, agents=moved)
    other = kept.row_of(second, decide(second, POLICY), policy=None, roster=one.roster_id, base=base)
    assert len(other.live[2]) == 1 and other.live[3] == one.live[3]
    assert kept.snapshot_of(one) == first
    assert kept.snapshot_of(other).agents == moved


def test_a_decision_is_written_as_any_other_value(conversation):
    known = snapshot(agents=changed(ADA, skills={SEAMS: 3}), **FULL_MATTER)
    decision = decide(known, POLICY)
    assert kept._outcome(decision) == plain(decision) and decision.verdicts
