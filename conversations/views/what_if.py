"""What if: any version of the rules replayed on a period that has passed, compared with the rules that hold."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from conversations.condition_lists import Lists
from conversations.models import Replay, RoutingPolicy
from conversations.routing import kept
from conversations.routing import replay as replays
from conversations.routing.diff import differences
from conversations.routing.drafting import State
from conversations.routing.what_if import callout, changes, chart, compared, names_of, team_names
from conversations.typed import whole_number
from conversations.views.acting import agent_of, is_htmx

if TYPE_CHECKING:
    from deskapp.models import User

PERIODS = ("yesterday", "week", "custom")
MOST_DAYS = 92
MOST_VERSIONS = 60
MOST_AT_ONCE = 3  # replays: more would keep reports waiting for hours
RUNS_FOR = timedelta(hours=2)  # after which one that has not ended stands in nobody's way
ONE_IN = 10


@login_required
@require_http_methods(["GET", "POST"])
def replay_list(request: HttpRequest) -> HttpResponse:
    """POST `policy`, and `period`, one of PERIODS; `since` and `until`, two days, where it is custom."""
    agent = _reader(request)
    if request.method != "POST":
        return redirect("routing")
    if not agent.may("routing.rules"):
        raise Http404
    version = RoutingPolicy.objects.filter(pk=whole_number(request.POST.get("policy", "")) or 0).first()
    if version is None:
        return _panel(request, agent, wrong=_("Choose the rules to try."))
    try:
        since, until = _period(request, agent)
    except ValueError as refusal:
        return _panel(request, agent, wrong=str(refusal))
    running = Replay.objects.filter(state=Replay.State.RUNNING, created_at__gte=timezone.now() - RUNS_FOR)
    if running.count() >= MOST_AT_ONCE:
        return _panel(request, agent, wrong=_("Enough is being replayed now: wait until one of them has ended."))
    made = replays.start(version, since=since, until=until, by=agent)
    if is_htmx(request):
        return _panel(request, agent, replay=made)
    return redirect(f"{reverse('routing')}?replay={made.pk}")


@login_required
@require_GET
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, or what it says; without htmx in its page."""
    agent = _reader(request)
    made = get_object_or_404(Replay.objects.select_related("policy"), pk=pk)
    if not is_htmx(request):
        return redirect(f"{reverse('routing')}?replay={made.pk}")
    return render(request, "conversations/routing/replay.html", _told(made, agent))


@login_required
@require_GET
def replay_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """The conversations that go elsewhere, `after` a cursor."""
    agent = _reader(request)
    made = get_object_or_404(Replay.objects.select_related("policy"), pk=pk)
    context = {"replay": made, "changes": changes(made, agent, after=request.GET.get("after", ""))}
    name = "changes" if is_htmx(request) else "changes_page"
    return render(request, f"conversations/routing/{name}.html", context)


def what_if(request: HttpRequest, agent: "User", *, replay: Replay | None = None, wrong: str = "") -> dict[str, object]:
    """The panel: the form, and the replay that is asked for, else the newest."""
    asked = whole_number(request.GET.get("replay", ""))
    rows = Replay.objects.select_related("policy").order_by("-created_at", "-pk")
    if replay is None:
        replay = (rows if asked is None else rows.filter(pk=asked)).first()
    order = {State.DRAFT: 0, State.TRIAL: 1, State.PUBLISHED: 2, State.RETIRED: 3}
    versions = list(RoutingPolicy.objects.defer("body").order_by("-number")[:MOST_VERSIONS])
    today = timezone.localdate()
    return {
        "may_rule": agent.may("routing.rules"),
        "versions": sorted(versions, key=lambda each: order.get(each.state, 9)),  # type: ignore[call-overload]
        "period": request.POST.get("period", "yesterday"),
        "chosen": request.POST.get("policy", ""),
        "since": request.POST.get("since", "") or (today - timedelta(days=14)).isoformat(),
        "until": request.POST.get("until", "") or (today - timedelta(days=1)).isoformat(),
        "replay_wrong": wrong,
        **(_told(replay, agent) if replay else {}),
    }


def _told(replay: Replay, agent: "User") -> dict[str, object]:
    figures = replays.figures_of(replay)
    context: dict[str, object] = {
        "replay": replay,
        "may_rule": agent.may("routing.rules"),
        "over": _over(replay),
        "is_draft": replay.policy is not None and replay.policy.state == State.DRAFT,
        "one_in": replay.policy.one_in if replay.policy else ONE_IN,
    }
    if figures is None:
        return context
    before, after = figures
    old, new = (kept.read_policy(body, number=0) for body in (replay.before, replay.after))
    head, rest = callout(before, after, replay)
    return context | {
        "headline": head,
        "rest": rest,
        "compared": compared(before, after, names_of(figures)),
        "chart": chart(before, after, team_names()),
        "diff": differences(old, new, Lists()),
        "changes": changes(replay, agent),
    }


def _over(replay: Replay) -> str:
    """Which days, in the reader's words."""
    since, until = timezone.localtime(replay.since), timezone.localtime(replay.until)
    last = (until - timedelta(microseconds=1)).date()
    if since.date() == last == timezone.localdate() - timedelta(days=1):
        return _("Yesterday")
    if since.date() == last:
        return formats.date_format(last, "j F")
    return f"{formats.date_format(since.date(), 'j M')} – {formats.date_format(last, 'j M')}"


def _period(request: HttpRequest, agent: "User") -> tuple[datetime, datetime]:
    """Whole days by the agent's clock. Raises ValueError, the text being for the agent."""
    today, chosen = timezone.localdate(), request.POST.get("period", "")
    if chosen == "yesterday":
        return _midnight(today - timedelta(days=1), agent), _midnight(today, agent)
    if chosen == "week":
        return _midnight(today - timedelta(days=7), agent), _midnight(today, agent)
    since, until = _day(request.POST.get("since", "")), _day(request.POST.get("until", ""))
    if chosen != "custom" or since is None or until is None:
        raise ValueError(_("Choose the first and the last day."))
    if until < since:
        raise ValueError(_("The last day comes before the first."))
    if since >= today:
        raise ValueError(_("Choose days that have passed."))
    if (until - since).days >= MOST_DAYS:
        raise ValueError(_("Choose at most %(n)s days.") % {"n": MOST_DAYS})
    return _midnight(since, agent), min(_midnight(until + timedelta(days=1), agent), timezone.now())


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _midnight(day: date, agent: "User") -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(agent.get_timezone()))


def _panel(request: HttpRequest, agent: "User", *, replay: Replay | None = None, wrong: str = "") -> HttpResponse:
    context = what_if(request, agent, replay=replay, wrong=wrong)
    name = "what_if" if is_htmx(request) else "what_if_page"
    return render(request, f"conversations/routing/{name}.html", context, status=422 if wrong else 200)


def _reader(request: HttpRequest) -> "User":
    agent = agent_of(request)
    if not agent.may("routing.see"):
        raise Http404
    return agent
