"""A worker process of `bench ingest`; it imports nothing of the desk before Django is set up."""

import time
from multiprocessing.queues import Queue
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Barrier

START_SECONDS, WORK_SECONDS = 60, 1800


def worker(
    raw_ids: list[int],
    following: "Synchronized[int]",
    used: "Queue[float]",
    ready: Barrier,
    done: Barrier,
    over: Barrier,
) -> None:
    """A process of its own. It warms up on its imports and its connection alone, then comes for event by event."""
    import django

    django.setup()
    from django.urls import reverse

    from integrations.inbound.together import process_with_next
    from integrations.models import RawEvent

    RawEvent.objects.exists()  # the connection is open before the clock starts,
    reverse("conversation", args=[1])  # and the addresses are read, as a worker does once in its life
    ready.wait(START_SECONDS)
    ready.wait(START_SECONDS)
    before = time.process_time()
    while (index := _next(following)) < len(raw_ids):
        process_with_next(raw_ids[index])
    used.put(time.process_time() - before)
    done.wait(WORK_SECONDS)
    over.wait(START_SECONDS)  # our backend lives until its CPU time has been read


def _next(following: "Synchronized[int]") -> int:
    with following.get_lock():
        following.value += 1
        return following.value - 1
