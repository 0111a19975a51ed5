"""The adapter of a LINE Official Account.

Its settings: what `check` notes, account and account_id. Its secrets: channel_secret (it signs the webhooks),
access_token; webhook_secret, which the desk makes.
"""

import base64
import hashlib
import hmac
import secrets as randomness
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy

from conversations.envelopes import DeliveryReport, OutboundMessage
from conversations.models import Medium
from integrations.adapters.about import About, Field, Step
from integrations.adapters.base import Fetched, NotGenuineError, Understood, check_address
from integrations.adapters.media.download import download
from integrations.adapters.media.heard import body_of, digest_of, object_in
from integrations.adapters.media.line import api, checking, sending
from integrations.adapters.media.line.understanding import understood
from integrations.adapters.reading import words
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent

HEADER = "X-Line-Signature"
UNAUTHORISED = 401


def sign(secret: str, body: bytes) -> str:
    """https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/"""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


class LineAdapter:
    about = About(
        title="LINE",
        what=gettext_lazy(
            "Friends of your LINE Official Account write to it; agents answer with text, files and buttons."
        ),
        medium=Medium.LINE,
        address=gettext_lazy("Account"),
        fields=(
            Field("channel_secret", gettext_lazy("Channel secret"), "secret"),
            Field("access_token", gettext_lazy("Channel access token"), "secret"),
        ),
        at_provider=(
            gettext_lazy("In the LINE Developers Console, open the channel of the Messaging API."),
            gettext_lazy("Copy the channel secret (Basic settings) and a long-lived access token (Messaging API)."),
            gettext_lazy(
                "Press Test connection here: it sets the webhook {address}. Then switch “Use webhook” on there."
            ),
        ),
        made={"webhook_secret": lambda: randomness.token_urlsafe(24)},
        has_hook=True,
        manual="https://developers.line.biz/en/docs/messaging-api/getting-started/",
    )

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> Iterable[Arrival]:
        """Raises NotGenuineError. A webhook that LINE sends again differs in deliveryContext alone."""
        check_address(connector, secret)
        body, known = body_of(request), connector.secrets.get("channel_secret", "")
        if not known or not constant_time_compare(sign(known, body), request.headers.get(HEADER, "")):
            raise NotGenuineError("The signature does not fit.", status=UNAUTHORISED)
        events = object_in(body).get("events")
        told = [
            {name: part for name, part in event.items() if name != "deliveryContext"}
            if isinstance(event, dict)
            else event
            for event in (events if isinstance(events, list) else [])
        ]
        return [Arrival("", digest_of(told or body.hex()), body, "webhook")]

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        return understood(connector, raw)

    def fetch(self, connector: Connector, source: Mapping[str, str], *, largest: int) -> Fetched:
        if url := source.get("url"):
            return download(api.LINE, url, largest=largest)
        return api.content(connector, source["message"], largest)

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        return sending.send(connector, message)

    def name_of(self, connector: Connector, value: str) -> str:
        """https://developers.line.biz/en/reference/messaging-api/#get-profile: webhooks bring ids alone."""
        return words(api.found(connector, f"/v2/bot/profile/{quote(value, safe='')}").get("displayName"))

    def prove(self, connector: Connector) -> None:
        api.found(connector, "/v2/bot/info")

    def check(self, connector: Connector) -> Iterator[Step]:
        return checking.check(connector)
