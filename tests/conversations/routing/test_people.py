"""What a process remembers about agents: it is the same as what it would read, whatever changed about them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.models import AgentSkill, RoutingDecision, Skill, Team
from conversations.routing import people
from conversations.routing.facts import Policy
from conversations.routing.snapshot import World
from tests.conftest import agent, from_ann
from tests.conversations.routing.desk import is_there
from tests.conversations.routing.world import MATTER

pytestmark = pytest.mark.django_db


def stand(at):
    return people.standing(people.people(), at)


def test_who_stands_as_before_is_the_same_object(ada, grace):
    is_there(ada)
    at = timezone.now()
    before, after = stand(at), stand(at)
    assert before[ada.pk] is after[ada.pk] and before[grace.pk] is after[grace.pk]
    assert (before[ada.pk].state, before[grace.pk].state) == ("online", "offline")
    assert people.people() is people.people()


def change(ada, returns):
    """One thing after another that routing asks about."""
    other, norwegian = Team.objects.create(name="Other"), Skill.objects.create(name="Repairs")
    yield lambda: type(ada).objects.filter(pk=ada.pk).update(name="Ada | Byron")
    yield lambda: type(ada).objects.filter(pk=ada.pk).update(languages=["no", "en"])
    yield lambda: type(ada).objects.filter(pk=ada.pk).update(capacity=2.5)
    yield lambda: type(ada).objects.filter(pk=ada.pk).update(role="supervisor")
    yield lambda: type(ada).objects.filter(pk=ada.pk).update(media=["email"])
    yield lambda: other.members.add(ada)
    yield lambda: other.members.remove(ada)
    yield lambda: AgentSkill.objects.create(agent=ada, skill=norwegian, level=2)
    yield lambda: AgentSkill.objects.filter(agent=ada).update(level=4)
    yield lambda: AgentSkill.objects.filter(agent=ada).delete()
    yield lambda: agent("New One", team=returns)
    yield lambda: type(ada).objects.filter(pk=ada.pk).update(is_active=False)
    yield lambda: type(ada).objects.filter(pk=ada.pk).update(is_active=True)


def test_every_change_is_seen_at_once(ada, grace, returns):
    for deed in change(ada, returns):
        before = people.people().agents
        deed()
        after = people.people().agents
        people._people.clear()
        assert after != before and after == people.people().agents


def test_moments_and_numbers_are_those_of_the_rows(ada, mail):
    since = timezone.now() - timedelta(hours=2, microseconds=7)
    is_there(ada, at=since)
    at = since + timedelta(hours=2)
    assert stand(at)[ada.pk].idle_since == since and stand(at)[ada.pk].available == 2.0
    conversation = receive(from_ann(mail)).conversation
    given = RoutingDecision.objects.create(conversation=conversation, kind="agent", agent=ada, trigger="arrived")
    stood = stand(timezone.now())[ada.pk]
    assert (stood.idle_since, stood.offered) == (given.created_at, 1)


def test_a_load_is_by_the_costs_of_the_rules_that_ask(ada, mail):
    is_there(ada)
    conversation = receive(from_ann(mail)).conversation
    type(conversation).objects.update(assignee=ada, media=["chat"])
    loads = {}
    for cost in (1.0, 3.0, 1.0):
        policy = Policy(costs={"chat": cost})
        snapshot = World(timezone.now()).snapshot(MATTER, policy)
        loads[cost] = next(each.load for each in snapshot.agents if each.agent == ada.pk)
        assert loads[cost] == cost
