"""Satisfaction: what customers answered in a stretch of weeks, by channel, team and touchpoint, and the stretch before.

One statement counts all that the page shows; the rows behind each number are found by the same words (`rows`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, reduce
from operator import add
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Count, ExpressionWrapper, F, FloatField, Q, QuerySet, Sum
from django.db.models.functions import Cast, TruncWeek
from django.utils import timezone

from conversations.models import Conversation, Medium, SurveyAsk, SurveyResponse
from conversations.models.survey import AskState, Touchpoint
from conversations.reports.measures import Counts
from conversations.templatetags.desk import hue

if TYPE_CHECKING:
    from deskapp.models import User

PERIODS = (4, 12, 26, 52)  # weeks
WEEK = timedelta(weeks=1)
BOT = "bot"  # as a channel: who was served by the bot alone
ASKED = (AskState.ASKED, AskState.ANSWERED)
PURCHASES = (Touchpoint.DELIVERY, Touchpoint.RETURN, Touchpoint.COLLECT, Touchpoint.VISIT)


@dataclass(frozen=True)
class Period:
    """Whole weeks by the desk's clock, the last of them not over yet: [begins, ends)."""

    begins: datetime
    ends: datetime

    @property
    def before(self) -> "Period":
        return Period(self.begins - (self.ends - self.begins), self.begins)

    @property
    def weeks(self) -> list[datetime]:
        zone = self.begins.tzinfo
        first, count = self.begins.date(), round((self.ends - self.begins) / WEEK)
        days = (first + number * WEEK for number in range(count))
        return [datetime(day.year, day.month, day.day, tzinfo=zone) for day in days]

    def holds(self, at: datetime) -> bool:
        return self.begins <= at < self.ends


def period_of(weeks: int, zone: ZoneInfo, now: datetime | None = None) -> Period:
    """The last `weeks` weeks with the one that is under way; weeks begin on Monday."""
    here = (now or timezone.now()).astimezone(zone)
    monday = here.date() - timedelta(days=here.weekday())
    end, begin = monday + WEEK, monday - WEEK * (weeks - 1)
    return Period(*(datetime(day.year, day.month, day.day, tzinfo=zone) for day in (begin, end)))


@dataclass(frozen=True)
class Cell:
    kind: str
    week: datetime
    hue: str
    touchpoint: str
    team: int | None
    is_repeated: bool  # something was asked again that was known
    counts: Counts


@dataclass(frozen=True)
class Found:
    """What was counted: two stretches of the same length, of which `period` is the newer."""

    period: Period
    cells: tuple[Cell, ...]
    asked: Mapping[datetime, int] = field(default_factory=dict)  # by week
    answered: Mapping[datetime, int] = field(default_factory=dict)

    @cached_property
    def now(self) -> list[Cell]:
        return [each for each in self.cells if self.period.holds(each.week)]

    @cached_property
    def then(self) -> list[Cell]:
        return [each for each in self.cells if self.period.before.holds(each.week)]

    def rate(self, period: Period) -> tuple[int, int]:
        """Answered and asked."""
        weeks = period.weeks
        return sum(self.answered.get(week, 0) for week in weeks), sum(self.asked.get(week, 0) for week in weeks)


def together(cells: Iterable[Cell]) -> Counts:
    return reduce(add, (each.counts for each in cells), Counts())


def by_week(cells: Iterable[Cell], period: Period) -> list[Counts]:
    found: dict[datetime, Counts] = defaultdict(Counts)
    for each in cells:
        found[each.week] += each.counts
    return [found[week] for week in period.weeks]


def seen_by(agent: "User") -> QuerySet[SurveyResponse]:
    """Answers about conversations that this agent may see."""
    rows = SurveyResponse.objects.all()
    if agent.is_active and agent.sees_all_teams:
        return rows
    return rows.filter(conversation__in=Conversation.objects.visible_to(agent))


def found(agent: "User", period: Period, zone: ZoneInfo) -> Found:
    """Two statements."""
    within = Q(answered_at__gte=period.before.begins, answered_at__lt=period.ends)
    return Found(period, tuple(_cells(seen_by(agent).filter(within), zone)), *_asked(agent, period, zone))


def _cells(rows: QuerySet[SurveyResponse], zone: ZoneInfo) -> Iterator[Cell]:
    score = Cast("score", FloatField())
    groups = ("kind", "week", "medium", "touchpoint", "team", "is_repeated")
    counted = (
        rows.exclude(score=None)
        .annotate(week=TruncWeek("answered_at", tzinfo=zone), is_repeated=REPEATED)
        .values(*groups)
        .annotate(
            answers=Count("pk"),
            total=Sum(score),
            squares=Sum(score * F("score")),
            good=Count("pk", filter=GOOD),
            bad=Count("pk", filter=BAD),
        )
        .order_by()
    )
    for row in counted:
        counts = Counts(row["answers"], row["total"], row["squares"], row["good"], row["bad"])
        yield Cell(
            row["kind"],
            row["week"],
            BOT if row["touchpoint"] == Touchpoint.BOT else hue(row["medium"]),
            row["touchpoint"],
            row["team"],
            row["is_repeated"],
            counts,
        )


REPEATED = ExpressionWrapper(Q(repeats__gt=0), output_field=BooleanField())
GOOD = Q(kind="csat", score__gte=4) | Q(kind="nps", score__gte=9) | Q(kind="ces", score__gte=5)
BAD = Q(kind="csat", score__lte=2) | Q(kind="nps", score__lte=6) | Q(kind="ces", score__lte=3)


def _asked(agent: "User", period: Period, zone: ZoneInfo) -> tuple[dict[datetime, int], dict[datetime, int]]:
    rows = SurveyAsk.objects.filter(state__in=ASKED, asked_at__gte=period.before.begins, asked_at__lt=period.ends)
    if not agent.sees_all_teams:
        rows = rows.filter(conversation__in=Conversation.objects.visible_to(agent))
    counted = rows.annotate(week=TruncWeek("asked_at", tzinfo=zone)).values("week").order_by()
    counted = counted.annotate(asked=Count("pk"), answered=Count("pk", filter=Q(state=AskState.ANSWERED)))
    weeks = list(counted)
    return {row["week"]: row["asked"] for row in weeks}, {row["week"]: row["answered"] for row in weeks}


@dataclass(frozen=True)
class Wanted:
    """The rows behind a number. "" and None are all."""

    period: Period
    kind: str = ""
    hue: str = ""
    touchpoint: str = ""
    team: int | None = None
    scores: tuple[int, ...] = ()
    repeated: bool | None = None
    only_words: bool = False
    only_new: bool = False  # that nobody has looked at yet
    week: datetime | None = None
    answer: int | None = None  # one alone
    about: int | None = None  # the topic of the words


def rows(agent: "User", wanted: Wanted) -> QuerySet[SurveyResponse]:
    """The newest first; counted by the same words as the page."""
    period = wanted.period if wanted.week is None else Period(wanted.week, wanted.week + WEEK)
    found = seen_by(agent).filter(answered_at__gte=period.begins, answered_at__lt=period.ends)
    if wanted.kind:
        found = found.filter(kind=wanted.kind, score__isnull=False)
    if wanted.hue:
        found = found.filter(_of_hue(wanted.hue))
    if wanted.touchpoint:
        found = found.filter(touchpoint__in=touchpoints(wanted.touchpoint))
    if wanted.team is not None:
        found = found.filter(team=wanted.team or None)
    if wanted.scores:
        found = found.filter(score__in=wanted.scores)
    if wanted.repeated is not None:
        found = found.filter(repeats__gt=0) if wanted.repeated else found.filter(repeats=0)
    if wanted.only_words:
        found = found.exclude(comment="")
    if wanted.only_new:
        found = found.filter(reviewed_at=None)
    if wanted.about is not None:
        found = found.filter(about=wanted.about)
    if wanted.answer is not None:
        found = found.filter(pk=wanted.answer)
    return found.order_by("-answered_at", "-pk")


def touchpoints(name: str) -> tuple[str, ...]:
    """ "purchase" is all that follows an order."""
    return tuple(PURCHASES) if name == "purchase" else (name,)


def _of_hue(wanted: str) -> Q:
    if wanted == BOT:
        return Q(touchpoint=Touchpoint.BOT)
    media = [medium for medium in ["", *Medium.values] if hue(medium) == wanted]
    return Q(medium__in=media) & ~Q(touchpoint=Touchpoint.BOT)
