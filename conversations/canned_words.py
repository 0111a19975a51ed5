"""Canned replies: which an agent may use and change, and their variables filled in."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from conversations.models import CannedReply, Conversation
from customers.models import Customer

if TYPE_CHECKING:
    from deskapp.models import User

_VARIABLE = re.compile(r"\{(\w+)\}")


def usable_by(agent: "User") -> "QuerySet[CannedReply]":
    """Those of everybody and of the agent's teams; a supervisor's are all."""
    every = CannedReply.objects.select_related("team").order_by("name")
    return every if agent.sees_all_teams else every.filter(Q(team=None) | Q(team__in=agent.teams.all()))


def changeable_by(agent: "User") -> "QuerySet[CannedReply]":
    """Agents change their own teams' replies, admins all."""
    every = CannedReply.objects.select_related("team").order_by("name")
    return every if agent.may("words.share") else every.filter(team__in=agent.teams.all())


def filled(text: str, conversation: Conversation, agent: "User | None") -> str:
    """`text` with {customer}, {agent}, {team} and {subject} said; a variable that nobody knows stays as it is. Without
    an agent, the team speaks."""
    words = {
        "customer": first_name(conversation.customer),
        "agent": agent.short_name if agent else str(conversation.team or _("the desk")),
        "team": str(conversation.team or ""),
        "subject": conversation.subject,
        "number": f"#{conversation.pk}",
    }
    return put(text, words)


def put(text: str, words: Mapping[str, str]) -> str:
    """Each {name} that is among `words`, said; nothing else in a text means anything."""
    return _VARIABLE.sub(lambda found: words.get(found[1], found[0]), text)


def variables(text: str) -> list[str]:
    return list(dict.fromkeys(_VARIABLE.findall(text)))


def first_name(customer: Customer) -> str:
    name = customer.name.split()
    return name[0] if name else _("there")
