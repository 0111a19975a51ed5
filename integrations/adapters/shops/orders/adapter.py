"""The adapter of our own order webhook. Such a shop sends its past itself, so there is none to read.

Its settings: shop (the word that its accounts' numbers stand behind, the same as the chat's), act_url and acts (where
the shop takes refunds and the like, and which of them). Its secrets: webhook_secret (the last word of the webhook's
address) and signing_secret.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from functools import partial

from django.http import HttpRequest

from customers.facts import Fact
from customers.models import Order
from integrations.adapters import signed
from integrations.adapters.about import Step
from integrations.adapters.base import Aside, NotGenuineError, Told, Understood, check_address
from integrations.adapters.reading import read_json
from integrations.adapters.shops import abouts
from integrations.adapters.shops.base import Act, Document, OrderAct
from integrations.adapters.shops.orders import acting, schema
from integrations.adapters.shops.orders.check import check
from integrations.adapters.shops.orders.facts import facts_of
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent

LARGEST = 2_000_000  # bytes
MOST_ITEMS = 500


class OrdersAdapter:
    about = abouts.ORDERS

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> Iterable[Arrival]:
        check_address(connector, secret)
        body = request.body
        if len(body) > LARGEST:
            raise NotGenuineError(f"It has more than {LARGEST // 1_000_000} MB.", status=413)
        signed.check(
            connector.secrets.get("signing_secret", ""),
            body,
            stamp=request.headers.get(signed.TIMESTAMP, ""),
            signature=request.headers.get(signed.SIGNATURE, ""),
        )
        return [Arrival("", hashlib.sha256(body).hexdigest(), body, kind)]

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        """Each item by itself: what is wrong with one keeps no other out."""
        for number, found in enumerate(items_of(bytes(raw.body))):
            try:
                facts = facts_of(connector, schema.read(found))
            except ValueError as error:
                yield Aside(number, str(error), _alone(found))
            else:
                yield Told(number, facts, partial(_alone, found))

    def acts(self, connector: Connector) -> frozenset[OrderAct]:
        if not connector.settings.get("act_url"):
            return frozenset()
        return frozenset(OrderAct(each) for each in connector.settings.get("acts", []) if each in list(OrderAct))

    def act(self, connector: Connector, order: Order, act: Act) -> Iterable[Fact | Document]:
        return acting.act(connector, order, act)

    def wire(self, connector: Connector) -> None:
        if connector.settings.get("act_url") and not connector.settings.get("acts"):
            connector.settings["acts"] = [str(each) for each in OrderAct]

    def check(self, connector: Connector) -> Iterator[Step]:
        return check(connector)


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


def _alone(found: object) -> bytes:
    return json.dumps({"items": [found]}, default=str).encode()
