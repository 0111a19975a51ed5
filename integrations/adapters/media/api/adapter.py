"""The adapter of any source that speaks our own signed webhook: docs/api.md is its manual.

Its settings: source (the word that its people's ids stand behind), send_url (where answers go), shop (whose accounts
it names), region. Its secrets: webhook_secret (the last word of the address) and signing_secret, both ours to make.
"""

import secrets as randomness
import time
from collections.abc import Iterable, Iterator, Mapping

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.envelopes import DeliveryReport, InboundMessage, OutboundMessage, OutboundReaction
from conversations.models import Medium
from integrations.adapters.about import About, Field, Step
from integrations.adapters.base import (
    AdapterError,
    CredentialError,
    Fetched,
    NotGenuineError,
    Understood,
)
from integrations.adapters.media import ours
from integrations.adapters.media.api import schema, sending
from integrations.adapters.media.api.understanding import envelope_of
from integrations.adapters.reading import read_json
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent

LARGEST = 30_000_000  # bytes: 20 MB of files in base64, and what stands around them
MOST_ITEMS = 100


def body_of(request: HttpRequest) -> bytes:
    told = request.headers.get("Content-Length", "")
    if (told.isdecimal() and int(told) > LARGEST) or len(request.body) > LARGEST:
        raise NotGenuineError(f"It has more than {LARGEST // 1_000_000} MB.", status=413)
    return request.body


class ApiAdapter:
    largest = LARGEST  # bytes of a webhook
    about = About(
        title=gettext_lazy("Your own source"),
        what=gettext_lazy("Anything that can call an address: an app, a marketplace, a contact form of your own."),
        medium=Medium.API,
        address=gettext_lazy("A name for it, such as “app”"),
        fields=(
            Field(
                "source",
                gettext_lazy("Word before its people's ids"),
                help=gettext_lazy("Two sources may both have a customer 17. Leave it as it is once people wrote."),
                is_required=False,
                example="app",
            ),
            Field(
                "send_url",
                gettext_lazy("Where answers go"),
                "address",
                help=gettext_lazy("The desk calls it, signed, with each answer. Without it, nobody can answer here."),
                is_required=False,
                example="https://app.example/desk",
                settled=ours.outside,
            ),
            Field(
                "shop",
                gettext_lazy("Shop whose accounts it names"),
                help=gettext_lazy("The same word as the chat of that shop has, if people are signed in there."),
                is_required=False,
            ),
            Field(
                "region",
                gettext_lazy("Country of numbers without one"),
                is_required=False,
                example="GB",
            ),
        ),
        at_provider=(
            gettext_lazy("Have your source send its messages to {address}, signed as the manual says."),
            gettext_lazy("Signing secret, for its back end only: {signing_secret}"),
        ),
        made={
            "webhook_secret": lambda: randomness.token_urlsafe(24),
            "signing_secret": lambda: randomness.token_urlsafe(32),
        },
        has_hook=True,
    )

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> Iterable[Arrival]:
        return ours.hear(connector, request, secret=secret, kind=kind, body_of=body_of)

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        return ours.each(items_of(bytes(raw.body)), lambda found: [envelope_of(connector, raw, schema.read(found))])

    def fetch(self, connector: Connector, source: Mapping[str, str], *, largest: int) -> Fetched:
        answer = sending.fetch(source["url"], largest)
        return Fetched(answer.body, answer.headers.get("content-type", ""))

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        return sending.send(connector, message)

    def react(self, connector: Connector, reaction: OutboundReaction) -> None:
        sending.react(connector, reaction)

    def check(self, connector: Connector) -> Iterator[Step]:
        """Calls the source as an answer would, with a ping that it need only take."""
        if not connector.settings.get("send_url"):
            yield Step(_("It only brings messages in: no address for answers is entered."))
            return
        started = time.monotonic()
        try:
            sending.call(connector, {"kind": "ping", "id": f"ping-{int(time.time())}"})
        except CredentialError as error:
            yield Step(str(error), False, time.monotonic() - started, _("Enter the signing secret there anew."))
            raise
        except AdapterError as error:
            fix = _("Have it answer 200 to a call whose kind is “ping”, as the manual says.")
            yield Step(str(error), False, time.monotonic() - started, fix)
            return
        yield Step(_("Your source took a signed call."), seconds=time.monotonic() - started)

    def tell(self, raw: RawEvent, envelope: Understood) -> dict[str, object]:
        return {"type": "message"} if isinstance(envelope, InboundMessage) else {}


def items_of(body: bytes) -> list[object]:
    """One item, or several as {"items": […]}. Raises ValueError where it is neither."""
    try:
        found = read_json(body)
    except UnicodeDecodeError as error:
        raise ValueError(f"It is not UTF-8: byte {error.start}.") from None
    items = found.get("items", [found]) if isinstance(found, dict) else None
    if not isinstance(items, list):
        raise ValueError("It is neither an item nor {“items”: […]}.")
    if len(items) > MOST_ITEMS:
        raise ValueError(f"It has more than {MOST_ITEMS} items.")
    return items
