"""The order as the shop has it after an agent has done something to it."""

from collections.abc import Iterator

from customers.facts import Fact
from customers.models import Order
from integrations.adapters.base import AdapterError
from integrations.adapters.shops.asks import Partial, PrivacyRequest
from integrations.adapters.shops.base import Shop
from integrations.models import Connector, RawEvent


def order_again(shop: Shop, connector: Connector, order: Order) -> Iterator[Fact]:
    """Nothing where the shop does not answer now: it is done, and a webhook will tell of it."""
    try:
        arrivals = shop.reread(connector, "orders", order.external_id)
    except AdapterError:
        return
    for found in arrivals:
        raw = RawEvent(connector=connector, kind=found.kind, body=found.body, headers=found.headers)
        for said in shop.understand(connector, raw):
            if not isinstance(said, Partial | PrivacyRequest):
                yield said
