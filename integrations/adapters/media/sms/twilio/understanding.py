"""What Twilio's webhooks for messages say.

In: https://www.twilio.com/docs/messaging/guides/webhook-request
Out: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from conversations.envelopes import DeliveryReport, InboundAttachment, InboundMessage, MessageDetails
from conversations.models import Delivery
from customers.handles import normalise
from customers.identify import Handle
from customers.models.identity import Kind
from integrations.adapters.base import Ignored, Understood
from integrations.adapters.media.phones import spelt
from integrations.adapters.media.sms.consent import consent_of, word_of
from integrations.adapters.media.sms.twilio.hearing import STATUS
from integrations.adapters.media.twilio.api import words_of
from integrations.adapters.media.twilio.hearing import asked
from integrations.adapters.media.twilio.past import PAST
from integrations.adapters.media.twilio.signature import fields_of
from integrations.adapters.reading import moment, read_json
from integrations.models import Connector, RawEvent

MOST_FILES = 30
WHATSAPP = "whatsapp:"
LAYOUT = "application/smil"  # of an MMS: where its pictures stand on the screen
STATES = {
    "sent": Delivery.Status.SENT,
    "delivered": Delivery.Status.DELIVERED,
    "read": Delivery.Status.READ,
    "undelivered": Delivery.Status.FAILED,
    "failed": Delivery.Status.FAILED,
    "canceled": Delivery.Status.FAILED,
}
ON_THE_WAY = {"accepted", "scheduled", "queued", "sending"}

Fields = dict[str, str]


def fields_in(raw: RawEvent) -> Fields:
    """Raises ValueError. Twilio can be told to send JSON, of the same names."""
    body = bytes(raw.body)
    if "json" not in str(raw.headers.get("content_type", "")) and not body.lstrip().startswith(b"{"):
        return dict(fields_of(body))
    found = read_json(body)
    if not isinstance(found, dict):
        raise ValueError("It is no object.")
    return {name: str(value) for name, value in found.items() if not isinstance(value, dict | list | None)}


def understand(connector: Connector, raw: RawEvent) -> Iterator[Understood]:
    fields = fields_in(raw)
    status = fields.get("MessageStatus") or ("" if "Body" in fields else fields.get("SmsStatus", ""))
    if raw.kind == STATUS or status in STATES or status in ON_THE_WAY:
        yield _report(raw, fields, status)
        return
    if not (fields.get("From") and (fields.get("MessageSid") or fields.get("SmsSid"))):
        raise ValueError("“From” or “MessageSid” is missing.")
    yield from _said(connector, raw, fields)


def tell(raw: RawEvent, envelope: object) -> dict[str, Any]:
    """For whoever debugs: the addresses in Twilio's own form."""
    fields = fields_in(raw)
    name = fields.get("ProfileName") or spelt(fields.get("From", ""))
    return {"sender_id": fields.get("From", ""), "recipient_id": fields.get("To", ""), "sender_name": name}


def _report(raw: RawEvent, fields: Fields, status: str) -> Understood:
    if status not in STATES:
        return Ignored(status or "status", "It is on its way at Twilio.")
    ours = asked(raw)
    if ours.get("part") and STATES[status] != Delivery.Status.FAILED:
        return Ignored(status, "It is of a further part of a message: the first one tells.")
    code, delivery = fields.get("ErrorCode", ""), ours.get("delivery", "")
    said = " ".join(each for each in (status, code, fields.get("ErrorMessage", "")) if each)
    return DeliveryReport(
        STATES[status],
        external_id="" if ours.get("part") else fields.get("MessageSid") or fields.get("SmsSid", ""),
        delivery_id=int(delivery) if delivery.isdecimal() else None,
        error=str(words_of(code) or words_of("30008")) if STATES[status] == Delivery.Status.FAILED else "",
        said=said,
    )


def _said(connector: Connector, raw: RawEvent, fields: Fields) -> Iterator[Understood]:
    handles = handles_of(connector, fields)
    if not handles:
        yield Ignored("message", f"It is from “{fields['From'][:40]}”, which is a name and no number to answer to.")
        return
    assert connector.channel_id is not None
    text = fields.get("Body", "")
    yield InboundMessage(
        channel_id=connector.channel_id,
        external_id=fields.get("MessageSid") or fields["SmsSid"],
        handles=handles,
        text=text or _place_in_words(fields),
        received_at=_at(raw, fields),
        attachments=tuple(_files(fields)),
        answers=fields.get("OriginalRepliedMessageSid", ""),
        details=_details(fields),
    )
    word = fields.get("OptOutType", "").upper() or word_of(text, provider_stops=True)
    yield from consent_of(connector.pk, handles, word, _at(raw, fields))


def _at(raw: RawEvent, fields: Fields) -> datetime:
    """A webhook names no time: it comes at once. What was asked for later does (integrations…sms.twilio.past)."""
    return moment(fields["DateSent"], "DateSent") if raw.kind == PAST and fields.get("DateSent") else raw.received_at


def handles_of(connector: Connector, fields: Fields) -> tuple[Handle, ...]:
    """WhatsApp proves the number, and tells the name that they have given themselves."""
    sender, name = fields["From"], fields.get("ProfileName", "")[:200]
    kind = Kind.WHATSAPP if sender.startswith(WHATSAPP) else Kind.PHONE
    value, region = sender.removeprefix(WHATSAPP), str(connector.settings.get("region", ""))
    try:
        return (Handle(kind, normalise(kind, value, region=region or None), name=name, region=region),)
    except ValueError:
        return ()


def _files(fields: Fields) -> Iterator[InboundAttachment]:
    count = fields.get("NumMedia", "0")
    for number in range(min(int(count), MOST_FILES) if count.isdecimal() else 0):
        url, kind = fields.get(f"MediaUrl{number}", ""), fields.get(f"MediaContentType{number}", "")
        if url and kind != LAYOUT:
            yield InboundAttachment("", kind or "application/octet-stream", 0, source={"url": url}, kind=_word(kind))


def _word(content_type: str) -> str:
    return content_type.partition("/")[0][:20]


def _details(fields: Fields) -> MessageDetails:
    details = MessageDetails(to=[fields["To"]] if fields.get("To") else [])
    if fields.get("ButtonPayload"):
        details["button"] = fields["ButtonPayload"]
    if fields.get("ReferralSourceUrl"):  # they pressed an advertisement
        details["started_with"] = fields["ReferralSourceUrl"]
    with suppress(KeyError, ValueError):
        details["place"] = [float(fields["Latitude"]), float(fields["Longitude"])]
    if fields.get("Forwarded") == "true" or fields.get("FrequentlyForwarded") == "true":
        details["forwarded"] = True
    return details


def _place_in_words(fields: Fields) -> str:
    return ", ".join(each for each in (fields.get("Label", ""), fields.get("Address", "")) if each)
