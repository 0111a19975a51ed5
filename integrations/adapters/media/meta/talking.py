"""What the adapters of Meta's app share: the way in of all three, and the talks of Messenger and Instagram."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from conversations.envelopes import DeliveryReport, OutboundMessage, OutboundReaction
from integrations.adapters.about import Compared
from integrations.adapters.base import Fetched, Understood, check_address
from integrations.adapters.media import fetching
from integrations.adapters.media.meta import graph, hearing, past, send_api, talk
from integrations.adapters.media.meta.profiles import name_of
from integrations.adapters.media.meta.telling import told
from integrations.adapters.shops.base import Page
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent


class OfMeta:
    largest = hearing.LARGEST  # bytes of a webhook

    def challenge(self, connector: Connector, request: HttpRequest) -> HttpResponse | None:
        return hearing.challenge(connector, request)

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> Iterable[Arrival]:
        check_address(connector, secret)
        return hearing.arrivals(connector, request)

    def tell(self, raw: RawEvent, envelope: Understood) -> dict[str, object]:
        return told(raw, envelope)


class Talking(OfMeta):
    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        return talk.understand(connector, raw)

    def fetch(self, connector: Connector, source: Mapping[str, str], *, largest: int) -> Fetched:
        """Of Meta's public store, which must not see our token; the address ends after some days."""
        return fetching.fetch(source["url"], largest=largest)

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        return send_api.send(connector, message)

    def react(self, connector: Connector, reaction: OutboundReaction) -> None:
        send_api.react(connector, reaction)

    def seen(self, connector: Connector, external_id: str, to: str) -> None:
        send_api.seen(connector, to)

    def prove(self, connector: Connector) -> None:
        graph.ask(connector, "GET", "me", params={"fields": "id"})

    def name_of(self, connector: Connector, value: str) -> str:
        return name_of(connector, value)

    def pages(
        self, connector: Connector, cursor: Mapping[str, object], since: datetime | None, until: datetime | None = None
    ) -> Iterator[Page]:
        return past.pages(connector, cursor, since, until)

    def reconcile(self, connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
        return past.reconcile(connector, since, until)
