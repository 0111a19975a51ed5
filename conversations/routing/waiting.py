"""Who waits for an agent: what enters the queue, what leaves it, and the word to the workers that there is to do.

The queue is a table, so nothing is lost with a worker or with Redis. Workers are asked at once, by one task that waits
for all who ask; beat comes too. Locks are taken in one order everywhere: the conversation first, then its place here;
of several places, by their number.
"""

import time
from collections.abc import Iterable
from datetime import datetime

import structlog
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from conversations.models import Conversation, Waiting
from conversations.routing.facts import Trigger

log = structlog.get_logger(__name__)

TASK = "conversations.route"
MOST_MISSING = 1000  # at once
PACE = 0.1  # seconds from one task to the next, where many arrive
LOST_AFTER = 5  # seconds after which a task that nobody began is taken for lost

# Without published rules nobody is routed: then nothing enters, and no second statement finds that out.
_ENTER = """
insert into conversations_waiting
    (conversation_id, team_id, priority, due_at, since, trigger, step, look_at, passed, passed_at, is_by_hand,
     is_pulled)
select c.id, c.team_id, c.priority, c.due_at, coalesce(c.waiting_since, %(now)s), %(trigger)s::text, 0, %(now)s,
    %(passed)s::bigint[], case when %(passed)s::bigint[] <> '{}' then %(now)s end,
    %(trigger)s::text = 'transferred', false
from conversations_conversation c
where c.id = any(%(ids)s)
  and exists (select 1 from conversations_routingpolicy where state in ('published', 'trial'))
order by c.id
on conflict (conversation_id) do update set
    trigger = excluded.trigger,
    look_at = excluded.look_at,
    priority = excluded.priority,
    due_at = excluded.due_at,
    team_id = excluded.team_id,
    is_by_hand = conversations_waiting.is_by_hand or excluded.is_by_hand,
    passed = (select coalesce(array_agg(distinct agent), '{}')
              from unnest(conversations_waiting.passed || excluded.passed) agent),
    passed_at = coalesce(excluded.passed_at, conversations_waiting.passed_at)
returning conversation_id
"""
# Of those that nobody has and who wait for an answer, whoever is not in the queue: rules were published just now, or a
# way in forgot to say so.
_MISSING = """
insert into conversations_waiting
    (conversation_id, team_id, priority, due_at, since, trigger, step, look_at, passed, is_by_hand, is_pulled)
select c.id, c.team_id, c.priority, c.due_at, c.waiting_since, 'arrived', 0, %(now)s, '{}', false, false
from conversations_conversation c
where c.status = 'open' and c.merged_into_id is null and not c.is_spam and c.assignee_id is null
  and c.waiting_since < %(before)s
  and not exists (select 1 from conversations_waiting w where w.conversation_id = c.id)
  and exists (select 1 from conversations_routingpolicy where state in ('published', 'trial'))
order by c.queue_at limit %(most)s
on conflict do nothing
"""
_LEAVE = """
with gone as (delete from conversations_waiting where conversation_id = any(%s))
select exists (select 1 from conversations_waiting where conversation_id <> all(%s))
"""


def enqueue(conversation: Conversation, trigger: Trigger, *, passed: Iterable[int] = ()) -> None:
    """Has it given to somebody, soon after commit; one that waits already is looked at again. `passed`: the agents who
    gave it back. Call with the conversation stored and locked. Spam, and what was merged away, waits for nobody."""
    enqueue_each([conversation], trigger, passed=passed)


def enqueue_each(conversations: Iterable[Conversation], trigger: Trigger, *, passed: Iterable[int] = ()) -> None:
    """`enqueue` for several, in one statement."""
    ids = sorted(each.pk for each in conversations if not (each.is_spam or each.merged_into_id))
    if not ids:
        return
    values = {"ids": ids, "trigger": trigger, "now": timezone.now(), "passed": sorted(set(passed))}
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, values)
        entered = cursor.fetchall()
    if entered:
        transaction.on_commit(lambda: ask(), robust=True)


def leave(*conversations: int) -> None:
    """They wait no more: somebody has them, or they ended. As an agent may have room by that, the others are looked
    through after commit, if there are any. Call with them locked."""
    ids = list(conversations)
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE, [ids, ids])
        (others,) = cursor.fetchone()
    if others:
        transaction.on_commit(lambda: ask(room=True), robust=True)


def freed() -> None:
    """An agent has room for another: those who wait, if there are any, are looked through after commit."""
    if Waiting.objects.exists():
        transaction.on_commit(lambda: ask(room=True), robust=True)


def enter_missing(before: datetime) -> int:
    """Whoever waits since `before` and is in no queue: how many entered it."""
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, {"now": timezone.now(), "before": before, "most": MOST_MISSING})
        return cursor.rowcount


@transaction.atomic
def offer_again(before: datetime) -> int:
    """Who gave it back, or was silent, may be asked once more if nobody took it since `before`: nothing waits for ever
    for want of somebody else. How many there are."""
    rows = Waiting.objects.filter(passed_at__lt=before).select_for_update(no_key=True, skip_locked=True).order_by("pk")
    found = list(rows.values_list("pk", flat=True)[:MOST_MISSING])
    Waiting.objects.filter(pk__in=found).update(passed=[], passed_at=None, look_at=timezone.now(), trigger="overdue")
    if found:
        transaction.on_commit(lambda: ask(), robust=True)
    return len(found)


@transaction.atomic
def look_again() -> None:
    """Rules, skills, teams or capacities changed: everything that waits is decided anew, after commit."""
    enter_missing(timezone.now())
    places = Waiting.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True)
    if Waiting.objects.filter(pk__in=list(places)).update(look_at=timezone.now(), trigger="changed"):
        transaction.on_commit(lambda: ask(), robust=True)


def ask(*, room: bool = False) -> None:
    """Has a worker come: for those to be decided now, and, where an agent has `room`, for all who wait. While a task
    waits that nobody has begun, no other is needed: it will see what was there before it began. Where one has begun
    just now, the next one comes a little later, for all who arrive until then: most of what it reads is for all."""
    try:
        if room:
            cache.set(_key("room"), 1, timeout=None)
        if cache.add(_key("asked"), 1, timeout=LOST_AFTER):
            current_app.send_task(TASK, countdown=_pause(), retry=False)
    except (BrokerError, RedisError, OSError):
        log.warning("the broker is gone: left to the sweep")


def _pause() -> float:
    """Seconds. One that is taken for lost waits for nothing."""
    begun_at = cache.get(_key("begun"))
    since = time.time() - begun_at if isinstance(begun_at, float) else PACE
    return PACE - since if 0 <= since < PACE else 0.0


def ask_again(wait: float) -> None:
    """In `wait` seconds: what was due was held by somebody else."""
    try:
        current_app.send_task(TASK, countdown=wait, retry=False)
    except (BrokerError, RedisError, OSError):
        log.warning("the broker is gone: left to the sweep")


def begun() -> bool:
    """A task has begun: whatever comes from now on asks for another one. Whether somebody has room: who cannot tell
    looks."""
    try:
        cache.delete(_key("asked"))
        cache.set(_key("begun"), time.time(), timeout=LOST_AFTER)
        return bool(cache.get(_key("room"))) and bool(cache.delete(_key("room")))
    except (RedisError, OSError):
        return True


def _key(what: str) -> str:
    return f"{settings.REDIS_PREFIX}:routing:{what}"
