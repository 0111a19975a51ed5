"""The answers behind a number of satisfaction, found by the words that it was counted by."""

from collections.abc import Callable, Mapping

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from conversations.models import SurveyAsk, SurveyResponse
from conversations.models.fact import Handler
from conversations.models.survey import AskState
from conversations.reports.answers.figures import OF_KIND
from conversations.reports.sheets.finding import column_of, in_hour, number, of_asked, on_weekday
from conversations.reports.sheets.sheet import Asked, Behind, Column

Found = QuerySet[SurveyResponse]


def behind(asked: Asked, wanted: Mapping[str, str]) -> Behind:
    if wanted.get("what") == "asked":
        return _asks(asked)
    if wanted.get("what") != "answers" or wanted.get("kind") not in OF_KIND:
        raise Http404
    rows = SurveyResponse.objects.filter(kind=wanted["kind"], score__isnull=False)
    rows = rows.filter(of_asked(asked), answered_at__gte=asked.begins, answered_at__lt=asked.ends)
    for name, narrow in NARROWED.items():
        if name in wanted:
            rows = narrow(rows, wanted[name], asked)
    shown = rows.select_related("conversation__customer", "team", "topic", "about", "survey")
    return Behind(
        pgettext("to a survey", "Answers"),
        shown.order_by("-answered_at", "-pk"),
        "answered_at",
        COLUMNS,
        _conversation,
        _customer,
    )


def _asks(asked: Asked) -> Behind:
    rows = SurveyAsk.objects.filter(state__in=[AskState.ASKED, AskState.ANSWERED])
    rows = rows.filter(of_asked(asked), asked_at__gte=asked.begins, asked_at__lt=asked.ends)
    rows = rows.select_related("conversation", "survey", "customer", "team").order_by("-asked_at", "-pk")
    return Behind(_("Asked"), rows, "asked_at", COLUMNS_OF_ASKS, _conversation, lambda row: row.customer_id)  # type: ignore[attr-defined]


def _of_agent(rows: Found, value: str, _asked: Asked) -> Found:
    if value == "bot":
        return rows.filter(credits__is_bot=True)
    return rows.filter(credits__agent=number(value)) if value else rows.filter(_NO_AGENT)


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
    "team": lambda rows, value, _asked: rows.filter(team=number(value) or None),
    "medium": lambda rows, value, _asked: rows.filter(medium=value),
    "touchpoint": lambda rows, value, _asked: rows.filter(touchpoint=value),
    "topic": lambda rows, value, _asked: rows.filter(topic=number(value) or None),
    "language": lambda rows, value, _asked: rows.filter(language=value),
    "tier": lambda rows, value, _asked: rows.filter(tier=value),
    "score": lambda rows, value, _asked: rows.filter(score=number(value)),
    "agent": _of_agent,
    "handler": _of_handler,
    "hour": lambda rows, value, asked: rows.filter(in_hour("answered_at", value, asked)),
    "weekday": lambda rows, value, asked: rows.filter(on_weekday("answered_at", value, asked)),
}


def _conversation(row: object) -> int | None:
    return row.conversation_id  # type: ignore[attr-defined]


def _customer(row: object) -> int | None:
    conversation = row.conversation  # type: ignore[attr-defined]
    return conversation.customer_id if conversation else None


COLUMNS = (
    Column(gettext_lazy("Score"), column_of("score")),
    Column(gettext_lazy("Comment"), column_of("comment")),
    Column(gettext_lazy("What the comment is about"), column_of("about")),
    Column(gettext_lazy("Mood"), column_of("mood")),
    Column(gettext_lazy("Touchpoint"), lambda row: row.get_touchpoint_display()),  # type: ignore[attr-defined]
    Column(gettext_lazy("Channel"), column_of("medium")),
    Column(gettext_lazy("Team"), column_of("team")),
    Column(gettext_lazy("Topic"), column_of("topic")),
    Column(gettext_lazy("Language"), column_of("language")),
    Column(gettext_lazy("Tier"), column_of("tier")),
    Column(gettext_lazy("Asked again"), column_of("repeats")),
    Column(gettext_lazy("Answered at"), column_of("answered_at")),
)
COLUMNS_OF_ASKS = (
    Column(gettext_lazy("Survey"), column_of("survey")),
    Column(gettext_lazy("State"), lambda row: row.get_state_display()),  # type: ignore[attr-defined]
    Column(gettext_lazy("Channel"), column_of("medium")),
    Column(gettext_lazy("Team"), column_of("team")),
    Column(gettext_lazy("Asked at"), column_of("asked_at")),
)
