"""How far each stream is added up, by which definition, and which of its hours are stale."""

from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery

from conversations.models import Hours, StaleHour, TallyMark
from conversations.reports.board import desk_zone
from conversations.reports.tallies import clock
from conversations.reports.tallies.stream import BOUNDS, Stream
from conversations.reports.tallies.stretches import Standing

FORM = 3  # of the tallies themselves: another one counts everything anew
STALE_READ = 24  # as many stale hours are read from the facts meanwhile, the latest; more would make every report slow


def zone_now() -> ZoneInfo:
    return ZoneInfo(desk_zone())


def signature(stream: Stream, zone: ZoneInfo) -> str:
    """Of all that what is kept follows from, but for the facts."""
    spreads = sorted(stream.spreads.items())
    definition = (stream.rows, stream.numbers, sorted(stream.cuts.items()), spreads, stream.tables, stream.weeks)
    return sha256(repr((FORM, zone.key, BOUNDS, definition)).encode()).hexdigest()


def standing(stream: Stream) -> Standing:
    """Tallies of another definition, or of another clock, hold nothing: until they are counted anew, from the first day
    on, what is not yet is read from the facts. In one query: each figure asks."""
    default = Hours.objects.filter(is_default=True).values("zone")[:1]
    stale = StaleHour.objects.filter(stream=OuterRef("stream")).values("hour").distinct()
    mark = TallyMark.objects.filter(stream=stream.name, until__isnull=False)
    found = mark.annotate(zone=Subquery(default), stale=ArraySubquery(stale)).first()
    if found is None or found.until is None:
        return Standing(zone_now())
    zone = ZoneInfo(found.zone or settings.TIME_ZONE)
    if found.signature != signature(stream, zone):
        return Standing(zone)
    until = int(found.until.timestamp())
    steps = sorted({clock.floor(hour.timestamp(), zone) for hour in found.stale})[-STALE_READ:]
    return Standing(zone, until, steps, kept_from(found.fine_from, until), kept_from(found.days_from, until))


def kept_from(moment: datetime | None, until: int) -> int:
    """As a Standing has it: where nothing is kept, that is where it is added up to."""
    return int(moment.timestamp()) if moment else until


def stale_steps(stream: Stream, zone: ZoneInfo) -> list[int]:
    hours = StaleHour.objects.filter(stream=stream.name).values_list("hour", flat=True).distinct()
    return sorted({clock.floor(hour.timestamp(), zone) for hour in hours})
