"""The orders that a list of conversations can stand in, page by page: each goes up an index, from behind a cursor."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext_lazy

from conversations.models import Conversation, Status
from conversations.models.conversation import ConversationQuerySet
from conversations.typed import whole_number


@dataclass(frozen=True)
class Stretch:
    """Rows that stand in one index, by a moment and then their keys; `falls`: the latest first."""

    column: str
    holds: Q = Q()
    falls: bool = False

    def rows(self, rows: ConversationQuerySet, behind: tuple[datetime, int] | None) -> ConversationQuerySet:
        sign, beyond = ("-", "lt") if self.falls else ("", "gt")
        found = rows.filter(self.holds).order_by(f"{sign}{self.column}", f"{sign}pk")
        if behind is None:
            return found
        moment, pk = behind
        later = Q(**{f"{self.column}__{beyond}": moment}) | Q(**{self.column: moment, f"pk__{beyond}": pk})
        return found.filter(later, **{f"{self.column}__{beyond}e": moment})


# Each as the stretches that follow upon each other: of the next due, those without a deadline come last.
SORTS = {
    "waiting": (Stretch("queue_at"),),
    "due": (Stretch("due_at", Q(due_at__isnull=False)), Stretch("queue_at", Q(due_at=None))),
    "newest": (Stretch("last_message_at", falls=True),),
}
LABELS = {
    "waiting": gettext_lazy("Longest waiting"),
    "due": gettext_lazy("Next due"),
    "newest": gettext_lazy("Newest"),
}
_NEVER_DUE = ("resolved", "spam", "snoozed", "mentions")  # views of what is not open: no index holds their deadlines


def sorts_of(view: str, status: str) -> list[str]:
    """Those that a view has. `status`: that it is filtered by."""
    is_open = view not in _NEVER_DUE and status in ("", Status.OPEN, Status.PENDING)
    return [sort for sort in SORTS if sort != "due" or is_open]


def page(rows: ConversationQuerySet, sort: str, *, after: str, size: int) -> tuple[list[Conversation], str]:
    """At most `size` of them behind the cursor, and the cursor of the next page; "" at the end. A query for each
    stretch that the page reaches into."""
    place, behind = _read(after)
    found: list[tuple[int, Conversation]] = []
    for number, stretch in enumerate(SORTS[sort]):
        if number >= place and len(found) <= size:
            part = stretch.rows(rows, behind if number == place else None)
            found += [(number, row) for row in part[: size + 1 - len(found)]]
    cursor = _cursor(*found[size - 1], sort) if len(found) > size else ""
    return [row for _number, row in found[:size]], cursor


def _cursor(number: int, row: Conversation, sort: str) -> str:
    at: datetime = getattr(row, SORTS[sort][number].column)
    return f"{at.isoformat()}~{row.pk}~{number}"


def _read(after: str) -> tuple[int, tuple[datetime, int] | None]:
    """The stretch, and the last of it that was shown. Raises Http404."""
    at, _tilde, rest = after.partition("~")
    pk, _tilde, number = rest.partition("~")
    key = whole_number(pk)
    if key is None:
        return 0, None
    try:
        return int(number[:2] or 0), (datetime.fromisoformat(at), key)
    except ValueError as error:
        raise Http404 from error
