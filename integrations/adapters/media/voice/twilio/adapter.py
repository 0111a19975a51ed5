"""The adapter for calls through Twilio.

Its settings: account_sid, region, flow ("desk": as set here; "elsewhere": a Studio flow or the like leads the call, and
Twilio only tells of it), greeting, language, ring (lines: +44…, sip:…, client:…), ring_seconds, menu ("1=+44…" …),
menu_text, voicemail, voicemail_text, sorry_text, transcribes, rates, records, api_url (a simulator's, on one's own
machine only). Its secrets: webhook_secret, auth_token, webhook_key.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from conversations.envelopes import DeliveryReport, OutboundCall, OutboundMessage
from conversations.models import Medium
from integrations.adapters.about import About, Compared, Field, Step
from integrations.adapters.base import Fetched, Understood
from integrations.adapters.media import fetching
from integrations.adapters.media.twilio import hearing
from integrations.adapters.media.twilio.account import FIELDS
from integrations.adapters.media.twilio.api import HOSTS, ask, keys
from integrations.adapters.media.voice.spoken import refuse_text
from integrations.adapters.media.voice.twilio import calling, checking, flow, past, understanding
from integrations.adapters.shops.base import Page
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent

LEADS = _("What callers hear")
ABOUT = About(
    title=_("Calls through Twilio"),
    what=_("Customers call a number of yours; agents see who it is while it rings, and call from the desk."),
    medium=Medium.VOICE,
    address=_("Phone number"),
    fields=(
        *FIELDS,
        Field(
            "region", _("Country"), is_required=False, help=_("Numbers without one are read as there."), example="GB"
        ),
        Field(
            "flow",
            _("Who leads the call"),
            kind="choice",
            default="desk",
            choices=(("desk", _("the desk, as set here")), ("elsewhere", _("a flow at Twilio, which tells the desk"))),
        ),
        Field(
            "ring",
            _("Lines that ring"),
            kind="list",
            is_required=False,
            help=_("Agents' numbers, one a line. They ring all at once."),
            example="+441632960001",
            group=LEADS,
        ),
        Field("ring_seconds", _("Seconds it rings"), kind="number", default="25", is_required=False, group=LEADS),
        Field("greeting", _("Greeting"), kind="area", is_required=False, group=LEADS),
        Field("language", _("Language it is read in"), is_required=False, example="en-GB", group=LEADS),
        Field(
            "menu",
            _("Keys"),
            kind="list",
            is_required=False,
            help=_("A key and the line behind it, one a line."),
            example="1=+441632960001",
            group=LEADS,
        ),
        Field("menu_text", _("What is said of the keys"), kind="area", is_required=False, group=LEADS),
        Field("voicemail", _("Take a message when nobody answers"), kind="switch", is_required=False, group=LEADS),
        Field("voicemail_text", _("What is said before it"), kind="area", is_required=False, group=LEADS),
        Field("transcribes", _("Have messages written down"), kind="switch", is_required=False, group=LEADS),
        Field("sorry_text", _("What is said where no message is taken"), kind="area", is_required=False, group=LEADS),
        Field(
            "rates",
            _("Ask callers how it was, before they hang up"),
            kind="switch",
            is_required=False,
            help=_("With the keys of their telephone, where a survey asks after calls; others are asked in writing."),
            group=LEADS,
        ),
        Field(
            "records",
            _("Record calls"),
            kind="switch",
            is_required=False,
            help=_("Tell callers so in the greeting: many laws ask for it."),
            group=LEADS,
        ),
        Field(
            "webhook_key",
            _("Webhook key"),
            kind="secret",
            is_required=False,
            help=_("Only where the account signs its webhooks with a shared key instead of the auth token."),
        ),
    ),
    at_provider=(
        _("Open console.twilio.com and copy the account SID and the auth token from its first page."),
        _("Under Phone numbers, choose a number that can do Voice, or buy one."),
        _("Test the connection: the desk enters its address {address} at the number by itself."),
    ),
    has_hook=True,
    manual="https://www.twilio.com/docs/voice",
)


class TwilioVoiceAdapter:
    about = ABOUT

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> list[Arrival]:
        return hearing.hear(connector, request, secret=secret, kind=kind, names=("CallSid",))

    def answer(self, connector: Connector, request: HttpRequest, kind: str) -> HttpResponse:
        return flow.answer(connector, request, kind)

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        return understanding.understand(connector, raw)

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        return refuse_text()

    def call(self, connector: Connector, call: OutboundCall) -> DeliveryReport:
        return calling.call(connector, call)

    def fetch(self, connector: Connector, source: Mapping[str, str], *, largest: int) -> Fetched:
        """https://www.twilio.com/docs/voice/api/recording#fetch-a-recording-media-file"""
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
