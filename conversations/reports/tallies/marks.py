"""How far each stream is added up, and by which definition."""

from zoneinfo import ZoneInfo

from conversations.reports.board import desk_zone
from conversations.reports.tallies.stream import Stream
from conversations.reports.tallies.stretches import Standing


def standing(stream: Stream) -> Standing:
    """Not at all yet: all of it is read from the facts."""
    return Standing(ZoneInfo(desk_zone()))
