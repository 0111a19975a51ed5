"""Inbound 5: write the message down and bring its conversation up to date."""

from django.core.files.base import ContentFile

from conversations.envelopes import InboundAttachment, InboundMessage
from conversations.models import Attachment, Conversation, Message, Participant, Status
from conversations.models.activity import Activity
from conversations.models.conversation import place_in_queue
from conversations.models.message import MessageKind
from conversations.sanitise import sanitise
from customers.models import Identity


def already(inbound: InboundMessage) -> Message | None:
    return Message.objects.filter(channel_id=inbound.channel_id, external_id=inbound.external_id).first()


def record(inbound: InboundMessage, conversation: Conversation, identity: Identity) -> Message:
    """The message as a row with its files, and its conversation, which may be new (conversations.inbound.thread)."""
    message = Message(
        conversation=conversation,
        kind=MessageKind.INBOUND,
        channel_id=inbound.channel_id,
        identity=identity,
        subject=inbound.subject[:998],
        text=inbound.text.replace("\x00", ""),
        quoted=[{"kind": part.kind, "text": part.text.replace("\x00", "")} for part in inbound.segments],
        html=sanitise(inbound.html),
        external_id=inbound.external_id,
        details=inbound.details,
        is_automatic=inbound.is_automatic,
        is_unverified=inbound.is_unverified,
        created_at=inbound.received_at,
    )
    if inbound.client_id:
        message.client_id = inbound.client_id
    _bring_up_to_date(conversation, message)
    message.save(force_insert=True)
    for attachment in inbound.attachments:
        _attach(message, attachment)
    if inbound.participants:
        _remember_participants(conversation, inbound)
    return message


def _attach(message: Message, inbound: InboundAttachment) -> None:
    """Writes the file first; should the transaction fail, the file goes again."""
    attachment = Attachment(
        message=message,
        name=inbound.name[:255],
        content_type=inbound.content_type[:127],
        size=inbound.size,
        content_id=inbound.content_id[:255],
        is_inline=inbound.is_inline,
    )
    attachment.file.save(f"{message.client_id}", ContentFile(inbound.read()), save=False)
    attachment.save()


def _remember_participants(conversation: Conversation, inbound: InboundMessage) -> None:
    Participant.objects.bulk_create(
        [
            Participant(conversation=conversation, email=email.lower()[:320], name=name[:200])
            for email, name in inbound.participants
        ],
        ignore_conflicts=True,
    )


def _bring_up_to_date(conversation: Conversation, message: Message) -> None:
    """An automatic answer (out of office, a bounce) is shown but asks for nobody: it neither waits nor reopens."""
    touch(conversation, message)
    if not message.is_automatic:
        conversation.last_inbound_at = message.created_at
        conversation.waiting_since = conversation.waiting_since or message.created_at
        if conversation.status in (Status.SNOOZED, Status.RESOLVED):
            reopen(conversation, reason="the customer wrote")
    conversation.queue_at = place_in_queue(conversation.waiting_since, conversation.last_message_at)
    conversation.save()


def touch(conversation: Conversation, message: Message) -> None:
    """Takes snippet, time and medium of its newest message. The caller saves."""
    if message.created_at >= conversation.last_message_at or not conversation.snippet:
        conversation.snippet = " ".join(message.text.split())[:160]
        conversation.last_message_at = max(message.created_at, conversation.last_message_at)
    if not conversation.subject and message.subject:
        conversation.subject = message.subject[:300]
    medium = message.channel.medium if message.channel else ""
    if medium and conversation.channel != medium:
        conversation.media = [*conversation.media, medium][-6:]


def reopen(conversation: Conversation, *, reason: str) -> None:
    """Open again, with a line in the log. The caller saves."""
    verb = Activity.Verb.WOKE if conversation.status == Status.SNOOZED else Activity.Verb.REOPENED
    conversation.status, conversation.snoozed_until, conversation.resolved_at = Status.OPEN, None, None
    Activity.objects.create(conversation=conversation, verb=verb, reason=reason)
