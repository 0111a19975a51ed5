"""Twilio's webhooks for messages: one address for what comes in, one for what became of what went out."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.html import escape

from integrations.adapters.base import check_address
from integrations.adapters.media.heard import body_of
from integrations.adapters.media.sms.consent import word_of
from integrations.adapters.media.twilio import signature
from integrations.inbound.arrival import Arrival
from integrations.models import Connector

STATUS = "status"
XML = "text/xml; charset=utf-8"


def hear(connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> list[Arrival]:
    """Twilio's tries of one webhook are the same byte for byte."""
    check_address(connector, secret)
    body = body_of(request)
    signature.check(
        request, token=connector.secrets.get("auth_token", ""), key=connector.secrets.get("webhook_key", "")
    )
    told = {name: request.GET.get(name, "")[:20] for name in ("delivery", "part")}
    name, digest = _named(body), hashlib.sha256(body + request.META.get("QUERY_STRING", "").encode()).hexdigest()
    kept = {"content_type": request.content_type or "", **told}
    return [Arrival(f"{kind}:{name}" if name else "", digest, body, kind, kept)]


def _named(body: bytes) -> str:
    try:
        fields = dict(signature.fields_of(body))
    except ValueError:
        return ""
    return (fields.get("MessageSid") or fields.get("SmsSid") or "")[:80]


def answer(connector: Connector, request: HttpRequest, kind: str) -> HttpResponse:
    """TwiML: nothing to say back. HELP is answered where Twilio leaves that to us: it says so by naming no OptOutType,
    and an admin who has switched its own answers off has written one here."""
    words = str(connector.settings.get("help_text", "")).strip()
    fields = dict(signature.fields_of(request.body)) if words and kind != STATUS else {}
    asks = fields and not fields.get("OptOutType") and word_of(fields.get("Body", "")) == "HELP"
    inner = f"<Message>{escape(words[:1600])}</Message>" if asks else ""
    return HttpResponse(f'<?xml version="1.0" encoding="UTF-8"?><Response>{inner}</Response>', content_type=XML)
