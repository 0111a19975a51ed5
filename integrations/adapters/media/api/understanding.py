"""What the items of our message webhook mean, as envelopes."""

import base64
import binascii
from collections.abc import Iterator
from functools import partial

from conversations.envelopes import DeliveryReport, InboundAttachment, InboundMessage, MessageChange, MessageDetails
from customers.identify import Handle
from customers.models.identity import Kind
from integrations.adapters.media.api import schema
from integrations.models import Connector, RawEvent

Envelope = InboundMessage | MessageChange | DeliveryReport


def envelope_of(connector: Connector, raw: RawEvent, item: schema.Message | schema.Change | schema.Report) -> Envelope:
    """Raises ValueError for a file that is none."""
    if isinstance(item, schema.Report):
        return DeliveryReport(item.status, item.id, error=item.error, is_permanent=item.is_permanent)
    assert connector.channel_id is not None
    handles = tuple(_handles(connector, item.sender))
    if isinstance(item, schema.Change):
        return MessageChange(
            connector.channel_id, item.id, item.what, item.at, text=item.text, emoji=item.emoji, handles=handles
        )
    details = MessageDetails(page=item.page) if item.page else MessageDetails()
    return InboundMessage(
        channel_id=connector.channel_id,
        external_id=item.id,
        handles=handles,
        text=item.text,
        html=item.html,
        subject=item.subject,
        received_at=item.sent_at or raw.received_at,
        language=item.language,
        answers=item.answers,
        is_public=item.is_public,
        attachments=tuple(_attachment(file) for file in item.files),
        details=details,
    )


def _handles(connector: Connector, person: schema.Person) -> Iterator[Handle]:
    """The source's own id is proven by its signature; an address or a number only where it has had it confirmed."""
    source = f"api {connector.settings.get('source', connector.pk)}"[:80]
    yield Handle(Kind.API, value_of(connector, person.id), person.name, source=source)
    if person.account and connector.settings.get("shop"):
        yield Handle(Kind.SHOP, f"{connector.settings['shop']}:{person.account}", source=source)
    if person.email:
        yield Handle(Kind.EMAIL, person.email, is_verified=person.email_confirmed, source=source)
    if person.phone:
        region = str(connector.settings.get("region", ""))
        yield Handle(Kind.PHONE, person.phone, is_verified=person.phone_confirmed, source=source, region=region)


def value_of(connector: Connector, person_id: str) -> str:
    """Two sources may both have a customer 17."""
    return f"{connector.settings.get('source') or connector.pk}:{person_id}"


def person_id_of(connector: Connector, value: str) -> str:
    return value.removeprefix(value_of(connector, ""))


def _attachment(file: schema.File) -> InboundAttachment:
    if bool(file.url) == bool(file.content):
        raise ValueError(f"files: “{file.name}” needs either url or content.")
    if file.url:
        return InboundAttachment(file.name, file.content_type, 0, source={"url": file.url})
    try:
        body = base64.b64decode(file.content, validate=True)
    except binascii.Error:
        raise ValueError(f"files: the content of “{file.name}” is no base64.") from None
    return InboundAttachment(file.name, file.content_type, len(body), read=partial(bytes, body))
