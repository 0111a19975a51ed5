"""How many webhooks were refused, and why: counted in Redis, so that every process gives the same answer."""

from functools import cache

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

# Under which they are counted; those of NotGenuineError.
REASONS = ("address", "signature", "old", "too_large", "garbage")


def count(reason: str) -> None:
    """A Redis that is gone costs a count, not an answer."""
    try:
        _redis().hincrby(_name(), reason, 1)
    except (RedisError, OSError):
        return


def counted() -> dict[str, int]:
    """Since Redis was emptied last. Raises RedisError."""
    found = {str(name): int(value) for name, value in _redis().hgetall(_name()).items()}
    return {reason: found.get(reason, 0) for reason in REASONS}


@cache
def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=2, decode_responses=True)


def _name() -> str:
    return f"{settings.REDIS_PREFIX}:webhooks refused"
