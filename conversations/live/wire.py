"""Hands frames to the sockets of all web processes, and knows which groups anybody listens to.

What a socket joins is the channel layer's business; here we speak to its Redis ourselves, because the layer is
asynchronous: from a worker's thread each frame would cost an event loop or a hand-over to one. What Redis does not take
at once waits in the backlog (conversations.live.backlog): whoever brought it goes on.
"""

import os
import time
from collections.abc import Iterable
from functools import cache

import structlog
from channels.layers import get_channel_layer
from django.conf import settings
from redis import ConnectionError, Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from conversations.live.backlog import LONG_PATIENCE, Backlog, Packed

log = structlog.get_logger(__name__)

Frame = dict[str, object]

PATIENCE = 2.0  # seconds for an answer of Redis
REST = (
    5.0  # seconds for which a Redis that was late is spoken to by the backlog alone: nobody's work waits for it twice
)

_rests_until = 0.0


def put(pairs: Iterable[tuple[str, Frame]]) -> None:
    """Each frame to its group, in this order, in one round trip: now or, where Redis is late or away, soon."""
    packed = [(group, get_channel_layer().serialize(frame)) for group, frame in pairs]
    if not packed:
        return
    if is_late():
        _backlog.add(packed)
        return
    try:
        _publish(packed, patience=PATIENCE)
    except RedisError as error:
        _note(error, frames=len(packed))
        _backlog.add(packed)


def listened_to(groups: Iterable[str]) -> set[str]:
    """Those of them that a socket has joined by now, in any web process: to draw for the others is to draw for nobody.
    All of them, where Redis does not say.

    Ask after the change is committed: who joins later than this reads it from the database.
    """
    asked = list(groups)
    if not asked or is_late():
        return set(asked)
    try:
        counted = _redis(PATIENCE).pubsub_numsub(*map(_channel, asked))  # in the order of the question
    except RedisError as error:
        _note(error, frames=0)
        return set(asked)
    return {group for group, (_, sockets) in zip(asked, counted, strict=True) if sockets}


def _publish(packed: Iterable[Packed], *, patience: float) -> None:
    with _redis(patience).pipeline(transaction=False) as pipeline:
        for group, body in packed:
            pipeline.publish(_channel(group), body)
        pipeline.execute()


def _publish_late(packed: Iterable[Packed]) -> None:
    global _rests_until
    _publish(packed, patience=LONG_PATIENCE)
    _rests_until = 0.0


def _missed() -> bytes:
    """What a group is told whose frames were given up: its browsers catch up as after a lost connection."""
    packed: bytes = get_channel_layer().serialize({"type": "desk.missed"})
    return packed


def _channel(group: str) -> str:
    """As channels_redis.pubsub names it (RedisPubSubLoopLayer._get_group_channel_name)."""
    return f"{settings.REDIS_PREFIX}__group__{group}"


def is_late() -> bool:
    """Whether Redis was late or away a moment ago: who can do without it leaves it alone."""
    return _backlog.is_busy or time.monotonic() < _rests_until


def _note(error: RedisError, *, frames: int) -> None:
    global _rests_until
    _rests_until = time.monotonic() + REST
    log.warning("Redis does not answer", frames_waiting=frames, error=str(error))


_backlog = Backlog(_publish_late, _missed)
os.register_at_fork(after_in_child=_backlog.begin_anew)


@cache
def _redis(patience: float) -> Redis:
    """Tries once more at once, because a Redis that was restarted leaves dead connections in the pool, and waits for
    nothing. The pool opens its own connections in a forked worker, and one for each thread that speaks at once."""
    return Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=patience,
        socket_connect_timeout=patience,
        retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
    )
