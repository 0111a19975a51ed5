"""The episodes and answers behind a number of the service, found by the words that it was counted by."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from conversations.models import Episode, Reply
from conversations.models.fact import Handler, Outcome
from conversations.reports.service.reading import HANDLERS
from conversations.reports.sheets.finding import column_of, in_hour, number, of_asked, on_weekday
from conversations.reports.sheets.sheet import Asked, Behind, Column

UNREAL = (Outcome.SPAM, Outcome.MERGED)
REAL = ~Q(outcome__in=UNREAL)
SOLVED = Q(outcome=Outcome.SOLVED)
# By what a cell asks for: which column says when, and which of those rows.
OF_EPISODES: Mapping[str, tuple[str, Q]] = {
    "begun": ("began_at", REAL),
    "inbound": ("began_at", REAL & Q(is_inbound=True)),
    "again": ("began_at", REAL & Q(is_first=False)),
    "answered": ("began_at", REAL & Q(waited__isnull=False)),
    "first_promised": ("began_at", REAL & Q(is_first_in_time__isnull=False)),
    "solved": ("ended_at", SOLVED),
    "handled": ("ended_at", SOLVED & Q(worked__gt=0)),
    "promised": ("ended_at", SOLVED & Q(is_within_sla__isnull=False)),
    "engaged": ("began_at", REAL & ~Q(handler=Handler.NOBODY)),
    "with_bot": ("ended_at", SOLVED & Q(handler__in=[Handler.BOT, Handler.BOTH])),
}
OF_REPLIES: Mapping[str, Q] = {
    "next": Q(is_first=False),
    "next_promised": Q(is_first=False, is_in_time__isnull=False),
    "replies": Q(),
}


def behind(asked: Asked, wanted: Mapping[str, str]) -> Behind:
    what = wanted.get("what", "")
    if what == "open":
        return _open(asked, wanted)
    if what in OF_REPLIES:
        return _replies(asked, wanted, what)
    if what not in OF_EPISODES:
        raise Http404
    at, which = OF_EPISODES[what]
    rows = Episode.objects.filter(which, _within(asked, at))
    return _shown(_narrowed(rows, asked, wanted, at), at)


def _open(asked: Asked, wanted: Mapping[str, str]) -> Behind:
    """At the end of what is asked, or before a moment."""
    at = _moment(wanted["until"], asked) if "until" in wanted else asked.ends
    rows = Episode.objects.filter(Q(ended_at=None) | Q(ended_at__gte=at), began_at__lt=at)
    return _shown(_narrowed(rows, asked, wanted, "began_at"), "began_at")


def _replies(asked: Asked, wanted: Mapping[str, str], what: str) -> Behind:
    rows = Reply.objects.filter(OF_REPLIES[what], _within(asked, "at")).exclude(episode__outcome__in=UNREAL)
    rows = _narrowed(rows, asked, wanted, "at", episode="episode__")
    rows = rows.select_related("episode__topic", "team", "agent").order_by("-at", "-pk")
    title = pgettext("of agents", "Answers")
    return Behind(title, rows, "at", COLUMNS_OF_REPLIES, lambda row: row.episode.conversation_id)  # type: ignore[attr-defined]


def _shown(rows: "QuerySet[Episode]", at: str) -> Behind:
    rows = rows.select_related("team", "agent", "topic", "conversation").order_by(f"-{at}", "-pk")
    return Behind(
        _("Episodes"), rows, at, COLUMNS,
        lambda row: row.conversation_id,  # type: ignore[attr-defined]
        lambda row: row.conversation.customer_id,  # type: ignore[attr-defined]
    )  # fmt: skip


def _within(asked: Asked, at: str) -> Q:
    return Q(**{f"{at}__gte": asked.begins, f"{at}__lt": asked.ends})


def _narrowed(rows: "QuerySet", asked: Asked, wanted: Mapping[str, str], at: str, *, episode: str = "") -> "QuerySet":
    """`episode`: how rows get to theirs, where they are none."""
    rows = rows.filter(of_asked(asked))
    left = HANDLERS.get(asked.only.get("handler", ""))
    if left is not None:
        rows = rows.filter(**{f"{episode}handler__in": left})
    if "hour" in wanted:
        rows = rows.filter(in_hour(at, wanted["hour"], asked))
    if "weekday" in wanted:
        rows = rows.filter(on_weekday(at, wanted["weekday"], asked))
    if "since" in wanted and "until" in wanted:
        since, until = _moment(wanted["since"], asked), _moment(wanted["until"], asked)
        rows = rows.filter(**{f"{at}__gte": since, f"{at}__lt": until})
    for name, narrow in NARROWED.items():
        if name in wanted:
            rows = rows.filter(**{f"{episode if name in OF_AN_EPISODE else ''}{name}": narrow(wanted[name])})
    return rows


def _moment(text: str, asked: Asked) -> datetime:
    """Never outside of what is asked: as with the link, so with what is behind it."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if at.tzinfo is None:
        raise Http404
    return min(max(at, asked.begins), asked.ends)


def _key(value: str) -> int | None:
    return number(value) or None if value else None


def _handler(value: str) -> str:
    if value not in Handler.values:
        raise Http404
    return value


NARROWED: Mapping[str, Callable[[str], str | int | None]] = {
    "team": _key,
    "agent": _key,
    "topic": _key,
    "medium": str,
    "language": str,
    "tier": str,
    "handler": _handler,
}
OF_AN_EPISODE = ("topic", "language", "tier", "handler")  # where the answers in it have none of their own


COLUMNS = (
    Column(gettext_lazy("Begun"), column_of("began_at")),
    Column(gettext_lazy("Ended"), column_of("ended_at")),
    Column(gettext_lazy("Outcome"), lambda row: row.get_outcome_display()),  # type: ignore[attr-defined]
    Column(gettext_lazy("Answered by"), lambda row: row.get_handler_display()),  # type: ignore[attr-defined]
    Column(gettext_lazy("Channel"), column_of("medium")),
    Column(gettext_lazy("Team"), column_of("team")),
    Column(gettext_lazy("Agent"), column_of("agent")),
    Column(gettext_lazy("Topic"), column_of("topic")),
    Column(gettext_lazy("Language"), column_of("language")),
    Column(gettext_lazy("Tier"), column_of("tier")),
    Column(gettext_lazy("First answer, seconds"), column_of("waited")),
    Column(gettext_lazy("First answer, open seconds"), column_of("waited_open")),
    Column(gettext_lazy("Solution, seconds"), column_of("took")),
    Column(gettext_lazy("Solution, open seconds"), column_of("took_open")),
    Column(gettext_lazy("Work, seconds"), column_of("worked")),
    Column(gettext_lazy("Passed on"), column_of("transfers")),
    Column(gettext_lazy("Asked twice"), column_of("repeats")),
    Column(gettext_lazy("Opened again at"), column_of("reopened_at")),
)
COLUMNS_OF_REPLIES = (
    Column(gettext_lazy("Answered at"), column_of("at")),
    Column(gettext_lazy("Waited since"), column_of("since")),
    Column(gettext_lazy("Seconds"), column_of("seconds")),
    Column(gettext_lazy("Open seconds"), column_of("seconds_open")),
    Column(gettext_lazy("First answer"), column_of("is_first")),
    Column(gettext_lazy("In time"), column_of("is_in_time")),
    Column(gettext_lazy("Channel"), column_of("medium")),
    Column(gettext_lazy("Team"), column_of("team")),
    Column(gettext_lazy("Agent"), column_of("agent")),
    Column(gettext_lazy("Topic"), lambda row: str(row.episode.topic or "")),  # type: ignore[attr-defined]
    Column(gettext_lazy("Language"), lambda row: row.episode.language),  # type: ignore[attr-defined]
    Column(gettext_lazy("Tier"), lambda row: row.episode.tier),  # type: ignore[attr-defined]
    Column(gettext_lazy("Answered by"), lambda row: row.episode.get_handler_display()),  # type: ignore[attr-defined]
)
