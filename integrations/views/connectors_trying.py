"""Testing a connector, comparing it with its provider, and reading a period of its past, each with how far it is."""

from datetime import UTC, datetime, time

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from conversations import audit
from conversations.views.acting import agent_of, is_htmx
from integrations import trials
from integrations.inbound import backfill
from integrations.models import Connector, Trial
from integrations.reconciling import can_reconcile
from integrations.views.admins import needs


@needs("settings.connectors")
@require_http_methods(["GET", "POST"])
def connector_trial(request: HttpRequest, pk: int) -> HttpResponse:
    """POST begins one: `what`, and of a comparison `since` and `until`, as days. GET is how far the newest is."""
    one = _one(pk)
    if request.method == "POST":
        what = request.POST.get("what", Trial.What.CHECK)
        is_fit = can_reconcile(one.adapter) if what == Trial.What.RECONCILE else trials.can_check(one.adapter)
        if what not in Trial.What.values or not is_fit:
            raise Http404
        trials.begin(one, what, **_period(request) if what == Trial.What.RECONCILE else {})
        if not is_htmx(request):
            return redirect("connector", pk=pk)
    return render(request, "integrations/connectors/trial.html", {"one": one, "trial": trials.newest(one), **_can(one)})


@needs("settings.connectors")
@require_http_methods(["GET", "POST"])
def connector_past(request: HttpRequest, pk: int) -> HttpResponse:
    """POST begins to read its past, of a period where `since` or `until` are given, or goes on where it stopped. GET is
    how far it is."""
    one = _one(pk)
    if not backfill.can_be_read(one.adapter):
        raise Http404
    if request.method == "POST":
        backfill.start(one, **_period(request))
        audit.record(agent_of(request), one, before={}, after={}, note=_("Began to read its past."))
        if not is_htmx(request):
            return redirect("connector", pk=pk)
    return render(request, "integrations/connectors/past.html", {"one": one, "past": backfill.newest(one), **_can(one)})


def _one(pk: int) -> Connector:
    """That it can be tried is for the adapter to say; one that is not connected cannot."""
    return get_object_or_404(Connector, pk=pk, is_active=True)


def _can(one: Connector) -> dict[str, bool]:
    return {
        "can_check": trials.can_check(one.adapter),
        "can_reconcile": can_reconcile(one.adapter),
        "can_be_read": True,
    }


def _period(request: HttpRequest) -> dict[str, datetime | None]:
    """Whole days in the admin's own zone."""
    since, until = (_day(request.POST.get(name, "")) for name in ("since", "until"))
    zone = timezone.get_current_timezone()
    return {
        "since": since.replace(tzinfo=zone) if since else None,
        "until": datetime.combine(until.date(), time.max, zone) if until else None,
    }


def _day(text: str) -> datetime | None:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day and day.year > 1970 else None
