"""The inbox: a list of conversations, and beside it nothing yet."""

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from conversations.live import missed
from conversations.models import Conversation, Medium, Message, Priority, Tag, Team, Topic
from conversations.models.message import MessageKind
from conversations.reading import Listed, listed, page, rail_of, rows_of, total_of
from conversations.views.acting import agent_of, is_htmx
from customers.models import Segment

REMEMBERED = "inbox"  # the cookie that holds the list last looked at: a thread's page shows it beside the thread


@login_required
def home(request: HttpRequest) -> HttpResponse:
    return redirect("inbox_view", "mine")


@login_required
@require_GET
def inbox(request: HttpRequest, view: str) -> HttpResponse:
    """The list and an empty sheet; with `after`, just the rows that follow."""
    wanted = listed(agent_of(request), view, request.GET)
    if "after" in request.GET:
        return render(request, "conversations/inbox/rows.html", list_context(request, wanted))
    if is_htmx(request) and request.htmx.target == "list":  # type: ignore[attr-defined]
        context = {**list_context(request, wanted), "total": total_of(agent_of(request), wanted)}
        return remember(render(request, "conversations/inbox/list.html", context), wanted)
    context = desk_context(request, wanted)
    response = render(request, "conversations/inbox/page.html", {**context, **_quiet(request, context)})
    return remember(response, wanted)


def list_context(request: HttpRequest, wanted: Listed) -> dict[str, object]:
    after = request.GET.get("after", "")
    known = {} if after else {"stamp": missed.stamp()}
    found = page(agent_of(request), wanted, after=after)
    return {**known, "listed": wanted, "rows": found.rows, "after": found.after}


def desk_context(request: HttpRequest, wanted: Listed) -> dict[str, object]:
    """For a whole page: the list, and the rail beside it."""
    rail = rail_of(agent_of(request), wanted)
    return {**list_context(request, wanted), "rail": rail, "total": rail.total}


@login_required
@require_GET
def changed(request: HttpRequest) -> HttpResponse:
    """The rows in which something happened since a list's stamp, whatever list they belong in: the browser knows. None
    is 204; more than can be told, 205: the list is to be asked for anew."""
    found = missed.since(request.GET.get("since", ""))
    if found is None:
        return HttpResponse(status=205)
    rows = rows_of(agent_of(request), found) if found else []
    return render(request, "conversations/inbox/rows.html", {"rows": rows}) if rows else HttpResponse(status=204)


@login_required
@require_GET
def filters(request: HttpRequest, view: str) -> HttpResponse:
    """The form of the list's filters, fetched when it is opened."""
    agent = agent_of(request)
    context = {
        "listed": listed(agent, view, request.GET),
        "segments": Segment.objects.order_by("name")[:200] if agent.sees_purchases else [],
        "media": Medium.choices,
        "priorities": Priority.choices,
        "tags": Tag.objects.order_by("name")[:200],
        "topics": Topic.objects.filter(is_active=True).order_by("name")[:200],
        "teams": Team.objects.order_by("name"),
        "agents": get_user_model().objects.filter(is_active=True).order_by("name")[:200],
    }
    return render(request, "conversations/inbox/filters.html", context)


@login_required
@require_GET
def rail(request: HttpRequest) -> HttpResponse:
    """The views with their counts, asked for again after something moved; with `as=menu`, as the phone shows them."""
    context = {"rail": rail_of(agent_of(request)), "current": request.GET.get("current", "")}
    is_menu = request.GET.get("as") == "menu"
    return render(request, "conversations/inbox/views.html" if is_menu else "conversations/rail_views.html", context)


def remember(response: HttpResponse, wanted: Listed) -> HttpResponse:
    response.set_cookie(REMEMBERED, f"{wanted.key}?{wanted.query}", httponly=True, samesite="Lax")
    return response


def _quiet(request: HttpRequest, context: dict[str, object]) -> dict[str, object]:
    """What the empty sheet can say: who was helped today, and who comes back."""
    if context["rows"]:
        return {}
    agent, today = agent_of(request), timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    answered = Message.objects.filter(author=agent, kind=MessageKind.OUTBOUND, created_at__gte=today)
    asleep = Conversation.objects.visible_to(agent).snoozed().filter(assignee=agent).order_by("snoozed_until")
    return {
        "helped": answered.values("conversation").distinct().count(),
        "asleep": asleep.values_list("snoozed_until", flat=True)[:100],
    }
