"""Outbound 1: an agent's or the bot's words become a message."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from conversations import rules, sla
from conversations.envelopes import MessageDetails
from conversations.handoff import repeats, stepping_in
from conversations.handoff.opening import answered
from conversations.inbound.record import touch
from conversations.live.push import push_mention, push_message
from conversations.models import Attachment, Channel, Conversation, Draft, Mention, Message
from conversations.models.conversation import place_in_queue
from conversations.models.message import MessageKind
from conversations.models.rule import RuleEventKind
from conversations.outbound.outbox import enqueue
from conversations.outbound.way import Way
from conversations.plain import html_to_text
from conversations.reports import episode_steps
from conversations.sanitise import sanitise
from customers.models import Identity

if TYPE_CHECKING:
    from deskapp.models import User


class KeyTakenError(ValueError):
    """The idempotency key belongs to something else that was said: nothing was stored, so nothing may seem sent."""


@transaction.atomic
def reply(
    conversation: Conversation,
    *,
    html: str,
    by: "User",
    channel: Channel,
    identity: Identity,
    client_id: uuid.UUID,
    attachments: Sequence[Attachment] = (),
    details: MessageDetails | None = None,
    send_at: datetime | None = None,
    way: Way | None = None,
    dismissed: Sequence[str] = (),
) -> Message:
    """Stores what `by` says to the customer and queues it; the same `client_id` again gives the same message.

    It goes after the seconds of undo, or at `send_at`, and then not if the customer writes before. Where a colleague
    has merged the conversation away meanwhile, it is said in the one that stayed. `dismissed`: details that
    `by` asks for on purpose though they are known. Raises KeyTakenError.
    """
    conversation = _where_it_is(conversation)
    if message := already(client_id, conversation, by=by, kind=MessageKind.OUTBOUND):
        return message
    stepping_in.speak_up(conversation, by=by)
    message = _write(conversation, MessageKind.OUTBOUND, html, by, client_id, attachments)
    way = way or Way()
    message.channel, message.identity = channel, identity
    message.details = {**(details or MessageDetails()), **way.details()}
    message.answers, message.is_public = way.answers, way.is_public
    message.save()
    repeats.count(message, dismissed=dismissed)
    _bring_up_to_date(conversation, message)
    answered(message)
    Draft.objects.filter(conversation=conversation, agent=by, mode="reply").delete()
    due_at = send_at or timezone.now() + timedelta(seconds=settings.UNDO_SECONDS)
    enqueue(message, due_at=due_at, cancel_on_reply=send_at is not None)
    rules.happened(RuleEventKind.ANSWERED, conversation, by=by)
    push_message(message)
    return message


@transaction.atomic
def note(
    conversation: Conversation,
    *,
    html: str,
    by: "User | None",
    client_id: uuid.UUID,
    attachments: Sequence[Attachment] = (),
    mentions: Sequence["User"] = (),
) -> Message:
    """Stores what only the team sees, and calls the mentioned in. Raises KeyTakenError."""
    conversation = _where_it_is(conversation)
    if message := already(client_id, conversation, by=by, kind=MessageKind.NOTE):
        return message
    message = _write(conversation, MessageKind.NOTE, html, by, client_id, attachments)
    message.save()
    Mention.objects.bulk_create(Mention(conversation=conversation, message=message, agent=agent) for agent in mentions)
    Draft.objects.filter(conversation=conversation, agent=by, mode="note").delete()
    push_message(message)
    push_mention(message, mentions)
    return message


def already(client_id: uuid.UUID, conversation: Conversation, *, by: "User | None", kind: str) -> Message | None:
    """What the same agent said to the same customer under the same key: the same send once more, though a merge or
    a split may have moved it since. Raises KeyTakenError where the key stands for another agent's word or another
    customer's."""
    message = Message.objects.select_related("conversation").filter(client_id=client_id).first()
    if message is None:
        return None
    author = by.pk if by else None
    if (message.conversation.customer_id, message.author_id, message.kind) != (conversation.customer_id, author, kind):
        raise KeyTakenError("This key was used for something else.")
    return message


def _where_it_is(conversation: Conversation) -> Conversation:
    """Locked, and followed to where it was merged."""
    conversation = Conversation.objects.select_for_update(of=("self",), no_key=True).get(pk=conversation.pk)
    return _where_it_is(conversation.merged_into) if conversation.merged_into else conversation


def _write(
    conversation: Conversation,
    kind: str,
    html: str,
    by: "User | None",
    client_id: uuid.UUID,
    attachments: Sequence[Attachment],
) -> Message:
    clean = sanitise(html)
    message = Message(
        conversation=conversation, kind=kind, author=by, html=clean, text=html_to_text(clean), client_id=client_id
    )
    message.save()
    Attachment.objects.filter(pk__in=[file.pk for file in attachments], message=None).update(message=message)
    return message


def _bring_up_to_date(conversation: Conversation, message: Message) -> None:
    """An answer ends the waiting, as soon as it is said: taking it back (outbox.undo) brings the waiting back."""
    touch(conversation, message)
    waited, conversation.waiting_since = conversation.waiting_since, None
    conversation.queue_at = place_in_queue(None, conversation.last_message_at)
    sla.answered(conversation, message)
    conversation.save()
    episode_steps.answered(conversation, message, since=waited)
