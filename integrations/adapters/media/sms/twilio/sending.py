"""Hands a message to Twilio: https://www.twilio.com/docs/messaging/api/message-resource

Twilio has no key by which it would know a second try, so that one that it fell silent on is for a person to decide.
"""

import json
from typing import Any

from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, OutboundMessage
from conversations.models import Attachment, Delivery, Medium
from integrations.adapters.base import AdapterError
from integrations.adapters.media.heard import address_of
from integrations.adapters.media.sms.twilio.hearing import STATUS
from integrations.adapters.media.sms.twilio.templates import sid_of
from integrations.adapters.media.sms.twilio.understanding import WHATSAPP
from integrations.adapters.media.twilio.api import ask, words_of
from integrations.lending import lent_address
from integrations.models import Connector

LONGEST = 1600  # characters of a body, of whatever medium
MOST_FILES = 10  # of an MMS; WhatsApp takes one with each message

Pairs = list[tuple[str, str]]


def send(connector: Connector, message: OutboundMessage) -> DeliveryReport:
    """Of several messages that one becomes, the first is what later reports name."""
    parts, first = _parts(connector, message), ""
    for number, part in enumerate(parts):
        try:
            said = ask(connector, "POST", "/Messages.json", [*_around(connector, message, number), *part], changes=True)
        except AdapterError as error:
            raise _stopped(error, first, number, len(parts)) from error
        first = first or str(said.get("sid", ""))
        if said.get("status") in ("failed", "undelivered", "canceled"):
            words = str(words_of(str(said.get("error_code"))) or said.get("error_message") or words_of("30008"))
            refused = AdapterError(words, permanent=True, said=json.dumps(said)[:1000])
            raise _stopped(refused, first, number, len(parts))
    return DeliveryReport(Delivery.Status.SENT, external_id=first, said=_price(said))


def _around(connector: Connector, message: OutboundMessage, number: int) -> Pairs:
    channel = connector.channel
    assert channel is not None
    mark = WHATSAPP if channel.medium == Medium.WHATSAPP else ""
    service = str(connector.settings.get("messaging_service_sid", ""))
    report = f"{address_of(connector)}{STATUS}/?delivery={message.delivery_id}" + (f"&part={number}" if number else "")
    pairs = [("To", mark + message.to), ("StatusCallback", report)]
    if service:
        pairs.append(("MessagingServiceSid", service))
    if mark or not service:  # a service of several WhatsApp numbers would choose by itself
        pairs.append(("From", mark + channel.address))
    return pairs


def _parts(connector: Connector, message: OutboundMessage) -> list[Pairs]:
    assert connector.channel is not None
    if message.template:
        return [_template(message)]
    files = list(Attachment.objects.filter(pk__in=message.attachment_ids, state="whole").order_by("pk"))
    if connector.channel.medium == Medium.WHATSAPP:
        return _one_file_each(message.text, files)
    if files and not connector.settings.get("has_mms"):
        return [[("Body", piece)] for piece in _pieces(_with_links(message.text, files))]
    text = [[("Body", piece)] for piece in _pieces(message.text)]
    sent = [[("MediaUrl", lent_address(file)) for file in files[at : at + MOST_FILES]] for at in _steps(len(files))]
    return [text[0] + sent[0], *text[1:], *sent[1:]] if text and sent else text + sent


def _steps(count: int) -> range:
    return range(0, count, MOST_FILES)


def _template(message: OutboundMessage) -> Pairs:
    """https://www.twilio.com/docs/content/send-templates-created-with-the-content-template-builder
    Its variables are numbered, in the order of the text (templates.py offers no others).
    """
    template = message.template
    assert template is not None
    pairs = [("ContentSid", sid_of(template.name))]
    if template.values:
        numbered = {str(number): value for number, value in enumerate(template.values, 1)}
        pairs.append(("ContentVariables", json.dumps(numbered, ensure_ascii=False)))
    return pairs


def _one_file_each(text: str, files: list[Attachment]) -> list[Pairs]:
    pieces = _pieces(text)
    parts: list[Pairs] = [[("Body", piece)] for piece in pieces]
    sent: list[Pairs] = [[("MediaUrl", lent_address(file))] for file in files]
    if len(pieces) == 1 and sent:  # as its caption
        return [parts[0] + sent[0], *sent[1:]]
    return parts + sent


def _with_links(text: str, files: list[Attachment]) -> str:
    """Where the number sends no pictures: what they can be seen by."""
    return "\n".join([*([text] if text else []), *(lent_address(file) for file in files)])


def _pieces(text: str) -> list[str]:
    """Cut between words, where it can be."""
    pieces = []
    while len(text) > LONGEST:
        cut = max(text.rfind(mark, LONGEST // 2, LONGEST) for mark in (" ", "\n"))
        cut = cut if cut > 0 else LONGEST
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text] if text else pieces


def _stopped(error: AdapterError, first: str, number: int, count: int) -> AdapterError:
    """What has gone is not sent again by trying all of it again."""
    error.external_id = first
    if not number:
        return error
    words = _("Only %(sent)s of its %(count)s parts went out: %(why)s")
    said = words % {"sent": number, "count": count, "why": error}
    partly = AdapterError(said, permanent=True, said=error.said)
    partly.external_id = first
    return partly


def _price(said: dict[str, Any]) -> str:
    parts = str(said.get("num_segments") or "")
    return f"{said.get('status', '')}, {parts} segments" if parts else str(said.get("status", ""))
