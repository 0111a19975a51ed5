"""Inbound 1: read the past of a shop or a mailbox, page by page; what is on a page is kept together with where the next
one is."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError
from integrations.adapters.shops.base import Page, Shop
from integrations.adapters.shops.calling import BusyError
from integrations.inbound.mailbox import keep
from integrations.locking import only_one
from integrations.models import Backfill, Connector
from integrations.queueing import queue_backfill, queue_event

log = structlog.get_logger(__name__)

State = Backfill.State
LEASE = timedelta(minutes=2)  # longer than any page takes: its worker is dead
WAITS = (5, 10, 30, 60, 120, 300, 900)  # seconds after a failure; the last again and again
MOST_TRIES = 300  # some three days
LONGEST_PAUSE = 60.0
_LOCK = 0x6261636B  # "back": the class of our advisory locks, one for each back-fill

Watch = Callable[[Backfill], None]


def can_be_read(adapter: str) -> bool:
    return hasattr(adapter_named(adapter), "pages")


def newest(connector: Connector) -> Backfill | None:
    return Backfill.objects.filter(connector=connector).order_by("-pk").first()


def start(connector: Connector, *, since: datetime | None = None, until: datetime | None = None) -> Backfill:
    """Begins one, or gives the one that is under way. One that had stopped goes on where it stopped."""
    try:
        with transaction.atomic():
            backfill = Backfill.objects.create(connector=connector, since=since, until=until)
    except IntegrityError:
        backfill = Backfill.objects.get(connector=connector, finished_at=None)
        if backfill.state == State.STOPPED:
            Backfill.objects.filter(pk=backfill.pk).update(state=State.WAITING, tries=0, due_at=timezone.now())
    transaction.on_commit(lambda: queue_backfill(backfill.pk), robust=True)
    return Backfill.objects.get(pk=backfill.pk)


def run(pk: int, *, seconds: float = 120.0, watch: Watch | None = None) -> Backfill:
    """Reads on for so long, or until it is done or the shop is away; gives the row as it stands then. Before it is due,
    nothing happens. Only one runs at a time. Each page is kept in the transaction that moves the cursor: killed at any
    point, nothing is lost, and what is read twice is known by its name."""
    until = time.monotonic() + seconds
    with only_one(_LOCK, pk) as is_ours:
        backfill = Backfill.objects.select_related("connector__channel").get(pk=pk)
        is_early = backfill.state == State.WAITING and backfill.due_at > timezone.now()
        if not is_ours or is_early or backfill.finished_at or backfill.state == State.STOPPED:
            return backfill
        if not backfill.connector.is_active:
            return _stopped(backfill, _("It is not connected any more."))
        backfill.state, backfill.due_at = State.RUNNING, timezone.now() + LEASE
        backfill.save(update_fields=["state", "due_at"])
        try:
            _read(backfill, until, watch)
        except BusyError as error:
            _wait(backfill, error, seconds=error.wait, tries=backfill.tries)
        except AdapterError as error:
            if error.permanent or backfill.tries >= MOST_TRIES:
                return _stopped(backfill, str(error))
            _wait(backfill, error, seconds=WAITS[min(backfill.tries, len(WAITS) - 1)], tries=backfill.tries + 1)
    backfill.refresh_from_db()
    return backfill


def due() -> list[int]:
    """Those that wait for their turn, and those whose worker died."""
    waiting = Backfill.objects.filter(state__in=[State.WAITING, State.RUNNING], due_at__lte=timezone.now())
    return list(waiting.order_by("due_at").values_list("pk", flat=True)[:50])


def _read(backfill: Backfill, until: float, watch: Watch | None) -> None:
    shop: Shop = adapter_named(backfill.connector.adapter)  # type: ignore[assignment]  # only a shop has a past
    for page in shop.pages(backfill.connector, backfill.cursor, backfill.since, backfill.until):
        _take(backfill, page)
        if watch:
            watch(backfill)
        if page.cursor is None:
            return
        if time.monotonic() + page.pause >= until:
            _hand_on(backfill, page.pause)
            return
        time.sleep(min(page.pause, LONGEST_PAUSE))


def _take(backfill: Backfill, page: Page) -> None:
    now = timezone.now()
    with transaction.atomic():
        kept = [keep(backfill.connector, arrival) for arrival in page.arrivals]
        backfill.done += len(kept)
        backfill.total, backfill.tries, backfill.error = page.of or backfill.total, 0, ""
        backfill.cursor, backfill.due_at = dict(page.cursor or {}), now + LEASE
        if page.cursor is None:
            backfill.state, backfill.finished_at = State.DONE, now
        backfill.save(update_fields=["done", "total", "tries", "error", "cursor", "due_at", "state", "finished_at"])
    for raw, is_new in kept:
        if is_new:
            queue_event(raw.pk, raw.connector_id)


def _hand_on(backfill: Backfill, pause: float) -> None:
    """To the next task: one may not run for ever."""
    due_at = timezone.now() + timedelta(seconds=pause)
    Backfill.objects.filter(pk=backfill.pk).update(state=State.WAITING, due_at=due_at)


def _wait(backfill: Backfill, error: AdapterError, *, seconds: float, tries: int) -> None:
    log.info("a back-fill waits", connector=backfill.connector_id, seconds=seconds, error=str(error))
    due_at = timezone.now() + timedelta(seconds=seconds)
    Backfill.objects.filter(pk=backfill.pk).update(state=State.WAITING, due_at=due_at, error=str(error), tries=tries)


def _stopped(backfill: Backfill, why: str) -> Backfill:
    Backfill.objects.filter(pk=backfill.pk).update(state=State.STOPPED, error=why)
    backfill.refresh_from_db()
    return backfill
