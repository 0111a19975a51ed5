"""Hands frames to the sockets of all web processes, and knows which groups anybody listens to.

What a socket joins is the channel layer's business; here we speak to its Redis ourselves, because the layer is
asynchronous: from a worker's thread each frame would cost an event loop or a hand-over to one. Nothing is tried
twice: what is stored stays stored when Redis is away, and the browsers' catch-up brings it later.
"""

import time
from collections.abc import Iterable
from functools import cache

import structlog
from channels.layers import get_channel_layer
from django.conf import settings
from redis import ConnectionError, Redis, RedisError, TimeoutError
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger(__name__)

Frame = dict[str, object]

PATIENCE = 2.0  # seconds for an answer of Redis
REST = 5.0  # seconds for which a Redis that hangs is not asked again: nobody's work waits for it twice

_rests_until = 0.0


def put(pairs: Iterable[tuple[str, Frame]]) -> None:
    """Each frame to its group, in this order, in one round trip."""
    pairs = list(pairs)
    if not pairs or _rests():
        return
    try:
        with _redis().pipeline(transaction=False) as pipeline:
            for group, frame in pairs:
                pipeline.publish(_channel(group), get_channel_layer().serialize(frame))
            pipeline.execute()
    except RedisError as error:
        _note(error, lost=len(pairs))


def listened_to(groups: Iterable[str]) -> set[str]:
    """Those of them that a socket has joined by now, in any web process: to draw for the others is to draw for nobody.

    Ask after the change is committed: who joins later than this reads it from the database.
    """
    asked = list(groups)
    if not asked or _rests():
        return set()
    try:
        counted = _redis().pubsub_numsub(*map(_channel, asked))  # in the order of the question
    except RedisError as error:
        _note(error, lost=0)
        return set()
    return {group for group, (_, sockets) in zip(asked, counted, strict=True) if sockets}


def _channel(group: str) -> str:
    """As channels_redis.pubsub names it (RedisPubSubLoopLayer._get_group_channel_name)."""
    return f"{settings.REDIS_PREFIX}__group__{group}"


def _rests() -> bool:
    return time.monotonic() < _rests_until


def _note(error: RedisError, *, lost: int) -> None:
    global _rests_until
    if isinstance(error, TimeoutError):
        _rests_until = time.monotonic() + REST
    log.warning("Redis does not answer", frames_lost=lost, error=str(error))


@cache
def _redis() -> Redis:
    """Tries once more at once, because a Redis that was restarted leaves dead connections in the pool, and waits for
    nothing. The pool opens its own connections in a forked worker, and one for each thread that speaks at once."""
    return Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
    )
