"""How much one visitor may ask of us: counters in Redis, so that every process counts together."""

import time
from collections.abc import Sequence
from functools import cache

import structlog
from django.conf import settings
from redis import Redis, RedisError

log = structlog.get_logger(__name__)

MOST = {  # what: (times, in seconds)
    "session": (600, 60),  # of one address: an office or a phone network shares one
    "message": (60, 60),
    "upload": (20, 60),
    "frame": (600, 60),
    "catch-up": (60, 60),
    "form": (10, 600),  # of one address
    "track": (12_000, 60),  # calls of one address that has the key of a shop's pages
    "here": (1200, 60),  # of one address: as many pages that say every half minute that they are looked at
}
FRAME_SIZE = 64 * 1024  # characters; the longest message is far shorter
TEXT_LENGTH = 10_000
FILE_SIZE = 10_000_000
FILES_AT_ONCE = 10


def may(what: str, who: str, *, times: int = 1) -> bool:
    """Counts so many `what` by `who`, and says whether that is still within the limit."""
    return may_each([(what, who, times)])[0]


def may_each(asked: Sequence[tuple[str, str, int]]) -> list[bool]:
    """The same for several, in one round trip. Where Redis does not answer nothing is counted, and nobody refused."""
    with _redis().pipeline(transaction=False) as pipeline:
        for what, who, times in asked:
            seconds = MOST[what][1]
            key = f"{settings.REDIS_PREFIX}:chat:limit:{what}:{who}:{int(time.time()) // seconds}"
            pipeline.incr(key, times)
            pipeline.expire(key, seconds * 2)
        try:
            counts = pipeline.execute()[::2]
        except RedisError as error:
            log.warning("nothing is counted: Redis does not answer", error=str(error))
            return [True] * len(asked)
    return [count <= MOST[what][0] for (what, _, _), count in zip(asked, counts, strict=True)]


@cache
def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
