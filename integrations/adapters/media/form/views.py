"""The form's page, which the shop's pages show in a frame; and the script that makes the frame."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from conversations.models import Medium
from integrations.adapters.media.chat.bundle import Bundle, joined, served
from integrations.adapters.media.chat.limits import may
from integrations.adapters.media.chat.sight import desk_name
from integrations.adapters.media.form.forms import WriteToUs, fresh
from integrations.inbound.mailbox import keep
from integrations.models import Connector
from integrations.queueing import queue_event

SCRIPT = Path(settings.BASE_DIR) / "static" / "form" / "form.js"


@csrf_exempt
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, key: str) -> HttpResponse:
    """There is no CSRF to guard against: it knows no cookie, and whoever fills it in proves nothing by it."""
    connector = _connector(key)
    language = _language(request)
    with translation.override(language):
        response = _sent(request, connector, key, language) if request.method == "POST" else _shown(request, connector)
    _may_be_framed(response, connector)
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


@require_GET
def sent(request: HttpRequest, key: str) -> HttpResponse:
    """Where a form without scripts ends, so that loading it anew sends nothing."""
    connector = _connector(key)
    with translation.override(_language(request)):
        response = render(request, "form/sent.html", {"desk": desk_name(connector)})
    _may_be_framed(response, connector)
    return response


def _may_be_framed(response: HttpResponse, connector: Connector) -> None:
    """By the shop's own pages. The attributes are those that csp_replace and xframe_options_exempt set."""
    origins = [str(origin) for origin in connector.settings.get("origins", [])]
    response._csp_replace = {"frame-ancestors": ["'self'", *origins]}  # type: ignore[attr-defined]
    response.xframe_options_exempt = True


def _connector(key: str) -> Connector:
    found = Connector.objects.select_related("channel__team", "channel__fallback").filter(
        adapter="form", is_active=True, is_draft=False, channel__medium=Medium.API, channel__address=key
    )
    connector = found.first()
    if connector is None:
        raise Http404
    return connector


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    try:
        return translation.get_supported_language_variant(asked)
    except LookupError:
        return translation.get_language_from_request(request)


def _shown(request: HttpRequest, connector: Connector, given: WriteToUs | None = None) -> HttpResponse:
    form = given.anew() if given else WriteToUs(connector, initial={"shown": fresh()})
    about = {"form": form, "desk": desk_name(connector), "title": connector.settings.get("title", "")}
    return render(request, "form/form.html", about, status=422 if given is not None else 200)


def _sent(request: HttpRequest, connector: Connector, key: str, language: str) -> HttpResponse:
    given = WriteToUs(connector, request.POST, request.FILES)
    if not may("form", request.META.get("REMOTE_ADDR", "")):
        given.add_error(None, _("Too much at once from here. Please try again in some minutes."))
    if not given.is_valid():
        return _shown(request, connector, given)
    if not given.is_by_robot:  # who fills in what nobody sees is thanked like everybody
        with transaction.atomic():
            raw, is_new = keep(connector, given.arrival(language))
        if is_new:
            queue_event(raw.pk, raw.connector_id)
    return redirect(f"{reverse('form_sent', args=[key])}?lang={language}")


@require_GET
def script(request: HttpRequest) -> HttpResponse:
    """For any page: the form itself is shown only within those that its connector names."""
    return served(request, _bundle(SCRIPT.stat().st_mtime_ns))


@cache
def _bundle(_state: int) -> Bundle:
    return Bundle(joined(SCRIPT.read_text(encoding="utf-8")))
