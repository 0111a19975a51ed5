"""Brings a file in, item by item, each in a transaction of its own that also says how far we are: killed at any point,
nothing is lost and nothing comes twice. An item that cannot be brought in is set aside alone, with its reason."""

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from django.db import Error, InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from conversations import audit
from integrations.imports.items import Item, items
from integrations.imports.kinds import KINDS, StayError
from integrations.locking import only_one
from integrations.models import Import, ImportRow
from integrations.queueing import queue_import

if TYPE_CHECKING:
    from deskapp.models import User

log = structlog.get_logger(__name__)

State = Import.State
STRETCH = 60.0  # seconds of one task; the next goes on
LEASE = timedelta(minutes=2)
BREATH = timedelta(seconds=5)  # while another import runs
MOST_SAID = 50_000  # characters of an item that is set aside
_LOCK = 0x696D7074  # "impt": one import at a time, so that what is of one is told from what is of another


def start(one: Import, *, by: "User") -> None:
    """Brings it in, or goes on where it stopped."""
    with transaction.atomic():
        ready = Import.objects.filter(pk=one.pk, state__in=[State.DRAFT, State.STOPPED])
        if ready.update(state=State.WAITING, due_at=timezone.now(), error=""):
            audit.record(by, one, before={}, after={}, note=_("Began to bring it in."))
            transaction.on_commit(lambda: queue_import(one.pk), robust=True)


def undo(one: Import, *, by: "User") -> None:
    with transaction.atomic():
        ready = Import.objects.filter(pk=one.pk, state__in=[State.DONE, State.STOPPED])
        if ready.update(state=State.UNDOING, due_at=timezone.now(), error="", stayed=0):
            audit.record(by, one, before={}, after={}, note=_("Began to undo it."))
            transaction.on_commit(lambda: queue_import(one.pk), robust=True)


def due() -> list[int]:
    """Those that wait for their turn, and those whose worker died."""
    waiting = Import.objects.filter(state__in=[State.WAITING, State.RUNNING, State.UNDOING], due_at__lte=timezone.now())
    return list(waiting.order_by("due_at").values_list("pk", flat=True)[:20])


def run(pk: int, *, seconds: float = STRETCH) -> Import:
    """A stretch of it. Gives the row as it stands then."""
    until = time.monotonic() + seconds
    with only_one(_LOCK) as is_ours:
        one = Import.objects.select_related("by").get(pk=pk)
        if not one.is_under_way:
            return one
        if not is_ours:
            Import.objects.filter(pk=pk).update(due_at=timezone.now() + BREATH)
            return one
        with translation.override(one.language or None):
            try:
                is_whole = _take_away(one, until) if one.state == State.UNDOING else _bring_in(one, until)
            except (OSError, ValueError) as error:  # the file itself: gone, or no such file at all
                log.warning("an import stopped", one=pk, error=str(error))
                Import.objects.filter(pk=pk).update(state=State.STOPPED, error=str(error)[:2000])
                is_whole = True
    if not is_whole:
        Import.objects.filter(pk=pk).update(due_at=timezone.now())
        queue_import(pk)
    one.refresh_from_db()
    return one


def _bring_in(one: Import, until: float) -> bool:
    _lease(one, State.RUNNING)
    if not one.total:
        one.total = sum(1 for _item in items(one))
        Import.objects.filter(pk=one.pk).update(total=one.total)
    for place, item in enumerate(items(one), start=1):
        if place <= one.done:
            continue
        _one(one, item, place)
        if place % 100 == 0:
            _lease(one, State.RUNNING)
        if time.monotonic() >= until:
            return False
    _finish(one)
    return True


def _lease(one: Import, state: str) -> None:
    Import.objects.filter(pk=one.pk).update(state=state, due_at=timezone.now() + LEASE)


def _one(one: Import, item: Item, place: int) -> None:
    try:
        if item.wrong:
            raise ValueError(item.wrong)
        with transaction.atomic():
            made = KINDS[one.what].understand(one, item).bring()
            if made:
                ImportRow.objects.create(of=one, number=item.number, state=ImportRow.State.MADE, made=made)
            _count(one, place, "made" if made else "known")
    except (OperationalError, InterfaceError):  # the database, not the item: it is tried again
        raise
    except Exception as error:
        words = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        if not isinstance(error, ValueError):
            log.warning("an item was set aside", one=one.pk, number=item.number, exc_info=True)
        with transaction.atomic():
            said = [[cell[:MOST_SAID] for cell in cells] for cells in item.said]
            clean = words.replace("\x00", "")[:1000]
            ImportRow.objects.update_or_create(
                of=one,
                number=item.number,
                defaults={"state": ImportRow.State.ASIDE, "why": clean, "said": _clean(said), "made": {}},
            )
            _count(one, place, "aside")


def _clean(said: list[list[str]]) -> list[list[str]]:
    """Without what PostgreSQL cannot keep."""
    return [[cell.replace("\x00", "").encode("utf-8", "replace").decode() for cell in cells] for cells in said]


def _count(one: Import, place: int, what: str) -> None:
    Import.objects.filter(pk=one.pk).update(done=place, **{what: F(what) + 1})


def _finish(one: Import) -> None:
    """The file has done its work: what was set aside is kept row by row."""
    one.refresh_from_db()
    with transaction.atomic():
        Import.objects.filter(pk=one.pk).update(
            state=State.DONE, finished_at=timezone.now(), total=one.done, file="", error=""
        )
        note = _("Brought in: %(made)s. Known already: %(known)s. Set aside: %(aside)s.")
        counts = {"made": one.made, "known": one.known, "aside": one.aside}
        audit.record(one.by, one, before={}, after={}, note=note % counts)
        storage, name = one.file.storage, one.file.name
        if name:
            transaction.on_commit(lambda: storage.delete(name))


def _take_away(one: Import, until: float) -> bool:
    """The last first: who came with an earlier item may have been used by a later one."""
    while rows := list(one.rows.filter(state=ImportRow.State.MADE).order_by("-number")[:100]):
        _lease(one, State.UNDOING)
        for row in rows:
            _undo_one(one, row)
            if time.monotonic() >= until:
                return False
    one.refresh_from_db()
    with transaction.atomic():
        Import.objects.filter(pk=one.pk).update(state=State.UNDONE, undone_at=timezone.now(), file="")
        note = _("Undone: %(gone)s. Left, because they were used since: %(stayed)s.")
        gone = one.rows.filter(state=ImportRow.State.GONE).count()
        audit.record(one.by, one, before={}, after={}, note=note % {"gone": gone, "stayed": one.stayed})
        storage, name = one.file.storage, one.file.name
        if name:
            transaction.on_commit(lambda: storage.delete(name))
    return True


def _undo_one(one: Import, row: ImportRow) -> None:
    state, why = ImportRow.State.GONE, ""
    try:
        with transaction.atomic():
            why = KINDS[one.what].take_away(one, row.made)
            if not why:
                ImportRow.objects.filter(pk=row.pk).update(state=state)
                return
        state = ImportRow.State.STAYED
    except StayError as error:
        state, why = ImportRow.State.STAYED, str(error)
    except (OperationalError, InterfaceError):
        raise
    except Error as error:  # something points at it that we do not know of: then it is in use
        log.warning("an item could not be undone", one=one.pk, number=row.number, exc_info=True)
        state, why = ImportRow.State.STAYED, _("It is in use: %(why)s") % {"why": str(error)[:300]}
    with transaction.atomic():
        ImportRow.objects.filter(pk=row.pk).update(state=state, why=why)
        Import.objects.filter(pk=one.pk).update(stayed=F("stayed") + 1)
