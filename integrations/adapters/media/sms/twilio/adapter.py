"""The adapters for text messages and for WhatsApp through Twilio: one account, one kind of webhook, two media.

Their settings: account_sid, messaging_service_sid (in place of the number, where several share the sending), region
(ISO 3166, of national numbers), help_text, has_mms (found out by the check), api_url (a simulator, on one's own machine
only). Their secrets: webhook_secret, auth_token, webhook_key (where webhooks are signed by a key of their own).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from conversations.envelopes import DeliveryReport, OfferedTemplate, OutboundMessage
from conversations.models import Medium
from integrations.adapters.about import About, Compared, Field, Step
from integrations.adapters.base import Fetched, Understood
from integrations.adapters.media import fetching
from integrations.adapters.media.sms.twilio import checking, hearing, past, sending, templates, understanding
from integrations.adapters.media.twilio.account import FIELDS
from integrations.adapters.media.twilio.api import HOSTS, ask, keys
from integrations.adapters.shops.base import Page
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent

MANUAL = "https://www.twilio.com/docs/messaging"
KEY = Field(
    "webhook_key",
    _("Webhook key"),
    kind="secret",
    is_required=False,
    help=_("Only where the account signs its webhooks with a shared key instead of the auth token."),
)
REGION = Field(
    "region", _("Country"), is_required=False, help=_("Numbers without a country are read as there."), example="GB"
)


class TwilioAdapter:
    about = About(
        title=_("Text messages through Twilio"),
        what=_(
            "Customers text a number of yours, and get answers with delivery reports; pictures where the number can."
        ),
        medium=Medium.SMS,
        address=_("Phone number"),
        fields=(
            *FIELDS,
            Field(
                "messaging_service_sid",
                _("Messaging service"),
                is_required=False,
                help=_("Where several numbers share the sending: Twilio then chooses the number."),
                example="MG0123456789abcdef0123456789abcdef",
            ),
            REGION,
            Field(
                "help_text",
                _("Answer to HELP"),
                kind="area",
                is_required=False,
                help=_("Only where Twilio's own answer to HELP is switched off."),
            ),
            KEY,
        ),
        at_provider=(
            _("Open console.twilio.com and copy the account SID and the auth token from its first page."),
            _("Under Phone numbers, choose a number that can do SMS, or buy one."),
            _("Test the connection: the desk enters its address {address} at the number by itself."),
        ),
        has_hook=True,
        manual=MANUAL,
    )

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> list[Arrival]:
        return hearing.hear(connector, request, secret=secret, kind=kind)

    def answer(self, connector: Connector, request: HttpRequest, kind: str) -> HttpResponse:
        return hearing.answer(connector, request, kind)

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        return understanding.understand(connector, raw)

    def tell(self, raw: RawEvent, envelope: object) -> dict[str, Any]:
        return understanding.tell(raw, envelope)

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        return sending.send(connector, message)

    def fetch(self, connector: Connector, source: Mapping[str, str], *, largest: int) -> Fetched:
        """https://www.twilio.com/docs/messaging/api/media-resource: it leads on to where the file lies."""
        known = (*HOSTS, fetching.host_of(str(connector.settings.get("api_url", ""))) or HOSTS[0])
        return fetching.fetch(source["url"], largest=largest, auth=keys(connector), known=known)

    def prove(self, connector: Connector) -> None:
        ask(connector, "GET", ".json")

    def check(self, connector: Connector) -> Iterator[Step]:
        return checking.check(connector)

    def pages(
        self, connector: Connector, cursor: Mapping[str, object], since: datetime | None, until: datetime | None = None
    ) -> Iterator[Page]:
        return past.pages(connector, cursor, since, until)

    def reconcile(self, connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
        return past.reconcile(connector, since, until)


class TwilioWhatsAppAdapter(TwilioAdapter):
    about = About(
        title=_("WhatsApp through Twilio"),
        what=_("Customers write to your WhatsApp number at Twilio: texts, files, templates, read marks."),
        medium=Medium.WHATSAPP,
        address=_("WhatsApp number"),
        fields=(*FIELDS, REGION, KEY),
        at_provider=(
            _("Open console.twilio.com and copy the account SID and the auth token from its first page."),
            _("Under Messaging, Senders, WhatsApp senders, choose the number."),
            _("Enter {address} there, as the webhook for incoming messages, by POST."),
        ),
        has_hook=True,
        manual="https://www.twilio.com/docs/whatsapp",
    )

    def templates(self, connector: Connector) -> Iterator[OfferedTemplate]:
        return templates.offered(connector)
