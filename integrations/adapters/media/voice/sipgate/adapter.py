"""The adapter of sipgate, and of phone systems that tell of calls the same way (3CX, Placetel, FreePBX by add-ons).

Its settings: region, token_id, device (the phone that rings first for a call from the desk), api_url (a simulator's,
on one's own machine only). Its secrets: webhook_secret, webhook_user and webhook_password (where the address carries
them), token.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.html import escape
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conversations.envelopes import DeliveryReport, OutboundCall, OutboundMessage
from conversations.models import Delivery, Medium
from integrations.adapters.about import About, Compared, Field, Step
from integrations.adapters.base import AdapterError, Understood, check_address
from integrations.adapters.media import basic, phones
from integrations.adapters.media.heard import address_of, body_of
from integrations.adapters.media.voice.sipgate import past, understanding
from integrations.adapters.media.voice.sipgate.api import SIPGATE, ask
from integrations.adapters.media.voice.spoken import refuse_text
from integrations.adapters.shops.base import Page
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent


class SipgateAdapter:
    about = About(
        title=_("sipgate, and systems like it"),
        what=_("Agents see who calls while it rings, and call from the desk. Many systems can push the same events."),
        medium=Medium.VOICE,
        address=_("Phone number"),
        fields=(
            Field("region", _("Country"), is_required=False, example="DE"),
            Field(
                "token_id",
                _("Token id"),
                is_required=False,
                help=_("To call from the desk: a personal access token of sipgate's."),
                example="token-A1B2C3",
            ),
            Field("token", _("Token"), kind="secret", is_required=False),
            Field(
                "device",
                _("Device"),
                is_required=False,
                help=_("The phone that rings first, where agents' lines are numbers."),
                example="e0",
            ),
            phones.VOUCHES,
            Field("webhook_user", _("User in the address"), kind="secret", is_required=False),
            Field("webhook_password", _("Password in the address"), kind="secret", is_required=False),
        ),
        at_provider=(
            _("Open app.sipgate.com, and there sipgate.io, Webhooks."),
            _("Enter {address} for incoming and for outgoing calls; with a token, the test does so by itself."),
            _("Another system: have it push newCall, answer and hangup there, as a form or as JSON."),
        ),
        has_hook=True,
        manual="https://developer.sipgate.io/push-api/api-reference/",
    )

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> list[Arrival]:
        check_address(connector, secret)
        basic.check(connector, request)
        body = body_of(request)
        return [Arrival("", hashlib.sha256(body).hexdigest(), body, kind, {"content_type": request.content_type or ""})]

    def answer(self, connector: Connector, request: HttpRequest, kind: str) -> HttpResponse:
        """It tells how a call goes on only where it is asked to, in the answer to its beginning."""
        address = escape(address_of(connector))
        xml = f'<?xml version="1.0" encoding="UTF-8"?><Response onAnswer="{address}" onHangup="{address}"/>'
        return HttpResponse(xml, content_type="application/xml; charset=utf-8")

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        return understanding.understand(connector, raw)

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        return refuse_text()

    def can_call(self, connector: Connector) -> bool:
        return bool(connector.secrets.get("token"))

    def call(self, connector: Connector, call: OutboundCall) -> DeliveryReport:
        """https://github.com/sipgate-io/sipgateio-outgoingcall-python: the caller's line rings first. What it answers
        is the id of a session, which no push names: the first push of a call to this number tells the call's own id
        (conversations.inbound.calls)."""
        if not connector.secrets.get("token"):
            raise AdapterError(gettext("This line has no token to call by. An admin can enter one."), permanent=True)
        said = {"caller": call.agent, "callee": call.to}
        if call.ours:
            said["callerId"] = call.ours
        if connector.settings.get("device"):
            said["deviceId"] = str(connector.settings["device"])
        found = SIPGATE.json(ask(connector, "POST", "sessions/calls", said, changes=True))
        return DeliveryReport(Delivery.Status.SENT, said=f"session {found.get('sessionId', '')}")

    def prove(self, connector: Connector) -> None:
        if connector.secrets.get("token"):
            ask(connector, "GET", "account")

    def check(self, connector: Connector) -> Iterator[Step]:
        address = address_of(connector)
        if not connector.secrets.get("token"):
            yield Step(
                gettext("Enter %(address)s at sipgate. Call yourself: it shows here at once.") % {"address": address}
            )
            return
        account = SIPGATE.json(ask(connector, "GET", "account"))
        yield Step(gettext("Signed in to the account of %(name)s.") % {"name": account.get("company") or "sipgate"})
        said = SIPGATE.json(ask(connector, "GET", "settings/sipgateio"))
        if said.get("incomingUrl") != address or said.get("outgoingUrl") != address:
            ask(connector, "PUT", "settings/sipgateio", {**said, "incomingUrl": address, "outgoingUrl": address})
        yield Step(gettext("sipgate tells the desk of every call."))

    def pages(
        self, connector: Connector, cursor: Mapping[str, object], since: datetime | None, until: datetime | None = None
    ) -> Iterator[Page]:
        return past.pages(connector, cursor, since, until)

    def reconcile(self, connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
        return past.reconcile(connector, since, until)
