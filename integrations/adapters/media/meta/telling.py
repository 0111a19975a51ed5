"""What stands in a webhook of Meta's beside its envelope, for whoever debugs: `manage.py parse_webhook whatsapp`."""

from typing import Any

from conversations.envelopes import DeliveryReport, InboundMessage, MessageChange
from integrations.adapters.base import Understood
from integrations.adapters.media.meta.batch import Item, items, time_of, whole
from integrations.adapters.reading import inner, payload, rows, words
from integrations.models import RawEvent

Json = dict[str, Any]
_EVENTS = ("message", "postback", "referral", "reaction", "read", "delivery", "message_edit", "optin")


def told(raw: RawEvent, envelope: Understood) -> dict[str, object]:
    """Pure. Nothing for what cannot be found again."""
    batch = list(items(whole(payload(raw))))
    item = next((each for each in batch if _is_of(each, envelope)), batch[0] if len(batch) == 1 else None)
    if item is None:
        return {}
    said = _of_talk(item.body) if item.kind == "messaging" else _of_change(item)
    said["timestamp"] = time_of(item.body.get("timestamp"), raw).isoformat()
    return {name: value for name, value in said.items() if value not in ("", None, [])}


def _is_of(item: Item, envelope: Understood) -> bool:
    if isinstance(envelope, InboundMessage | DeliveryReport | MessageChange):
        return bool(envelope.external_id) and envelope.external_id in _names(item.body)
    return False


def _names(body: Json) -> set[str]:
    found = [body.get("id")]
    for name in _EVENTS:
        found += [inner(body, name).get("mid"), inner(body, name).get("message_id")]
    found += [inner(body, name).get("original_message_id") for name in ("edit", "revoke")]
    return {words(each, 400) for each in found if words(each, 400)}


def _of_change(item: Item) -> dict[str, object]:
    body, kind = item.body, words(item.body.get("type"))
    contacts = rows(item.about, "contacts")
    return {
        "type": kind,
        "event": kind or item.kind,
        "sender_id": words(body.get("from")),
        "sender_name": words(inner(contacts[0], "profile").get("name")) if len(contacts) == 1 else "",
        "recipient_id": words(body.get("recipient_id")) or item.owner,
        "status": words(body.get("status")),
        "message_id": words(body.get("id"), 400),
        "is_unsupported": True if kind in ("unsupported", "unknown") else None,
    }


def _of_talk(body: Json) -> dict[str, object]:
    event = next((name for name in _EVENTS if isinstance(body.get(name), dict)), "")
    message = inner(body, event)
    return {
        "event": event,
        "type": event,
        "sender_id": words(inner(body, "sender").get("id")),
        "recipient_id": words(inner(body, "recipient").get("id")),
        "message_id": words(message.get("mid"), 400),
        "is_unsupported": True if message.get("is_unsupported") is True else None,
        "is_echo": True if message.get("is_echo") is True else None,
        "status": "read" if event == "read" else "delivered" if event == "delivery" else "",
    }
