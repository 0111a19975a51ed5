"""Hours in which nobody is written to by the desk itself: on the customer's own clock, else the desk's."""

from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from customers.models import Customer


def quiet_until(customer: Customer, start: time | None, end: time | None, now: datetime) -> datetime | None:
    """The end of the quiet hours, where it is within them now. By the wall: on the day on which clocks change, they
    end at the hour that the clock shows then."""
    if start is None or end is None or start == end:
        return None
    here = now.astimezone(_zone(customer))
    return _next(here, end) if _within(here.time(), start, end) else None


def _zone(customer: Customer) -> tzinfo:
    try:
        return ZoneInfo(customer.timezone) if customer.timezone else timezone.get_default_timezone()
    except (ZoneInfoNotFoundError, ValueError):
        return timezone.get_default_timezone()


def _within(at: time, start: time, end: time) -> bool:
    return start <= at < end if start < end else at >= start or at < end


def _next(here: datetime, at: time) -> datetime:
    found = here.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0, fold=0)
    return found if found > here else found + timedelta(days=1)
