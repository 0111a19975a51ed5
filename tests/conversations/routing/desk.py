"""What tests of the whole of routing share: rules in force, and agents who are there."""

from django.utils import timezone

from conversations.models import AgentState, RoutingPolicy
from conversations.routing import kept
from conversations.routing.facts import Outcome, Policy


def in_force(otherwise=None, *, number=1, state="published", **rest):
    policy = Policy(otherwise=otherwise or Outcome(), **rest)
    body = kept.written_policy(policy)
    return RoutingPolicy.objects.create(number=number, state=state, body=body, published_at=timezone.now())


def is_there(*agents, state="online", at=None):
    for agent in agents:
        AgentState.objects.filter(agent=agent, until=None).update(until=timezone.now())
        AgentState.objects.create(agent=agent, state=state, since=at or timezone.now())
