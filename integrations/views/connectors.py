"""/settings/connectors/: which connectors there are and how they do; one of them, its form and its verbs."""

import secrets as randomness
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from conversations import audit, recounting
from conversations.models import Hours, Medium, Team
from conversations.typed import whole_number
from conversations.views.acting import agent_of, is_delete, is_htmx
from integrations import charts, forms, health, health_samples, room, steering, trials
from integrations.adapters import ADAPTERS
from integrations.adapters.about import About
from integrations.inbound.backfill import can_be_read, newest
from integrations.models import Connector
from integrations.raw_events import Wanted, page
from integrations.reconciling import can_reconcile, why_no_past
from integrations.views.admins import needs
from integrations.wiring import WrongError, about_of, check_address, connect, draft, value_of

BESIDE = 12  # raw events beside a connector


@dataclass(frozen=True)
class Kind:
    """One entry of the page on which a new connector begins."""

    adapter: str
    about: About
    place: str

    @property
    def icon(self) -> str:
        return room.icon_of(self.place)

    @property
    def says(self) -> str:
        return f"{self.about.title} {self.about.what} {self.adapter}".lower()


@needs("settings.connectors")
def connectors(request: HttpRequest) -> HttpResponse:
    """`?q` searches, `?after` is the next page, `?rows` the list alone, for who asks for it anew."""
    context = _listed(request)
    if is_htmx(request) and "rows" in request.GET:
        return render(request, "integrations/connectors/rows.html", context)
    return render(request, "integrations/connectors/room.html", context)


@needs("settings.connectors")
@require_http_methods(["GET", "POST"])
def new_connector(request: HttpRequest) -> HttpResponse:
    """What can be connected; POST `adapter` begins with it: a draft, whose webhook address can be entered at the
    provider at once. What comes there is kept."""
    if request.method == "POST":
        adapter = request.POST.get("adapter", "")
        if adapter not in ADAPTERS or not (about := about_of(adapter)):
            raise Http404
        connector = Connector(adapter=adapter, name=str(about.title)[:80], is_draft=True)
        draft(connector)
        with audit.watched(agent_of(request), connector):
            connector.save()
        return redirect("connector", pk=connector.pk)
    words = request.GET.get("q", "").strip().lower()
    kinds = [kind for kind in _kinds() if words in kind.says]
    groups: dict[str, list[Kind]] = {}
    for kind in kinds:
        groups.setdefault(room.title_of(kind.place), []).append(kind)
    context = {"groups": list(groups.items()), "q": request.GET.get("q", ""), "tab": "connectors"}
    return render(request, "integrations/connectors/new.html", context)


@needs("settings.connectors")
@require_http_methods(["GET", "POST"])
def connector(request: HttpRequest, pk: int) -> HttpResponse:
    """POST stores the form, and tries the connection when it was not connected before."""
    one = _one(pk)
    about = about_of(one.adapter)
    if request.method == "GET":
        return _page(request, one, about, forms.sheet(one, about) if about else None)
    if about is None or not one.is_active:
        raise Http404
    was_draft = one.is_draft
    hours = Hours.objects.filter(pk=whole_number(request.POST.get("hours", "")) or 0).first()
    team = Team.objects.filter(pk=whole_number(request.POST.get("team", "")) or 0).first()
    try:
        connect(
            one,
            forms.given_in(about, request.POST),
            address=request.POST.get("address", ""),
            name=request.POST.get("name", "").strip()[:80],
            team=team,
            hours=hours,
            by=agent_of(request),
        )
    except WrongError as error:
        one = _one(pk)
        return _page(request, one, about, forms.sheet(one, about, request.POST, error.where), status=422)
    recounting.ask_if_any()  # its hours or team may be others
    if was_draft:
        steering.resume(one)
    if was_draft or one.broken_at:
        trials.begin(one)
    messages.success(request, _("Saved."))
    return redirect("connector", pk=pk)


@needs("settings.connectors")
@require_POST
def connector_field(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """What is wrong with one field as it is being typed; nothing, where nothing is."""
    one = _one(pk)
    about = about_of(one.adapter)
    if about and about.medium and name == "address":
        return _address_looked_at(request, one, about)
    field = next((each for each in about.fields if each.name == name), None) if about else None
    if field is None:
        return HttpResponse(status=204)
    typed, wrong = request.POST.get(forms.PREFIX + name, ""), ""
    try:
        value = value_of(field, typed)
        is_kept = field.kind == "secret" and name in one.secrets
        if field.is_required and value in ("", []) and not is_kept:
            wrong = _("It is needed.")
    except ValueError as error:
        wrong = str(error)
    return render(request, "integrations/connectors/wrong.html", {"wrong": wrong, "field": field})


def _address_looked_at(request: HttpRequest, one: Connector, about: About) -> HttpResponse:
    wrong = ""
    try:
        check_address(one, about, request.POST.get("address", ""))
    except WrongError as error:
        wrong = error.where["address"]
    return render(request, "integrations/connectors/wrong_address.html", {"wrong": wrong})


@needs("settings.connectors")
@require_http_methods(["POST", "DELETE"])
def connector_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """POST pauses it, DELETE resumes it; a switch posts `on` where it is to receive."""
    one = _one(pk)
    if not one.is_active or one.is_draft:
        raise Http404
    if is_delete(request) or request.POST.get("on"):
        with audit.watched(agent_of(request), one):
            steering.resume(one)
        messages.success(request, _("It receives again; what waited is worked off."))
    else:
        with audit.watched(agent_of(request), one):
            steering.pause(one, by=agent_of(request))
        messages.success(request, _("Paused. What comes is kept, and what is to go out waits."))
    return _back(request, one)


@needs("settings.connectors")
@require_http_methods(["POST", "DELETE"])
def connector_connection(request: HttpRequest, pk: int) -> HttpResponse:
    """DELETE disconnects it; a draft that brought nothing is thrown away. POST begins to connect it again."""
    one = _one(pk)
    if not is_delete(request):
        with audit.watched(agent_of(request), one):
            Connector.objects.filter(pk=pk, is_active=False).update(is_active=True, is_draft=True, error="")
            one.refresh_from_db()
            draft(one)
            one.save(update_fields=["sealed"])
        return redirect("connector", pk=pk)
    with _watched(request, one):
        if one.is_draft and one.channel is None and not one.raw_events.exists():
            one.delete()
        else:
            steering.disconnect(one)
    words = _("%(name)s is disconnected. What it brought is all here still.")
    messages.success(request, words % {"name": one.name})
    return _back(request, None)


@needs("settings.connectors")
def troubles(request: HttpRequest) -> HttpResponse:
    """The banner, for a page that heard of a change."""
    return render(request, "integrations/connectors/troubles.html", {"troubles": health.in_trouble()})


def _page(
    request: HttpRequest, one: Connector, about: About | None, sheet: forms.Sheet | None, *, status: int = 200
) -> HttpResponse:
    [row] = room.rows_of([one])
    now = timezone.now()
    hours = health_samples.history(one.pk, now)
    context = {
        **_listed(request),
        "row": row,
        "one": one,
        "about": about,
        "sheet": sheet,
        "steps": forms.at_provider(one, about) if about and one.is_active else [],
        "proposed": randomness.token_hex(6) if about and about.medium == Medium.CHAT else "",
        "teams": Team.objects.order_by("name")[:200] if about and about.medium else [],
        "all_hours": Hours.objects.order_by("name")[:200] if about and about.medium else [],
        "can_check": trials.can_check(one.adapter) and one.is_active and not one.is_draft,
        "can_reconcile": can_reconcile(one.adapter) and one.is_active and not one.is_draft,
        "can_be_read": can_be_read(one.adapter) and one.is_active and not one.is_draft,
        "no_past": why_no_past(one.adapter) if one.is_active and not one.is_draft else "",
        "can_sign_in": one.adapter == "imap" and one.settings.get("auth") in ("google", "microsoft"),
        "trial": trials.newest(one),
        "past": newest(one),
        "chart": charts.of(hours),
        "lag": next((sample.lag for sample in reversed(hours) if sample.processed), None),
        "events": page(Wanted(connector=one.pk), most=BESIDE),
    }
    return render(request, "integrations/connectors/room.html", context, status=status)


@contextmanager
def _watched(request: HttpRequest, one: Connector) -> Iterator[None]:
    """The connector, and the channel that it is of: one made within says so as the connector's."""
    with audit.watched(agent_of(request), one):
        if one.channel is None:
            yield
            return
        with audit.watched(agent_of(request), one.channel):
            yield


def _listed(request: HttpRequest) -> dict[str, object]:
    words = request.GET.get("q", "").strip()
    found = room.listed(words, request.GET.get("after", ""))
    current = whole_number(request.GET.get("one", "")) or 0  # beside the list, where the list alone is asked for
    return {"found": found, "q": words, "current": current, "in_need": room.in_need(), "tab": "connectors"}


def _kinds() -> list[Kind]:
    found = []
    for adapter in ADAPTERS:
        if about := about_of(adapter):
            found.append(Kind(adapter, about, room.PLACED.get(adapter) or about.medium or "other"))
    return sorted(found, key=lambda kind: room.PLACES.index(kind.place))


def _one(pk: int) -> Connector:
    return get_object_or_404(Connector.objects.select_related("channel__team", "paused_by"), pk=pk)


def _back(request: HttpRequest, one: Connector | None) -> HttpResponse:
    where = redirect("connector", pk=one.pk) if one else redirect("connectors")
    return HttpResponse(headers={"HX-Redirect": where.url}) if is_htmx(request) else where
