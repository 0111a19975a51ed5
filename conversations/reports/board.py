"""The live board: read at most once a second for all who watch, whatever team they look at.

What is slow to change is kept for longer: today's sums for five seconds, the usual for the half hour that runs. A
redraw that a change asked for comes a second later at the earliest (static/js/board.js), so it never shows what was
read before the change.
"""

import time
from collections.abc import Callable
from typing import TypeVar, cast

import structlog
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from conversations.models import Hours, Team
from conversations.reports import limits, open_now, today
from conversations.reports.facts import NO_TEAM, Board
from conversations.routing.hours import Calendar, calendar_of, is_open

log = structlog.get_logger(__name__)
T = TypeVar("T")

SECOND = 0.9  # less than what browsers wait after a change
FIVE_SECONDS = 5.0
HALF_HOUR = 1800.0
PATIENCE = 2.0  # seconds for somebody else's reading; then it is read once more
FORM = "1"  # of what is kept: another release may read another


def shared() -> Board:
    """As it was read for everybody, within the last second."""
    return _kept("now", SECOND, read)


def read() -> Board:
    """All of it, anew, but for what is slow to change. MOST_QUERIES says how many statements that is."""
    at = timezone.now()
    zone, calendars, default = _hours()
    teams = list(Team.objects.order_by("name"))
    is_now = {team.pk: is_open(calendars.get(team.hours_id or 0, default), at) for team in teams}
    piles = open_now.piles(at)
    slot = int(today.chart_begins(at, zone).timestamp())
    return Board(
        at=at,
        zone=zone,
        teams={**{team.pk: team.name for team in teams}, NO_TEAM: ""},
        open_teams=frozenset(pk for pk, is_so in is_now.items() if is_so),
        piles=piles,
        agents=open_now.agents(piles),
        late=open_now.late(at),
        lent=open_now.lent(),
        limits=limits.in_force(),
        today=_kept(f"today:{slot}", FIVE_SECONDS, lambda: today.read(at, zone)),
        usual=_kept(f"usual:{slot}", HALF_HOUR, lambda: today.usual(at, zone)),
    )


MOST_QUERIES = 12  # each second that somebody watches
MOST_QUERIES_ANEW = 20  # with today's sums and the usual


def desk_zone() -> str:
    return Hours.objects.filter(is_default=True).values_list("zone", flat=True).first() or settings.TIME_ZONE


def _hours() -> tuple[str, dict[int, Calendar], Calendar]:
    rows = list(Hours.objects.prefetch_related("closures"))
    calendars = {row.pk: calendar_of(row) for row in rows}
    default = next((row for row in rows if row.is_default), None)
    zone = default.zone if default else settings.TIME_ZONE
    return zone, calendars, calendars[default.pk] if default else Calendar()


def _kept(name: str, seconds: float, make: Callable[[], T]) -> T:
    """Made by one of those who ask, while the others wait for it. Without Redis each makes their own."""
    key = f"{settings.REDIS_PREFIX}:board:{FORM}:{name}"
    try:
        return _found(key, seconds) or _made(key, seconds, make)
    except (RedisError, OSError):
        log.warning("the board is read for one alone: Redis does not answer")
        return make()


def _found(key: str, seconds: float) -> T | None:
    found = cast("tuple[float, T] | None", cache.get(key))
    return found[1] if found and time.time() - found[0] < seconds else None


def _made(key: str, seconds: float, make: Callable[[], T]) -> T:
    until = time.monotonic() + PATIENCE
    while not cache.add(f"{key}:made", 1, timeout=PATIENCE):
        time.sleep(0.02)
        found: T | None = _found(key, seconds)
        if found is not None:
            return found
        if time.monotonic() > until:
            break
    begun = time.time()  # what happens while it is read may be missing from it
    try:
        made = make()
        cache.set(key, (begun, made), timeout=int(seconds) + 1)
    finally:
        cache.delete(f"{key}:made")
    return made


def forget() -> None:
    """What somebody has just changed by hand is to be seen at once."""
    try:
        cache.delete(f"{settings.REDIS_PREFIX}:board:{FORM}:now")
    except (RedisError, OSError):
        log.warning("the board is a second behind: Redis does not answer")
