"""Export of one customer as a readable archive, and erasure: everywhere, resumable, logged without what was erased.

Each room knows its own rows and adds to SECTIONS and STEPS when the app starts (customers/apps.py and its like).
"""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, TYPE_CHECKING

import structlog
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from customers.models import Customer, Erasure, Identity

if TYPE_CHECKING:
    from deskapp.models import User

log = structlog.get_logger(__name__)

AT_ONCE = 500
Row = dict[str, object]


@dataclass(frozen=True)
class Whose:
    """Of whom: the customer, all who were merged into them, and their identities."""

    customer: int
    customers: list[int]
    identities: list[int]


@dataclass(frozen=True)
class Section:
    """One part of the archive: rows with the names of their columns as keys, and files to put beside them."""

    name: str  # of its file: "messages"
    title: str
    rows: Iterable[Row]
    files: Iterable[tuple[str, Callable[[], bytes]]] = field(default_factory=list)  # (path in the archive, how to read)


@dataclass(frozen=True)
class Step:
    """One part of an erasure: does at most AT_ONCE rows from `cursor` on and says how many it did and where to go on;
    None is the end. Doing it again does no harm. Raises NotYetError where something must be waited for."""

    name: str
    erase: Callable[[Whose, int], tuple[int, int | None]]


class NotYetError(Exception):
    """Something of this customer is still on its way in: the erasure goes on when it has arrived."""


SECTIONS: list[Callable[[Whose], Iterable[Section]]] = []
STEPS: list[Step] = []


def register(sections: Callable[[Whose], Iterable[Section]], steps: Iterable[Step]) -> None:
    """The rooms start from the inside: whoever comes later points at what is there already, so it goes first."""
    SECTIONS.append(sections)
    STEPS[:0] = steps


def whose(customer: int) -> Whose:
    """With everybody merged into this customer, however many merges deep."""
    found, new = [customer], [customer]
    while new:
        new = list(Customer.objects.filter(merged_into__in=new).values_list("pk", flat=True))
        found += new
    identities = list(Identity.objects.filter(customer__in=found).values_list("pk", flat=True))
    return Whose(customer, found, identities)


def export(customer: Customer, into: IO[bytes]) -> None:
    """Writes a zip: index.html to read, one JSON file a section to process, and the files as they came."""
    of = whose(customer.pk)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        shown = []
        for section in _sections(of):
            rows = list(section.rows)
            first = [{name.replace("_", " ").strip(): value for name, value in row.items()} for row in rows[:2000]]
            shown.append({"title": section.title, "name": section.name, "rows": first, "count": len(rows)})
            archive.writestr(f"data/{section.name}.json", json.dumps(rows, default=str, ensure_ascii=False, indent=1))
            for path, read in section.files:
                archive.writestr(path, read())
        page = render_to_string(
            "customers/export.html",
            {"customer": customer, "sections": shown, "at": timezone.now(), "empty": ["", None, [], {}]},
        )
        archive.writestr("index.html", page)


def _sections(of: Whose) -> Iterator[Section]:
    for sections in SECTIONS:
        yield from sections(of)


def ask(customer: Customer, *, by: "User | None", reason: str = "") -> Erasure:
    """Orders the erasure, `by` nobody where a shop passes it on; `carry_on` does it. Asking twice gives the same order
    while it is under way."""
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        found = Erasure.objects.filter(customer=customer.pk, finished_at=None).first()
        return found or Erasure.objects.create(customer=customer.pk, by=by, reason=reason[:200])


def carry_on(erasure: Erasure) -> bool:
    """Does what is left of it, a batch a transaction, and says whether all is done. Two at once do each batch twice,
    which changes nothing."""
    for step in STEPS:
        while step.name not in erasure.done or step.name in erasure.cursor:
            try:
                _batch(erasure, step)
            except NotYetError:
                return False
    if Erasure.objects.filter(pk=erasure.pk, finished_at=None).update(finished_at=timezone.now()):
        log.info("customer erased", customer=erasure.customer, erasure=erasure.pk, rows=erasure.done)
    return True


@transaction.atomic
def _batch(erasure: Erasure, step: Step) -> None:
    fresh = Erasure.objects.select_for_update().get(pk=erasure.pk)
    rows, cursor = step.erase(whose(fresh.customer), int(fresh.cursor.get(step.name, 0)))
    fresh.done[step.name] = int(fresh.done.get(step.name, 0)) + rows
    fresh.cursor.pop(step.name, None)
    if cursor is not None:
        fresh.cursor[step.name] = cursor
    fresh.save(update_fields=["done", "cursor"])
    erasure.done, erasure.cursor = fresh.done, fresh.cursor


def carry_on_all() -> int:
    """Every erasure that is not finished; says how many are now."""
    return sum(carry_on(erasure) for erasure in Erasure.objects.filter(finished_at=None).order_by("pk"))


def again(since: datetime, *, also: Iterable[int] = ()) -> int:
    """After a back-up from `since` was restored, it holds people who were erased later: erases them once more. The
    back-up may not know of their erasure either: `also` names such customers by their numbers, which every erasure
    writes to the log."""
    for customer in also:
        Erasure.objects.get_or_create(customer=customer, finished_at=None)
    rows = Erasure.objects.filter(asked_at__gte=since).update(finished_at=None, done={}, cursor={})
    carry_on_all()
    return rows


def emptied(rows: int, last: int | None) -> tuple[int, int | None]:
    """What a step says that goes through ids in order: done when a batch was not full."""
    return rows, last if rows >= AT_ONCE else None
