"""How long agents had which conversation before them and were awake at it: summed up in Redis by the hour, until
conversations.reports.work writes it down."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

import structlog
from django.conf import settings
from redis import RedisError

from conversations.live.memory import redis as _redis

log = structlog.get_logger(__name__)

LONGEST = 30  # seconds between two words of a browser that says every 20 that its agent is awake; a longer gap is none
HOUR = 3600
KEPT = 6 * HOUR  # of a finished hour: what writes it down may be late


def beat(agent: int, conversation: int = 0) -> None:
    """The agent is awake, and had that conversation before them since the beat before; 0: they turn to one now. Their
    tabs and devices share one clock: nobody works twice at a time."""
    now = time.time()
    try:
        before = cast("bytes | None", _redis().getset(_last(agent), now))
        _redis().expire(_last(agent), LONGEST * 2)
        if before is None or not conversation:
            return
        much = min(now - float(before), LONGEST)
        key = _of_hour(int(now // HOUR) * HOUR)
        pipe = _redis().pipeline(transaction=False)
        pipe.hincrby(key, f"{agent}:{conversation}", max(0, round(much * 1000)))
        pipe.expire(key, KEPT)
        pipe.execute()
    except RedisError:
        log.warning("work was not counted: Redis does not answer")


def hours() -> Iterator[tuple[datetime, dict[tuple[int, int], int]]]:
    """Of the hour that runs and of those before it that are kept: whole seconds by agent and conversation."""
    now = int(time.time() // HOUR) * HOUR
    for begins in range(now, now - KEPT, -HOUR):
        found = cast("dict[bytes, bytes]", _redis().hgetall(_of_hour(begins)))
        if found:
            yield datetime.fromtimestamp(begins, UTC), {_pair(key): int(value) // 1000 for key, value in found.items()}


def _pair(key: bytes) -> tuple[int, int]:
    agent, _colon, conversation = key.decode().partition(":")
    return int(agent), int(conversation)


def _last(agent: int) -> str:
    return f"{settings.REDIS_PREFIX}:awake:{agent}"


def _of_hour(begins: int) -> str:
    return f"{settings.REDIS_PREFIX}:work:{begins}"
