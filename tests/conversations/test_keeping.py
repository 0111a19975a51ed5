"""How long decisions are kept: what only they were made from goes with them, and nothing that another one needs."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from conversations.keeping import KINDS
from conversations.models import Conversation, Roster, RoutingDecision
from conversations.models.routing import ROSTER_OF_LIVE
from conversations.routing import kept
from conversations.routing.policy import decide
from customers.models import Customer
from tests.conversations.routing.world import ago, rules, snapshot

pytestmark = pytest.mark.django_db

DECISIONS = next(kind for kind in KINDS if kind.name == "decisions")


def decided(*, load, made_at):
    """Of sixty agents, so that how all of them stood is a roster of its own."""
    conversation = Conversation.objects.create(customer=Customer.objects.create(name="Ann"))
    ada = snapshot().agents[0]
    many = tuple(replace(ada, agent=n, name=f"Agent {n}", load=n * load, idle_since=ago(n)) for n in range(1, 61))
    known = snapshot(agents=many, conversation=conversation.pk)
    row = kept.keep(known, replace(decide(known, rules()), agent=None, team=None), policy=None)
    RoutingDecision.objects.filter(pk=row.pk).update(created_at=made_at)
    return RoutingDecision.objects.get(pk=row.pk)


def test_how_all_stood_goes_with_the_last_decision_that_says_the_difference_to_it():
    now = timezone.now()
    old, new = decided(load=0.1, made_at=now - timedelta(days=9)), decided(load=0.5, made_at=now)
    assert old.roster == new.roster and old.live[3] != new.live[3]
    assert DECISIONS.drop(now - timedelta(days=5)) == 1
    assert set(Roster.objects.values_list("pk", flat=True)) == {new.roster_id, new.live[3]}
    assert len(kept.snapshot_of(new).agents) == 60
    assert DECISIONS.drop(now + timedelta(days=1)) == 1
    assert not Roster.objects.exists()


def test_how_all_stood_stays_while_a_younger_decision_names_it():
    now = timezone.now()
    old, new = decided(load=0.1, made_at=now - timedelta(days=9)), decided(load=0.1, made_at=now)
    assert old.live[3] == new.live[3]
    assert DECISIONS.drop(now - timedelta(days=5)) == 1
    assert Roster.objects.filter(pk=new.live[3]).exists()


def test_rosters_whose_decisions_went_with_their_conversations_go_too():
    row = decided(load=0.1, made_at=timezone.now())
    row.conversation.delete()
    Roster.objects.update(created_at=timezone.now() - timedelta(days=9))
    assert DECISIONS.drop(timezone.now() - timedelta(days=5)) == 0
    assert not Roster.objects.exists()


def test_who_names_a_roster_is_found_by_an_index():
    rows = RoutingDecision.objects.annotate(base=ROSTER_OF_LIVE).filter(base__in=[1, 2])
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
    assert "decision_of_roster_of_live" in rows.explain()
