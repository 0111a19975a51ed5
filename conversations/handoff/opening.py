"""When people have read and answered what was handed over. The customer is told who has read their words only when it
is true, so when their agent has the thread open."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from conversations.live.push import tell_visitor
from conversations.models import Conversation, Handoff, Message, Status
from conversations.models.message import MessageKind

if TYPE_CHECKING:
    from deskapp.models import User

TOLD: dict[str, object] = {"type": "visitor.handover"}


def answered(message: Message) -> None:
    """A person has spoken: what was handed over waits no more. The first time counts. Of a call, it is when they spoke,
    and not when it began to ring."""
    at = timezone.now() if message.kind == MessageKind.CALL else message.created_at
    rows = Handoff.objects.filter(conversation=message.conversation_id, to_people=True, answered_at=None)
    rows.update(answered_at=at)


def not_answered_after_all(message: Message) -> None:
    """It was taken back before it went."""
    rows = Handoff.objects.filter(conversation=message.conversation_id, answered_at=message.created_at)
    rows.update(answered_at=None)


def opened(conversation: Conversation, *, by: "User") -> bool:
    """Whoever it was given to has it on their screen; a colleague who looks in has not taken it. The first time
    counts."""
    if conversation.assignee_id != by.pk or conversation.status == Status.PENDING:
        return False
    rows = Handoff.objects.filter(conversation=conversation).order_by("-created_at", "-pk")
    last = rows.values("pk", "to_people", "opened_at").first()
    if last is None or not last["to_people"] or last["opened_at"]:
        return False
    is_first = Handoff.objects.filter(pk=last["pk"], opened_at=None).update(opened_by=by, opened_at=timezone.now())
    if is_first:
        tell_of_handover(conversation)
    return bool(is_first)


def tell_of_handover(conversation: Conversation) -> None:
    """The customer's widget looks again who has read their words: once that can be read."""
    transaction.on_commit(lambda: tell_visitor(conversation, TOLD), robust=True)
