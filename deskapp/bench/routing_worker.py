"""A worker process of `bench routing`; it imports nothing of the desk before Django is set up."""

from multiprocessing.synchronize import Barrier

START_SECONDS, WORK_SECONDS = 60, 600


def worker(ready: Barrier, done: Barrier) -> None:
    """Works the queue off as the task does, from the moment at which all are ready."""
    import django

    django.setup()
    from conversations.bots.languages import language_of
    from conversations.models import Waiting
    from conversations.routing.drain import drain

    # Before the clock starts, the connection is open, and the languages are read as a worker does once in its life.
    Waiting.objects.exists()
    language_of("Where is my parcel, please, and when will it come?")
    ready.wait(START_SECONDS)
    while Waiting.objects.filter(look_at__isnull=False).exists():
        drain(room=False)
    done.wait(WORK_SECONDS)
