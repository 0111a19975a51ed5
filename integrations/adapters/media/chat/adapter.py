"""The chat adapter: understands what the widget said, and answers by showing the stored message to it."""

import json
from collections.abc import Iterable, Iterator
from functools import partial

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from conversations.envelopes import (
    DeliveryReport,
    InboundAttachment,
    InboundMessage,
    MessageDetails,
    OutboundMessage,
)
from conversations.models import Delivery
from integrations.adapters.about import Step
from integrations.adapters.media.chat import about as own
from integrations.adapters.media.chat.door import Upload, read_upload
from integrations.adapters.media.chat.sessions import Visitor
from integrations.models import Connector, RawEvent


class ChatAdapter:
    about = own.ABOUT
    stored_is_sent = True  # so the outbox asks for no task where a message can go now (integrations.outbound.stored)

    def understand(self, connector: Connector, raw: RawEvent) -> Iterable[InboundMessage]:
        """Raises ValueError where a file of the message is gone: the event is set aside, with its words."""
        frame, headers = json.loads(bytes(raw.body)), raw.headers
        visitor = Visitor(connector.pk, headers["visitor"], headers["shop"], headers["email"], headers["name"])
        about = {name: str(value)[:320] for name, value in (frame.get("about") or {}).items()}
        details = MessageDetails(page=str(frame["page"])[:2000]) if frame.get("page") else MessageDetails()
        if visitor.is_proven:
            details["signed_in"] = visitor.shop
        assert connector.channel_id is not None
        yield InboundMessage(
            channel_id=connector.channel_id,
            external_id=raw.external_id,
            handles=visitor.handles(about),
            text=frame.get("text", ""),
            received_at=raw.received_at,
            attachments=tuple(_attachment(file, visitor) for file in frame.get("files") or []),
            language=str(frame.get("language") or "")[:12],
            details=details,
        )

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        """Of what had to wait. Stored is sent: `outbox.settle` shows it to the visitor's widget, which says when it has
        it and when it was read. Where no widget does in time, integrations.adapters.media.chat.by_mail takes over."""
        return DeliveryReport(Delivery.Status.SENT, external_id=message.key)

    def check(self, connector: Connector) -> Iterator[Step]:
        return own.check(connector)


def _attachment(file: dict[str, str], visitor: Visitor) -> InboundAttachment:
    upload = read_upload(file["id"], visitor.id)
    if upload is None:
        raise ValueError(_("The file “%(name)s” is not this visitor's.") % {"name": file.get("name")})
    return InboundAttachment(upload["name"], upload["type"], upload["size"], read=partial(_read, upload))


def _read(upload: Upload) -> bytes:
    with default_storage.open(upload["path"]) as file:
        return file.read()
