"""The time zones that Python and the database both know."""

from functools import cache
from zoneinfo import available_timezones

NO_PLACES = {"localtime", "Factory"}  # of this machine alone, and of one that nobody has set


@cache
def zones() -> frozenset[str]:
    """Once for a process: finding them reads six hundred files, some 10 ms."""
    return frozenset(available_timezones() - NO_PLACES)
