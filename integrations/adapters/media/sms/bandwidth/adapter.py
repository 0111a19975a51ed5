"""The adapter for text messages through Bandwidth.

Its settings: account_id, application_id, auth ("basic" or "client"), api_user, region, api_url (a simulator's, on one's
own machine only). Its secrets: webhook_secret, api_password, webhook_user and webhook_password (the callback's).
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conversations.envelopes import DeliveryReport, OutboundMessage
from conversations.models import Attachment, Delivery, Medium
from integrations.adapters.about import About, Compared, Field, Step
from integrations.adapters.base import AdapterError, CredentialError, Fetched, Understood, check_address
from integrations.adapters.media import basic, fetching
from integrations.adapters.media.heard import address_of, body_of
from integrations.adapters.media.sms.bandwidth import past, understanding
from integrations.adapters.media.sms.bandwidth.api import BANDWIDTH, HOSTS, ask, signing_in, simulated
from integrations.inbound.arrival import Arrival
from integrations.lending import lent_address
from integrations.models import Connector, RawEvent


class BandwidthAdapter:
    about = About(
        title=_("Text messages through Bandwidth"),
        what=_("Customers text a number of yours, and get answers with delivery reports and pictures."),
        medium=Medium.SMS,
        address=_("Phone number"),
        fields=(
            Field("account_id", _("Account number"), example="5500123"),
            Field(
                "application_id",
                _("Application"),
                help=_("The messaging application that the number belongs to."),
                example="93de2206-9669-4e07-948d-329f4b722ee2",
            ),
            Field(
                "auth",
                _("Signing in"),
                kind="choice",
                default="basic",
                choices=(("basic", _("user and password")), ("client", _("client id and secret"))),
            ),
            Field("api_user", _("User, or client id")),
            Field("api_password", _("Password, or client secret"), kind="secret"),
            Field("webhook_user", _("User of the callback"), kind="secret", is_required=False),
            Field("webhook_password", _("Password of the callback"), kind="secret", is_required=False),
            Field("region", _("Country"), is_required=False, example="US"),
        ),
        at_provider=(
            _("Open dashboard.bandwidth.com, and there Applications, and your messaging application."),
            _("Enter {address} for inbound and for status callbacks, with a user and a password of your choice."),
            _("Under Account, API credentials, make a user that may use Messaging."),
        ),
        has_hook=True,
        manual="https://dev.bandwidth.com/docs/messaging",
    )

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> list[Arrival]:
        check_address(connector, secret)
        basic.check(connector, request)
        body = body_of(request)
        headers = {"content_type": request.content_type or ""}
        return [Arrival("", hashlib.sha256(body).hexdigest(), body, kind, headers)]

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        return understanding.understand(connector, raw)

    def tell(self, raw: RawEvent, envelope: object) -> dict[str, Any]:
        return understanding.tell(raw, envelope)

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        """https://dev.bandwidth.com/docs/messaging/createMessage: taken is 202; whether it was sent comes later."""
        assert connector.channel is not None
        said: dict[str, Any] = {
            "to": [message.to],
            "from": connector.channel.address,
            "text": message.text,
            "applicationId": str(connector.settings.get("application_id", "")),
            "tag": str(message.delivery_id),
        }
        files = Attachment.objects.filter(pk__in=message.attachment_ids, state="whole").order_by("pk")
        if media := [lent_address(file) for file in files]:
            said["media"] = media
        found = BANDWIDTH.json(ask(connector, "POST", "messages", said, changes=True))
        return DeliveryReport(Delivery.Status.SENT, external_id=str(found.get("id", "")))

    def fetch(self, connector: Connector, source: Mapping[str, str], *, largest: int) -> Fetched:
        """https://dev.bandwidth.com/docs/messaging/media: with the key, and from Bandwidth's own host alone."""
        known = (*HOSTS, fetching.host_of(simulated(connector)) or HOSTS[0])
        return fetching.fetch(source["url"], largest=largest, known=known, **signing_in(connector))

    def prove(self, connector: Connector) -> None:
        assert connector.channel is not None
        ask(connector, "GET", f"messages?sourceTn={connector.channel.address.replace('+', '%2B')}&limit=1")

    def check(self, connector: Connector) -> Iterator[Step]:
        """https://dev.bandwidth.com/apis/messaging-apis/messaging: it lists what was sent by our number."""
        assert connector.channel is not None
        address = connector.channel.address.replace("+", "%2B")
        try:
            ask(connector, "GET", f"messages?sourceTn={address}")
        except CredentialError:
            raise
        except AdapterError as error:
            fix = gettext("Is the account number right, and may the user use Messaging?")
            yield Step(str(error), is_well=False, fix=fix)
            return
        yield Step(gettext("Bandwidth knows the desk."))
        words = gettext("Its callbacks come to %(address)s: enter it at the application, for both kinds.")
        yield Step(words % {"address": address_of(connector)})

    def reconcile(self, connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
        return past.reconcile(connector, since, until)
