"""Which agents' sockets are open, over all web processes: kept in Redis, forgotten when a process dies."""

import time
from functools import cache
from typing import cast

import structlog
from django.conf import settings
from redis import Redis, RedisError

log = structlog.get_logger(__name__)

OPEN_FOR = 90  # seconds; an open browser says every 20 that it is there


def opened(tab: str, agent_id: int) -> None:
    """Call when a socket opens and whenever it says that it lives. `tab` is the socket's channel name."""
    try:
        _redis().zadd(_key(), {f"{agent_id}:{tab}": time.time()})
    except RedisError:
        log.warning("an open socket was not counted: Redis does not answer")


def closed(tab: str, agent_id: int) -> None:
    try:
        _redis().zrem(_key(), f"{agent_id}:{tab}")
    except RedisError:
        log.warning("a closed socket was not counted: Redis does not answer")


def count() -> int:
    _redis().zremrangebyscore(_key(), 0, time.time() - OPEN_FOR)
    return int(str(_redis().zcard(_key())))


def is_connected(agent_id: int) -> bool:
    alive = cast(list[bytes], _redis().zrangebyscore(_key(), time.time() - OPEN_FOR, "+inf"))
    return any(member.startswith(f"{agent_id}:".encode()) for member in alive)


def _key() -> str:
    return f"{settings.REDIS_PREFIX}:sockets"


@cache
def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=2)
