"""Fetches files beside a worker's tasks, in a few threads of its process: a host that hangs keeps nobody waiting."""

import threading

from django.db import connections

from integrations.inbound import files

AT_ONCE = 4  # in one process: each has a connection to the database, on which its turn is locked

_free = threading.BoundedSemaphore(AT_ONCE)


def fetch(attachment_id: int) -> None:
    """Begins to, and comes back. Where all threads are at work, it is left to the sweep."""
    if _free.acquire(blocking=False):
        threading.Thread(target=_fetch, args=(attachment_id,), name="file", daemon=True).start()


def _fetch(attachment_id: int) -> None:
    """Whatever happens here, the file is due again in a while, as after a process that was killed."""
    try:
        files.fetch(attachment_id)
    finally:
        connections.close_all()
        _free.release()
