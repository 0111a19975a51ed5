"""Who may speak to the customer now: the one row that says so, changed only with its conversation locked.

A conversation is “pending” exactly while the bot has the word; `give` and `take` are the only ways in and out of that.
Whatever the bot says names the term under which it was thought: another term, and it is not said any more.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.actions.change import save, summarise
from conversations.bots import waking
from conversations.bots.memory import Memory, memory_of
from conversations.live.push import push_message
from conversations.models import Bot, BotTalk, Conversation, Delivery, Handoff, Lease, Message, Status
from conversations.models.bot import TalkEnd
from conversations.models.handoff import HandoffReason
from conversations.models.lease import Holder
from conversations.models.message import MessageKind
from conversations.routing import waiting

if TYPE_CHECKING:
    from deskapp.models import User

log = structlog.get_logger(__name__)

_GIVE = """
insert into conversations_lease as lease (conversation_id, holder, agent_id, term, changed_at)
values (%(pk)s, 'bot', %(by)s, 2, %(now)s)
on conflict (conversation_id) do update
set holder = 'bot', agent_id = excluded.agent_id, term = lease.term + 1, changed_at = excluded.changed_at
where lease.holder <> 'bot' or %(always)s returning term
"""
_HEARD = """
with theirs as (
    select id, channel_id, created_at from conversations_message
    where conversation_id = %(pk)s and kind = 'inbound' and not is_automatic
), heard as (
    select * from theirs where created_at >= %(since)s::timestamptz order by created_at, id limit 1
)
select heard.id, heard.channel_id, heard.created_at,
    (select max(id) from theirs where heard.id is null or theirs.id < heard.id),
    (select state from conversations_bottalk where conversation_id = %(pk)s order by began_at desc, id desc limit 1)
from (values (1)) as one left join heard on true
"""

TAKEN = (HandoffReason.STEPPED_IN, HandoffReason.CALLED, "spam")  # somebody took the word


@dataclass(frozen=True)
class _Heard:
    """`line`: the first of the customer's that nobody has answered, which came `at` a moment by a channel, or None;
    `read_until`: their last before it; `state`: what the bot knew in its talk before."""

    line: int | None
    channel: int | None
    at: datetime | None
    read_until: int
    state: dict[str, object] | None


def has(conversation: Conversation, term: int) -> bool:
    """Whether the bot has the word, and still the same as when the term began."""
    return Lease.objects.filter(conversation=conversation, holder=Holder.BOT, term=term).exists()


def give(
    conversation: Conversation, bot: Bot, *, by: "User | None" = None, instructions: str = "", only_step: str = ""
) -> BotTalk:
    """The bot has the word, and answers at once where the customer waits or `by` asks it to do something. What it knew
    in an earlier talk it knows still. Call with `conversation` locked: it is changed and stored. Giving it twice is
    one talk."""
    term = _given(conversation, by)
    if term is None and (running := _running(conversation).first()):
        return running
    term = term or _given(conversation, by, whoever_has_it=True)
    assert term is not None  # its row is there now
    heard = _heard(conversation)
    talk = BotTalk(
        conversation=conversation,
        bot=bot,
        channel_id=heard.channel,
        term=term,
        state=_remembered(heard, instructions, only_step).to_json(),
        language=conversation.language,
        topic_id=conversation.topic_id,
        first_id=heard.line,
        spoke_at=timezone.now(),
    )
    talk.save(force_insert=True)
    conversation.status, conversation.snoozed_until, conversation.resolved_at = Status.PENDING, None, None
    save(conversation)
    waiting.leave(conversation.pk)
    if heard.line or instructions or only_step:
        waking.wake(conversation, heard_at=heard.at)
    return talk


def take(conversation: Conversation, *, by: "User | None", why: str, end: str = TalkEnd.HANDED) -> Lease | None:
    """The people have the word: nothing more of what the bot thought is said. Where somebody took it (`why`), what
    waits to be sent is not sent either; where the bot gave it away itself, that still goes. None where they had it.
    Call with `conversation` locked; the caller stores it, as it is open now."""
    if why in TAKEN:
        withdraw(conversation)
    lease = Lease.objects.filter(conversation=conversation, holder=Holder.BOT).first()
    if lease is None:
        return None
    lease.holder, lease.agent, lease.term = Holder.PEOPLE, by, lease.term + 1
    lease.save()
    _running(conversation).update(end=end, ended_at=timezone.now())
    waking.forget(conversation)
    if conversation.status == Status.PENDING:
        conversation.status = Status.OPEN
    log.info("the people have the word", conversation=conversation.pk, term=lease.term, why=why)
    return lease


def withdraw(conversation: Conversation) -> int:
    """Takes back what the bot has said and nobody has begun to send. The caller stores the conversation."""
    queued = Delivery.objects.filter(conversation=conversation, status=Delivery.Status.QUEUED, message__is_bot=True)
    taken_back = [
        delivery.message
        for delivery in queued.select_related("message")
        if Delivery.objects.filter(pk=delivery.pk, status=Delivery.Status.QUEUED).update(
            status=Delivery.Status.CANCELLED, settled_at=timezone.now(), error=_("Somebody else has the word now.")
        )
    ]
    if taken_back:
        summarise(conversation)
    for message in taken_back:
        push_message(message)
    return len(taken_back)


def is_over(message: Message) -> bool:
    """Whether what the bot said, and what did not go at the first try, is not to be sent any more: a person took the
    word since, or used it."""
    took = Handoff.objects.filter(conversation=message.conversation_id, to_people=True, reason__in=TAKEN)
    if took.filter(created_at__gt=message.created_at).exists():
        return True
    later = Message.objects.filter(conversation=message.conversation_id, kind=MessageKind.OUTBOUND, is_bot=False)
    return later.filter(pk__gt=message.pk, is_automatic=False).exists()


def _running(conversation: Conversation) -> QuerySet[BotTalk]:
    return BotTalk.objects.filter(conversation=conversation, ended_at=None)


def _given(conversation: Conversation, by: "User | None", *, whoever_has_it: bool = False) -> int | None:
    """The new term; None where the bot had the word."""
    agent = by.pk if by else None
    with connection.cursor() as cursor:
        cursor.execute(_GIVE, {"pk": conversation.pk, "by": agent, "now": timezone.now(), "always": whoever_has_it})
        row = cursor.fetchone()
    return row[0] if row else None


def _heard(conversation: Conversation) -> _Heard:
    with connection.cursor() as cursor:
        cursor.execute(_HEARD, {"pk": conversation.pk, "since": conversation.waiting_since})
        line, channel, at, read_until, state = cursor.fetchone()
    return _Heard(line, channel, at, read_until or 0, json.loads(state) if state else None)


def lines_of(conversation: Conversation | int) -> QuerySet[Message]:
    """What the customer wrote themselves."""
    return Message.objects.filter(conversation=conversation, kind=MessageKind.INBOUND, is_automatic=False)


def last_line(conversation: Conversation) -> Message | None:
    """Of these, with the way by which it came: there they are answered."""
    return lines_of(conversation).select_related("channel", "identity").order_by("-created_at", "-pk").first()


def _remembered(heard: _Heard, instructions: str, only_step: str) -> Memory:
    """Of the talk before, with nothing that was under way in it; its lines until what was `heard` are answered. Who
    gives it back with something to do has answered, too, what the bot had read: else it would pass that on once more.
    """
    known = memory_of(heard.state) if heard.state else Memory()
    return replace(
        known,
        waits_for="",
        question=None,
        choices=(),
        read_until=max(heard.read_until, known.read_until) if instructions or only_step else heard.read_until,
        instructions=instructions,
        only_step=only_step,
    )
