"""The wait that is usual on a medium: the median of the month before, written down when it is first asked for."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db import connection

from conversations.models import Usual
from conversations.reports.board import desk_zone

LEAST = 20  # waits, for a median to say what is usual
FEW, FEW_FOR = "journeys-too-few-waits", 3600  # of which months and media there were fewer, as of late


def usual_waits(asked: Iterable[tuple[datetime, str]]) -> Mapping[tuple[datetime, str], int]:
    """By when an episode began, and its medium; without those of whom no month before tells enough."""
    pairs = list(asked)
    if not pairs:
        return {}
    zone = ZoneInfo(desk_zone())
    months = {at: month_before(at, zone) for at, _medium in pairs}
    rows = Usual.objects.filter(month__in=set(months.values()))
    known = {(row.month, row.medium): row.seconds for row in rows}
    wanted = {(months[at], medium) for at, medium in pairs}
    few: set[tuple[date, str]] = cache.get(FEW) or set()
    missing = wanted - set(known) - few
    for month in sorted({month for month, _medium in missing}):
        known |= _written(month, {medium for each, medium in missing if each == month}, zone)
    if missing - set(known):
        cache.set(FEW, few | missing - set(known), FEW_FOR)
    return {(at, medium): known[months[at], medium] for at, medium in pairs if (months[at], medium) in known}


def month_before(at: datetime, zone: ZoneInfo) -> date:
    """The first day of the calendar month before, by the desk's clock."""
    first = at.astimezone(zone).date().replace(day=1)
    return (first - timedelta(days=1)).replace(day=1)


_MEDIANS = """
select medium, percentile_disc(0.5) within group (order by waited_open) from conversations_episode
where began_at >= %s and began_at < %s and waited_open is not null and is_inbound and outcome not in ('spam', 'merged')
  and medium = any(%s) group by medium having count(*) >= %s
"""


def _written(month: date, media: set[str], zone: ZoneInfo) -> dict[tuple[date, str], int]:
    """Two at once write the same row once, and both read what stands there."""
    after = (month + timedelta(days=32)).replace(day=1)
    begins, ends = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in (month, after))
    with connection.cursor() as cursor:
        cursor.execute(_MEDIANS, [begins, ends, sorted(media), LEAST])
        rows = [Usual(month=month, medium=medium, seconds=seconds) for medium, seconds in cursor.fetchall()]
    Usual.objects.bulk_create(rows, ignore_conflicts=True)
    stored = Usual.objects.filter(month=month, medium__in=[row.medium for row in rows])
    return {(row.month, row.medium): row.seconds for row in stored}
