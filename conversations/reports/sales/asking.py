"""How reports of sales are asked: for everybody, since purchases belong to no team; and of what is over by now."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.utils import timezone

from conversations.reports.sheets.sheet import Asked, Cell, Figure
from conversations.reports.tallies.reading import Between, points
from conversations.reports.tallies.stream import Numbers


def everybody(asked: Asked) -> Asked:
    return replace(asked, teams=None, medium="")


def over(asked: Asked, days: int, between: Between | None = None) -> Between:
    """When that lay, whose so many days ended in the period: so many days earlier, and no later than they are over."""
    begins, ends = between or (asked.begins, asked.ends)
    today = timezone.now().astimezone(asked.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    back = timedelta(days=days)  # by the clock of the zone: midnights stay midnights
    begins, ends = (each.astimezone(asked.zone) - back for each in (begins, min(ends, today)))
    return begins, max(begins, ends)


def within(asked: Asked, drill: Mapping[str, str]) -> Between:
    """The whole, or one point of a line. Raises ValueError."""
    if "since" not in drill:
        return asked.begins, asked.ends
    begins, ends = (datetime.fromisoformat(drill[each]) for each in ("since", "until"))
    if begins.tzinfo is None or ends.tzinfo is None:
        raise ValueError("a moment without its zone")
    return max(begins, asked.begins), min(ends, asked.ends)


def spans(asked: Asked) -> list[Between]:
    """Of the points of a line, from where to where each counts."""
    at = points(asked)
    return list(zip(at, [*at[1:], asked.ends], strict=True))


def link(**words: object) -> str:
    return urlencode({name.rstrip("_"): each for name, each in words.items()})


def share(figure: Figure, numbers: Numbers, part: str, whole: str, drill: str, then: Numbers | None = None) -> Cell:
    before = then.per(part, whole) if then is not None else None
    return Cell(figure, numbers.per(part, whole), numbers[whole], before=before, drill=drill)
