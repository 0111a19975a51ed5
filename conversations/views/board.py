"""The live board: its page, the rows behind each of its numbers, one agent of it, and what is done from it."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from conversations import audit
from conversations.actions.change import NotPossibleError
from conversations.actions.lending import give_back, lend
from conversations.models import AlertLimit, Conversation, Loan, Team
from conversations.reports import board, limits, states
from conversations.reports.facts import Scope
from conversations.reports.rows import Asked, rows
from conversations.reports.showing import scope_of, shown, state_in_words
from conversations.routing.availability import REASONS
from conversations.typed import whole_number
from conversations.views.acting import agent_of, is_delete, is_htmx

if TYPE_CHECKING:
    from deskapp.models import User

MOST_OPEN = 50  # conversations of one agent


@login_required
@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """`team`: only that one; `wall`: for a screen that everybody sees. Under htmx the cards alone."""
    watcher, now = _watcher(request), board.shared()
    team = _number(request, "team")
    scope = scope_of(watcher, now.teams, team)
    if not scope:
        raise Http404
    context = {
        "shown": shown(now, scope, team),
        "teams": [(pk, name) for pk, name in now.teams.items() if name and pk in scope_of(watcher, now.teams, None)],
        "at": timezone.localtime(now.at),
        "wall": "wall" in request.GET,
        "query": "&".join(filter(None, [f"team={team}" if team is not None else "", "wall" * ("wall" in request.GET)])),
        "lends": watcher.sees_all_teams,
        "reads_answers": watcher.may("reports.see"),
    }
    name = "board" if is_htmx(request) else "wall" if context["wall"] else "page"
    return render(request, f"conversations/board/{name}.html", context)


@login_required
@require_GET
def board_rows(request: HttpRequest, what: str) -> HttpResponse:
    """`team`, `agent`, `begun` (when the half hour began, in seconds since 1970), `hue`, `after`."""
    watcher, team = _watcher(request), _number(request, "team")
    number = _number(request, "agent") or _number(request, "begun") or 0
    asked = Asked(what, _scope(watcher, team), board.desk_zone(), number, request.GET.get("hue", ""))
    found = rows(watcher, asked, after=request.GET.get("after", ""))
    query = request.GET.copy()
    query.pop("after", None)
    context = {
        "found": found,
        "what": what,
        "of_team": Team.objects.filter(pk=team).first() if team else None,
        "of_agent": get_user_model().objects.filter(pk=number).first() if what == "agent" else None,
        "query": query.urlencode(),
    }
    return render(request, "conversations/board/rows.html", context)


@login_required
@require_GET
def board_agent(request: HttpRequest, pk: int) -> HttpResponse:
    """What they work on, as far as the watcher may see it, and how long they were in which state."""
    watcher, now = _watcher(request), board.shared()
    scope = scope_of(watcher, now.teams, None)
    here = next((each for each in now.agents_of(scope) if each.agent == pk), None)
    if here is None:
        raise Http404
    theirs = Conversation.objects.visible_to(watcher).open().filter(assignee=pk, status="open")
    theirs = theirs.select_related("customer", "team").prefetch_related("customer__identities").order_by("queue_at")
    days = states.days_of(pk, timezone.now(), now.zone)
    context = {
        "here": here,
        "says": state_in_words(here, now.at),
        "teams": [now.teams[each] for each in here.teams if now.teams.get(each)],
        "theirs": theirs[:MOST_OPEN],
        "days": days,
        "log": states.log_of(pk, days[0].begins),
        "reasons": REASONS,
    }
    return render(request, "conversations/board/agent.html", context)


@login_required
@require_POST
def loans(request: HttpRequest) -> HttpResponse:
    """POST `agent` and `team`: until midnight they help there."""
    watcher = _lender(request)
    agents = get_user_model().objects.filter(is_active=True)
    agent = get_object_or_404(agents, pk=_posted(request, "agent"))
    team = get_object_or_404(Team, pk=_posted(request, "team"))
    try:
        lend(agent, to=team, by=watcher)
        messages.success(request, _("%(agent)s helps %(team)s until midnight.") % {"agent": agent, "team": team})
    except NotPossibleError as refusal:
        messages.error(request, str(refusal))
    board.forget()
    return redirect("live")


@login_required
@require_http_methods(["POST", "DELETE"])
def loan(request: HttpRequest, pk: int) -> HttpResponse:
    """DELETE ends it."""
    watcher, one = _lender(request), get_object_or_404(Loan.objects.select_related("agent", "team"), pk=pk)
    if is_delete(request):
        give_back(one, by=watcher)
        words = {"agent": one.agent, "team": one.team}
        messages.success(request, _("%(agent)s no longer helps %(team)s.") % words)
        board.forget()
    return redirect("live")


class LimitForm(forms.ModelForm):
    class Meta:
        model = AlertLimit
        fields = ("is_on", "limit")


@login_required
@require_http_methods(["GET", "POST"])
def alert_limits(request: HttpRequest) -> HttpResponse:
    """From where on what calls: for admins."""
    admin = agent_of(request)
    if not admin.is_admin:
        raise Http404
    data = request.POST if request.method == "POST" else None
    lines = [LimitForm(data, instance=one, prefix=one.kind) for one in limits.every()]
    if data is None or not all([line.is_valid() for line in lines]):
        status = 422 if data is not None else 200
        return render(request, "conversations/board/limits.html", {"lines": lines}, status=status)
    for line in lines:
        if line.has_changed():
            with audit.watched(admin, line.instance):
                line.save()
    board.forget()
    messages.success(request, _("Saved."))
    return redirect(reverse("live"))


def _watcher(request: HttpRequest) -> "User":
    agent = agent_of(request)
    if not agent.may("live.see"):
        raise Http404
    return agent


def _lender(request: HttpRequest) -> "User":
    """Lending shows a team's work to whom it is lent: for those who see every team."""
    agent = _watcher(request)
    if not agent.sees_all_teams:
        raise Http404
    return agent


def _scope(watcher: "User", team: int | None) -> Scope | None:
    """None: every team, and what has none."""
    if team is None and watcher.sees_all_teams:
        return None
    scope = scope_of(watcher, {0: "", **dict(Team.objects.values_list("pk", "name"))}, team)
    if not scope:
        raise Http404
    return scope


def _number(request: HttpRequest, name: str) -> int | None:
    value = request.GET.get(name, "")
    return whole_number(value)


def _posted(request: HttpRequest, name: str) -> int:
    value = request.POST.get(name, "")
    return whole_number(value) or 0
