"""The Redis in which it is kept what is of this moment alone: who is here, who looks at what, which calls ring."""

from functools import cache

from django.conf import settings
from redis import Redis


@cache
def redis() -> Redis:
    """Of this process; whoever asks it goes on where it does not answer."""
    return Redis.from_url(settings.REDIS_URL, socket_timeout=2)
