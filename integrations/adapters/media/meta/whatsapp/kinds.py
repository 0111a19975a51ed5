"""The kinds of message on WhatsApp, each as words, files and details: …/webhooks/reference/messages and below."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from conversations.envelopes import InboundAttachment, MessageDetails
from integrations.adapters.reading import inner, needed, read_json, rows, words

Json = dict[str, Any]
LONGEST = 65_536  # characters that a customer can write in one message


@dataclass(frozen=True)
class Said:
    text: str
    attachments: tuple[InboundAttachment, ...] = ()
    details: MessageDetails = field(default_factory=lambda: MessageDetails())


def said_in(message: Json) -> Said:
    """Raises ValueError for one that lacks what its kind has."""
    kind = words(message.get("type"))
    said = _KINDS.get(kind, _unsupported)(message)
    details = MessageDetails(**{**_around(message), **said.details})
    return Said(said.text, said.attachments, details)


def _around(message: Json) -> MessageDetails:
    """Whether it was passed on, and the advertisement that the talk began by."""
    details = MessageDetails()
    context, referral = inner(message, "context"), inner(message, "referral")
    if context.get("forwarded") or context.get("frequently_forwarded"):
        details["forwarded"] = True
    if referral:
        told = (words(referral.get(name)) for name in ("headline", "source_url", "ref"))
        details["started_with"] = " ".join(part for part in told if part)[:500]
    return details


def _text(message: Json) -> Said:
    text = words(inner(message, "text").get("body"), LONGEST)
    product = words(inner(inner(message, "context"), "referred_product").get("product_retailer_id"))
    about = _("About the product %(product)s:") % {"product": product} if product else ""
    return Said("\n".join(part for part in (about, text) if part))


def _media(message: Json) -> Said:
    kind = needed(message, "type")
    media = inner(message, kind)
    source = {"id": words(media.get("id"))}
    if address := words(media.get("url"), 4000):
        source["url"] = address
    if not source["id"] and not address:
        raise ValueError(f"“{kind}” has no “id”.")
    content_type = words(media.get("mime_type")).partition(";")[0] or "application/octet-stream"
    ours = "voice" if kind == "audio" and media.get("voice") is True else kind
    file = InboundAttachment(words(media.get("filename"), 255), content_type, 0, source=source, kind=ours)
    return Said(words(media.get("caption"), LONGEST), (file,))


def _location(message: Json) -> Said:
    place = inner(message, "location")
    spot = [float(words(place.get(name)) or "nowhere") for name in ("latitude", "longitude")]
    told = [words(place.get(name)) for name in ("name", "address", "url")]
    return Said("\n".join(part for part in told if part) or _("Shared a location."), details=MessageDetails(place=spot))


def _cards(message: Json) -> Said:
    lines = [_card(card) for card in rows(message, "contacts")]
    return Said("\n".join(line for line in lines if line) or _("Shared a contact."))


def _card(card: Json) -> str:
    name = inner(card, "name")
    called = words(name.get("formatted_name")) or words(name.get("first_name"))
    told = [words(phone.get("phone")) or words(phone.get("wa_id")) for phone in rows(card, "phones")]
    told += [words(mail.get("email")) for mail in rows(card, "emails")]
    return ": ".join(part for part in (called, ", ".join(each for each in told if each)) if part)


def _interactive(message: Json) -> Said:
    """A button or a line of a list of ours was pressed, or a form filled in."""
    pressed = inner(message, "interactive")
    kind = words(pressed.get("type"))
    if kind == "nfm_reply":
        return _form(inner(pressed, "nfm_reply"))
    if kind not in ("button_reply", "list_reply"):
        return _unsupported({**message, "type": f"interactive {kind}"})
    choice = inner(pressed, kind)
    told = [words(choice.get("title")), words(choice.get("description"))]
    text = "\n".join(part for part in told if part)
    return Said(text, details=MessageDetails(button=words(choice.get("id"))))


def _form(form: Json) -> Said:
    """A flow's answers come as JSON within the JSON; its token is not an answer."""
    answers = read_json(words(form.get("response_json"), LONGEST).encode() or b"{}")
    found = answers if isinstance(answers, dict) else {}
    lines = [f"{name}: {_plain(value)}" for name, value in found.items() if name != "flow_token" and _plain(value)]
    return Said("\n".join(lines) or words(form.get("body")), details=MessageDetails(button=words(form.get("name"))))


def _plain(value: object) -> str:
    return ", ".join(map(words, value)) if isinstance(value, list) else words(value, 2000)


def _button(message: Json) -> Said:
    """Of a template."""
    button = inner(message, "button")
    return Said(needed(button, "text"), details=MessageDetails(button=words(button.get("payload"))))


def _order(message: Json) -> Said:
    order = inner(message, "order")
    lines = [_("Asks for these products of the catalogue:")]
    lines += [_line(product) for product in rows(order, "product_items")]
    return Said("\n".join([*lines, *filter(None, [words(order.get("text"), LONGEST)])]))


def _line(product: Json) -> str:
    price = " ".join(words(product.get(name)) for name in ("item_price", "currency"))
    return f"{words(product.get('quantity'))} × {words(product.get('product_retailer_id'))} ({price.strip()})"


def _unsupported(message: Json) -> Said:
    """Said honestly: it is there, and the desk cannot show it."""
    errors = rows(message, "errors")
    named = words(inner(message, "unsupported").get("type")) or words(message.get("type"))
    why = words(inner(errors[0], "error_data").get("details")) or words(errors[0].get("title")) if errors else ""
    kind = "" if named in ("unsupported", "unknown", "") else f" ({named[:40]})"
    text = _("Sent something that WhatsApp does not hand on%(kind)s.") % {"kind": kind}
    return Said(f"{text} {why}".strip())


_KINDS: dict[str, Callable[[Json], Said]] = {
    "text": _text,
    "image": _media,
    "video": _media,
    "audio": _media,
    "voice": _media,
    "document": _media,
    "sticker": _media,
    "location": _location,
    "contacts": _cards,
    "interactive": _interactive,
    "button": _button,
    "order": _order,
}
