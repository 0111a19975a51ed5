"""The clock that is counted by: where its hours, days, weeks and months begin, in seconds since 1970."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

HOUR, QUARTER = 3600, 900
YEARS = range(2000, 2038)  # in which a zone's hours are looked at
EVER = (-2_208_988_800, 4_102_444_800)  # 1900 and 2100


@lru_cache(maxsize=64)
def step_of(zone: ZoneInfo) -> tuple[int, int]:
    """How long a step of its hours is, and by how much it begins after a full hour of UTC: half hours in Calcutta.
    Where that has changed over the years, or does with daylight saving, it is counted by quarters."""
    phases = {-_offset(datetime(year, month, 1, tzinfo=zone)) % HOUR for year in YEARS for month in (1, 7)}
    return (HOUR, phases.pop()) if len(phases) == 1 else (QUARTER, 0)


def _offset(moment: datetime) -> int:
    offset = moment.utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def goes_by(zone: ZoneInfo, steps_of: ZoneInfo) -> bool:
    """Whether every day of `zone` begins where a step of the other does."""
    (length, phase), (step, shift) = step_of(zone), step_of(steps_of)
    return length % step == 0 and (phase - shift) % step == 0


def floor(moment: float, zone: ZoneInfo) -> int:
    step, phase = step_of(zone)
    return int((moment - phase) // step * step + phase)


@lru_cache(maxsize=512)
def begins(zone: ZoneInfo, grain: str, since: int, until: int) -> tuple[int, ...]:
    """Of the days, weeks or months that [since, until) touches; the first may lie before `since`."""
    day = datetime.fromtimestamp(since, zone).date()
    if grain == "week":
        day -= timedelta(days=day.weekday())
    elif grain == "month":
        day = day.replace(day=1)
    found: list[int] = []
    for begin in _walk(zone, grain, day):
        if begin >= until and found:
            return tuple(found)
        found.append(begin)
    return tuple(found)


def end_of(zone: ZoneInfo, grain: str, begin: int) -> int:
    day = datetime.fromtimestamp(begin, zone).date()
    return midnight(zone, _next(day, grain))


def midnight(zone: ZoneInfo, day: date) -> int:
    """Where a change of the clock leaves midnight out, the moment of that change; where there are two, the first."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def moment(seconds: int, zone: ZoneInfo | None = None) -> datetime:
    return datetime.fromtimestamp(seconds, zone or UTC)


def _walk(zone: ZoneInfo, grain: str, day: date) -> Iterator[int]:
    while True:
        yield midnight(zone, day)
        day = _next(day, grain)


def _next(day: date, grain: str) -> date:
    if grain == "month":
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return day + timedelta(days=7 if grain == "week" else 1)
