"""Inbound 5: write the message down and bring its conversation up to date."""

from collections.abc import Sequence

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone

from conversations import rules, sla
from conversations.call_words import snippet_of
from conversations.envelopes import InboundAttachment, InboundMessage
from conversations.file_kinds import plain_name
from conversations.inbound.arrived import Arrived
from conversations.inbound.early import link
from conversations.live.push import push_message
from conversations.models import Attachment, Channel, Conversation, Message, Participant, Status
from conversations.models.activity import Activity
from conversations.models.conversation import place_in_queue
from conversations.models.message import MessageKind
from conversations.reports import episode_steps
from conversations.sanitise import sanitise
from conversations.surveys import touching
from customers.models import Identity

BUT_ITS_KEY = [field.name for field in Conversation._meta.concrete_fields if not field.primary_key]


def already(inbound: Sequence[InboundMessage]) -> dict[tuple[int, str], Message]:
    """Those of them that are stored, by their channel and their name in it."""
    names = {each.external_id for each in inbound}
    stored = Message.objects.filter(channel__in={each.channel_id for each in inbound}, external_id__in=names)
    known = list(stored.values_list("pk", flat=True))  # most often none: so not all columns are asked for
    if not known:
        return {}
    found = Message.objects.filter(pk__in=known)
    return {(int(message.channel_id or 0), message.external_id): message for message in found}


def record(inbound: InboundMessage, conversation: Conversation, identity: Identity, channel: Channel) -> Message:
    """The message as a row with its files, and its conversation, which may be new (conversations.inbound.thread)."""
    new: list[Conversation] = [conversation] if conversation.pk is None else []
    message = _brought_in(inbound, conversation, identity, channel)
    conversation.save()
    message.save(force_insert=True)
    link([inbound], [message])
    keep_files([inbound], [message])
    _remember_participants([inbound], [message])
    rules.said([message], new=new)
    return message


def join(inbound: InboundMessage, message: Message) -> Message:
    """Another part of an album that is stored: its files and words come to it, once, in whatever order the parts come.
    Call with the customer's row locked (customers.identify)."""
    known = set(message.attachments.values_list("content_id", flat=True))
    files = [file_of(message, each) for each in inbound.attachments if each.content_id not in known]
    text = inbound.text.replace("\x00", "").strip()
    is_said = not text or text in message.text or message.edited_at is not None
    if message.taken_back_at or message.details.get("forgotten") or (is_said and not files):
        return message
    Attachment.objects.bulk_create(files)
    if not is_said:
        message.text = f"{message.text}\n{text}".strip()
        message.save(update_fields=["text"])
    push_message(message)
    return message


def record_each(arrived: Sequence[Arrived], conversations: Sequence[Conversation]) -> list[Message]:
    """`record` for several messages, each of a conversation of its own: one statement for all rows of a kind."""
    inbound = [each.inbound for each in arrived]
    messages = [
        _brought_in(each.inbound, conversation, each.identity, each.channel)
        for each, conversation in zip(arrived, conversations, strict=True)
    ]
    new = [message.conversation for message in messages if message.conversation.pk is None]
    known = [message.conversation for message in messages if message.conversation.pk]
    Conversation.objects.bulk_create(new)
    if known:  # an update of many rows, in the words of an insert that finds each of them there
        Conversation.objects.bulk_create(known, update_conflicts=True, unique_fields=["id"], update_fields=BUT_ITS_KEY)
    Message.objects.bulk_create(messages)
    link(inbound, messages)
    keep_files(inbound, messages)
    _remember_participants(inbound, messages)
    rules.said(messages, new=new)
    return messages


def _brought_in(inbound: InboundMessage, conversation: Conversation, identity: Identity, channel: Channel) -> Message:
    """The message, and its conversation brought up to date; neither is stored yet."""
    message = Message(
        conversation=conversation,
        kind=MessageKind.INBOUND,
        channel=channel,
        identity=identity,
        subject=inbound.subject[:998],
        text=inbound.text.replace("\x00", ""),
        quoted=[{"kind": part.kind, "text": part.text.replace("\x00", "")} for part in inbound.segments],
        html=sanitise(inbound.html),
        external_id=inbound.external_id,
        details=inbound.details,
        is_automatic=inbound.is_automatic,
        is_unverified=inbound.is_unverified,
        is_public=inbound.is_public,
        created_at=inbound.received_at,
    )
    if inbound.client_id:
        message.client_id = inbound.client_id
    _bring_up_to_date(conversation, message)
    return message


def keep_files(inbound: Sequence[InboundMessage], messages: Sequence[Message]) -> None:
    pairs = zip(inbound, messages, strict=True)
    files = [file_of(message, attachment) for each, message in pairs for attachment in each.attachments]
    if files:
        Attachment.objects.bulk_create(files)


def file_of(message: Message, inbound: InboundAttachment) -> Attachment:
    """Not stored yet. What is at hand is written first; should the transaction fail, the file goes again. What is not
    waits for integrations.inbound.files, and so does everything where a scanner is to look it through."""
    attachment = Attachment(
        message=message,
        name=plain_name(inbound.name)[:255],
        content_type=inbound.content_type[:127],
        size=inbound.size,
        content_id=inbound.content_id[:255],
        is_inline=inbound.is_inline,
        kind=inbound.kind[:20],
    )
    if inbound.read is not None:
        attachment.file.save(f"{message.client_id}", ContentFile(inbound.read()), save=False)
    if inbound.read is None or settings.CLAMD:
        attachment.state, attachment.due_at = Attachment.State.WAITING, timezone.now()
        attachment.source = dict(inbound.source) or None
    return attachment


def _remember_participants(inbound: Sequence[InboundMessage], messages: Sequence[Message]) -> None:
    others = [
        Participant(conversation=message.conversation, email=email.lower()[:320], name=name[:200])
        for each, message in zip(inbound, messages, strict=True)
        for email, name in each.participants
    ]
    if others:
        Participant.objects.bulk_create(others, ignore_conflicts=True)


def _bring_up_to_date(conversation: Conversation, message: Message) -> None:
    """An automatic answer (out of office, a bounce) is shown but asks for nobody: it neither waits nor reopens."""
    touch(conversation, message)
    if not message.is_automatic:
        conversation.last_inbound_at = message.created_at
        conversation.waiting_since = conversation.waiting_since or message.created_at
        if conversation.status in (Status.SNOOZED, Status.RESOLVED):
            reopen(conversation, reason="the customer wrote", message=message)
        sla.asked(conversation, at=message.created_at, channel=message.channel)
    conversation.queue_at = place_in_queue(conversation.waiting_since, conversation.last_message_at)


def touch(conversation: Conversation, message: Message) -> None:
    """Takes snippet, time and medium of its newest message. The caller saves."""
    if message.created_at >= conversation.last_message_at or not conversation.snippet:
        conversation.snippet = snippet_of(message)
        conversation.last_message_at = max(message.created_at, conversation.last_message_at)
    if not conversation.subject and message.subject:
        conversation.subject = message.subject[:300]
    medium = message.channel.medium if message.channel else ""
    if medium and conversation.channel != medium:
        conversation.media = [*conversation.media, medium][-6:]


def reopen(conversation: Conversation, *, reason: str, message: Message | None = None) -> None:
    """Open again, with a line in the log; by this word of the customer's, if it was one. The caller saves."""
    verb = Activity.Verb.WOKE if conversation.status == Status.SNOOZED else Activity.Verb.REOPENED
    if verb == Activity.Verb.REOPENED:
        episode_steps.begin_again(conversation, message)
    conversation.status, conversation.snoozed_until, conversation.resolved_at = Status.OPEN, None, None
    conversation.is_reopened = True
    touching.withdraw([conversation.pk])
    Activity.objects.create(conversation=conversation, verb=verb, reason=reason)
    rules.happened(rules.OF_VERBS[verb], conversation)
