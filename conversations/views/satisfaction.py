"""Satisfaction: the page, the answers behind each number, what somebody made of one, and all of it as a table."""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from conversations.keyset import beyond, cursor_of
from conversations.models import Message, SurveyResponse
from conversations.reports import board, satisfaction, today
from conversations.reports.measures import MEASURES
from conversations.reports.satisfaction import PERIODS, Period, Wanted, found, period_of, seen_by
from conversations.reports.satisfied import shown
from conversations.reports.sheets.cells import plain
from conversations.reports.sheets.tables import Echo
from conversations.typed import whole_number
from conversations.views.acting import agent_of
from conversations.views.streaming import streamed

if TYPE_CHECKING:
    from deskapp.models import User

PAGE, COMMENTS, MOST_TAGS = 50, 8, 10
SCORES = {"low": (1, 2), "middle": (3,), "high": (4, 5)}  # of CSAT, as the page's filter has them


@login_required
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """`weeks`, `kind` of the lines, `said` of the comments."""
    watcher, weeks = watcher_of(request), weeks_of(request.GET)
    zone = ZoneInfo(board.desk_zone())
    period = period_of(weeks, zone)
    kind = request.GET.get("kind", "csat")
    if kind not in MEASURES:
        raise Http404
    said = request.GET.get("said", "")
    words = Wanted(period, kind="csat" if said in SCORES else "", scores=SCORES.get(said, ()), only_words=True)
    context = {
        "shown": shown(found(watcher, period, zone), kind, f"weeks={weeks}"),
        "measures": [(name, each.label) for name, each in MEASURES.items()],
        "period": period,
        "weeks": weeks,
        "periods": PERIODS,
        "kind": kind,
        "said": said,
        "comments": _with_all(satisfaction.rows(watcher, words))[:COMMENTS],
    }
    return render(request, "conversations/satisfaction/page.html", context)


@login_required
@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """The answers behind a number, the newest first, by keyset."""
    watcher = watcher_of(request)
    wanted = _wanted(request.GET)
    answers = satisfaction.rows(watcher, wanted)
    total = answers.count()
    after = request.GET.get("after", "")
    shown_ = list(_with_all(beyond(answers, "answered_at", after))[: PAGE + 1])
    query = request.GET.copy()
    query.pop("after", None)
    context = {
        "answers": shown_[:PAGE],
        "total": total,
        "after": cursor_of(shown_[PAGE - 1], "answered_at") if len(shown_) > PAGE else "",
        "query": query.urlencode(),
        "wanted": wanted,
    }
    return render(request, "conversations/satisfaction/rows.html", context)


@login_required
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The same rows as a table, streamed."""
    watcher = watcher_of(request)
    answers = satisfaction.rows(watcher, _wanted(request.GET)).select_related("team", "topic", "about", "survey")
    out = csv.writer(Echo())
    lines = (str(out.writerow(line)).encode() for line in _table(answers.iterator(chunk_size=2000)))
    return streamed(lines, content_type="text/csv; charset=utf-8", name="satisfaction.csv")


def _table(answers: Iterator[SurveyResponse]) -> Iterator[list[object]]:
    yield [
        "at",
        "survey",
        "kind",
        "score",
        "comment",
        "touchpoint",
        "channel",
        "team",
        "topic",
        "about",
        "mood",
        "repeats",
        "conversation",
    ]
    for each in answers:
        yield [
            each.answered_at.isoformat(timespec="seconds"),
            plain(str(each.survey)),
            each.kind,
            "" if each.score is None else each.score,
            plain(each.comment),
            each.touchpoint,
            each.medium,
            plain(str(each.team or "")),
            plain(str(each.topic or "")),
            plain(str(each.about or "")),
            "" if each.mood is None else round(each.mood, 2),
            each.repeats,
            each.conversation_id or "",
        ]


@login_required
@require_POST
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """POST: somebody has looked at it, with `tags` of theirs."""
    watcher = watcher_of(request)
    answer = get_object_or_404(seen_by(watcher), pk=pk)
    tags = [each.strip().lstrip("#")[:40] for each in request.POST.get("tags", "").split(",")]
    answer.tags = list(dict.fromkeys(each for each in tags if each))[:MOST_TAGS]
    answer.reviewed_at, answer.reviewed_by = timezone.now(), watcher
    answer.save(update_fields=["tags", "reviewed_at", "reviewed_by"])
    messages.success(request, _("Noted: you have looked at this answer."))
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(back if is_ours else "satisfaction")


def watcher_of(request: HttpRequest) -> "User":
    agent = agent_of(request)
    if not agent.may("reports.see"):
        raise Http404
    return agent


def weeks_of(asked: QueryDict) -> int:
    weeks = whole_number(asked.get("weeks", ""))
    return weeks if weeks in PERIODS else 12


def _wanted(asked: QueryDict) -> Wanted:
    zone = ZoneInfo(board.desk_zone())
    team, repeated = asked.get("team", ""), asked.get("repeated", "")
    period = period_of(weeks_of(asked), zone)
    if "today" in asked:
        period = Period(today.midnight(timezone.now(), str(zone)), period.ends)
    return Wanted(
        period,
        kind=asked.get("kind", "") if asked.get("kind", "") in MEASURES else "",
        hue=asked.get("hue", "")[:20],
        touchpoint=asked.get("touchpoint", "")[:20],
        team=whole_number(team),
        scores=SCORES.get(asked.get("said", ""), ()),
        repeated=repeated == "1" if repeated in ("0", "1") else None,
        only_words="words" in asked,
        only_new="new" in asked,
        week=_week(asked.get("week", ""), zone),
        answer=whole_number(asked.get("answer", "")),
        about=whole_number(asked.get("about", "")),
    )


def _week(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=zone) if day and 2000 < day.year < 2200 else None


def _with_all(answers: QuerySet[SurveyResponse]) -> QuerySet[SurveyResponse]:
    """`replied_at`: when a person first wrote to them after it."""
    after = Message.objects.filter(
        conversation=OuterRef("conversation"),
        created_at__gt=OuterRef("answered_at"),
        kind=Message.Kind.OUTBOUND,
        is_automatic=False,
        is_bot=False,
    )
    replied = Subquery(after.order_by("created_at").values("created_at")[:1])
    rows_ = answers.annotate(replied_at=replied).select_related(
        "conversation__customer", "team", "topic", "about", "reviewed_by", "ask__decision"
    )
    return rows_.prefetch_related("conversation__customer__identities", "credits__agent")
