"""Files that visitors uploaded in the widget and never sent."""

from collections.abc import Iterator
from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from integrations.models import RawEvent

UNSENT = timedelta(days=2)
FOLDER = "chat"


def clear_unsent() -> int:
    """Deletes what is older than UNSENT and says how many. A message takes its own copy; where one of the visitor's was
    kept but not understood yet, their files wait with it."""
    old = {visitor: list(_old_files(f"{FOLDER}/{visitor}")) for visitor in _folders()}
    if not any(old.values()):
        return 0
    waiting = _waiting()
    paths = [path for visitor, paths in old.items() if visitor not in waiting for path in paths]
    for path in paths:
        default_storage.delete(path)
    return len(paths)


def _folders() -> list[str]:
    try:
        return default_storage.listdir(FOLDER)[0]
    except FileNotFoundError:  # nobody has uploaded anything
        return []


def _old_files(folder: str) -> Iterator[str]:
    before = timezone.now() - UNSENT
    for name in default_storage.listdir(folder)[1]:
        path = f"{folder}/{name}"
        try:
            if default_storage.get_modified_time(path) < before:
                yield path
        except FileNotFoundError:  # its message came meanwhile
            continue


def _waiting() -> set[str]:
    """The visitors of whom something is kept that became no message yet; one reading of the table, not one for each."""
    events = RawEvent.objects.filter(state__in=[RawEvent.State.KEPT, RawEvent.State.ASIDE], headers__has_key="visitor")
    return {str(visitor) for visitor in events.values_list("headers__visitor", flat=True)}
