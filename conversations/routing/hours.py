"""Business time, pure: is it open, when does it open next, how much open time lies between, when has so much passed.

Days are those of the place's clock, spans are real time: on the day on which the clock goes forward, a span over the
gap is an hour shorter, and on the day it goes back an hour longer. A time that the clock skips is the moment of the
skip; of a time that comes twice, the first opens and the last closes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import holidays

if TYPE_CHECKING:
    from conversations.models import Hours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_DAYS = 3660  # looked through for open time: ten years of closed days have none
ALL_DAY = (("00:00", "24:00"),)

Spans = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Calendar:
    """Hours as values, so that a decision can be made again from what was kept. `special`: days with spans of their
    own, none for a day that is closed."""

    zone: str = "UTC"
    week: Mapping[str, Spans] = field(default_factory=dict)
    country: str = ""
    subdivision: str = ""
    special: Mapping[date, Spans] = field(default_factory=dict)

    @property
    def is_always_open(self) -> bool:
        return not any(self.week.get(day) for day in DAYS) and not self.special and not self.country

    def spans_on(self, day: date) -> Spans:
        if day in self.special:
            return self.special[day]
        if self.country and holiday_on(self.country, self.subdivision, day):
            return ()
        if not any(self.week.get(name) for name in DAYS):
            return ALL_DAY
        return self.week.get(DAYS[day.weekday()], ())


def calendar_of(hours: "Hours | None") -> Calendar:
    """Two queries at most: the row's closures. Without hours, it is always open."""
    if hours is None:
        return Calendar()
    special = {closure.day: _spans(closure.spans) for closure in hours.closures.all()}
    week = {day: _spans(hours.week.get(day) or []) for day in DAYS}
    return Calendar(hours.zone, week, hours.country, hours.subdivision, special)


def is_open(calendar: Calendar, at: datetime) -> bool:
    return any(opens <= at < closes for opens, closes in _open_around(calendar, at))


def next_opening(calendar: Calendar, after: datetime) -> datetime | None:
    """`after` itself, where it is open then. None where it never opens again, as far as MOST_DAYS can tell."""
    for opens, closes in _open_from(calendar, after):
        if closes > after:
            return max(opens, after)
    return None


def next_closing(calendar: Calendar, after: datetime) -> datetime | None:
    """Where it is open: when that ends. Spans that follow upon each other are one. None where it is closed, or never
    closes."""
    end: datetime | None = None
    for opens, closes in _open_from(calendar, after):
        if closes <= after:
            continue
        if end is None and opens > after:
            return None
        if end is not None and opens > end:
            return end
        end = closes
        if calendar.is_always_open or end - after > timedelta(days=MOST_DAYS - 2):
            return None
    return end


def add(calendar: Calendar, start: datetime, much: timedelta) -> datetime | None:
    """When so much open time has passed since `start`. None where there is not so much of it."""
    if calendar.is_always_open:
        return start + much
    left = much
    for opens, closes in _open_from(calendar, start):
        begins = max(opens, start)
        if closes <= begins:
            continue
        if begins + left <= closes:
            return begins + left
        left -= closes - begins
    return None


def between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """How much of the time from `start` to `end` it was open; nothing where `end` is before."""
    if calendar.is_always_open:
        return max(timedelta(0), end - start)
    total = timedelta(0)
    for opens, closes in _open_from(calendar, start):
        if opens >= end:
            break
        total += max(timedelta(0), min(closes, end) - max(opens, start))
    return total


def holiday_on(country: str, subdivision: str, day: date) -> str:
    """Its name, "" for an ordinary day or a country that the library does not know."""
    return str(_holidays(country, subdivision, day.year).get(day, ""))


def subdivisions(country: str) -> list[str]:
    return list(holidays.list_supported_countries().get(country, []))


def subdivision_names(country: str) -> dict[str, str]:
    """By their codes; those that the library has no name for are not in it."""
    if country not in holidays.list_supported_countries():
        return {}
    named: dict[str, str] = getattr(holidays.country_holidays(country), "subdivisions_aliases", {})
    return {code: name for name, code in named.items()}


def countries() -> list[str]:
    return sorted(holidays.list_supported_countries(include_aliases=False))


@cache
def _holidays(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    try:
        return dict(holidays.country_holidays(country, subdiv=subdivision or None, years=year))
    except NotImplementedError:
        return {}


def _open_around(calendar: Calendar, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The spans of the day, and of its neighbours: a clock far from UTC has another date."""
    here = at.astimezone(ZoneInfo(calendar.zone)).date()
    for days in (-1, 0, 1):
        yield from _moments(calendar, here + timedelta(days=days))


def _open_from(calendar: Calendar, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """In order, from the day before `start`."""
    day = start.astimezone(ZoneInfo(calendar.zone)).date() - timedelta(days=1)
    for _number in range(MOST_DAYS):
        yield from _moments(calendar, day)
        if day == date.max:
            return
        day += timedelta(days=1)


def _moments(calendar: Calendar, day: date) -> Iterator[tuple[datetime, datetime]]:
    zone = ZoneInfo(calendar.zone)
    for opens, closes in calendar.spans_on(day):
        begins, ends = _moment(day, opens, zone, fold=0), _moment(day, closes, zone, fold=1)
        if begins < ends:
            yield begins, ends


def _moment(day: date, clock: str, zone: ZoneInfo, *, fold: int) -> datetime:
    """In UTC. "24:00" is the next day's midnight."""
    if clock == "24:00":
        day, clock = day + timedelta(days=1), "00:00"
        fold = 0  # a day ends where the next one begins, also where midnight comes twice
    local = datetime.combine(day, time.fromisoformat(clock), zone)
    if _is_skipped(local):  # the moment of the skip: both readings of it are an hour apart around that
        return _skip(local)
    return local.replace(fold=fold).astimezone(UTC)


def _is_skipped(local: datetime) -> bool:
    return local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None)


def _skip(local: datetime) -> datetime:
    """When the clock jumps over this time: the first moment after the jump."""
    early, late = sorted(local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    before = early.astimezone(local.tzinfo).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(local.tzinfo).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


def _spans(kept: list[list[str]]) -> Spans:
    return tuple((opens, closes) for opens, closes in kept)
