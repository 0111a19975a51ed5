"""How much one visitor may ask of us: counters in Redis, so that every process counts together."""

import time

from django.core.cache import cache

MOST = {  # what: (times, in seconds)
    "session": (600, 60),  # of one address: an office or a phone network shares one
    "message": (60, 60),
    "upload": (20, 60),
    "frame": (600, 60),
    "catch-up": (60, 60),
}
FRAME_SIZE = 64 * 1024  # characters; the longest message is far shorter
TEXT_LENGTH = 10_000
FILE_SIZE = 10_000_000
FILES_AT_ONCE = 10


def may(what: str, who: str) -> bool:
    """Counts one `what` by `who`, and says whether it is still within the limit."""
    most, seconds = MOST[what]
    key = f"chat:limit:{what}:{who}:{int(time.time()) // seconds}"
    cache.add(key, 0, seconds * 2)
    try:
        return cache.incr(key) <= most
    except ValueError:  # the key went between the two calls
        return True
