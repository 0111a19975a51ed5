"""What if: the same rules differ in nothing, others show what they change, and no row of life is touched."""

from dataclasses import replace
from datetime import timedelta

import pytest
from celery import current_app
from django.db import connection

from conversations.models import (
    Activity,
    AgentState,
    Conversation,
    Message,
    Replay,
    ReplayChange,
    ReplayChunk,
    RoutingDecision,
    RoutingPolicy,
    Team,
)
from conversations.routing import kept, past, replay
from conversations.routing.facts import AgentFacts, Known, Matter, Outcome, Policy, Rule, Snapshot, TeamFacts
from conversations.routing.policy import decide
from conversations.tasks import replay_chunk, sweep_replays
from customers.models import Customer
from deskapp.models import User
from tests.conversations.routing.world import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def minutes(number):
    return timedelta(minutes=number)


@pytest.fixture
def desk():
    teams = [Team.objects.create(name=name) for name in ("Returns", "Orders")]
    agents = [User.objects.create_user(f"{name}@desk.example", name=name) for name in ("Ada", "Grace", "Linus", "Noor")]
    for place, agent in enumerate(agents):
        teams[place // 2].members.add(agent)
        AgentState.objects.create(agent=agent, state="online", since=NOON - HOUR)
    return teams, agents


def rules(teams, *, wait_for_known=0.0):
    about = {"match": "all", "rules": [{"field": "topic", "is": "is", "value": ["Returns"]}]}
    outcome = Outcome(team=teams[0].pk, wait_for_known=wait_for_known)
    return Policy(rules=(Rule("returns", "Returns", about, outcome),), otherwise=Outcome(team=teams[1].pk))


def version(policy, number, state="draft"):
    return RoutingPolicy.objects.create(number=number, state=state, body=kept.written_policy(policy))


def a_day(desk, policy, *, count=60, solved_after=10):
    """Something every two minutes, answered after five; every second is for Returns, from somebody who knows Ada."""
    teams, agents = desk
    facts = tuple(
        AgentFacts(agent.pk, agent.name, "online", (teams[place // 2].pk,), capacity=3.0)
        for place, agent in enumerate(agents)
    )
    known_teams = tuple(TeamFacts(team.pk, team.name) for team in teams)
    customers = [Customer.objects.create(name=f"Ann {number}") for number in range(count)]
    for number in range(count):
        at = NOON + minutes(2 * number)
        customer = customers[number]
        conversation = Conversation.objects.create(customer=customer, created_at=at)
        matter = Matter(
            at=at,
            trigger="arrived",
            conversation=conversation.pk,
            customer=customer.pk,
            medium="email",
            topic="Returns" if number % 2 else "Orders",
            certainty=0.9,
            queued_at=at,
            due_at=at + minutes(30),
            known=(Known(agents[0].pk, 1, NOON - HOUR),) if number % 2 else (),
        )
        busy = replace(facts[0], load=3.0 if number % 8 == 1 else 0.0)
        known = Snapshot(matter, (busy, *facts[1:]), known_teams)
        decision = decide(known, policy)
        kept.keep(known, decision, policy=version_of(policy))
        Message.objects.create(
            conversation=conversation,
            kind="outbound",
            text="Yes",
            author_id=decision.agent,
            created_at=at + minutes(5),
        )
        Activity.objects.create(conversation=conversation, verb="resolved", created_at=at + minutes(solved_after))


def version_of(policy):
    return RoutingPolicy.objects.filter(state="published").first() or version(policy, 1, "published")


def played(policy_row, *, since=NOON - HOUR, until=NOON + 24 * HOUR):
    made = replay.start(policy_row, since=since, until=until)
    for chunk in ReplayChunk.objects.filter(replay=made):
        replay_chunk(chunk.pk)
    made.refresh_from_db()
    return made


def rows_of_life():
    """Every row of every table but the replays' own, as text."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
        tables = [name for (name,) in cursor.fetchall() if "replay" not in name]
        found = {}
        for table in tables:
            cursor.execute(f'select t::text from "{table}" t order by 1')
            found[table] = cursor.fetchall()
    return found


def test_workers_are_asked_for_every_stretch(desk, monkeypatch, django_capture_on_commit_callbacks):
    teams, _agents = desk
    monkeypatch.setattr(replay, "AT_ONCE", 10)
    monkeypatch.setitem(current_app.conf, "task_always_eager", True)
    a_day(desk, rules(teams))
    with django_capture_on_commit_callbacks(execute=True):
        made = replay.start(version(rules(teams), 2), since=NOON - HOUR, until=NOON + 24 * HOUR)
    made.refresh_from_db()
    assert (made.state, made.done, made.differing) == ("done", 60, 0)


def test_same_rules_differ_in_nothing(desk):
    teams, _agents = desk
    a_day(desk, rules(teams))
    made = played(version(rules(teams), 2))
    assert (made.state, made.total, made.done, made.differing) == ("done", 60, 60, 0)
    before, after = replay.figures_of(made)
    assert before == after
    assert before.arrivals == 60 and before.unserved == 0
    assert not ReplayChange.objects.exists()


def test_other_rules_show_what_they_change_and_why(desk):
    teams, agents = desk
    a_day(desk, rules(teams), solved_after=20)
    made = played(version(rules(teams, wait_for_known=5), 2))
    before, after = replay.figures_of(made)
    assert after.same_agent > before.same_agent
    assert after.p90_wait > before.p90_wait
    changes = list(ReplayChange.objects.order_by("at"))
    assert made.differing == len(changes) > 0
    assert any(change.is_direct for change in changes)
    for change in changes:
        was, would = replay.turns_of(change)
        assert (was.agent, was.team) != (would.agent, would.team)
        assert was.decision.reasons and would.decision.reasons
    direct = [replay.turns_of(change) for change in changes if change.is_direct]
    assert {would.agent for _was, would in direct} == {agents[0].pk}


def test_changed_team_changes_just_the_conversations_of_its_rule(desk):
    teams, _agents = desk
    a_day(desk, rules(teams))
    other = rules(teams[::-1])  # Returns to Orders, and the rest the other way round
    made = played(version(other, 2))
    assert made.differing == 60 == ReplayChange.objects.filter(is_direct=True).count()


def test_no_row_of_life_is_touched(desk):
    teams, _agents = desk
    a_day(desk, rules(teams), solved_after=20)
    draft = version(rules(teams, wait_for_known=5), 2)
    before = rows_of_life()
    made = played(draft)
    assert made.state == "done" and made.differing
    assert rows_of_life() == before


def test_stretches_cover_every_arrival_once(desk, monkeypatch):
    teams, _agents = desk
    monkeypatch.setattr(replay, "AT_ONCE", 10)
    a_day(desk, rules(teams))
    made = played(version(rules(teams), 2))
    chunks = list(made.chunks.order_by("number"))
    assert len(chunks) > 3
    assert [chunk.until for chunk in chunks[:-1]] == [chunk.since for chunk in chunks[1:]]
    assert replay.figures_of(made)[0].arrivals == 60 == made.done


def test_stretch_that_is_played_twice_counts_once(desk):
    teams, _agents = desk
    a_day(desk, rules(teams))
    made = played(version(rules(teams, wait_for_known=5), 2))
    kept_changes, figures = ReplayChange.objects.count(), made.figures
    for chunk in made.chunks.all():
        replay_chunk(chunk.pk)
    made.refresh_from_db()
    assert (made.done, ReplayChange.objects.count(), made.figures) == (60, kept_changes, figures)


def test_stretch_that_a_worker_lost_is_asked_for_again(desk, monkeypatch):
    teams, _agents = desk
    a_day(desk, rules(teams), count=6)
    made = replay.start(version(rules(teams), 2), since=NOON, until=NOON + HOUR)
    asked = []
    monkeypatch.setattr(replay, "ask", asked.append)
    sweep_replays()
    assert asked == []
    ReplayChunk.objects.update(asked_at=NOON)
    sweep_replays()
    sweep_replays()
    assert asked == [[made.chunks.get().pk]]


def test_stretch_that_breaks_ends_the_replay_with_its_reason(desk, monkeypatch):
    teams, _agents = desk
    a_day(desk, rules(teams), count=6)

    def broken(*_given):
        raise ValueError("the clock stopped")

    monkeypatch.setattr(replay, "simulate", broken)
    made = played(version(rules(teams), 2))
    assert (made.state, made.error) == ("failed", "the clock stopped")


def test_period_in_which_nothing_came_is_done_at_once(desk):
    teams, _agents = desk
    made = replay.start(version(rules(teams), 2), since=NOON, until=NOON + HOUR)
    assert (made.state, made.total, made.percent) == (Replay.State.DONE, 0, 100)


def test_draft_that_changes_meanwhile_is_tried_as_it_was(desk):
    teams, _agents = desk
    a_day(desk, rules(teams), count=6)
    draft = version(rules(teams), 2)
    made = replay.start(draft, since=NOON, until=NOON + HOUR)
    RoutingPolicy.objects.filter(pk=draft.pk).update(body=kept.written_policy(rules(teams[::-1])))
    replay_chunk(made.chunks.get().pk)
    made.refresh_from_db()
    assert (made.state, made.differing) == ("done", 0)


def test_how_long_things_took_is_read_from_what_was_done(desk):
    teams, _agents = desk
    a_day(desk, rules(teams), count=4)
    coming = past.arrivals(NOON - HOUR, NOON + HOUR)
    assert [arrival.handling for arrival in coming] == [minutes(10)] * 4
    assert [arrival.answering for arrival in coming] == [minutes(5)] * 4


def test_what_nobody_finished_takes_as_long_as_others_did(desk):
    teams, _agents = desk
    a_day(desk, rules(teams), count=4)
    Activity.objects.filter(conversation=Conversation.objects.order_by("pk").first()).delete()
    assert [arrival.handling for arrival in past.arrivals(NOON - HOUR, NOON + HOUR)] == [minutes(10)] * 4


def test_team_to_which_a_person_moved_it_is_where_it_belongs(desk):
    teams, agents = desk
    a_day(desk, rules(teams), count=2)
    conversation = Conversation.objects.order_by("pk").first()
    RoutingDecision.objects.create(
        conversation=conversation, trigger="by_hand", kind="team", team=teams[0], created_at=NOON + minutes(7)
    )
    assert [arrival.belongs for arrival in past.arrivals(NOON - HOUR, NOON + HOUR)] == [teams[0].pk, None]
    before, _after = replay.figures_of(played(version(rules(teams), 2)))
    assert before.passed_on == 0.5


def test_log_of_states_says_who_was_there(desk):
    teams, agents = desk
    a_day(desk, rules(teams), count=30)
    AgentState.objects.filter(agent=agents[1]).delete()
    AgentState.objects.create(agent=agents[1], state="away", since=NOON - HOUR, until=NOON + minutes(15))
    AgentState.objects.create(agent=agents[1], state="online", since=NOON + minutes(15))
    stage = past.stage(NOON - minutes(5), NOON + HOUR)
    assert {agent.name: agent.state for agent in stage.agents} == {
        "Ada": "online",
        "Grace": "away",
        "Linus": "online",
        "Noor": "online",
    }
    assert [(each.at, each.agent, each.state) for each in stage.presences] == [
        (NOON + minutes(15), agents[1].pk, "online")
    ]
