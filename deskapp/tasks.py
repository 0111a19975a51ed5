"""Signs of life: the worker and beat say in the cache that they live, and health.py reads it."""

import time

from celery import shared_task
from celery.signals import beat_init, heartbeat_sent, worker_ready
from django.core.cache import cache
from redis import RedisError

FORGOTTEN_SECONDS = 3600


@shared_task(name="deskapp.beat_lives", expires=60)
def beat_lives() -> None:
    seen("beat")


# Redis may be away for a while: a sign of life that cannot be given is no reason to stop working.
@worker_ready.connect
@heartbeat_sent.connect
def worker_lives(**facts: object) -> None:
    seen_if_possible("worker")


@beat_init.connect
def beat_begins(**facts: object) -> None:
    seen_if_possible("beat")


def seen_if_possible(name: str) -> None:
    try:
        seen(name)
    except RedisError:
        return


def seen(name: str) -> None:
    cache.set(f"lives:{name}", time.time(), FORGOTTEN_SECONDS)


def seconds_since(name: str) -> float | None:
    """Since the last sign of life of "worker" or "beat"; None when there was none within an hour."""
    at = cache.get(f"lives:{name}")
    return None if at is None else max(0.0, time.time() - at)
