"""The browser tracker: its script, and the door where a page that is looked at says so."""

import json
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from conversations.live import on_site
from conversations.live.customers import push_customer
from customers.models import Identity
from customers.models.identity import Kind
from integrations.adapters.media.chat.bundle import Bundle, joined, served
from integrations.adapters.media.chat.limits import may
from integrations.adapters.media.chat.sessions import allows
from integrations.adapters.trackers.door import connector_of

SOURCE = Path(settings.BASE_DIR) / "static" / "tracker" / "tracker.js"
VISITOR = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
MOST_BYTES = 4096


@require_GET
def script(request: HttpRequest) -> HttpResponse:
    return served(request, bundle())


def bundle() -> Bundle:
    return _bundle(SOURCE.stat().st_mtime_ns)


@cache
def _bundle(changed: int) -> Bundle:
    return Bundle(joined(SOURCE.read_text(encoding="utf-8")))


@csrf_exempt
@require_POST
def here(request: HttpRequest) -> HttpResponse:
    """{"key", "visitor", "page": {"url", "title"}, "gone", "at"}: a beacon, which reads no answer. There is no CSRF to
    guard against: this knows no cookie. The tracker sends it only with the visitor's consent."""
    told = _told(request)
    connector = connector_of(str(told.get("key", ""))) if told else None
    origin = request.headers.get("Origin", "")
    if connector is None or not allows(connector, origin):
        return HttpResponse(status=403)
    visitor, page = told.get("visitor"), told.get("page")
    if not isinstance(visitor, str) or not VISITOR.fullmatch(visitor) or not isinstance(page, dict):
        return HttpResponse(status=400)
    if not may("here", request.META.get("REMOTE_ADDR", "")) or not may("catch-up", visitor):
        return HttpResponse(status=429)
    at = told.get("at")
    clock = {"told_at": at} if type(at) is int and 0 < at < on_site.LAST_OF_ALL else {}
    if told.get("gone"):
        on_site.leave(visitor, **clock)
        is_news = True
    else:
        title = str(page.get("title") or "")[:200]
        is_news = on_site.arrive(visitor, url=_address(page.get("url")), title=title, **clock)
    if is_news:
        owners = Identity.objects.filter(kind=Kind.VISITOR, value=visitor.lower())
        push_customer(owners.values_list("customer", flat=True))
    return HttpResponse(status=204)


def _address(url: object) -> str:
    """Only what a link in the desk may lead to."""
    text = str(url or "")[:500]
    return text if text.startswith(("https://", "http://")) else ""


def _told(request: HttpRequest) -> dict[str, object]:
    if len(request.body) > MOST_BYTES:  # the server takes no more than a tracker's batch (deskapp.body_limit)
        return {}
    try:
        told = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
