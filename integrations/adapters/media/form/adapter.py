"""The adapter of a contact form: what was filled in, kept as JSON, becomes a message that is answered by mail.

Its settings: origins (pages that may show it), topics, shop, title. Its secret: identity, as of the chat's connector,
by which the shop vouches for whom it has signed in.
"""

import base64
import json
import secrets as randomness
import time
from collections.abc import Iterator
from functools import partial

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.envelopes import DeliveryReport, InboundAttachment, InboundMessage, MessageDetails, OutboundMessage
from conversations.models import Medium
from customers.identify import Handle
from customers.models.identity import Kind
from integrations.adapters.about import About, Field, Step
from integrations.adapters.base import AdapterError, Understood
from integrations.adapters.media.chat.about import an_origin
from integrations.adapters.media.chat.sessions import vouched_for
from integrations.models import Connector, RawEvent


class FormAdapter:
    about = About(
        title=gettext_lazy("Contact form"),
        what=gettext_lazy("A form on the shop's pages; agents answer it by mail."),
        medium=Medium.API,
        address=gettext_lazy("Key of the form"),
        fields=(
            Field(
                "origins",
                gettext_lazy("Pages that may show it, one a line"),
                "list",
                help=gettext_lazy("A scheme and a host."),
                example="https://shop.example",
                settled=an_origin,
                columns=6,
            ),
            Field(
                "topics",
                gettext_lazy("Topics to choose from, one a line"),
                "area",
                is_required=False,
                example="Return",
                columns=6,
            ),
            Field("title", gettext_lazy("Title above it"), is_required=False),
            Field("shop", gettext_lazy("Word of the shop"), is_required=False),
        ),
        at_provider=(gettext_lazy("Put this tag where the form is to stand: {tag}"),),
        made={"identity": lambda: randomness.token_urlsafe(32)},
    )

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        """Who fills in a form proves nothing, unless the shop vouches for them: an address that is typed is of one
        message's writer alone, until a mail comes from it."""
        given = json.loads(bytes(raw.body))
        assert connector.channel_id is not None
        subject = " · ".join(part for part in (given["topic"], given["order"]) if part)
        yield InboundMessage(
            channel_id=connector.channel_id,
            external_id=raw.external_id,
            handles=tuple(_handles(connector, raw, given)),
            subject=subject,
            text=given["text"],
            received_at=raw.received_at,
            language=given["language"],
            attachments=tuple(_attachment(file) for file in given["files"]),
            details=MessageDetails(page=given["page"]) if given["page"] else MessageDetails(),
        )

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        """Nothing goes out here: conversations.media lets no answer choose a form."""
        raise AdapterError(_("A form cannot be answered: choose their mail address."), permanent=True)

    def check(self, connector: Connector) -> Iterator[Step]:
        started = time.monotonic()
        fallback = connector.channel.fallback if connector.channel else None
        words = _("Answers go by %(channel)s") % {"channel": fallback} if fallback else _("Answers go by mail")
        yield Step(words, seconds=time.monotonic() - started)
        if connector.last_in_at is None:
            yield Step(_("Nobody has written yet"), fix=_("Open the page, fill in the form and send it."))


def tag_of(connector: Connector) -> str:
    key = connector.channel.address if connector.channel else "…"
    return f'<script src="{settings.SITE_URL}{reverse("form_script")}" data-form="{key}" defer></script>'


def _handles(connector: Connector, raw: RawEvent, given: dict[str, str]) -> Iterator[Handle]:
    proven = vouched_for(connector, given["identity"], at=raw.received_at)
    name = given["name"] or (proven.name if proven else "")
    if proven:
        yield Handle(Kind.SHOP, proven.shop, name, source="shop sign-in")
    if proven and proven.email:
        yield Handle(Kind.EMAIL, proven.email, name, source="shop sign-in")
    if proven is None or proven.email != given["email"]:
        yield Handle(Kind.EMAIL, given["email"], name, is_verified=False, source="typed into a form")


def _attachment(file: dict[str, str]) -> InboundAttachment:
    body = base64.b64decode(file["content"])
    return InboundAttachment(file["name"], file["content_type"], len(body), read=partial(bytes, body))
