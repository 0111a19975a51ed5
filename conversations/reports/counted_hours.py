"""Whose hours count for a wait, kept by each process for a little while: an answer asks for none of them."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from time import monotonic

from conversations.models import Channel, Hours, Team
from conversations.routing.hours import Calendar, between, calendar_of

KEPT = 30.0  # seconds


@dataclass(frozen=True)
class Book:
    hours: dict[int, Calendar] = field(default_factory=dict)
    default: int | None = None
    teams: dict[int, int | None] = field(default_factory=dict)
    channels: dict[int, tuple[int | None, int | None]] = field(default_factory=dict)  # Hours, Team

    @cached_property
    def always(self) -> Calendar:
        return Calendar()

    def calendar(self, channel: int | None, team: int | None) -> Calendar:
        """As conversations.routing.whose_hours says: the channel, the team, the channel's team, the desk."""
        own, of_channel = self.channels.get(channel or 0, (None, None))
        chosen = own or self.teams.get(team or of_channel or 0) or self.default
        return self.hours.get(chosen or 0, self.always)


@dataclass
class _Shelf:
    book: Book | None = None
    until: float = 0.0


_shelf = _Shelf()


def book() -> Book:
    """Four queries every half minute."""
    if _shelf.book is None or monotonic() > _shelf.until:
        _shelf.book, _shelf.until = _read(), monotonic() + KEPT
    return _shelf.book


def forget() -> None:
    """What this process keeps; the others' grows old by itself."""
    _shelf.book = None


def _read() -> Book:
    hours = list(Hours.objects.prefetch_related("closures"))
    return Book(
        hours={one.pk: calendar_of(one) for one in hours},
        default=next((one.pk for one in hours if one.is_default), None),
        teams=dict(Team.objects.values_list("pk", "hours")),
        channels={pk: (own, team) for pk, own, team in Channel.objects.values_list("pk", "hours", "team")},
    )


def seconds_open(channel: int | None, team: int | None, since: datetime, until: datetime) -> int:
    """Whole seconds of the time between them in which the desk was open, by the hours that count there."""
    if until <= since:
        return 0
    return int(between(book().calendar(channel, team), since, until).total_seconds())
