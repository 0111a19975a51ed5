"""Inbound 1: read whole what a webhook told only a part of, and keep it like anything that arrives."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError
from integrations.adapters.shops.base import Shop
from integrations.adapters.shops.calling import BusyError
from integrations.inbound.mailbox import keep
from integrations.models import Reread
from integrations.queueing import queue_event

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)  # longer than any call: its worker is dead
WAITS = (5, 15, 60, 300, 900, 3600, 3600, 3600, 7200, 14400, 28800)  # seconds: a day, then an admin looks


def reread(pk: int) -> None:
    """Reads one thing that is due. Nothing happens when another worker has it, or it was read meanwhile."""
    now = timezone.now()
    if not Reread.objects.filter(pk=pk, due_at__lte=now).update(due_at=now + LEASE, tries=F("tries") + 1):
        return
    row = Reread.objects.select_related("connector").filter(pk=pk).first()
    if row is None:
        return
    if not row.connector.is_active:
        Reread.objects.filter(pk=pk).update(due_at=None, error=_("The shop is not connected any more."))
        return
    try:
        _read(row)
    except BusyError as error:
        later = timezone.now() + timedelta(seconds=error.wait)
        _same(row).update(due_at=later, tries=F("tries") - 1, error=str(error))
    except AdapterError as error:
        log.info("a shop could not be read", connector=row.connector_id, kind=row.kind, error=str(error))
        _failed(row, error)


def due() -> list[int]:
    return list(Reread.objects.filter(due_at__lte=timezone.now()).order_by("due_at").values_list("pk", flat=True)[:200])


def _read(row: Reread) -> None:
    """Asked for again while we read, it is read again: what we have may be of before."""
    shop: Shop = adapter_named(row.connector.adapter)  # type: ignore[assignment]  # only a shop asks for this
    arrivals = shop.reread(row.connector, row.kind, row.external_id)
    with transaction.atomic():
        kept = [keep(row.connector, arrival) for arrival in arrivals]
        if not _same(row).delete()[0]:
            Reread.objects.filter(pk=row.pk).update(due_at=timezone.now())
    for raw, is_new in kept:
        if is_new:
            queue_event(raw.pk, raw.connector_id)


def _failed(row: Reread, error: AdapterError) -> None:
    is_last = error.permanent or row.tries > len(WAITS)
    due_at = None if is_last else timezone.now() + timedelta(seconds=WAITS[row.tries - 1])
    _same(row).update(due_at=due_at, error=str(error))


def _same(row: Reread) -> QuerySet[Reread]:
    return Reread.objects.filter(pk=row.pk, asked_at=row.asked_at)
