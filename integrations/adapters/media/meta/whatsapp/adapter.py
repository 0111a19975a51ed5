"""The adapter of a WhatsApp number, by Meta's Cloud API.

Its settings: phone_number_id, account_id (the WhatsApp Business account), api_version, region, and what `check` notes:
app_id, number, verified_name. Its secrets: access_token, app_secret, former_secret, and those that the desk makes:
webhook_secret (the last word of the webhook's address), verify_token.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.envelopes import DeliveryReport, OfferedTemplate, OutboundMessage, OutboundReaction
from conversations.models import Medium
from integrations.adapters.about import About, Field, Step
from integrations.adapters.base import AdapterError, Fetched, Understood
from integrations.adapters.media.meta.about import (
    ACCESS_TOKEN,
    API_VERSION,
    APP_SECRET,
    FORMER_SECRET,
    MADE,
    MARKS_READ,
    settled_id,
)
from integrations.adapters.media.meta.graph import ask, download
from integrations.adapters.media.meta.talking import OfMeta
from integrations.adapters.media.meta.whatsapp import checking, sending, templates
from integrations.adapters.media.meta.whatsapp.understanding import understand
from integrations.adapters.reading import words
from integrations.models import Connector, RawEvent


class WhatsAppAdapter(OfMeta):
    about = About(
        title="WhatsApp",
        what=gettext_lazy(
            "Customers write to your WhatsApp number; agents answer with text, files, buttons, templates."
        ),
        medium=Medium.WHATSAPP,
        address=gettext_lazy("Phone number"),
        fields=(
            Field("phone_number_id", gettext_lazy("Phone number ID"), example="106540352242922", settled=settled_id),
            Field(
                "account_id",
                gettext_lazy("WhatsApp Business account ID"),
                example="102290129340398",
                settled=settled_id,
            ),
            ACCESS_TOKEN,
            APP_SECRET,
            FORMER_SECRET,
            MARKS_READ,
            API_VERSION,
        ),
        at_provider=(
            gettext_lazy("At developers.facebook.com open your app (or make one of the type Business), add WhatsApp."),
            gettext_lazy("Under WhatsApp, API Setup, choose the number: copy its ID and that of the account."),
            gettext_lazy(
                "Under Business settings, System users, make a token for the app with the permissions"
                " whatsapp_business_messaging and whatsapp_business_management."
            ),
            gettext_lazy(
                "Under WhatsApp, Configuration, enter the address {address} and the verify token {verify_token}, and"
                " subscribe to messages and user_preferences (and smb_message_echoes where a phone has the number)."
            ),
            gettext_lazy("Press Test connection: the desk tells Meta its address for this number by itself."),
        ),
        made=MADE,
        has_hook=True,
        manual="https://developers.facebook.com/documentation/business-messaging/whatsapp/get-started",
    )

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        return understand(connector, raw)

    def fetch(self, connector: Connector, source: Mapping[str, str], *, largest: int) -> Fetched:
        """In two steps, both with the token: where it is, then the file (the address ends after five minutes)."""
        url, content_type = source.get("url", ""), ""
        if source.get("id"):
            found = ask(connector, "GET", source["id"])
            size = words(found.get("file_size"))
            if size.isdecimal() and int(size) > largest:
                raise AdapterError(_("It is larger than the desk takes."), permanent=True)
            url, content_type = words(found.get("url"), 4000), words(found.get("mime_type"))
        fetched = download(connector, url, largest=largest)
        return replace(fetched, content_type=(content_type or fetched.content_type).partition(";")[0], name="")

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        return sending.send(connector, message)

    def react(self, connector: Connector, reaction: OutboundReaction) -> None:
        sending.react(connector, reaction)

    def seen(self, connector: Connector, external_id: str, to: str) -> None:
        sending.seen(connector, external_id)

    def templates(self, connector: Connector) -> Iterator[OfferedTemplate]:
        return templates.offered(connector)

    def prove(self, connector: Connector) -> None:
        path = str(connector.settings.get("phone_number_id", ""))
        ask(connector, "GET", path, params={"fields": "id"})

    def check(self, connector: Connector) -> Iterator[Step]:
        return checking.check(connector)
