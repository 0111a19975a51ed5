"""/settings/connectors/events/: what providers sent, byte for byte: search, look inside, try again, set aside."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from conversations import audit
from conversations.typed import whole_number, whole_numbers
from conversations.views.acting import agent_of
from integrations import looking_inside, raw_events
from integrations.inbound.process import replay, replay_later
from integrations.models import Connector, RawEvent
from integrations.views.admins import needs

MOST_CONNECTORS = 200
FEW = 20  # that are tried while one waits


@needs("settings.connectors")
@require_http_methods(["GET", "POST"])
def events(request: HttpRequest) -> HttpResponse:
    """GET lists by `connector`, `state`, `kind`, `since`, `until`, `q`, `after`. POST does `act` (replay or aside) to
    the events named by `event`, or to `all` that the same filters hold."""
    if request.method == "POST":
        return _act(request)
    wanted = raw_events.wanted_in(request.GET)
    connector = Connector.objects.filter(pk=wanted.connector).first() if wanted.connector else None
    context = {
        "wanted": wanted,
        "page": raw_events.page(wanted),
        "connector": connector,
        "connectors": Connector.objects.order_by("name").only("name")[:MOST_CONNECTORS],
        "states": RawEvent.State.choices,
        "tab": "connectors",
    }
    return render(request, "integrations/connectors/events.html", context)


@needs("settings.connectors")
@require_safe
def event(request: HttpRequest, pk: int) -> HttpResponse:
    raw = get_object_or_404(RawEvent.objects.select_related("connector__channel", "message"), pk=pk)
    found, why_not = looking_inside.understood(raw) if raw.body else ([], "")
    context = {
        "raw": raw,
        "parts": looking_inside.parts(raw),
        "understood": found,
        "why_not": why_not,
        "may_replay": bool(raw.body),
        "tab": "connectors",
    }
    return render(request, "integrations/connectors/event.html", context)


def _act(request: HttpRequest) -> HttpResponse:
    wanted = raw_events.wanted_in(request.POST)
    rows = _meant(request, wanted)
    touched = list(rows.order_by("connector_id").values_list("connector_id", flat=True).distinct()[:1])
    if request.POST.get("act") == "aside":
        words = _("Set aside by %(name)s.") % {"name": agent_of(request)}
        count = rows.filter(state=RawEvent.State.KEPT).update(state=RawEvent.State.ASIDE, error=words)
        told = ngettext("%(n)s event was set aside.", "%(n)s events were set aside.", count) % {"n": count}
    else:
        told = _replayed(rows)
    if connector := Connector.objects.filter(pk__in=touched).first():
        audit.record(agent_of(request), connector, before={}, after={}, note=told)
    messages.success(request, told)
    return redirect(_where(request, wanted))


def _meant(request: HttpRequest, wanted: raw_events.Wanted) -> QuerySet[RawEvent]:
    if "all" in request.POST:
        first = raw_events.matching(wanted).order_by("pk").values_list("pk", flat=True)[: raw_events.MOST_AT_ONCE]
        return RawEvent.objects.filter(pk__in=list(first))
    named = whole_numbers(request.POST.getlist("event"))
    return RawEvent.objects.filter(pk__in=named[: raw_events.MOST_AT_ONCE])


def _replayed(rows: QuerySet[RawEvent]) -> str:
    """A few at once, so that the page shows what came of them; more are left to the workers."""
    pks = list(rows.order_by("pk").values_list("pk", flat=True))
    if len(pks) > FEW:
        count = replay_later(RawEvent.objects.filter(pk__in=pks))
        told = ngettext("%(n)s event is tried again.", "%(n)s events are tried again.", count)
        return told % {"n": count}
    tried = [replay(raw) for raw in RawEvent.objects.filter(pk__in=pks).order_by("pk")]
    failed = sum(raw.state in (RawEvent.State.ASIDE, RawEvent.State.KEPT) for raw in tried)
    told = ngettext("%(n)s event was tried again.", "%(n)s events were tried again.", len(tried)) % {"n": len(tried)}
    if not failed:
        return told
    return told + " " + ngettext("%(n)s fails still.", "%(n)s fail still.", failed) % {"n": failed}


def _where(request: HttpRequest, wanted: raw_events.Wanted) -> str:
    """Back to where it was pressed: beside the connector, inside the event, or in the list."""
    if request.POST.get("from") == "connector" and wanted.connector:
        return reverse("connector", args=[wanted.connector])
    inside = whole_number(request.POST.get("from", ""))
    if inside is not None:
        return reverse("connector_event", args=[inside])
    return reverse("connector_events") + (f"?{wanted.query}" if wanted.query else "")
