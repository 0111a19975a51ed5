"""Pages of a list by the moment and key of its last row: as quick at the end as at the beginning."""

from datetime import datetime
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from conversations.typed import whole_number

M = TypeVar("M", bound=Model)
YEARS = range(1970, 9999)  # outside of which no row is, and another zone's clock would leave the calendar


def cursor_of(row: Model, field: str) -> str:
    return f"{getattr(row, field).isoformat()}~{row.pk}"


def edge_of(text: str) -> tuple[datetime, int] | None:
    """What a cursor names; None where it names nothing."""
    at, _tilde, pk = text.replace(" ", "+").partition("~")
    key = whole_number(pk)
    if key is None:
        return None
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, key) if moment.tzinfo and moment.year in YEARS else None


def beyond(found: QuerySet[M], field: str, text: str, *, is_newest_first: bool = True) -> QuerySet[M]:
    """What comes after the row that the cursor names; all where it names none."""
    edge = edge_of(text)
    if edge is None:
        return found
    (at, pk), way = edge, "lt" if is_newest_first else "gt"
    return found.filter(Q(**{f"{field}__{way}": at}) | Q(**{field: at, f"pk__{way}": pk}))
