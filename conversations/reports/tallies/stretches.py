"""From where each part of an asked time is read: tallies of months, days and hours as far as they hold, else facts."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from conversations.reports.tallies import clock

FACTS, HOURS, DAYS, MONTHS, WEEKS = "", "h", "d", "m", "w"  # WEEKS: hours of the week, of a month
TOGETHER = {DAYS: "D", MONTHS: "M"}  # where the same is kept of all teams and media at once


@dataclass(frozen=True)
class Standing:
    """How far a stream is added up, by the desk's clock `zone`: before `until`, but for the steps that are `stale`.
    Hours of each cut are kept from `fine_from`, days from `days_from`; those of the whole always, and every month."""

    zone: ZoneInfo
    until: int = 0
    stale: Sequence[int] = ()
    fine_from: int = 0
    days_from: int = 0

    def is_clean(self, begin: int, end: int) -> bool:
        place = bisect_left(self.stale, begin)
        return end <= self.until and (place == len(self.stale) or self.stale[place] >= end)


@dataclass(frozen=True)
class Stretch:
    source: str
    begin: int
    end: int


@dataclass(frozen=True)
class Wish:
    """What is asked, as far as it matters here. `parts`: moments that no tally may reach across."""

    zone: ZoneInfo
    by: frozenset[str]
    parts: Sequence[int] = ()
    is_cut: bool = False
    is_spread: bool = False
    has_weeks: bool = True  # of the cut

    def takes_hours(self, standing: Standing, at: int) -> bool:
        fits = not {"hour", "weekday"} & self.by or clock.goes_by(self.zone, standing.zone)
        return fits and (not self.is_cut or at >= standing.fine_from)

    def takes_days(self, standing: Standing, at: int) -> bool:
        fits = "hour" not in self.by and ("weekday" not in self.by or self.zone == standing.zone)
        return fits and (not self.is_cut or at >= standing.days_from)

    def months(self, standing: Standing) -> str | None:
        if not {"hour", "weekday"} & self.by:
            return MONTHS
        fits = self.zone == standing.zone and self.has_weeks and not self.is_spread
        return WEEKS if fits else None


@dataclass
class _Way:
    """From the beginning to the end of what is asked, by the longest steps that hold."""

    wish: Wish
    standing: Standing
    end: int
    days: dict[int, int] = field(default_factory=dict)  # begin: end, by the desk's clock
    months: dict[int, int] = field(default_factory=dict)

    def step(self, at: int) -> Stretch:
        limit = self._limit(at)
        if at >= self.standing.until:
            return Stretch(FACTS, at, self.end)
        source = self.wish.months(self.standing)
        if source and self._holds(at, self.months.get(at), limit):
            return Stretch(source, at, self.months[at])
        if self.wish.takes_days(self.standing, at) and self._holds(at, self.days.get(at), limit):
            return Stretch(DAYS, at, self.days[at])
        return self._short(at, limit)

    def _short(self, at: int, limit: int) -> Stretch:
        length, _phase = clock.step_of(self.standing.zone)
        edge = clock.floor(at, self.standing.zone) + length
        if not self.wish.takes_hours(self.standing, at):
            later = [begin for begin in self.days if begin > at]
            return Stretch(FACTS, at, min([limit, *later[:1]]))
        if edge - length == at and self._holds(at, edge, limit):
            return Stretch(HOURS, at, edge)
        return Stretch(FACTS, at, min(edge, limit))

    def _holds(self, at: int, end: int | None, limit: int) -> bool:
        return end is not None and end <= limit and self.standing.is_clean(at, end)

    def _limit(self, at: int) -> int:
        place = bisect_left(self.wish.parts, at + 1)
        return min(self.end, self.wish.parts[place]) if place < len(self.wish.parts) else self.end


def plan(wish: Wish, standing: Standing, begin: int, end: int) -> list[Stretch]:
    """One after the other, without gaps, from `begin` to `end`."""
    found: list[Stretch] = []
    way, at = _Way(wish, standing, end), begin
    if begin < standing.until:
        way.days, way.months = (_lengths(standing, grain, begin, end) for grain in ("day", "month"))
    while at < end:
        stretch = way.step(at)
        if found and found[-1].source == stretch.source:
            found[-1] = replace(found[-1], end=stretch.end)
        else:
            found.append(stretch)
        at = stretch.end
    return found


def _lengths(standing: Standing, grain: str, begin: int, end: int) -> dict[int, int]:
    edges = clock.begins(standing.zone, grain, begin, min(end, standing.until))
    return dict(zip(edges, (*edges[1:], clock.end_of(standing.zone, grain, edges[-1])), strict=True))
