"""The search page: people, a number, and what was said, with filters."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.db.models import Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from conversations.finding import orders_seen_by
from conversations.models import Conversation, Medium, Status, Team
from conversations.search import Filters, search
from conversations.typed import whole_number
from conversations.views.acting import agent_of, is_htmx
from customers.models import Order

if TYPE_CHECKING:
    from deskapp.models import User


MOST_ORDERS = 8
LONGEST_NUMBER = 40


@login_required
@require_GET
def search_page(request: HttpRequest) -> HttpResponse:
    """`q`, the filters, and `before` for the next page, which comes alone."""
    agent, words = agent_of(request), request.GET.get("q", "")
    before = whole_number(request.GET.get("before", ""))
    filters, errors = filters_of(request)
    found = search(agent, words, filters, before=before)
    rest = request.GET.copy()
    rest.pop("before", None)
    context = {
        "q": words,
        "found": found,
        "orders": _orders(agent, words) if before is None else [],
        "is_filtered": filters != Filters(),
        "filters": filters,
        "errors": errors,
        "rest": rest.urlencode(),
        "media": Medium.choices,
        "statuses": Status.choices,
        **_who(),
    }
    only_hits = is_htmx(request) and before is not None
    name = "conversations/search/hits.html" if only_hits else "conversations/search/page.html"
    return render(request, name, context, status=422 if errors else 200)


def _orders(agent: "User", words: str) -> list[Order]:
    """By their whole number, which has a digit in it; of those that this agent may see."""
    if not any(letter.isdecimal() for letter in words) or len(words) > LONGEST_NUMBER:
        return []
    return list(orders_seen_by(agent, words.replace("\x00", "").strip())[:MOST_ORDERS])


def _who() -> dict[str, list[tuple[int, str]]]:
    """The names that one may filter by, in one query."""
    no, yes = Value(False), Value(True)
    agents = get_user_model().objects.filter(is_active=True).values_list("pk", "name", "email", no)
    teams = Team.objects.values_list("pk", "name", Value(""), yes)
    found = sorted(agents.union(teams, all=True), key=lambda row: str(row[1]).lower())
    return {
        "agents": [(row[0], row[1] or row[2]) for row in found if not row[3]],
        "teams": [(row[0], row[1]) for row in found if row[3]],
    }


@login_required
@require_GET
def search_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """To the newest conversation of a person found that this agent may see."""
    seen = Conversation.objects.visible_to(agent_of(request)).filter(merged_into=None, customer=pk)
    newest = seen.order_by("-last_message_at").values_list("pk", flat=True).first()
    if newest is None:
        raise Http404
    return redirect(reverse("conversation", args=[newest]))


def filters_of(request: HttpRequest) -> tuple[Filters, dict[str, bool]]:
    """The filters; a date that is none is named, and left out."""
    data, errors = request.GET, {}
    days: dict[str, date | None] = {"since": None, "until": None}
    for name in days:
        try:
            days[name] = date.fromisoformat(data[name]) if data.get(name) else None
        except ValueError:
            errors[name] = True
    zone = agent_of(request).get_timezone()
    medium, status = data.get("medium", ""), data.get("status", "")
    filters = Filters(
        medium=medium if medium in Medium.values else "",
        status=status if status in Status.values else "",
        agent=whole_number(data.get("agent", "")),
        team=whole_number(data.get("team", "")),
        since=_midnight(days["since"], zone),
        until=_midnight(days["until"] + timedelta(days=1) if days["until"] else None, zone),
    )
    return filters, errors


def _midnight(day: date | None, zone: str) -> datetime | None:
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone)) if day else None
