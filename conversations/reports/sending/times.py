"""When a schedule is due next: once a day of its zone's calendar at most, whatever the clocks there do."""

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from conversations.models import ReportSchedule

DAY = timedelta(days=1)


def next_after(schedule: ReportSchedule, moment: datetime) -> datetime:
    """An hour that the clocks leave out is the one after it; of one that comes twice, the first."""
    zone = ZoneInfo(schedule.zone)
    for day in _days(schedule, moment.astimezone(zone).date()):
        at = datetime.combine(day, time(schedule.hour), zone).astimezone(UTC)
        if at > moment:
            return at
    raise AssertionError("days do not end")


def _days(schedule: ReportSchedule, first: date) -> Iterator[date]:
    day = first
    while True:
        if _is_on(schedule, day):
            yield day
        day += DAY


def _is_on(schedule: ReportSchedule, day: date) -> bool:
    if schedule.often == ReportSchedule.Often.WEEKDAYS:
        return day.weekday() < 5
    if schedule.often == ReportSchedule.Often.WEEKLY:
        return day.weekday() == schedule.on
    if schedule.often == ReportSchedule.Often.MONTHLY:  # a month without a 31st has its last day
        return day.day == min(schedule.on, calendar.monthrange(day.year, day.month)[1])
    return True
