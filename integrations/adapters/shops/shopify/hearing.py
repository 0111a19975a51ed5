"""Shopify's webhooks: is this one of the shop's own, and what does each topic say.

https://shopify.dev/docs/apps/build/webhooks/delivery-structure, …/verify-deliveries, https://shopify.dev/docs/api/webhooks
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from customers.facts import ConsentFact, Fact
from customers.models.order import OrderStatus
from integrations.adapters.base import NotGenuineError
from integrations.adapters.reading import inner, moment, needed, payload, rows, words
from integrations.adapters.shops.asks import Partial, PrivacyRequest
from integrations.adapters.shops.shopify.goods import product_facts, variant_fact
from integrations.adapters.shops.shopify.orders import cart_fact, last_of, order_fact, return_fact
from integrations.adapters.shops.shopify.people import consent_facts, customer_facts, handles_of
from integrations.adapters.shops.signature import body_of, is_signed
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent

Said = Fact | Partial | PrivacyRequest
UNAUTHORISED = 401  # what Shopify wants to see from whoever does not believe a wrong signature
SECRETS = ("client_secret", "signing_secret", "former_secret")


def arrival(connector: Connector, request: HttpRequest) -> Arrival:
    """Raises NotGenuineError. The id is of one delivery to one subscription, and the same at each try; two topics of
    one event have two ids, though one X-Shopify-Event-Id."""
    body, headers = body_of(request), request.headers
    secrets = [connector.secrets.get(name, "") for name in SECRETS]
    if not is_signed(secrets, body, headers.get("X-Shopify-Hmac-Sha256", "")):
        raise NotGenuineError("The signature does not fit.", status=UNAUTHORISED)
    shop = headers.get("X-Shopify-Shop-Domain", "").lower()
    if shop and shop != str(connector.settings.get("domain", "")).lower():
        raise NotGenuineError(f"It is of another shop, {shop[:100]}.", status=UNAUTHORISED)
    topic = headers.get("X-Shopify-Topic", "")[:120]
    kept = {"topic": topic, "triggered_at": headers.get("X-Shopify-Triggered-At", "")[:40]}
    kept |= {"api_version": headers.get("X-Shopify-API-Version", "")[:20]}
    name = headers.get("X-Shopify-Webhook-Id", "")[:200]
    digest = hashlib.sha256(topic.encode() + b"\n" + body).hexdigest()
    return Arrival(name, digest, body, topic[:40], kept)


def said_by(connector: Connector, raw: RawEvent) -> Iterator[Said]:
    """Nothing for a topic that no customer's story has a place for. Raises ValueError for what cannot be."""
    topic = str(raw.headers.get("topic") or raw.kind)
    for start, says in TOPICS.items():
        if topic == start or (start.endswith("/") and topic.startswith(start)):
            yield from says(connector, payload(raw), raw)
            return


def _order(connector: Connector, order: dict[str, Any], raw: RawEvent) -> Iterator[Said]:
    """Whether it is collected, and whether it is on hold, stands with its parcels, which only the desk's own reading
    brings: so a new one is read once, and one of the past that is still to be sent; and of one that we know to be on
    hold it is asked whether it still is."""
    fact = order_fact(connector, order, rows(order, "fulfillment_orders"))
    if fact is None:
        return
    yield fact
    if raw.kind == "orders/create" and words(order.get("source_name")) != "pos":
        yield Partial("orders", fact.external_id)
    elif fact.status == OrderStatus.PAID and "fulfillment_orders" not in order:
        yield Partial("orders", fact.external_id, only_if_held=raw.kind != "orders/read")


def _edited(connector: Connector, found: dict[str, Any], raw: RawEvent) -> Iterator[Said]:
    yield Partial("orders", needed(inner(found, "order_edit") or found, "order_id"))


def _part_of_order(connector: Connector, found: dict[str, Any], raw: RawEvent) -> Iterator[Said]:
    yield Partial("orders", needed(found, "order_id"))


def _refund(connector: Connector, found: dict[str, Any], raw: RawEvent) -> Iterator[Said]:
    yield Partial("orders", needed(found, "order_id"))
    if number := words(inner(found, "return").get("id")):
        yield Partial("returns", number)


def _parcel(connector: Connector, found: dict[str, Any], raw: RawEvent) -> Iterator[Said]:
    parcel = inner(found, "fulfillment_order") or inner(found, "original_fulfillment_order")
    if number := words(parcel.get("id")):
        yield Partial("parcels", last_of(number))


def _return(connector: Connector, found: dict[str, Any], raw: RawEvent) -> Iterator[Said]:
    yield Partial("returns", words(found.get("id")) or last_of(needed(found, "admin_graphql_api_id")))


def _return_read(connector: Connector, found: dict[str, Any], raw: RawEvent) -> Iterator[Said]:
    if fact := return_fact(connector, found, read_at=_at(raw, "read_at")):
        yield fact


def _checkout(connector: Connector, found: dict[str, Any], raw: RawEvent) -> Iterator[Said]:
    if fact := cart_fact(connector, found):
        yield fact


def _customer(connector: Connector, found: dict[str, Any], raw: RawEvent) -> Iterator[Said]:
    yield from customer_facts(connector, found)


def _consent(connector: Connector, found: dict[str, Any], raw: RawEvent) -> Iterator[ConsentFact]:
    number = words(found.get("customer_id")) or needed(found, "id")
    yield from consent_facts(connector, found, handles_of(connector, {"id": number}), _at(raw, "triggered_at"))


def _product(connector: Connector, found: dict[str, Any], raw: RawEvent) -> Iterator[Said]:
    yield from product_facts(connector, found)


def _variant(connector: Connector, found: dict[str, Any], raw: RawEvent) -> Iterator[Said]:
    yield variant_fact(connector, found)


def _stock(connector: Connector, found: dict[str, Any], raw: RawEvent) -> Iterator[Said]:
    yield Partial("stock", needed(found, "inventory_item_id"))


def _privacy(what: str) -> "Says":
    def says(connector: Connector, found: dict[str, Any], raw: RawEvent) -> Iterator[PrivacyRequest]:
        asked = found.get("orders_requested") or found.get("orders_to_redact") or []
        orders = tuple(words(each) for each in asked) if isinstance(asked, list) else ()
        reference = words(inner(found, "data_request").get("id"))
        yield PrivacyRequest(what, handles_of(connector, inner(found, "customer")), orders, reference)

    return says


def _at(raw: RawEvent, name: str) -> datetime:
    told = raw.headers.get(name)
    return moment(told, name) if told else raw.received_at or timezone.now()


Says = Callable[[Connector, dict[str, Any], RawEvent], Iterator[Said]]
# A whole topic, or all that begin so; the first that fits. “…/read”: what the desk asked for itself (past.py).
TOPICS: dict[str, Says] = {
    "orders/create": _order,
    "orders/updated": _order,
    "orders/paid": _order,
    "orders/cancelled": _order,
    "orders/fulfilled": _order,
    "orders/partially_fulfilled": _order,
    "orders/read": _order,
    "orders/edited": _edited,
    "fulfillments/": _part_of_order,
    "fulfillment_events/": _part_of_order,
    "fulfillment_orders/": _parcel,
    "refunds/create": _refund,
    "returns/read": _return_read,
    "returns/": _return,
    "checkouts/create": _checkout,
    "checkouts/update": _checkout,
    "customers/create": _customer,
    "customers/update": _customer,
    "customers/enable": _customer,
    "customers/disable": _customer,
    "customers/read": _customer,
    "customers_email_marketing_consent/": _consent,
    "customers_marketing_consent/": _consent,
    "products/create": _product,
    "products/update": _product,
    "products/read": _variant,
    "inventory_levels/": _stock,
    "customers/data_request": _privacy("export"),
    "customers/redact": _privacy("erase"),
    "shop/redact": _privacy("forget shop"),
}
