"""The slow comparison: every number of a stream as Python loops over rows count it, against what reports read."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from conversations.models import TallyMark
from conversations.reports.sheets.sheet import Asked
from conversations.reports.tallies import clock, marks, rolling, triggers
from conversations.reports.tallies.reading import read, spread
from conversations.reports.tallies.stream import BOUNDS, Stream

DESK = ZoneInfo("Europe/London")
ZONES = (DESK, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata"))  # the desk's, whole hours off, half hours off


@dataclass(frozen=True)
class Fact:
    """One row of a stream, by Python alone. `cuts`: of every cut its value; `spreads`: None where it took no time."""

    at: datetime
    team: int
    medium: str
    numbers: Mapping[str, int]
    cuts: Mapping[str, str] = field(default_factory=dict)
    spreads: Mapping[str, int | None] = field(default_factory=dict)


Plain = Callable[[], Iterable[Fact]]  # every fact that there is


def check(stream: Stream, plain: Plain, asked: Asked, *, until: datetime | None = None) -> int:
    """That facts read live, tallies, and tallies counted once more say what the loops say, by every cut, grain and way,
    in every zone; how many comparisons that were. `until`: where the tallies end, and the open hour begins."""
    facts = list(plain())
    TallyMark.objects.filter(stream=stream.name).delete()
    count = compare(stream, facts, asked)
    roll(stream, until or timezone.now())
    count += compare(stream, facts, asked)
    for hour in {fact.at for fact in facts}:
        _stale(stream, hour)
    rolling.mend(stream)
    assert not marks.stale_steps(stream, DESK)[:1] or until
    return count + compare(stream, facts, asked, zones=ZONES[:1])


def roll(stream: Stream, until: datetime) -> None:
    """As Celery does, but waits for nobody: there is none but the test."""
    triggers.install([stream])
    mark = rolling.begin_anew(stream, marks.zone_now())
    target = rolling.watch(mark, until + rolling.MARGIN)
    rolling.advance(stream, target)
    rolling.mend(stream)


def compare(stream: Stream, facts: Sequence[Fact], asked: Asked, *, zones: Sequence[ZoneInfo] = ZONES) -> int:
    count = 0
    for zone in zones:
        here = Asked(
            asked.agent,
            asked.begins.replace(tzinfo=zone),
            asked.ends.replace(tzinfo=zone),
            zone,
            teams=asked.teams,
            medium=asked.medium,
        )
        own = [fact for fact in facts if _is_asked(fact, here)]
        for cut, by, grain in _questions(stream):
            _same_numbers(stream, own, here, cut, by, grain)
            count += 1
        for number, cuts in stream.spreads.items():
            for cut in ("", *cuts):
                for by in ((), ("at",), ("team", "hour")) if not cut else (("value",),):
                    _same_spreads(stream, number, own, here, cut, by)
                    count += 1
    return count


def _questions(stream: Stream) -> Iterable[tuple[str, tuple[str, ...], str]]:
    for by, grain in (((), ""), (("team", "medium"), ""), (("hour", "weekday"), ""), (("weekday",), "")):
        yield "", by, grain
    for grain in ("day", "week", "month"):
        yield "", ("at",), grain
    for cut in stream.cuts:
        yield cut, ("value",), ""
        yield cut, ("at", "value"), "week"
    for cut in stream.weeks:
        yield cut, ("hour", "weekday", "value"), ""


def _same_numbers(
    stream: Stream, facts: Sequence[Fact], asked: Asked, cut: str, by: tuple[str, ...], grain: str
) -> None:
    expected: dict[tuple[object, ...], dict[str, int]] = {} if by else {(): dict.fromkeys(stream.numbers, 0)}
    for fact in facts:
        cell = expected.setdefault(_key(fact, asked, cut, by, grain), dict.fromkeys(stream.numbers, 0))
        for name in stream.numbers:
            cell[name] += fact.numbers[name]
    found = read(stream, asked, cut=cut, by=by, grain=grain)
    told = {key: {name: numbers[name] for name in stream.numbers} for key, numbers in found.items()}
    assert told == expected, (stream.name, cut, by, grain, asked.zone.key)


def _same_spreads(
    stream: Stream, number: str, facts: Sequence[Fact], asked: Asked, cut: str, by: tuple[str, ...]
) -> None:
    expected: dict[tuple[object, ...], list[int]] = defaultdict(list, {} if by else {(): []})
    for fact in facts:
        took = fact.spreads[number]
        if took is not None:
            expected[_key(fact, asked, cut, by, "month")].append(took)
    found = spread(stream, number, asked, cut=cut, by=by, grain="month")
    classes = {key: sorted(bisect_left(BOUNDS, took) for took in each) for key, each in expected.items()}
    told = {
        key: sorted(klass for klass, many in each.classes.items() for _one in range(many))
        for key, each in found.items()
    }
    assert told == classes, (stream.name, number, cut, by, asked.zone.key)
    for key, each in expected.items():
        if each:
            each.sort()
            middle = (each[(len(each) - 1) // 2] + each[len(each) // 2]) / 2
            median = found[key].median
            assert median is not None and abs(median - middle) <= middle / 20 + 1, (number, each, median)


def _is_asked(fact: Fact, asked: Asked) -> bool:
    return (
        asked.begins <= fact.at < asked.ends
        and (asked.teams is None or fact.team in asked.teams)
        and (not asked.medium or fact.medium == asked.medium)
    )


def _key(fact: Fact, asked: Asked, cut: str, by: tuple[str, ...], grain: str) -> tuple[object, ...]:
    local = fact.at.astimezone(asked.zone)
    ways: Mapping[str, object] = {
        "at": _begin(local, grain),
        "team": fact.team,
        "medium": fact.medium,
        "value": fact.cuts[cut] if cut else "",
        "hour": local.hour,
        "weekday": local.weekday(),
    }
    return tuple(ways[way] for way in by)


def _begin(local: datetime, grain: str) -> datetime:
    day = local.date()
    if grain == "week":
        day -= timedelta(days=day.weekday())
    if grain == "month":
        day = day.replace(day=1)
    return datetime(day.year, day.month, day.day, tzinfo=local.tzinfo)


def _stale(stream: Stream, at: datetime) -> None:
    from conversations.models import StaleHour

    StaleHour.objects.create(stream=stream.name, hour=clock.moment(int(at.timestamp()) // 900 * 900))
