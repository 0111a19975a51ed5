"""What pages show of calls: a customer's numbers with how to ring them, and whom a conversation owes a call."""

import uuid
from typing import TYPE_CHECKING

from django import template
from django.template.context import Context

from conversations.actions.call_backs import open_of
from conversations.models import CallBack, Conversation
from conversations.outbound.calling import Line, lines
from customers.models import Customer, Identity

if TYPE_CHECKING:
    from deskapp.models import User

register = template.Library()


@register.simple_tag(takes_context=True)
def call_lines(context: Context, customer: Customer, conversation: Conversation | None = None) -> list[Line]:
    """Their numbers, the proven first."""
    return lines(customer, by=_agent(context), team_id=conversation.team_id if conversation else None)


@register.inclusion_tag("conversations/calls/button.html", takes_context=True)
def call_button(
    context: Context, identity: Identity, conversation: Conversation, *, is_key: bool = False
) -> dict[str, object]:
    """Nothing for what is no number."""
    known = lines(conversation.customer, by=_agent(context), team_id=conversation.team_id)
    line = next((each for each in known if each.identity.pk == identity.pk), None)
    if line is None and identity.kind == "phone":  # of one who stands for a number that may be theirs
        line = Line(identity, None)
    return {
        "line": line,
        "conversation": conversation,
        "key": uuid.uuid4(),
        "is_key": is_key,
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag
def calls_owed(conversation: Conversation) -> list[CallBack]:
    return open_of(conversation)


def _agent(context: Context) -> "User":
    agent: User = context["request"].user
    return agent
