"""What every report finds the rows behind its numbers by, and shows of them."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.db.models.lookups import Exact
from django.http import Http404

from conversations.reports.rows import of_scope
from conversations.reports.sheets.sheet import Asked
from conversations.typed import whole_number


def of_asked(asked: Asked, prefix: str = "") -> Q:
    """Of the teams and the channel that are looked at; by `prefix` rows get to what has both."""
    found = of_scope(f"{prefix}team", asked.teams)
    return found & Q(**{f"{prefix}medium": asked.medium}) if asked.medium else found


def number(text: str) -> int:
    """Raises Http404 for what no key and no hour can be."""
    found = whole_number(text) if text.isascii() else None
    if found is None:
        raise Http404
    return found


def in_hour(at: str, value: str, asked: Asked) -> Exact:
    """`value`: 0 to 23, by the clock of the report."""
    return Exact(ExtractHour(at, tzinfo=asked.zone), number(value))


def on_weekday(at: str, value: str, asked: Asked) -> Exact:
    """`value`: 0 is Monday."""
    return Exact(ExtractIsoWeekDay(at, tzinfo=asked.zone), number(value) + 1)


def column_of(name: str) -> Callable[[object], object]:
    """What a row has under this name; rows that it names show themselves by their own word."""

    def take(row: object) -> object:
        value = getattr(row, name)
        return value if isinstance(value, int | float | str | datetime | None) else str(value)

    return take
