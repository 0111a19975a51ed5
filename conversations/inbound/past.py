"""Inbound, of long ago: a talk that another desk or a mailbox kept comes in as it was, with its dates, open or solved.
It wakes nobody, is given to nobody and sends nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from conversations import sla
from conversations.envelopes import InboundAttachment, MessageDetails, Segment
from conversations.inbound.record import file_of, touch
from conversations.models import Attachment, Channel, Conversation, Message, Participant, Priority, Status, Tag
from conversations.models.conversation import place_in_queue
from conversations.models.message import MessageKind
from conversations.reports import episodes
from conversations.sanitise import sanitise
from customers.models import Customer, Identity


@dataclass(frozen=True)
class Said:
    """One message of a talk. `external_id` is the same whenever the same file comes again."""

    external_id: str
    kind: str  # Message.Kind: inbound, outbound or note
    at: datetime
    text: str
    html: str = ""
    subject: str = ""
    identity: Identity | None = None  # who wrote, where it was not the customer's own address; to whom, of an answer
    author: int | None = None  # the agent, if they are here
    is_bot: bool = False
    segments: tuple[Segment, ...] = ()
    attachments: tuple[InboundAttachment, ...] = ()
    details: MessageDetails = field(default_factory=lambda: MessageDetails())


@dataclass(frozen=True)
class Talk:
    customer: Customer
    identity: Identity
    channel: Channel
    said: Sequence[Said]
    is_solved: bool
    subject: str = ""
    priority: int = Priority.NORMAL
    tags: Sequence[str] = ()
    answers: Sequence[str] = ()  # external ids of messages that it goes on from
    participants: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Brought:
    conversation: int
    is_new: bool
    messages: list[int]
    files: list[int]


def bring(talk: Talk) -> Brought | None:
    """None, where all of it was here. Call in a transaction, with the customer's row locked (customers.identify)."""
    names = {said.external_id for said in talk.said}
    here = Message.objects.filter(Q(channel=talk.channel) | Q(channel=None))
    known = dict(here.filter(external_id__in=names).values_list("external_id", "conversation"))
    news = [said for said in talk.said if said.external_id not in known]
    if not news:
        return None
    conversation = _where(talk, next(iter(known.values()), None))
    is_new = conversation.pk is None
    messages = [_message(talk, conversation, said) for said in sorted(news, key=lambda each: each.at)]
    _bring_up_to_date(conversation, talk, messages, is_new=is_new)
    conversation.save()
    Message.objects.bulk_create(messages)
    by_name = {message.external_id: message for message in messages}
    files = [file_of(by_name[said.external_id], each) for said in news for each in said.attachments]
    Attachment.objects.bulk_create(files)
    _mark(conversation, talk)
    if conversation.status != Status.RESOLVED:
        sla.refresh(conversation, hushed=True)
    episodes.refresh(conversation)
    keys = [message.pk for message in messages]
    return Brought(conversation.pk, is_new, keys, [file.pk for file in files])


def _where(talk: Talk, known: int | None) -> Conversation:
    """Where its other messages are, or those that it answers, if that is the same customer's; else one of its own."""
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True)
    found = rows.filter(pk=known).first() if known else None
    if found is None and talk.answers:
        answered = Message.objects.filter(channel=talk.channel, external_id__in=list(talk.answers)[-20:])
        found = rows.filter(pk__in=answered.values("conversation"), customer=talk.customer).order_by("-pk").first()
    while found is not None and found.merged_into_id:
        found = rows.get(pk=found.merged_into_id)
    first = min(said.at for said in talk.said)
    return found or Conversation(
        customer=talk.customer,
        team_id=talk.channel.team_id,
        subject=talk.subject[:300],
        priority=talk.priority,
        status=Status.RESOLVED if talk.is_solved else Status.OPEN,
        created_at=first,
        last_message_at=first,
    )


def _message(talk: Talk, conversation: Conversation, said: Said) -> Message:
    is_note = said.kind == MessageKind.NOTE
    details = dict(said.details)
    if said.kind == MessageKind.OUTBOUND and said.author is None and not said.is_bot:
        details["elsewhere"] = True  # our word, by nobody of this desk
    return Message(
        conversation=conversation,
        kind=said.kind,
        channel=None if is_note else talk.channel,
        identity=None if is_note else said.identity or talk.identity,
        author_id=said.author,
        is_bot=said.is_bot,
        subject=said.subject.replace("\x00", "")[:998],
        text=said.text.replace("\x00", ""),
        quoted=[{"kind": part.kind, "text": part.text.replace("\x00", "")} for part in said.segments],
        html=sanitise(said.html) if said.html else "",
        external_id=said.external_id[:998],
        details=details,
        created_at=said.at,
    )


def _bring_up_to_date(conversation: Conversation, talk: Talk, messages: Sequence[Message], *, is_new: bool) -> None:
    """Who waits in one that is open still waits since then. One that lives here already is not woken by its past."""
    ends_solved = is_new or conversation.resolved_at == conversation.last_message_at  # by its file, and not by an agent
    for message in messages:
        if message.kind != MessageKind.NOTE:
            touch(conversation, message)
        if message.kind == MessageKind.INBOUND:
            latest = conversation.last_inbound_at
            conversation.last_inbound_at = max(latest, message.created_at) if latest else message.created_at
    if conversation.status == Status.OPEN and (is_new or not conversation.waiting_since):
        conversation.waiting_since = _waiting_since(conversation, messages)
    if ends_solved and conversation.status == Status.RESOLVED:
        conversation.resolved_at = conversation.last_message_at
    conversation.queue_at = place_in_queue(conversation.waiting_since, conversation.last_message_at)


def _waiting_since(conversation: Conversation, messages: Sequence[Message]) -> datetime | None:
    """Since the first word of theirs that nobody answered."""
    stored = conversation.messages.all() if conversation.pk else Message.objects.none()
    said = [*((each.kind, each.created_at) for each in messages), *stored.values_list("kind", "created_at")]
    answered = max((at for kind, at in said if kind == MessageKind.OUTBOUND), default=None)
    return min(
        (at for kind, at in said if kind == MessageKind.INBOUND and (not answered or at > answered)), default=None
    )


def _mark(conversation: Conversation, talk: Talk) -> None:
    for name in talk.tags:
        tag = Tag.objects.filter(name__iexact=name).first() or Tag.objects.create(name=name)
        conversation.tags.add(tag)
    others = [Participant(conversation=conversation, email=email[:320], name=name) for email, name in talk.participants]
    Participant.objects.bulk_create(others, ignore_conflicts=True)
