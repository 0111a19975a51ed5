"""Routing's decisions: the list, one in full, why a line of a thread says what it says, and another opinion."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from conversations.actions.change import NotPossibleError
from conversations.actions.overriding import BECAUSE, is_last, override
from conversations.models import Activity, Conversation, RoutingDecision, Team
from conversations.routing import decisions, drafting
from conversations.routing.explained import behind, explained, whole
from conversations.routing.teaching import hints
from conversations.typed import whole_number
from conversations.views.acting import agent_of, is_htmx
from conversations.views.what_if import what_if

if TYPE_CHECKING:
    from deskapp.models import User


@login_required
@require_GET
def routing(request: HttpRequest) -> HttpResponse:
    """`show`: all, unsure, changed, fallback. Under htmx only rows: `before` a cursor, or the news `after` one."""
    agent, show = reader_of(request), shown(request)
    if is_htmx(request) and "after" in request.GET:
        also = request.GET.get("also", "")
        number = whole_number(also) or 0
        lines = decisions.news(agent, show, after=request.GET["after"], also=number)
        context = {"page": decisions.Page(lines), "show": show, "counts": decisions.today(agent)}
        return render(request, "conversations/routing/news.html", context)
    page = decisions.page(agent, show, before=request.GET.get("before", ""))
    if is_htmx(request):
        return render(request, "conversations/routing/rows.html", {"page": page, "show": show})
    rows = [line.row for line in page.lines]
    newest = next((row.pk for row in rows if not decisions.is_by_person(row)), rows[0].pk if rows else 0)
    row = _seen(agent).filter(pk=newest).first()
    return _page(request, agent, row, page=page, is_picked=False)


@login_required
@require_GET
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Under htmx it alone."""
    agent = reader_of(request)
    row = get_object_or_404(_seen(agent), pk=pk)
    if is_htmx(request):
        return render(request, "conversations/routing/decision.html", _one(agent, row, shown(request)))
    return _page(request, agent, row)


@login_required
@require_POST
def decision_override(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `to`: "agent:7" or "team:2"; `because`, one of those offered, or `other` in the agent's own words."""
    agent = reader_of(request)
    row = get_object_or_404(_seen(agent), pk=pk)
    kind, _colon, key = request.POST.get("to", "").partition(":")
    because = str(BECAUSE.get(request.POST.get("because", ""), ""))
    reason = because or request.POST.get("other", "").replace("\x00", "")
    try:
        to = get_user_model().objects.get(pk=key, is_active=True) if kind == "agent" else None
        team = Team.objects.get(pk=key) if kind == "team" else None
        override(row, to=to, team=team, by=agent, reason=reason)
    except (get_user_model().DoesNotExist, Team.DoesNotExist, ValueError):
        return _refused(request, agent, row, _("Choose somebody from the list."))
    except NotPossibleError as refusal:
        return _refused(request, agent, row, str(refusal))
    told = _("Moved to %(name)s.") % {"name": to or team}
    row = get_object_or_404(_seen(agent), pk=pk)
    if is_htmx(request):
        return render(request, "conversations/routing/decision.html", _one(agent, row, shown(request), told=told))
    messages.success(request, told)
    return redirect("decision", pk)


@login_required
@require_GET
def why(request: HttpRequest, pk: int) -> HttpResponse:
    """What a line of the log tells of, in full: for everybody who may see the conversation."""
    agent = agent_of(request)
    seen = Conversation.objects.visible_to(agent)
    activity = get_object_or_404(Activity.objects.filter(conversation__in=seen.values("pk")), pk=pk)
    row = behind(activity) if activity.verb == Activity.Verb.ROUTED else None
    context: dict[str, object] = {"activity": activity, "one": explained(row, agent) if row else None}
    return render(request, f"conversations/routing/{'why' if is_htmx(request) else 'why_page'}.html", context)


def reader_of(request: HttpRequest) -> "User":
    agent = agent_of(request)
    if not agent.may("routing.see"):
        raise Http404
    return agent


def shown(request: HttpRequest) -> str:
    asked = request.GET.get("show", "")
    return asked if asked in decisions.KINDS else "all"


def _seen(agent: "User") -> "decisions.QuerySet[RoutingDecision]":
    return decisions.seen_by(agent).select_related(*whole())


def _page(
    request: HttpRequest,
    agent: "User",
    row: RoutingDecision | None,
    *,
    page: decisions.Page | None = None,
    is_picked: bool = True,
    wrong: str = "",
) -> HttpResponse:
    show = shown(request)
    context = {
        "show": show,
        "page": page or decisions.page(agent, show),
        "counts": decisions.today(agent),
        "is_picked": is_picked,
        "hints": hints(agent, drafting.published()),
        **(_one(agent, row, show, wrong=wrong) if row else {}),
        **what_if(request, agent),
    }
    return render(request, "conversations/routing/page.html", context, status=422 if wrong else 200)


def _one(agent: "User", row: RoutingDecision, show: str, *, told: str = "", wrong: str = "") -> dict[str, object]:
    is_changeable = row.conversation.is_open and is_last(row)
    return {
        "one": explained(row, agent),
        "show": show,
        "told": told,
        "wrong": wrong,
        "is_changeable": is_changeable,
        "because": BECAUSE.items(),
        "teams": list(Team.objects.order_by("name")) if is_changeable else [],
        "agents": _others(row) if is_changeable else [],
    }


def _others(row: RoutingDecision) -> "list[User]":
    agents = get_user_model().objects.filter(is_active=True).exclude(pk=row.conversation.assignee_id or 0)
    return list(agents.order_by("name")[:500])


def _refused(request: HttpRequest, agent: "User", row: RoutingDecision, wrong: str) -> HttpResponse:
    if not is_htmx(request):
        return _page(request, agent, row, wrong=wrong)
    context = _one(agent, row, shown(request), wrong=wrong)
    return render(request, "conversations/routing/decision.html", context, status=422)
