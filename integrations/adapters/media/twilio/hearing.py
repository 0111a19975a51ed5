"""Twilio's webhooks, of messages and of calls: is one genuine, and under which name is it kept."""

import hashlib
from collections.abc import Sequence
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse

from integrations.adapters.base import check_address
from integrations.adapters.media.heard import body_of
from integrations.adapters.media.twilio import signature
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent

XML = "text/xml; charset=utf-8"


def hear(connector: Connector, request: HttpRequest, *, secret: str, kind: str, names: Sequence[str]) -> list[Arrival]:
    """`names`: the fields that name what it is of. The query is kept: what the desk wrote into the address itself. The
    tries of one webhook are the same byte for byte."""
    check_address(connector, secret)
    body = body_of(request)
    secrets = connector.secrets
    signature.check(request, token=secrets.get("auth_token", ""), key=secrets.get("webhook_key", ""))
    query = request.META.get("QUERY_STRING", "")[:1000]
    digest = hashlib.sha256(body + query.encode()).hexdigest()
    kept = {"content_type": request.content_type or "", "query": query}
    name = _named(body, names)
    return [Arrival(f"{kind}:{name}" if name else "", digest, body, kind, kept)]


def asked(raw: RawEvent) -> dict[str, str]:
    """What stood in the query."""
    return dict(parse_qsl(str(raw.headers.get("query", "")), keep_blank_values=True))


def twiml(inner: str = "") -> HttpResponse:
    return HttpResponse(f'<?xml version="1.0" encoding="UTF-8"?><Response>{inner}</Response>', content_type=XML)


def _named(body: bytes, names: Sequence[str]) -> str:
    try:
        fields = dict(signature.fields_of(body))
    except ValueError:
        return ""
    return next((fields[name][:80] for name in names if fields.get(name)), "")
