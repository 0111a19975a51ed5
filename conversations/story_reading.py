"""How an agent asks for a story, and how its lines stand: under days at first, under months once it is longer ago."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations import story
from conversations.models import Medium
from conversations.sight import categories_seen_by
from conversations.story_words import Line, lines
from customers.models import Category

if TYPE_CHECKING:
    from deskapp.models import User

BY_DAY = timedelta(days=30)
PERIODS = {"": gettext_lazy("Everything"), "90": gettext_lazy("Last 90 days"), "365": gettext_lazy("Last year")}
ICONS = {
    story.TALK: "chat",
    Category.BEHAVIOURAL: "browse",
    Category.TRANSACTIONAL: "order",
    Category.ATTITUDINAL: "satisfaction",
    Category.PROFILE: "mine",
    Category.CONTEXTUAL: "place",
}
QUIET = {Category.CONTEXTUAL}  # shown only when asked for


@dataclass(frozen=True)
class Asked:
    """What the form above the story holds, as it came in the address."""

    shown: tuple[str, ...]
    medium: str = ""
    words: str = ""
    period: str = ""
    day: date | None = None  # to jump to
    error: str = ""  # of the day

    @property
    def wanted(self) -> story.Wanted:
        since = timezone.now() - timedelta(days=int(self.period)) if self.period else None
        return story.Wanted(frozenset(self.shown), self.medium, self.words, since)

    @property
    def edge(self) -> story.Key | None:
        """The midnight after the day that is jumped to."""
        if self.day is None:
            return None
        return timezone.make_aware(datetime.combine(self.day + timedelta(days=1), time.min)), 0, 0

    @property
    def query(self) -> str:
        """The filters alone, for the addresses of other pages."""
        pairs = [("show", group) for group in self.shown] or [("show", "")]
        pairs += [("medium", self.medium), ("q", self.words), ("period", self.period)]
        return urlencode([pair for pair in pairs if pair[1] or pair[0] == "show"])

    @property
    def is_narrow(self) -> bool:
        return bool(self.words or self.medium or self.period or self.day)


def asked(agent: "User", data: QueryDict) -> Asked:
    may_see = [story.TALK, *categories_seen_by(agent)]
    shown = [group for group in data.getlist("show") if group in may_see]
    if "show" not in data:
        shown = [group for group in may_see if group not in QUIET]
    medium, period, day = data.get("medium", ""), data.get("period", ""), data.get("at", "")
    error = ""
    try:
        jump = date.fromisoformat(day) if day else None
    except ValueError:
        jump, error = None, _("That is no date.")
    return Asked(
        shown=tuple(shown),
        medium=medium if medium in {*Medium.values, story.SITE} else "",
        words=data.get("q", "").replace("\x00", "").strip()[:100],
        period=period if period in PERIODS else "",
        day=jump if jump and date(1900, 1, 1) < jump < date(2200, 1, 1) else None,
        error=error,
    )


@dataclass(frozen=True)
class Chip:
    group: str
    label: object
    icon: str
    count: int
    is_on: bool


def chips(agent: "User", counts: Mapping[str, int], shown: Iterable[str]) -> list[Chip]:
    labels = {story.TALK: _("Conversations"), **dict(Category.choices)}
    return [
        Chip(group, labels[group], ICONS[group], counts.get(group, 0), group in shown)
        for group in [story.TALK, *categories_seen_by(agent)]
    ]


def media() -> list[tuple[str, object]]:
    return [(story.SITE, _("The shop’s site")), *Medium.choices]


@dataclass(frozen=True)
class Stretch:
    """A day, or a month, with its lines."""

    id: str
    title: str
    lines: list[Line] = field(default_factory=list)


def stretches(happenings: Iterable[story.Happening]) -> list[Stretch]:
    today = timezone.localdate()
    found = []
    for (id_, title, is_day), theirs in groupby(lines(happenings), lambda line: _heading(line.at, today)):
        found.append(Stretch(id_, title, [line if is_day else replace(line, shows_date=True) for line in theirs]))
    return found


def _heading(at: datetime, today: date) -> tuple[str, str, bool]:
    day = timezone.localdate(at)
    if day == today:
        return f"day-{day}", _("Today"), True
    if today - day < BY_DAY:
        return f"day-{day}", date_format(day, "l j F"), True
    return f"month-{day:%Y-%m}", date_format(day, "F" if day.year == today.year else "F Y"), False
