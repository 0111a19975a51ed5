"""The answers behind a number of satisfaction, found by the words that it was counted by."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import SurveyAsk, SurveyResponse
from conversations.models.fact import Handler
from conversations.models.survey import AskState
from conversations.reports.answers.figures import OF_KIND
from conversations.reports.sheets.sheet import Asked, Behind, Column

Found = QuerySet[SurveyResponse]


def behind(asked: Asked, wanted: Mapping[str, str]) -> Behind:
    if wanted.get("what") == "asked":
        return _asks(asked)
    if wanted.get("what") != "answers" or wanted.get("kind") not in OF_KIND:
        raise Http404
    rows = SurveyResponse.objects.filter(kind=wanted["kind"], score__isnull=False)
    rows = rows.filter(answered_at__gte=asked.begins, answered_at__lt=asked.ends, **_medium(asked))
    rows = rows.filter(_teams(asked))
    for name, narrow in NARROWED.items():
        if name in wanted:
            rows = narrow(rows, wanted[name], asked)
    shown = rows.select_related("conversation__customer", "team", "topic", "about", "survey")
    return Behind(_("Answers"), shown.order_by("-answered_at", "-pk"), "answered_at", COLUMNS, _conversation, _customer)


def _asks(asked: Asked) -> Behind:
    rows = SurveyAsk.objects.filter(state__in=[AskState.ASKED, AskState.ANSWERED], **_medium(asked))
    rows = rows.filter(_teams(asked), asked_at__gte=asked.begins, asked_at__lt=asked.ends)
    rows = rows.select_related("conversation", "survey", "customer", "team").order_by("-asked_at", "-pk")
    return Behind(_("Asked"), rows, "asked_at", COLUMNS_OF_ASKS, _conversation, lambda row: row.customer_id)  # type: ignore[attr-defined]


def _medium(asked: Asked) -> dict[str, str]:
    return {"medium": asked.medium} if asked.medium else {}


def _teams(asked: Asked) -> Q:
    if asked.teams is None:
        return Q()
    named = Q(team__in=sorted(asked.teams - {0}))
    return named | Q(team=None) if 0 in asked.teams else named


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)


def _of_agent(rows: Found, value: str, _asked: Asked) -> Found:
    if value == "bot":
        return rows.filter(credits__is_bot=True)
    return rows.filter(credits__agent=_number(value)) if value else rows.filter(_NO_AGENT)


_NO_AGENT = Q(credits__isnull=False, credits__agent=None, credits__is_bot=False)


def _of_handler(rows: Found, value: str, _asked: Asked) -> Found:
    if value not in Handler.values:
        raise Http404
    rows = rows.annotate(bots=Count("credits", filter=Q(credits__is_bot=True)), all_credits=Count("credits"))
    return rows.annotate(handled=Case(*_HANDLED, default=Value(Handler.BOTH))).filter(handled=value)


_HANDLED = (
    When(all_credits=0, then=Value(Handler.NOBODY)),
    When(bots=F("all_credits"), then=Value(Handler.BOT)),
    When(bots=0, then=Value(Handler.PEOPLE)),
)


NARROWED: Mapping[str, Callable[[Found, str, Asked], Found]] = {
    "team": lambda rows, value, _asked: rows.filter(team=_number(value) or None),
    "medium": lambda rows, value, _asked: rows.filter(medium=value),
    "touchpoint": lambda rows, value, _asked: rows.filter(touchpoint=value),
    "topic": lambda rows, value, _asked: rows.filter(topic=_number(value) or None),
    "language": lambda rows, value, _asked: rows.filter(language=value),
    "tier": lambda rows, value, _asked: rows.filter(tier=value),
    "score": lambda rows, value, _asked: rows.filter(score=_number(value)),
    "agent": _of_agent,
    "handler": _of_handler,
    "hour": lambda rows, value, asked: rows.annotate(of_hour=ExtractHour("answered_at", tzinfo=asked.zone)).filter(
        of_hour=_number(value)
    ),
    "weekday": lambda rows, value, asked: rows.annotate(
        of_day=ExtractIsoWeekDay("answered_at", tzinfo=asked.zone)
    ).filter(of_day=_number(value) + 1),
}


def _conversation(row: object) -> int | None:
    return row.conversation_id  # type: ignore[attr-defined]


def _customer(row: object) -> int | None:
    conversation = row.conversation  # type: ignore[attr-defined]
    return conversation.customer_id if conversation else None


def _of(name: str) -> Callable[[object], object]:
    """What a row has under this name; rows that it names show themselves by their own word."""

    def take(row: object) -> object:
        value = getattr(row, name)
        return value if isinstance(value, int | float | str | datetime | None) else str(value)

    return take


COLUMNS = (
    Column(gettext_lazy("Score"), _of("score")),
    Column(gettext_lazy("Comment"), _of("comment")),
    Column(gettext_lazy("What the comment is about"), _of("about")),
    Column(gettext_lazy("Mood"), _of("mood")),
    Column(gettext_lazy("Touchpoint"), lambda row: row.get_touchpoint_display()),  # type: ignore[attr-defined]
    Column(gettext_lazy("Channel"), _of("medium")),
    Column(gettext_lazy("Team"), _of("team")),
    Column(gettext_lazy("Topic"), _of("topic")),
    Column(gettext_lazy("Language"), _of("language")),
    Column(gettext_lazy("Tier"), _of("tier")),
    Column(gettext_lazy("Asked again"), _of("repeats")),
    Column(gettext_lazy("Answered at"), _of("answered_at")),
)
COLUMNS_OF_ASKS = (
    Column(gettext_lazy("Survey"), _of("survey")),
    Column(gettext_lazy("State"), lambda row: row.get_state_display()),  # type: ignore[attr-defined]
    Column(gettext_lazy("Channel"), _of("medium")),
    Column(gettext_lazy("Team"), _of("team")),
    Column(gettext_lazy("Asked at"), _of("asked_at")),
)
