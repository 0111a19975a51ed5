"""Who may keep a worker waiting: a few calls at a time for each connector, and none while its provider is away.

So a provider that answers slowly, or never, holds up its own channel and no other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError, connection
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from integrations.models import Connector

_LOCK = 0x7475726E  # "turn": the class of our advisory locks, AT_MOST of them for each connector
AT_MOST = 64
RESTS = (5, 10, 20, 40, 60)  # seconds after the first, second … failure in a row


@contextmanager
def turn(connector_id: int) -> Iterator[bool]:
    """Whether it is ours to call. A lock of the database's session: it ends with the worker that holds it."""
    held = next((slot for slot in range(_slots()) if _ask("try_advisory_lock", connector_id, slot)), None)
    try:
        yield held is not None
    finally:
        if held is not None:
            _give_back(connector_id, held)


def is_open(connector: Connector, now: datetime) -> bool:
    """Whether anything may go out by it now."""
    rests = connector.rests_until is not None and connector.rests_until > now
    return connector.is_active and not (connector.paused_at or connector.broken_at or rests)


def rest(connector: Connector, seconds: float | None) -> datetime:
    """Its provider is away. `seconds`: how long it asked to be left in peace. Gives until when."""
    waits = RESTS[min(connector.failures, len(RESTS) - 1)] if seconds is None else max(1.0, seconds)
    until, row = timezone.now() + timedelta(seconds=waits), Connector.objects.filter(pk=connector.pk)
    # Who tried beside another, or just behind, has found out the same thing: it counts once.
    if not row.filter(failures=connector.failures).update(rests_until=until, failures=F("failures") + 1):
        row.update(rests_until=Greatest(F("rests_until"), until) if seconds else Coalesce(F("rests_until"), until))
        until = row.values_list("rests_until", flat=True).get() or until
    return until


def wake(connector: Connector) -> bool:
    """It has answered. True when it was thought away before."""
    away = Connector.objects.filter(pk=connector.pk, failures__gt=0)
    return bool(away.update(rests_until=None, failures=0))


def _slots() -> int:
    return min(AT_MOST, settings.CALLS_AT_ONCE)


def _ask(what: str, connector_id: int, slot: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"select pg_{what}(%s, %s)", [_LOCK, connector_id % 2**24 * AT_MOST + slot])
        (answer,) = cursor.fetchone()
    return bool(answer)


def _give_back(connector_id: int, slot: int) -> None:
    """With a connection that broke meanwhile, the lock went, too."""
    try:
        _ask("advisory_unlock", connector_id, slot)
    except OperationalError:
        connection.close()
