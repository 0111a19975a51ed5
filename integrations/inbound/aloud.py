"""Says what an adapter understands of a recorded payload, as JSON, for whoever debugs a provider. Writes no row."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from urllib.parse import urlencode

import httpx
from django.db import connection
from django.utils import timezone

from conversations.envelopes import (
    CallRating,
    CallReport,
    DeliveryReport,
    InboundAttachment,
    InboundMessage,
    MessageChange,
)
from conversations.models import Channel
from customers.identify import Handle
from integrations.adapters import ADAPTERS, adapter_named
from integrations.adapters.base import Aside, Ignored, Understood
from integrations.models import Connector, RawEvent

Json = dict[str, object]

# What others call our adapters, and the settings without which one does not know what it reads.
ALIASES = {"twitter": "x", "twitter-x": "x", "whatsapp-cloud": "whatsapp", "facebook": "messenger"}
MAIL_SERVICE, CALL_RECORDS = "email-inbound-", "cdr-"
# Of a connector that has none: checks of signatures are not asked, but some adapters want to see a key.
_KEYS = {"webhook_secret": "none", "webhook_signing_key": "none"}
_FAMILIES = {"voice": "audio", "photo": "image", "sticker": "image", "document": "file"}


@dataclass(frozen=True)
class Recorded:
    """One webhook, as it was kept somewhere."""

    adapter: str  # or what others call it
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    kind: str = ""


def aloud(recorded: Recorded) -> Iterator[Json]:
    """One object for each envelope; what cannot be read is one that holds only `error`. Raises nothing."""
    lines = 0
    try:
        for line in _lines(recorded):
            lines += 1
            yield line
    except Exception as error:  # whatever a payload provokes is what the reader wants to know
        yield {"error": f"{type(error).__name__}: {error}"}
        return
    if not lines:
        yield {"kind": "ignored", "ignored": True, "why": "Nothing in it asks for anything."}


def _lines(recorded: Recorded) -> Iterator[Json]:
    name, settings = _adapter(recorded.adapter)
    connector, raw = _unsaved(name, {**settings, **recorded.settings}, recorded)
    adapter = adapter_named(name)
    with connection.execute_wrapper(_refuse):
        for envelope in adapter.understand(connector, raw):
            line = _line(envelope)
            if hasattr(adapter, "tell"):
                line |= adapter.tell(raw, envelope)
            yield cast("Json", json.loads(json.dumps(line, default=str)))


def _adapter(given: str) -> tuple[str, Json]:
    """The adapter's key, and settings that its alias stands for. Raises ValueError for none."""
    if given.startswith(MAIL_SERVICE):
        return "esp", {"esp": given.removeprefix(MAIL_SERVICE)}
    name = ALIASES.get(given, given.removeprefix(CALL_RECORDS))
    if name not in ADAPTERS:
        raise ValueError(f"There is no adapter “{given}”: it is one of {', '.join(sorted(ADAPTERS))}.")
    return name, {}


def _unsaved(name: str, settings: Json, recorded: Recorded) -> tuple[Connector, RawEvent]:
    medium = str(getattr(getattr(adapter_named(name), "about", None), "medium", "") or "api")
    channel = Channel(pk=0, name=name, medium=medium, address=str(settings.get("address", "")))
    connector = Connector(name=name, adapter=name, channel=channel, settings=settings)
    connector.secrets = dict(_KEYS)
    body, content_type = _as_sent(recorded, settings)
    headers = {"content_type": content_type} | {key.lower(): value for key, value in recorded.headers.items()}
    raw = RawEvent(connector=connector, external_id="recorded", kind=recorded.kind, body=body, headers=headers)
    raw.received_at = timezone.now()
    return connector, raw


def _as_sent(recorded: Recorded, settings: Json) -> tuple[bytes, str]:
    """Whoever records a form keeps its fields as JSON, and of a batch the one item: both are made whole again."""
    if "form" in recorded.content_type:
        found = _object(recorded.body)
        return _form(found, recorded.content_type) if found else _bare(recorded)
    if settings.get("esp") == "brevo" and "items" not in (found := _object(recorded.body)) and found:
        return json.dumps({"items": [found]}).encode(), recorded.content_type
    return _bare(recorded)


def _form(fields: Json, content_type: str) -> tuple[bytes, str]:
    if "multipart" not in content_type:
        return urlencode(fields, doseq=True).encode(), "application/x-www-form-urlencoded"
    made = httpx.Request("POST", "http://recorded", files=[(key, (None, str(value))) for key, value in fields.items()])
    return made.read(), made.headers["content-type"]


def _bare(recorded: Recorded) -> tuple[bytes, str]:
    return recorded.body, recorded.content_type


def _object(body: bytes) -> Json:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _refuse(*_asked: object) -> None:
    raise RuntimeError("The adapter asks the database while it understands; that has to be pure.")


def _line(envelope: Understood) -> Json:
    if isinstance(envelope, InboundMessage):
        return _message(envelope)
    if isinstance(envelope, Ignored):
        return {"kind": "ignored", "ignored": True, "type": envelope.kind, "why": str(envelope.why)}
    if isinstance(envelope, Aside):
        return {"kind": "ignored", "ignored": True, "type": "aside", "why": str(envelope.reason)}
    if isinstance(envelope, DeliveryReport):
        return _report(envelope)
    if isinstance(envelope, MessageChange):
        return _change(envelope)
    if isinstance(envelope, CallReport):
        return _call(envelope)
    if isinstance(envelope, CallRating):
        return {"kind": "rating", "event": "rated", "call_id": envelope.call_id, "text": envelope.keys}
    return {"kind": "event", "event": type(envelope).__name__, "about": repr(envelope)[:2000]}


def _message(said: InboundMessage) -> Json:
    files = [_file(file) for file in said.attachments]
    kinds = [str(file["kind"]) for file in files] + (["location"] if said.details.get("place") else [])
    whole = "\n".join(part.text for part in said.segments)
    return {
        "kind": "message",
        **_who(said.handles),
        "text": whole or said.text,
        "stripped_text": said.text,
        "html": said.html,
        "subject": said.subject,
        "message_id": said.external_id,
        "type": kinds[0] if kinds else "text",
        "attachments": files,
        "attachment_kinds": kinds,
        "attachment_type": _FAMILIES.get(kinds[0], kinds[0]) if kinds else "",
        "timestamp": _time(said.received_at),
        "reply_to": said.answers or (said.references[-1] if said.references else ""),
        "is_public": said.is_public,
        "is_automatic": said.is_automatic,
        "details": dict(said.details),
    }


def _file(file: InboundAttachment) -> Json:
    kind = file.kind or file.content_type.partition("/")[0] or "file"
    return {"name": file.name, "content_type": file.content_type, "size": file.size, "kind": kind}


def _report(report: DeliveryReport) -> Json:
    return {
        "kind": "report",
        "event": report.status,
        "status": report.status,
        "message_id": report.external_id,
        "error": str(report.error),
        "said": report.said,
        "is_permanent": report.is_permanent,
    }


def _change(change: MessageChange) -> Json:
    return {
        "kind": "change",
        "type": change.kind,
        "event": change.kind,
        **_who(change.handles),
        "message_id": change.external_id,
        "text": change.text,
        "emoji": change.emoji,
        "timestamp": _time(change.at),
        "must_forget": change.must_forget,
    }


def _call(call: CallReport) -> Json:
    return {
        "kind": "call",
        "event": call.state,
        **_who(call.handles),
        "call_id": call.call_id,
        "direction": call.direction,
        "to": call.ours,
        "started": _time(call.at),
        "billsec": call.seconds,
        "status": call.state,
        "agent": call.agent,
        "why": str(call.cause),
        "text": call.transcript,
    }


def _who(handles: tuple[Handle, ...]) -> Json:
    first = handles[0] if handles else None
    return {"sender_id": first.value if first else "", "sender_name": first.name if first else ""}


def _time(at: datetime) -> str:
    return at.isoformat()
