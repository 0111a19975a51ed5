"""Hands a message to a service by the template of its API that the admin has written down."""

import base64
import json
import re
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, OutboundMessage
from conversations.models import Attachment, Delivery
from integrations.adapters import signed
from integrations.adapters.base import AdapterError
from integrations.adapters.media.provider import Provider
from integrations.lending import lent_address
from integrations.models import Connector

FIELDS = ("to={to}", "from={from}", "text={text}")
PLACES = re.compile(r"\{(to|from|text|delivery|key|files)\}")
SERVICE = Provider("The service", {}, lambda refused: (str(refused.status),))


def send(connector: Connector, message: OutboundMessage) -> DeliveryReport:
    """`key` goes along as Idempotency-Key: services that know it send a second try once."""
    url = str(connector.settings.get("send_url", ""))
    if not url:
        raise AdapterError(_("Nobody can answer here: the service's address is not set."), permanent=True)
    body, kind = body_of(connector, values_of(connector, message))
    headers = {
        "Content-Type": kind,
        "Idempotency-Key": message.key,
        **signed.signed(connector.secrets.get("signing_secret", ""), body),
        **authorization(connector),
    }
    answer = SERVICE.ask("POST", url, data=body, headers=headers, changes=True)
    try:
        found = answer.json if answer.body else {}
    except ValueError:
        found = {}
    external_id = found_at(found, str(connector.settings.get("id_path", "") or "id"))
    return DeliveryReport(Delivery.Status.SENT, external_id=external_id)


def values_of(connector: Connector, message: OutboundMessage) -> dict[str, str]:
    assert connector.channel is not None
    files = Attachment.objects.filter(pk__in=message.attachment_ids, state="whole").order_by("pk")
    links = "\n".join(lent_address(file) for file in files)
    fields = connector.settings.get("fields") or FIELDS
    takes_files = any("{files}" in str(each) for each in fields)
    text = message.text if takes_files or not links else f"{message.text}\n{links}".strip()
    return {
        "to": message.to, "from": connector.channel.address, "text": text, "files": links,
        "delivery": str(message.delivery_id), "key": message.key,
    }  # fmt: skip


def body_of(connector: Connector, values: dict[str, str]) -> tuple[bytes, str]:
    """The fields are filled in one by one: nothing that a customer or an agent wrote can become another field."""
    fields = connector.settings.get("fields") or FIELDS
    pairs = [str(each).partition("=") for each in fields]
    filled = [(name, PLACES.sub(lambda found: values[found[1]], value)) for name, _equals, value in pairs if name]
    if connector.settings.get("encoding") == "form":
        return urlencode(filled).encode(), "application/x-www-form-urlencoded; charset=utf-8"
    nested: dict[str, Any] = {}
    for name, value in filled:
        _put(nested, name.split("."), value)
    return json.dumps(nested, ensure_ascii=False).encode(), "application/json"


def authorization(connector: Connector) -> dict[str, str]:
    token, way = connector.secrets.get("token", ""), str(connector.settings.get("auth", "") or "none")
    if way == "bearer" and token:
        return {"Authorization": f"Bearer {token}"}
    if way == "basic" and token:  # “user:password”
        return {"Authorization": f"Basic {base64.b64encode(token.encode()).decode()}"}
    if way == "header" and token:
        return {str(connector.settings.get("auth_header") or "X-Api-Key"): token}
    return {}


def found_at(found: Any, path: str) -> str:
    """“messages.0.id” in what the service answered; "" where nothing is there."""
    for part in path.split("."):
        if isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        elif isinstance(found, dict):
            found = found.get(part)
        else:
            return ""
    return str(found)[:200] if isinstance(found, str | int) else ""


def _put(nested: dict[str, Any], path: list[str], value: str) -> None:
    """“message.to” is a field in a field."""
    for part in path[:-1]:
        inner = nested.setdefault(part, {})
        nested = inner if isinstance(inner, dict) else nested
    nested[path[-1]] = value
