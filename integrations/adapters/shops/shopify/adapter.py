"""The adapter of a Shopify shop.

Its settings: domain (name.myshopify.com), shop (the word that its accounts are told apart by; the chat's connector has
the same), and what `check` notes: currency, site, locations, may. Its secrets: webhook_secret (the last word of the
webhooks' address), client_id and client_secret of the app, or access_token of an older one; signing_secret, where
webhooks are made under Settings, Notifications.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, OutboundMessage
from customers.facts import Fact
from customers.models import Order
from integrations.adapters.about import Compared, Step
from integrations.adapters.base import AdapterError, check_address
from integrations.adapters.shops import abouts, checking, connecting
from integrations.adapters.shops.base import Act, Cursor, Document, OrderAct, Page
from integrations.adapters.shops.reread import order_again
from integrations.adapters.shops.shopify import acts, past
from integrations.adapters.shops.shopify.check import check
from integrations.adapters.shops.shopify.hearing import Said, arrival, said_by
from integrations.adapters.shops.shopify.subscribe import subscribe
from integrations.adapters.shops.signature import LARGEST
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent


class ShopifyAdapter:
    largest = LARGEST  # bytes of a webhook
    about = abouts.SHOPIFY

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> Iterable[Arrival]:
        check_address(connector, secret)
        return [arrival(connector, request)]

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Said]:
        return said_by(connector, raw)

    def acts(self, connector: Connector) -> frozenset[OrderAct]:
        return acts.acts(connector)

    def act(self, connector: Connector, order: Order, act: Act) -> Iterable[Fact | Document]:
        told = acts.carry_out(connector, order, act)
        return [*order_again(self, connector, order), *told]

    def pages(
        self, connector: Connector, cursor: Cursor, since: datetime | None, until: datetime | None = None
    ) -> Iterator[Page]:
        return past.pages(connector, cursor, since, until)

    def reread(self, connector: Connector, kind: str, external_id: str) -> list[Arrival]:
        return past.reread(connector, kind, external_id)

    def wire(self, connector: Connector) -> None:
        connecting.complete(connector)

    def look_over(self, connector: Connector) -> list[str]:
        return check(connector)

    def check(self, connector: Connector) -> Iterator[Step]:
        return checking.check(self, connector)

    def reconcile(self, connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
        return past.reconcile(connector, since, until)

    def subscribe(self, connector: Connector, address: str) -> tuple[int, list[str]]:
        return subscribe(connector, address)

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        raise AdapterError(_("A shop sends no messages."), permanent=True)
