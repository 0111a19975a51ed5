"""The adapter of a WooCommerce shop.

Its settings: site (https://shop.example), shop (the word that its accounts are told apart by; the chat's connector has
the same), statuses (words of plug-ins, translated), auth, verifies (“email”: the shop has had the addresses of its
accounts confirmed), and what `check` notes: currency, may. Its secrets:
webhook_secret (the last word of the webhooks' address), signing_secret, consumer_key, consumer_secret.
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
from integrations.adapters.shops.signature import LARGEST
from integrations.adapters.shops.woocommerce import acts, past
from integrations.adapters.shops.woocommerce.check import check
from integrations.adapters.shops.woocommerce.hearing import Said, arrivals, said_by
from integrations.adapters.shops.woocommerce.subscribe import subscribe
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent


class WooCommerceAdapter:
    largest = LARGEST  # bytes of a webhook
    about = abouts.WOOCOMMERCE

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> Iterable[Arrival]:
        check_address(connector, secret)
        return arrivals(connector, request)

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
