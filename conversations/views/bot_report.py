"""How the bot does, per week, and the conversations behind each of its numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from conversations.keyset import beyond, cursor_of
from conversations.models.handoff import HandoffReason
from conversations.models.survey import Touchpoint
from conversations.reports import board, bots
from conversations.reports.bots import WHAT, Found, Week, found
from conversations.reports.measures import LEAST, Counts
from conversations.reports.satisfaction import PERIODS, period_of
from conversations.reports.satisfied import in_words, spark
from conversations.reports.words import brief
from conversations.typed import whole_number
from conversations.views.satisfaction import watcher_of, weeks_of

PAGE = 50
TITLES = {
    "talks": gettext_lazy("Talks of the bot"),
    "helped": gettext_lazy("Solved, as the customer said"),
    "left": gettext_lazy("The customer left"),
    "handed": gettext_lazy("Handed to people"),
    "repeated": gettext_lazy("Asked again after a handoff"),
    "unanswered": gettext_lazy("No person has answered yet"),
    "wrong": gettext_lazy("Answers called wrong"),
    "lost": gettext_lazy("A detail is missing on the card"),
}


@dataclass(frozen=True)
class Figure:
    key: str
    label: str
    shown: str
    says: str
    definition: str
    href: str
    level: str = ""
    spark: str = ""
    end: tuple[float, float] | None = None


@dataclass(frozen=True)
class Line:
    name: str
    count: int
    share: float
    href: str
    says: str = ""


@login_required
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """`weeks`: how many, with the one that is under way."""
    watcher, weeks = watcher_of(request), weeks_of(request.GET)
    zone = ZoneInfo(board.desk_zone())
    counted = found(watcher, period_of(weeks, zone), zone)
    context = {
        "found": counted,
        "figures": list(_figures(counted, weeks)),
        "reasons": list(_reasons(counted, weeks)),
        "topics": list(_topics(counted, weeks)),
        "csat": list(_csat(counted, weeks)),
        "weeks": weeks,
        "periods": PERIODS,
        "teaches": watcher.may("settings.bots"),
    }
    return render(request, "conversations/bots/page.html", context)


@login_required
@require_GET
def rows(request: HttpRequest, what: str) -> HttpResponse:
    """`weeks`, `reason`, `topic` (0 is of none), `after`."""
    watcher = watcher_of(request)
    if what not in WHAT:
        raise Http404
    zone, topic = ZoneInfo(board.desk_zone()), request.GET.get("topic", "")
    reason = request.GET.get("reason", "")
    asked = bots.rows(
        watcher, period_of(weeks_of(request.GET), zone), what, reason=reason,
        topic=whole_number(topic),
    )  # fmt: skip
    asked = asked.distinct().select_related("customer", "team", "assignee", "topic")
    ordered = beyond(asked, "last_message_at", request.GET.get("after", "")).order_by("-last_message_at", "-pk")
    shown = list(ordered.prefetch_related("customer__identities")[: PAGE + 1])
    query = request.GET.copy()
    query.pop("after", None)
    context = {
        "title": TITLES[what],
        "reason": HandoffReason(reason).label if reason in HandoffReason.values else "",
        "total": asked.count(),
        "rows": shown[:PAGE],
        "after": cursor_of(shown[PAGE - 1], "last_message_at") if len(shown) > PAGE else "",
        "query": query.urlencode(),
    }
    return render(request, "conversations/bots/rows.html", context)


def _figures(counted: Found, weeks: int) -> Iterable[Figure]:
    says = _(
        "Of talks that ended, the share in which the customer said that they were helped. Who just left is not counted"
        " as solved."
    )
    yield _share(counted, weeks, "helped", _("Solved by the bot"), says)
    says = _("Of talks that ended, the share that people took over.")
    yield _share(counted, weeks, "handed", _("Handed to people"), says)
    yield _time(counted, weeks)
    yield _repeats(counted, weeks)
    yield _slots(counted, weeks)
    yield _wrong(counted, weeks)


def _href(weeks: int, what: str, **more: object) -> str:
    return f"{reverse('bot_rows', args=[what])}?{urlencode({'weeks': weeks, **more})}"


def _share(counted: Found, weeks: int, name: str, label: str, definition: str) -> Figure:
    now, then = _sum(counted.weeks, name), _sum(counted.before, name)
    ended, ended_then = _sum(counted.weeks, "ended"), _sum(counted.before, "ended")
    says = _("%(part)s of %(whole)s talks that ended") % {"part": number_format(now), "whole": number_format(ended)}
    if ended_then >= LEAST:
        says = _("%(says)s; %(before)d%% before") % {"says": says, "before": round(100 * then / ended_then)}
    path, end = spark([100 * getattr(week, name) / week.ended if week.ended else None for week in counted.weeks])
    return Figure(name, label, _per_cent(now, ended), says, definition, _href(weeks, name), "", path, end)


def _sum(weeks: Sequence[Week], name: str) -> int:
    return sum(getattr(week, name) for week in weeks)


def _per_cent(part: int, whole: int) -> str:
    if not whole:
        return "–"
    return f"{round(100 * part / whole)}%" if whole >= LEAST else _("too few")


def _time(counted: Found, weeks: int) -> Figure:
    waiting = _sum(counted.weeks, "handoffs") - _sum(counted.weeks, "answered")
    says = _("no handoff was answered yet")
    if counted.slowest is not None:
        says = _("nine of ten within %(time)s; %(n)d not answered") % {"time": brief(counted.slowest), "n": waiting}
    label, definition = _("Time to a person"), _("From a handoff to the first word of a person, the middle of all.")
    shown = brief(counted.median) if counted.median is not None else "–"
    return Figure("time", label, shown, says, definition, _href(weeks, "unanswered"))


def _repeats(counted: Found, weeks: int) -> Figure:
    again, answered = _sum(counted.weeks, "repeated"), _sum(counted.weeks, "answered")
    says = _("%(part)d of %(whole)d handoffs that were answered") % {"part": again, "whole": answered}
    definition = _(
        "Of handoffs that a person answered, the share in which somebody asked for what had been told before."
    )
    path, end = spark([100 * week.repeated / week.answered if week.answered else None for week in counted.weeks])
    level = "bad" if answered >= LEAST and again * 20 > answered else ""
    shown = _per_cent(again, answered)
    return Figure("repeated", _("Asked again"), shown, says, definition, _href(weeks, "repeated"), level, path, end)


def _slots(counted: Found, weeks: int) -> Figure:
    kept = counted.kept
    says = _("%(part)s of %(whole)s details") % {"part": number_format(kept.shown), "whole": number_format(kept.given)}
    shown = "–" if not kept.given else f"{int(100 * kept.shown / kept.given)}%"
    definition = _("Of the details that customers gave the bot, the share that is on the card. It must be all of them.")
    level = "bad" if kept.shown < kept.given else "good" if kept.given else ""
    return Figure("lost", _("Details kept"), shown, says, definition, _href(weeks, "lost"), level)


def _wrong(counted: Found, weeks: int) -> Figure:
    wrong, before = _sum(counted.weeks, "wrong"), _sum(counted.before, "wrong")
    says = _("%(n)d in the %(weeks)d weeks before") % {"n": before, "weeks": weeks}
    definition = _("Answers of the bot that an agent called wrong.")
    path, end = spark([float(week.wrong) for week in counted.weeks])
    return Figure(
        "wrong", _("Called wrong"), number_format(wrong), says, definition, _href(weeks, "wrong"), "", path, end
    )


def _reasons(counted: Found, weeks: int) -> Iterable[Line]:
    whole = sum(counted.reasons.values()) or 1
    for reason, count in counted.reasons.items():
        label = str(HandoffReason(reason).label)
        yield Line(label, count, round(count / whole, 3), _href(weeks, "handed", reason=reason))


def _topics(counted: Found, weeks: int) -> Iterable[Line]:
    for topic, name, talks, handed in counted.topics:
        says = _("%(part)d of %(whole)d handed over") % {"part": handed, "whole": talks}
        share = round(handed / talks, 3)
        yield Line(name or _("not understood"), talks, share, _href(weeks, "talks", topic=topic or 0), says)


def _csat(counted: Found, weeks: int) -> Iterable[Line]:
    for place in (Touchpoint.BOT, Touchpoint.HANDOFF):
        counts = counted.csat.get(place.value, Counts())
        asked = {"weeks": weeks, "kind": "csat", "touchpoint": place.value}
        href = f"{reverse('satisfaction_rows')}?{urlencode(asked)}"
        yield Line(str(place.label), counts.answers, 0, href, in_words("csat", counts))
