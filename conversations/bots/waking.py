"""Has the bot speak soon: the row that says it must, and the task that comes for it. The row is certainty, the task
speed: with the broker gone, the sweep comes."""

import uuid
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from conversations.bots import together
from conversations.models import BotTurn, Conversation

log = structlog.get_logger(__name__)

QUIET = timedelta(milliseconds=250)  # after their last line: who writes in pieces is answered once
LONGEST = timedelta(seconds=8)  # that one who never stops writing waits


_WAKE = """
insert into conversations_botturn as turn (conversation_id, asked_at, due_at, tries, read_until)
values (%(pk)s, %(now)s, %(due_at)s, 0, 0)
on conflict (conversation_id) do update
set due_at = least(excluded.due_at, turn.asked_at + make_interval(secs => %(longest)s))
where turn.taken_at is null returning due_at
"""
# A claim that a crash of the database forgets was for words that nobody has said yet: no disk is waited for.
_QUICK = "with quick as materialized (select set_config('synchronous_commit', 'off', true)) "
# Only a turn that is still as it was seen: nobody has begun it since, nor has the customer written once more.
_CLAIM = """
update conversations_botturn set key = %(key)s, taken_at = %(now)s, due_at = %(until)s, tries = tries + 1,
    read_until = %(read_until)s
from quick
where conversation_id = %(pk)s and key is not distinct from %(seen)s and asked_at = %(asked_at)s
    and due_at = %(due_at)s and tries = %(tries)s
"""


# Only while the bot has the word and the customer has not written since.
_KEEP = """
update conversations_botturn as turn set due_at = %(until)s
from conversations_lease as lease, quick
where turn.conversation_id = %(pk)s and turn.key = %(key)s
    and lease.conversation_id = turn.conversation_id and lease.holder = 'bot' and lease.term = %(term)s
    and not exists (
        select from conversations_message as line
        where line.conversation_id = turn.conversation_id and line.kind = 'inbound' and not line.is_automatic
            and line.id > turn.read_until)
"""


def wake(conversation: Conversation, *, heard_at: datetime | None = None) -> None:
    """The customer has written, or an agent wants something done. A turn that is under way reads again before it
    speaks, so it needs no word. Call with `conversation` locked."""
    now = timezone.now()
    due_at = now if heard_at is None else min(max(heard_at, now - QUIET), now) + QUIET
    with connection.cursor() as cursor:
        cursor.execute(_WAKE, {"pk": conversation.pk, "now": now, "due_at": due_at, "longest": LONGEST.total_seconds()})
        if found := cursor.fetchone():
            come(conversation.pk, found[0])


def forget(conversation: Conversation) -> None:
    """There is nothing to answer, or it is not the bot that answers it."""
    BotTurn.objects.filter(conversation=conversation).delete()


def put_back(turn: BotTurn, *, due_at: datetime) -> None:
    """It is thought again then. Call with the conversation locked."""
    turn.taken_at, turn.key, turn.due_at = None, None, due_at
    turn.save()
    come(turn.pk, due_at)


def come(conversation_id: int, due_at: datetime) -> None:
    """After commit, has a worker come at that time."""
    transaction.on_commit(lambda: _come(conversation_id, due_at), robust=True)


def _come(conversation_id: int, due_at: datetime) -> None:
    try:
        together.come(conversation_id, due_at)
    except (BrokerError, RedisError, OSError):
        log.warning("the broker is gone: the bot's turn is left to the sweep", conversation=conversation_id)


def claimed(turn: BotTurn, *, until: datetime) -> BotTurn:
    """Nobody else is at it until then; who asks for it under another key comes too late. Call with the conversation
    locked."""
    turn.key, turn.taken_at, turn.due_at, turn.tries = uuid.uuid4(), timezone.now(), until, turn.tries + 1
    turn.save()
    return turn


def claim_as_seen(turn: BotTurn, *, read_until: int, until: datetime) -> uuid.UUID | None:
    """The same without a lock, and the key under which it is ours; None where it is not as it was read any more."""
    key = uuid.uuid4()
    values = {"key": key, "now": timezone.now(), "until": until, "read_until": read_until, "pk": turn.pk}
    values |= {"seen": turn.key, "asked_at": turn.asked_at, "due_at": turn.due_at, "tries": turn.tries}
    with connection.cursor() as cursor:
        cursor.execute(_QUICK + _CLAIM, values)
        return key if cursor.rowcount else None


def keeps(conversation_id: int, key: uuid.UUID, *, term: int, until: datetime) -> bool:
    """Whether the turn is still that of this key, and nobody else comes for it until then. False where it is not, and
    where that is to be looked at with the conversation locked."""
    with connection.cursor() as cursor:
        cursor.execute(_QUICK + _KEEP, {"until": until, "pk": conversation_id, "key": key, "term": term})
        return bool(cursor.rowcount)
