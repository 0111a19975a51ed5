"""Reports: their list, each as a page, and the rows behind each of its numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from conversations.keyset import beyond, cursor_of
from conversations.models import Medium
from conversations.reports import every
from conversations.reports.sheets import asking
from conversations.reports.sheets.asking import NotUnderstoodError
from conversations.reports.sheets.linked import leads_of
from conversations.reports.sheets.looking import figures_of, is_empty
from conversations.reports.sheets.opened import Opened, opened, reports_for
from conversations.reports.sheets.sheet import Behind
from conversations.views.acting import agent_of, is_htmx
from customers.models import Customer

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from deskapp.models import User

PAGE = 50


@dataclass(frozen=True)
class Listed:
    title: "StrOrPromise"
    says: "StrOrPromise"
    href: str
    icon: str


@login_required
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    agent = agent_of(request)
    entries = list(_listed(agent))
    if not entries:
        raise Http404
    return render(request, "conversations/reports/list.html", {"entries": entries})


@login_required
@require_GET
def report(request: HttpRequest, key: str) -> HttpResponse:
    """All that it is asked with stands in the link; see asking.Wanted. Under htmx only what a change changes."""
    one = found(request, key)
    if isinstance(one, HttpResponse):
        return one
    sheet, pinned = one.report.sheet(one.asked), one.pinned
    context = {
        **shared(one),
        "sheet": sheet,
        "figures": figures_of(sheet),
        "is_empty": is_empty(sheet),
        "link": request.build_absolute_uri(f"{reverse('report', args=[key])}?{asking.query_of(pinned)}"),
        "choices": _choices(one),
        "periods": asking.PERIODS.items(),
        "grains": asking.GRAINS.items(),
        "compared": asking.COMPARED.items(),
        "teams": asking.teams_of(one.asked.agent),
        "media": Medium.choices,
        "desk_zone": asking.desk_zone(),
        "first": pinned.since,
        "last": pinned.until,
    }
    response = render(request, "conversations/reports/page.html", context)
    if is_htmx(request):
        response["HX-Push-Url"] = f"{reverse('report', args=[key])}?{one.query}"
    return response


@login_required
@require_GET
def report_rows(request: HttpRequest, key: str) -> HttpResponse:
    """`cell`: the cell's own words; the rest as its page has it; `after` by keyset."""
    one = found(request, key)
    if isinstance(one, HttpResponse):
        return one
    drill = request.GET.get("cell", "")
    behind = one.behind(drill)
    after = request.GET.get("after", "")
    some = list(beyond(behind.rows, behind.at, after).order_by(f"-{behind.at}", "-pk")[: PAGE + 1])
    context = {
        **shared(one),
        "behind": behind,
        "total": behind.counted.count(),
        "says": behind.says(),
        "rows": list(_lines(one.asked.agent, behind, some[:PAGE])),
        "columns": [column.label for column in behind.columns],
        "drill": drill,
        "after": cursor_of(some[PAGE - 1], behind.at) if len(some) > PAGE else "",
    }
    return render(request, "conversations/reports/rows.html", context)


@dataclass(frozen=True)
class Line:
    """A row behind a number. `conversation` and `customer` are links where this agent may open them."""

    cells: list[object]
    at: object
    conversation: int | None
    customer: int | None
    who: str


def found(request: HttpRequest, key: str) -> Opened | HttpResponse:
    """What the link asks; a page that says what of it makes no sense."""
    try:
        return opened(key, agent_of(request), request.GET)
    except NotUnderstoodError as refusal:
        context = {"report": every.report_of(key), "refusal": refusal}
        return render(request, "conversations/reports/refused.html", context, status=400)


def shared(one: Opened) -> dict[str, object]:
    return {"report": one.report, "wanted": one.wanted, "asked": one.asked, "query": one.query}


def _listed(agent: "User") -> Iterator[Listed]:
    for each in reports_for(agent):
        yield Listed(each.title, each.says, reverse("report", args=[each.key]), each.icon)
    if agent.may("reports.see"):
        says = _("How customers found it, week by week, and what they wrote: to be read, tagged and answered.")
        yield Listed(_("Satisfaction"), says, reverse("satisfaction"), "satisfaction")
        says = _("What the bot solved, what it passed on and why, and where it was wrong.")
        yield Listed(_("Bot"), says, reverse("bot_report"), "bot")
    if agent.may("live.see"):
        says = _("Who waits now, who is here, and what needs somebody.")
        yield Listed(_("Live"), says, reverse("live"), "live")


def _choices(one: Opened) -> list[tuple[object, str, list[tuple[str, "StrOrPromise"]]]]:
    """The report's own filters: label, name with what is chosen, and what can be."""
    only: Mapping[str, str] = one.wanted.only
    offered = ((each, each.choices_for(one.asked.agent)) for each in one.report.filters)
    return [(each, only.get(each.name, ""), choices) for each, choices in offered if choices]


def _lines(agent: "User", behind: Behind, rows: list[Model]) -> Iterator[Line]:
    """Links only to what this agent may open; the rest of a row is a number's share of them."""
    leads = leads_of(agent, behind, rows)
    keys = {who for _talk, who in leads if who}
    people = Customer.objects.prefetch_related("identities").in_bulk(keys) if keys else {}
    for row, (talk, who) in zip(rows, leads, strict=True):
        cells = [column.take(row) for column in behind.columns]
        yield Line(cells, getattr(row, behind.at), talk, who, people[who].label if who else "")
