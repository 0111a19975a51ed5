"""The deadline of a conversation in its thread: what is due next, and by which policy."""

from django import template

from conversations import clocks, sla
from conversations.deadline_words import spoken
from conversations.models import Conversation

register = template.Library()


@register.inclusion_tag("conversations/deadlines/line.html")
def deadline(conversation: Conversation) -> dict[str, object]:
    """Asks the database for nothing while the process knows its policies."""
    promise = sla.promised(conversation) if conversation.sla_id else None
    if promise is None:
        return {"conversation": conversation}
    state = sla.state_of(conversation)
    due = [(at, clock.kind) for clock in state.clocks if (at := clocks.due_at(clock, promise))]
    kind = min(due)[1] if due and not state.is_solved else ""
    return {"conversation": conversation, "promise": promise, "kind": spoken(kind) if kind else ""}
