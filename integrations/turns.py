"""Who may keep a worker waiting: a few calls at a time for each connector, and none while its provider is away.

So a provider that answers slowly, or never, holds up its own channel and no other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from integrations.locking import one_of
from integrations.models import Connector

# The classes of our advisory locks, AT_MOST of them for each connector: "turn"; "file" for what a message named, since
# a host that keeps media may hang while its provider takes messages; and "brai" for who thinks for a bot.
OF_MESSAGES, OF_FILES, OF_BRAINS = 0x7475726E, 0x66696C65, 0x62726169
AT_MOST = 64
RESTS = (5, 10, 20, 30)  # seconds after the first, second … failure in a row: as late it notices that an outage is over


@contextmanager
def turn(connector_id: int, kind: int = OF_MESSAGES) -> Iterator[bool]:
    """Whether it is ours to call. A lock of the database's session: it ends with the worker that holds it."""
    first = connector_id % 2**24 * AT_MOST
    with one_of(kind, range(first, first + min(AT_MOST, settings.CALLS_AT_ONCE))) as is_ours:
        yield is_ours


def is_open(connector: Connector, now: datetime) -> bool:
    """Whether anything may go out by it now."""
    rests = connector.rests_until is not None and connector.rests_until > now
    return connector.is_active and not (connector.paused_at or connector.broken_at or rests)


def rest(connector: Connector, seconds: float | None) -> datetime:
    """Its provider is away. `seconds`: how long it asked to be left in peace. Gives until when."""
    waits = rests_for(connector, seconds)
    until, row = timezone.now() + timedelta(seconds=waits), Connector.objects.filter(pk=connector.pk)
    # Who tried beside another, or just behind, has found out the same thing: it counts once.
    if not row.filter(failures=connector.failures).update(rests_until=until, failures=F("failures") + 1):
        row.update(rests_until=Greatest(F("rests_until"), until) if seconds else Coalesce(F("rests_until"), until))
        until = row.values_list("rests_until", flat=True).get() or until
    return until


def rests_for(connector: Connector, seconds: float | None) -> float:
    return RESTS[min(connector.failures, len(RESTS) - 1)] if seconds is None else max(1.0, seconds)


def wake(connector: Connector) -> bool:
    """It has answered. True when it was thought away before."""
    away = Connector.objects.filter(pk=connector.pk, failures__gt=0)
    return bool(away.update(rests_until=None, failures=0))
