"""Which agents' sockets are open, over all web processes: kept in Redis, forgotten when a process dies."""

import time
from typing import cast

import structlog
from django.conf import settings
from redis import RedisError

from conversations.live.memory import redis as _redis

log = structlog.get_logger(__name__)

OPEN_FOR = 90  # seconds; an open browser says every 20 that it is there, one in the background at least every 60
GRACE = 30  # seconds for which somebody without a socket is still there: pages are reloaded, trains go through tunnels


def opened(tab: str, agent_id: int) -> None:
    """Call when a socket opens and whenever it says that it lives. `tab` is the socket's channel name."""
    try:
        pipe = _redis().pipeline(transaction=False)
        pipe.zadd(_key(), {f"{agent_id}:{tab}": time.time()})
        pipe.set(_counting(), time.time(), nx=True)
        pipe.execute()
    except RedisError:
        log.warning("an open socket was not counted: Redis does not answer")


def closed(tab: str, agent_id: int) -> None:
    try:
        pipe = _redis().pipeline(transaction=False)
        pipe.zrem(_key(), f"{agent_id}:{tab}")
        pipe.zadd(_lately(), {str(agent_id): time.time()})
        pipe.execute()
    except RedisError:
        log.warning("a closed socket was not counted: Redis does not answer")


def count() -> int:
    _redis().zremrangebyscore(_key(), 0, time.time() - OPEN_FOR)
    return int(str(_redis().zcard(_key())))


def is_connected(agent_id: int) -> bool:
    alive = cast(list[bytes], _redis().zrangebyscore(_key(), time.time() - OPEN_FOR, "+inf"))
    return any(member.startswith(f"{agent_id}:".encode()) for member in alive)


def present() -> set[int] | None:
    """Agents who have a socket, in any tab of any device, or had one within the grace. None where that cannot be told:
    Redis is away, or was emptied and has not heard of everybody yet."""
    now = time.time()
    try:
        pipe = _redis().pipeline(transaction=False)
        pipe.set(_counting(), now, nx=True)
        pipe.get(_counting())
        pipe.zremrangebyscore(_lately(), 0, now - GRACE)
        pipe.zrange(_lately(), 0, -1)
        pipe.zrangebyscore(_key(), now - OPEN_FOR, "+inf")
        _set, since, _removed, lately, open_now = pipe.execute()
    except RedisError:
        log.warning("who is there is unknown: Redis does not answer")
        return None
    if float(since) > now - OPEN_FOR:
        return None
    return {int(member.split(b":")[0]) for member in (*lately, *open_now)}


def _lately() -> str:
    """Who closed a socket, and when."""
    return f"{settings.REDIS_PREFIX}:sockets:lately"


def _counting() -> str:
    """Since when sockets are counted: gone with the rest when Redis is emptied."""
    return f"{settings.REDIS_PREFIX}:sockets:since"


def _key() -> str:
    return f"{settings.REDIS_PREFIX}:sockets"
