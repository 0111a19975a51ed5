"""Turns that are due at about the same time are one task's: a task costs more than a line in a list.

Redis keeps a list for each tenth of a second. Whoever adds the first line to it, or the ninth, has a task come when it
is over, and each task takes up to eight; so there are always enough of them. What a worker that died had taken, and
what a Redis that was emptied forgot, is swept up (conversations.bots.watching).
"""

import math
from datetime import datetime
from typing import cast

from celery import current_app
from django.conf import settings
from django.utils import timezone

from conversations.live.memory import redis

TASK = "conversations.bot_turns"
QUEUE = "bots"
PACE = 0.1  # seconds
AT_ONCE = 8
KEPT_FOR = 60  # seconds; by then it was swept up


def come(conversation_id: int, due_at: datetime) -> None:
    """Has a worker come for this turn, at the end of the tenth of a second in which it is due. Call after commit, so
    that the task sees it."""
    now = timezone.now().timestamp()
    slot = math.ceil(max(due_at.timestamp(), now) / PACE)
    wait = slot * PACE - now
    pipe = redis().pipeline(transaction=False)
    pipe.rpush(_key(slot), conversation_id)
    pipe.expire(_key(slot), math.ceil(wait) + KEPT_FOR)
    waiting, _kept = pipe.execute()
    if waiting % AT_ONCE == 1:
        current_app.send_task(TASK, (slot,), countdown=max(0.0, wait), queue=QUEUE, retry=False)


def take(slot: int) -> list[int]:
    """Of one tenth of a second, up to AT_ONCE that no other task has taken."""
    found = cast("list[bytes] | None", redis().lpop(_key(slot), AT_ONCE))
    return [int(each) for each in found or ()]


def _key(slot: int) -> str:
    return f"{settings.REDIS_PREFIX}:bots:{slot}"
