"""How the bot does: what it solved by the customer's own word, what it passed on and why, how long people then took,
what they asked again, and whether a single detail got lost on the way. Each number with the rows behind it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncWeek

from conversations.bots.memory import memory_of
from conversations.handoff.packet import packet_of
from conversations.models import BotMistake, BotTalk, Conversation, Handoff, RepeatedQuestion, SurveyResponse, Topic
from conversations.models.bot import TalkEnd
from conversations.models.handoff import HandoffReason
from conversations.models.survey import SurveyKind, Touchpoint
from conversations.reports.measures import Counts
from conversations.reports.satisfaction import GOOD, Period

if TYPE_CHECKING:
    from deskapp.models import User

AT_ONCE = 2000
WHAT = ("talks", "helped", "left", "handed", "repeated", "unanswered", "wrong", "lost")


@dataclass(frozen=True)
class Week:
    """Of talks that began in it, and handoffs that happened in it."""

    begins: datetime
    talks: int = 0
    helped: int = 0
    left: int = 0
    handed: int = 0
    handoffs: int = 0
    answered: int = 0
    repeated: int = 0
    wrong: int = 0

    @property
    def ended(self) -> int:
        return self.helped + self.left + self.handed


@dataclass(frozen=True)
class Kept:
    """Details that customers gave the bot, and how many of them are on the card: all, or something is broken."""

    given: int = 0
    shown: int = 0
    handoffs: tuple[int, ...] = ()  # those that lost one


@dataclass(frozen=True)
class Found:
    period: Period
    weeks: tuple[Week, ...]
    before: tuple[Week, ...]
    reasons: Mapping[str, int] = field(default_factory=dict)
    topics: Sequence[tuple[int | None, str, int, int]] = ()  # key, name, talks, of which handed over
    times: tuple[float, ...] = ()  # seconds from a handoff to the first word of a person
    kept: Kept = Kept()
    csat: Mapping[str, Counts] = field(default_factory=dict)  # by touchpoint

    @property
    def median(self) -> timedelta | None:
        return timedelta(seconds=median(self.times)) if self.times else None

    @property
    def slowest(self) -> timedelta | None:
        """Nine of ten waited less."""
        at = sorted(self.times)
        return timedelta(seconds=at[min(len(at) - 1, int(len(at) * 0.9))]) if at else None


def found(agent: "User", period: Period, zone: ZoneInfo) -> Found:
    """Nine statements, and one more for each AT_ONCE handoffs."""
    weeks = _weeks(agent, Period(period.before.begins, period.ends), zone)
    handoffs = handoffs_of(agent, period)
    return Found(
        period,
        tuple(weeks.get(week, Week(week)) for week in period.weeks),
        tuple(weeks.get(week, Week(week)) for week in period.before.weeks),
        dict(Counter(handoffs.values_list("reason", flat=True)).most_common()),
        _topics(agent, period),
        _times(handoffs),
        _kept(handoffs),
        _csat(agent, period),
    )


def talks_of(agent: "User", period: Period) -> QuerySet[BotTalk]:
    rows = BotTalk.objects.filter(began_at__gte=period.begins, began_at__lt=period.ends)
    return rows if agent.sees_all_teams else rows.filter(conversation__in=Conversation.objects.visible_to(agent))


def handoffs_of(agent: "User", period: Period) -> QuerySet[Handoff]:
    """To people, out of a talk of the bot's."""
    rows = Handoff.objects.filter(to_people=True, created_at__gte=period.begins, created_at__lt=period.ends)
    rows = rows.exclude(talk=None)
    return rows if agent.sees_all_teams else rows.filter(conversation__in=Conversation.objects.visible_to(agent))


def mistakes_of(agent: "User", period: Period) -> QuerySet[BotMistake]:
    rows = BotMistake.objects.filter(created_at__gte=period.begins, created_at__lt=period.ends)
    return rows if agent.sees_all_teams else rows.filter(talk__conversation__in=Conversation.objects.visible_to(agent))


def asked_again() -> Exists:
    """Of a handoff, that somebody asked after it for what was known."""
    return Exists(
        RepeatedQuestion.objects.sent().filter(
            message__conversation=OuterRef("conversation"),
            message__created_at__gte=OuterRef("created_at"),
            agent__isnull=False,
        )
    )


def _weeks(agent: "User", both: Period, zone: ZoneInfo) -> dict[datetime, Week]:
    by_end = {
        name: Count("pk", filter=Q(end=end)) for name, end in zip(("helped", "left", "handed"), TalkEnd, strict=True)
    }
    talks = talks_of(agent, both).annotate(week=TruncWeek("began_at", tzinfo=zone)).values("week").order_by()
    handed = handoffs_of(agent, both).annotate(has_repeat=asked_again(), week=TruncWeek("created_at", tzinfo=zone))
    passed = (
        handed.values("week")
        .order_by()
        .annotate(
            handoffs=Count("pk"),
            answered=Count("pk", filter=Q(answered_at__isnull=False)),
            repeated=Count("pk", filter=Q(has_repeat=True)),
        )
    )
    wrong = mistakes_of(agent, both).annotate(week=TruncWeek("created_at", tzinfo=zone)).values("week").order_by()
    rows: dict[datetime, dict[str, int]] = {}
    for counted in (talks.annotate(talks=Count("pk"), **by_end), passed, wrong.annotate(wrong=Count("pk"))):
        for row in counted:
            counts = {name: int(str(count)) for name, count in row.items() if name != "week"}
            rows.setdefault(row["week"], {}).update(counts)
    return {week: Week(week, **row) for week, row in rows.items()}


def _topics(agent: "User", period: Period) -> list[tuple[int | None, str, int, int]]:
    handed = Count("pk", filter=Q(end=TalkEnd.HANDED))
    rows = talks_of(agent, period).values_list("topic").order_by().annotate(all=Count("pk"), handed=handed)
    names = dict(Topic.objects.values_list("pk", "name"))
    counted = [(topic, names.get(topic or 0, ""), talks, passed) for topic, talks, passed in rows]
    return sorted(counted, key=lambda row: (-row[2], row[1]))


def _times(rows: QuerySet[Handoff]) -> tuple[float, ...]:
    answered = rows.filter(answered_at__gte=F("created_at")).values_list("created_at", "answered_at")
    return tuple((until - since).total_seconds() for since, until in answered if until)


def _kept(rows: QuerySet[Handoff]) -> Kept:
    given = shown = 0
    lost: list[int] = []
    for pk, state, body in rows.values_list("pk", "talk__state", "packet").iterator(chunk_size=AT_ONCE):
        told = memory_of(state or {}).slots
        here = {fact.label for fact in packet_of(body).told} if body else None
        if here is None:  # forgotten with its customer
            continue
        there = sum(str(need) in here for need in told)
        given, shown = given + len(told), shown + there
        if there < len(told):
            lost.append(pk)
    return Kept(given, shown, tuple(lost))


def _csat(agent: "User", period: Period) -> dict[str, Counts]:
    rows = SurveyResponse.objects.filter(
        kind=SurveyKind.CSAT, score__isnull=False, touchpoint__in=[Touchpoint.BOT, Touchpoint.HANDOFF],
        answered_at__gte=period.begins, answered_at__lt=period.ends,
    )  # fmt: skip
    if not agent.sees_all_teams:
        rows = rows.filter(conversation__in=Conversation.objects.visible_to(agent))
    counted = rows.values("touchpoint").order_by().annotate(answers=Count("pk"), good=Count("pk", filter=GOOD))
    return {row["touchpoint"]: Counts(row["answers"], good=row["good"]) for row in counted}


def rows(
    agent: "User", period: Period, what: str, *, reason: str = "", topic: int | None = None
) -> QuerySet[Conversation]:
    """The conversations behind a number of the page."""
    talks, handoffs = talks_of(agent, period), handoffs_of(agent, period)
    if topic is not None:
        talks = talks.filter(topic=topic or None)
    if what in ("helped", "left"):
        talks = talks.filter(end=TalkEnd.HELPED if what == "helped" else TalkEnd.LEFT)
    if what == "handed" and reason not in HandoffReason.values:
        talks = talks.filter(end=TalkEnd.HANDED)
    elif what == "handed":
        return Conversation.objects.filter(pk__in=handoffs.filter(reason=reason).values("conversation"))
    if what == "repeated":
        return Conversation.objects.filter(pk__in=handoffs.filter(asked_again()).values("conversation"))
    if what == "unanswered":
        return Conversation.objects.filter(pk__in=handoffs.filter(answered_at=None).values("conversation"))
    if what == "wrong":
        return Conversation.objects.filter(pk__in=mistakes_of(agent, period).values("talk__conversation"))
    if what == "lost":
        return Conversation.objects.filter(handoffs__in=_kept(handoffs).handoffs)
    return Conversation.objects.filter(pk__in=talks.values("conversation"))
