"""What Bandwidth's webhooks say: https://dev.bandwidth.com/docs/messaging/webhooks"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from conversations.envelopes import DeliveryReport, InboundAttachment, InboundMessage, MessageDetails
from conversations.models import Delivery
from integrations.adapters.base import Aside, Ignored, Understood
from integrations.adapters.media.phones import spelt, whose
from integrations.adapters.media.sms.bandwidth.faults import words_of
from integrations.adapters.media.sms.consent import consent_of, word_of
from integrations.adapters.reading import inner, moment, needed, read_json, words
from integrations.models import Connector, RawEvent

MOST_FILES = 30
STATES = {
    "message-sent": Delivery.Status.SENT,
    "message-delivered": Delivery.Status.DELIVERED,
    "message-read": Delivery.Status.READ,
    "message-failed": Delivery.Status.FAILED,
}
ON_THE_WAY = {"message-sending"}
LAYOUTS = (".smil", ".smi", ".xml")  # of an MMS: where its pictures stand on the screen

Json = dict[str, Any]


def events_of(body: bytes) -> list[Any]:
    """A list, though most often of one. Raises ValueError."""
    found = read_json(body)
    events = found if isinstance(found, list) else [found]
    if not events or not all(isinstance(each, dict) for each in events):
        raise ValueError("It is no list of events.")
    return events


def understand(connector: Connector, raw: RawEvent) -> Iterator[Understood]:
    events = events_of(bytes(raw.body))
    for number, event in enumerate(events):
        try:
            yield from _event(connector, event)
        except ValueError as error:
            if len(events) == 1:
                raise
            yield Aside(number, str(error), json.dumps([event], default=str).encode())


def tell(raw: RawEvent, envelope: object) -> Json:
    """For whoever debugs."""
    message = inner(events_of(bytes(raw.body))[0], "message")
    sender = words(message.get("from"))
    return {"sender_id": sender, "sender_name": spelt(sender), "recipient_id": words(message.get("owner"))}


def _event(connector: Connector, event: Json) -> Iterator[Understood]:
    kind, message = needed(event, "type"), inner(event, "message")
    if kind == "message-received":
        yield from _said(connector, event, message)
    elif kind in STATES:
        yield _report(event, message, kind)
    elif kind in ON_THE_WAY:
        yield Ignored(kind, "It is on its way at Bandwidth.")
    else:
        yield Ignored(kind, "It asks for nothing that the desk does.")


def _report(event: Json, message: Json, kind: str) -> DeliveryReport:
    tag, code = words(message.get("tag")), words(event.get("errorCode"))
    is_failed = STATES[kind] == Delivery.Status.FAILED
    said = " ".join(each for each in (kind, code, words(event.get("description"))) if each)
    return DeliveryReport(
        STATES[kind],
        external_id=needed(message, "id"),
        delivery_id=int(tag) if tag.isdecimal() else None,
        error=words_of(code) if is_failed else "",
        said=said,
    )


def _said(connector: Connector, event: Json, message: Json) -> Iterator[Understood]:
    sender, at = needed(message, "from"), moment(message.get("time") or event.get("time"), "time")
    handles = whose(sender, region=str(connector.settings.get("region", "")))
    if not handles or not handles[0].value.startswith("+"):
        yield Ignored("message-received", f"It is from “{sender[:40]}”, which is no number to answer to.")
        return
    assert connector.channel_id is not None
    text = words(message.get("text"), 20_000)
    to = [words(each) for each in message.get("to") or [] if words(each)]
    yield InboundMessage(
        channel_id=connector.channel_id,
        external_id=needed(message, "id"),
        handles=handles,
        text=text,
        received_at=at,
        attachments=tuple(_files(message)),
        participants=tuple((number, "") for number in to if number != words(message.get("owner"))),
        details=MessageDetails(to=to),
    )
    yield from consent_of(connector.pk, handles, word_of(text), at)


def _files(message: Json) -> Iterator[InboundAttachment]:
    media = message.get("media")
    for url in (media if isinstance(media, list) else [])[:MOST_FILES]:
        address = words(url, 2000)
        name = urlsplit(address).path.rpartition("/")[2]
        if address and not name.lower().endswith(LAYOUTS):
            yield InboundAttachment(name[-200:], _type(name), 0, source={"url": address})


def _type(name: str) -> str:
    """By its ending; the fetching will tell better."""
    kinds = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "mp4": "video/mp4",
             "3gp": "video/3gpp", "amr": "audio/amr", "mp3": "audio/mpeg", "pdf": "application/pdf",
             "vcf": "text/vcard", "txt": "text/plain"}  # fmt: skip
    return kinds.get(name.rpartition(".")[2].lower(), "application/octet-stream")
