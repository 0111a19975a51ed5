"""One raw event for an admin's eyes: its bytes made readable, what is secret in them masked, and what the adapter
understands of them now."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from email.message import Message as Mime
from email.parser import BytesParser
from email.policy import compat32
from enum import Enum
from urllib.parse import parse_qsl

from django.db import transaction
from django.utils.translation import gettext as _

from conversations.envelopes import InboundMessage
from integrations.adapters import adapter_named
from integrations.models import Connector, RawEvent

LONGEST = 100_000  # characters that are shown
MASK = "•••"
SECRET = re.compile(
    r"authorization|cookie|token|secret|passw|signature|api[-_]?key|write[-_]?key|hmac|credential|identity",
    re.IGNORECASE,
)
_INLINE = re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}")
SHORTEST = 6  # characters of a secret of ours that are looked for in what came


@dataclass(frozen=True)
class Part:
    title: str
    text: str


@dataclass(frozen=True)
class Understood:
    title: str
    facts: list[tuple[str, str]]


def parts(raw: RawEvent) -> list[Part]:
    """The headers that were kept, then the body as what it is: JSON, a mail, a form, or text."""
    body, masked = bytes(raw.body), _mask(raw.connector)
    shown = [Part(_("Headers"), _headers(raw.headers))] if raw.headers else []
    if not body:
        return [*shown, Part(_("Body"), _("The bytes are kept no more."))]
    return [*shown, *(Part(part.title, masked(part.text)[:LONGEST]) for part in _body(raw, body))]


def understood(raw: RawEvent) -> tuple[list[Understood], str]:
    """What the adapter makes of it now, and why it makes nothing of it. Nothing is stored."""
    masked = _mask(raw.connector)
    try:
        with transaction.atomic():
            found = [_told(each) for each in adapter_named(raw.connector.adapter).understand(raw.connector, raw)]
            transaction.set_rollback(True)
    except Exception as error:  # whatever a foreign message provokes is what the admin wants to see
        return [], masked(f"{type(error).__name__}: {error}")[:2000]
    return [Understood(each.title, [(name, masked(value)) for name, value in each.facts]) for each in found], ""


def _body(raw: RawEvent, body: bytes) -> list[Part]:
    kind = str(raw.headers.get("content_type", "")).lower()
    if (found := _json(body)) is not None:
        return [Part("JSON", found)]
    if "multipart/form-data" in kind:
        return [Part(_("Form"), _mime(b"Content-Type: " + kind_bytes(raw) + b"\r\n\r\n" + body))]
    if "x-www-form-urlencoded" in kind:
        pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
        return [Part(_("Form"), "\n".join(f"{name}: {_shown(name, value)}" for name, value in pairs))]
    if raw.kind in ("mail", "too large", "unreadable") or re.match(rb"[A-Za-z-]+:[^\r\n]*\r?\n", body):
        return list(_mail(body))
    return [Part(_("Text"), body.decode(errors="replace"))]


def kind_bytes(raw: RawEvent) -> bytes:
    return str(raw.headers.get("content_type", "")).encode()


def _json(body: bytes) -> str | None:
    if body.lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        return json.dumps(_without_secrets(json.loads(body)), indent=1, ensure_ascii=False)
    except (ValueError, RecursionError):
        return None


def _without_secrets(found: object) -> object:
    if isinstance(found, dict):
        return {name: _shown_json(str(name), value) for name, value in found.items()}
    return [_without_secrets(each) for each in found] if isinstance(found, list) else found


def _shown_json(name: str, value: object) -> object:
    return MASK if SECRET.search(name) and isinstance(value, str | int) else _without_secrets(value)


def _headers(headers: Mapping[str, object]) -> str:
    return "\n".join(f"{name}: {_shown(name, str(value))}" for name, value in headers.items())


def _shown(name: str, value: str) -> str:
    return MASK if SECRET.search(name) else _INLINE.sub(rf"\1 {MASK}", value)


def _mail(body: bytes) -> Iterator[Part]:
    head, _gap, _rest = body.partition(b"\r\n\r\n") if b"\r\n\r\n" in body else body.partition(b"\n\n")
    lines = re.sub(r"\r?\n[ \t]+", " ", head.decode(errors="replace")).splitlines()
    pairs = (line.partition(":") for line in lines)
    yield Part(_("Mail headers"), "\n".join(f"{name}: {_shown(name, value.strip())}" for name, _colon, value in pairs))
    yield Part(_("Mail"), _mime(body))


def _mime(body: bytes) -> str:
    return "\n\n".join(_leaves(BytesParser(policy=compat32).parsebytes(body)))


def _leaves(mail: Mime) -> Iterator[str]:
    for part in mail.walk():
        if part.is_multipart():
            continue
        kind, payload = part.get_content_type(), part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        name = part.get_param("name", header="content-disposition") or part.get_filename() or ""
        title = f"— {kind} {name}".rstrip()
        if isinstance(name, str) and name and SECRET.search(name):
            yield f"{title}\n{MASK}"
        elif kind.startswith("text/") or (not part.get_filename() and len(content) < 20_000):
            yield f"{title}\n{_decoded(content, part.get_content_charset() or 'utf-8')}"
        else:
            yield _("%(title)s, %(size)s bytes") % {"title": title, "size": len(content)}


def _decoded(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, "replace")
    except LookupError:
        return content.decode("latin-1")


def _mask(connector: Connector) -> "Masks":
    return Masks([each for each in connector.secrets.values() if len(each) >= SHORTEST])


class Masks:
    """Takes the connector's own secrets out of a text."""

    def __init__(self, secrets: list[str]) -> None:
        self.secrets = sorted(secrets, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, MASK)
        return text


def _told(found: object) -> Understood:
    if not is_dataclass(found):
        return Understood(type(found).__name__, [(_("What"), str(found)[:2000])])
    facts = [(each.name, _value(getattr(found, each.name))) for each in fields(found)]
    title = _("A message") if isinstance(found, InboundMessage) else type(found).__name__
    return Understood(title, [(name, value) for name, value in facts if value])


def _value(value: object) -> str:
    if value is None or value in ("", (), [], {}, b"", False):
        return ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, bytes) or callable(value):
        return ""
    if isinstance(value, tuple | list):
        return "; ".join(filter(None, map(_value, value)))[:4000]
    if is_dataclass(value):
        pairs = ((each.name, _value(getattr(value, each.name))) for each in fields(value))
        return ", ".join(f"{name} {told}" for name, told in pairs if told)
    return str(value)[:4000]
