"""The names of the groups a socket may join; conversations.live.consumers checks each before it joins."""

from typing import TYPE_CHECKING

from django.db import transaction

from conversations.live import wire
from conversations.models import Conversation

if TYPE_CHECKING:
    from deskapp.models import User

EVERYTHING = "desk.everything"  # supervisors and admins
TEAMLESS = "desk.teamless"  # what every agent sees


def of_team(team_id: int) -> str:
    return f"desk.team.{team_id}"


def of_agent(agent_id: int) -> str:
    return f"desk.agent.{agent_id}"


def of_conversation(conversation_id: int) -> str:
    return f"desk.conversation.{conversation_id}"


def of_customer(customer_id: int) -> str:
    """Where the pages that show this customer's facts listen: they are told that, never what, has changed."""
    return f"desk.customer.{customer_id}"


def of_visitor(identity_id: int) -> str:
    """Where the widget of one web visitor listens: it gets JSON, never the desk's HTML."""
    return f"visitor.{identity_id}"


def for_agent(agent: "User") -> list[str]:
    """What this agent's socket joins at once: just what `visible_to` lets them see."""
    if agent.sees_all_teams:
        return [EVERYTHING, of_agent(agent.pk)]
    return [TEAMLESS, of_agent(agent.pk), *(of_team(pk) for pk in agent.teams.values_list("pk", flat=True))]


def watching(conversation: Conversation) -> list[str]:
    """Where a change of this conversation's row is pushed, so that who may see it does."""
    groups = [EVERYTHING, of_team(conversation.team_id) if conversation.team_id else TEAMLESS]
    if conversation.assignee_id:
        groups.append(of_agent(conversation.assignee_id))
    return groups


def kick(agent_id: int) -> None:
    """Makes every socket of this agent look again, after commit: what it may no longer see it leaves, and a session
    that ended is closed. Call after a change of role, team, activity or sessions."""
    transaction.on_commit(lambda: wire.put([(of_agent(agent_id), {"type": "desk.kick"})]), robust=True)
