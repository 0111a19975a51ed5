"""How far each stream is added up, by which definition, and which of its hours are stale."""

from hashlib import sha256
from zoneinfo import ZoneInfo

from conversations.models import StaleHour, TallyMark
from conversations.reports.board import desk_zone
from conversations.reports.tallies import clock
from conversations.reports.tallies.stream import BOUNDS, Stream
from conversations.reports.tallies.stretches import Standing

FORM = 1  # of the tallies themselves: another one counts everything anew
STALE_READ = 24  # as many stale hours are read from the facts meanwhile, the latest; more would make every report slow


def zone_now() -> ZoneInfo:
    return ZoneInfo(desk_zone())


def signature(stream: Stream, zone: ZoneInfo) -> str:
    """Of all that what is kept follows from, but for the facts."""
    spreads = sorted(stream.spreads.items())
    definition = (stream.rows, stream.numbers, sorted(stream.cuts.items()), spreads, stream.tables)
    return sha256(repr((FORM, zone.key, BOUNDS, definition)).encode()).hexdigest()


def standing(stream: Stream) -> Standing:
    """Tallies of another definition, or of another clock, hold nothing: until they are counted anew, from the first day
    on, what is not yet is read from the facts."""
    zone = zone_now()
    mark = TallyMark.objects.filter(stream=stream.name, signature=signature(stream, zone), until__isnull=False).first()
    if mark is None or mark.until is None:
        return Standing(zone)
    until = int(mark.until.timestamp())
    fine = int(mark.fine_from.timestamp()) if mark.fine_from else until
    return Standing(zone, until, stale_steps(stream, zone)[-STALE_READ:], fine)


def stale_steps(stream: Stream, zone: ZoneInfo) -> list[int]:
    hours = StaleHour.objects.filter(stream=stream.name).values_list("hour", flat=True).distinct()
    return sorted({clock.floor(hour.timestamp(), zone) for hour in hours})
