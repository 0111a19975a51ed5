"""Twilio's webhooks for messages: one address for what comes in, one for what became of what went out."""

from django.http import HttpRequest, HttpResponse
from django.utils.html import escape

from integrations.adapters.media.sms.consent import word_of
from integrations.adapters.media.twilio import hearing
from integrations.adapters.media.twilio.signature import fields_of
from integrations.inbound.arrival import Arrival
from integrations.models import Connector

STATUS = "status"
NAMES = ("MessageSid", "SmsSid")


def hear(connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> list[Arrival]:
    return hearing.hear(connector, request, secret=secret, kind=kind, names=NAMES)


def answer(connector: Connector, request: HttpRequest, kind: str) -> HttpResponse:
    """TwiML: nothing to say back. HELP is answered where Twilio leaves that to us: it says so by naming no OptOutType,
    and an admin who has switched its own answers off has written one here."""
    words = str(connector.settings.get("help_text", "")).strip()
    fields = dict(fields_of(request.body)) if words and kind != STATUS else {}
    asks = fields and not fields.get("OptOutType") and word_of(fields.get("Body", "")) == "HELP"
    return hearing.twiml(f"<Message>{escape(words[:1600])}</Message>" if asks else "")
