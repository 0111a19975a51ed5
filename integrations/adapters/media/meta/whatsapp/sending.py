"""Sends on WhatsApp: text, files, buttons, templates, reactions; tells that something was read.

developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages and the pages beside it;
…/business-phone-numbers/media (uploads, which files), …/typing-indicators. One message carries one file: a text with
three files goes as three, the text as the caption of the first where it takes one. Files are uploaded before anything
is sent, so that most of what can fail fails while nothing has gone out.
"""

from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, OutboundMessage, OutboundReaction
from conversations.models import Delivery
from customers.handles import is_without_number
from customers.models.identity import Kind
from integrations.adapters.base import AdapterError
from integrations.adapters.media.attached import Attached, attached
from integrations.adapters.media.meta.graph import ask
from integrations.adapters.media.meta.pieces import pieces
from integrations.adapters.media.meta.progress import send_each
from integrations.adapters.media.meta.whatsapp.statuses import mark
from integrations.adapters.media.meta.whatsapp.templates import components
from integrations.adapters.reading import rows, words
from integrations.models import Connector

Json = dict[str, Any]
MB = 1024 * 1024
LONGEST, LONGEST_CAPTION, LONGEST_BUTTON_TEXT = 4096, 1024, 1024
BUTTONS, ROWS, TITLE, ROW_TITLE = 3, 10, 20, 24
# …/business-phone-numbers/media, “Supported media types”: the kind of message, and how large.
TAKES = {
    "image/jpeg": ("image", 5 * MB),
    "image/png": ("image", 5 * MB),
    "video/mp4": ("video", 16 * MB),
    "video/3gpp": ("video", 16 * MB),
    "audio/aac": ("audio", 16 * MB),
    "audio/amr": ("audio", 16 * MB),
    "audio/mpeg": ("audio", 16 * MB),
    "audio/mp4": ("audio", 16 * MB),
    "audio/ogg": ("audio", 16 * MB),
    "text/plain": ("document", 100 * MB),
    "application/pdf": ("document", 100 * MB),
    "application/msword": ("document", 100 * MB),
    "application/vnd.ms-excel": ("document", 100 * MB),
    "application/vnd.ms-powerpoint": ("document", 100 * MB),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("document", 100 * MB),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("document", 100 * MB),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("document", 100 * MB),
}


def send(connector: Connector, message: OutboundMessage) -> DeliveryReport:
    """Raises AdapterError or UncertainError."""
    bodies = _bodies(connector, message)
    parts = [partial(_post, connector, message, body, of=len(bodies)) for body in bodies]
    if not parts:
        raise AdapterError(_("There is nothing in it to send."), permanent=True)
    names = send_each(message.delivery_id, parts)
    return DeliveryReport(Delivery.Status.SENT, names[0])


def react(connector: Connector, reaction: OutboundReaction) -> None:
    body = {"type": "reaction", "reaction": {"message_id": reaction.external_id, "emoji": reaction.emoji}}
    _messages(connector, {**_to(reaction.to), **body})


def seen(connector: Connector, external_id: str, *, is_typing: bool = False) -> None:
    """Marks it read, and all before it. The typing sign goes by itself after 25 seconds, or with the answer."""
    body: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": external_id}
    if is_typing:
        body["typing_indicator"] = {"type": "text"}
    ask(connector, "POST", _path(connector, "messages"), json=body)


def _bodies(connector: Connector, message: OutboundMessage) -> list[Json]:
    """One for each message that it takes, in their order."""
    if message.template:
        template: Json = {"name": message.template.name, "language": {"code": message.template.language}}
        if parts := components(connector, message.template):
            template["components"] = parts
        return [{"type": "template", "template": template}]
    files = [_uploaded(connector, file) for file in attached(message)]
    text, first = message.text.strip(), files[0] if files else None
    if first and text and len(text) <= LONGEST_CAPTION and first["type"] != "audio" and not message.buttons:
        first[first["type"]]["caption"] = text
        text = ""
    return [*_texts(text, message.buttons), *files]


def _texts(text: str, buttons: tuple[str, ...]) -> list[Json]:
    if not buttons:
        return [_text(part) for part in pieces(text, characters=LONGEST)]
    *before, last = pieces(text, characters=LONGEST_BUTTON_TEXT) or [_("Please choose:")]
    return [*map(_text, before), {"type": "interactive", "interactive": _choice(last, buttons)}]


def _text(text: str) -> Json:
    has_link = "https://" in text or "http://" in text
    return {"type": "text", "text": {"body": text, "preview_url": has_link}}


def _choice(text: str, buttons: tuple[str, ...]) -> Json:
    """Up to three are buttons, up to ten the rows of a list. Raises AdapterError for more."""
    if len(buttons) > ROWS:
        raise AdapterError(_("WhatsApp shows at most ten choices."), permanent=True)
    if len(buttons) <= BUTTONS and all(len(title) <= TITLE for title in buttons):
        shown = [{"type": "reply", "reply": {"id": title[:256], "title": title}} for title in buttons]
        return {"type": "button", "body": {"text": text}, "action": {"buttons": shown}}
    if any(len(title) > ROW_TITLE for title in buttons):
        raise AdapterError(_("A choice on WhatsApp has at most 24 characters."), permanent=True)
    lines = [{"id": title[:200], "title": title} for title in buttons]
    action = {"button": _("Choose")[:TITLE], "sections": [{"rows": lines}]}
    return {"type": "list", "body": {"text": text}, "action": action}


def _uploaded(connector: Connector, file: Attached) -> Json:
    """The message that carries it. Raises AdapterError where WhatsApp takes no such file."""
    kind, content_type = _kind_of(file)
    fields = {"messaging_product": "whatsapp", "type": content_type}
    given = {"file": (file.name, file.body, content_type)}
    found = ask(connector, "POST", _path(connector, "media"), data=fields, files=given)
    part: Json = {"id": words(found.get("id"))}
    if kind == "document":
        part["filename"] = file.name[:240]
    return {"type": kind, kind: part}


def _kind_of(file: Attached) -> tuple[str, str]:
    """How it goes, and as what. Raises AdapterError."""
    content_type = file.content_type.partition(";")[0].strip().lower()
    if content_type not in TAKES and content_type.startswith("text/"):
        content_type = "text/plain"
    kind, largest = TAKES.get(content_type, ("", 0))
    told = {"name": file.name, "kind": content_type, "most": largest // MB}
    if not kind:
        raise AdapterError(_("WhatsApp does not carry files like “%(name)s” (%(kind)s).") % told, permanent=True)
    if len(file.body) > largest:
        raise AdapterError(_("“%(name)s” is too large: WhatsApp takes up to %(most)s MB.") % told, permanent=True)
    return kind, content_type


def _post(connector: Connector, message: OutboundMessage, body: Json, number: int, *, of: int) -> str:
    whole = {**_to(message.to), **body, "biz_opaque_callback_data": mark(message.delivery_id, number, of)}
    if message.answers and number == 0 and body["type"] != "template":
        whole["context"] = {"message_id": message.answers}
    return _messages(connector, whole)


def _messages(connector: Connector, body: Json) -> str:
    found = ask(connector, "POST", _path(connector, "messages"), json=body, changes=True)
    sent = rows(found, "messages")
    name = words(sent[0].get("id"), 400) if sent else ""
    if not name:
        raise AdapterError(_("WhatsApp did not say under which name it took the message."), said=str(found)[:400])
    return name


def _to(value: str) -> Json:
    """A number, or the id of who shows none (…/whatsapp/business-scoped-user-ids)."""
    who = {"recipient": value} if is_without_number(Kind.WHATSAPP, value) else {"to": value.lstrip("+")}
    return {"messaging_product": "whatsapp", "recipient_type": "individual", **who}


def _path(connector: Connector, edge: str) -> str:
    return f"{words(connector.settings.get('phone_number_id')) or 'me'}/{edge}"
