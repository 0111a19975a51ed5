"""WooCommerce's webhooks: is this one of the shop's own, and what does each topic say.

https://woocommerce.com/document/webhooks/ and its source, includes/class-wc-webhook.php. The ping of a new webhook is a
form, “webhook_id=7”, without topic and signature. X-WC-Webhook-Delivery-ID is a hash of the webhook and the second:
two orders of one second share it, so it names a delivery only together with what is in it.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest

from customers.facts import Fact
from integrations.adapters.base import NotGenuineError
from integrations.adapters.reading import inner, needed, payload, words
from integrations.adapters.shops.asks import Partial
from integrations.adapters.shops.signature import body_of, is_signed
from integrations.adapters.shops.woocommerce.orders import customer_facts, order_facts, product_facts
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent

Said = Fact | Partial
PING = re.compile(rb"webhook_id=\d{1,12}")


def arrivals(connector: Connector, request: HttpRequest) -> list[Arrival]:
    """Nothing for a ping, which the secret address alone lets in. Raises NotGenuineError."""
    body, headers = body_of(request), request.headers
    if "X-WC-Webhook-Topic" not in headers and PING.fullmatch(body.strip()):
        return []
    secrets = [connector.secrets.get(name, "") for name in ("signing_secret", "former_secret")]
    if not is_signed(secrets, body, headers.get("X-WC-Webhook-Signature", "")):
        raise NotGenuineError("The signature does not fit.")
    topic = headers.get("X-WC-Webhook-Topic", "")[:120]
    delivery = headers.get("X-WC-Webhook-Delivery-ID", "")[:200]
    digest = hashlib.sha256(topic.encode() + b"\n" + body).hexdigest()
    return [Arrival(delivery, digest, body, topic[:40], {"topic": topic})]


def said_by(connector: Connector, raw: RawEvent) -> Iterator[Said]:
    """Nothing for a topic that no customer's story has a place for. Raises ValueError for what cannot be."""
    says = TOPICS.get(str(raw.headers.get("topic") or raw.kind))
    if says:
        yield from says(connector, payload(raw))


def _order(connector: Connector, order: dict[str, Any]) -> Iterator[Said]:
    """A webhook whose maker may not read orders any more brings the error in the order's place: then the desk reads."""
    if "status" not in order and "id" in order:
        yield Partial("orders", needed(order, "id"))
    elif "code" in order and "id" not in order:
        raise ValueError(f"The shop sent an error in the order's place: {words(order.get('message'))[:200]}")
    else:
        yield from order_facts(connector, order)


def _gone(connector: Connector, found: dict[str, Any]) -> Iterator[Said]:
    """Nothing but its number is sent. In the bin, it can still be read there."""
    yield Partial("orders", needed(found, "id"))


def _refund(connector: Connector, found: dict[str, Any]) -> Iterator[Said]:
    """Of an action webhook on “woocommerce_order_refunded”, whose argument is the number of the order."""
    argument = found.get("arg")
    number = words(argument) or words(inner(found, "arg").get("order_id"))
    if number:
        yield Partial("orders", number)


Says = Callable[[Connector, dict[str, Any]], Iterator[Said]]
# “….read”: what the desk asked for itself (past.py).
TOPICS: dict[str, Says] = {
    "order.created": _order,
    "order.updated": _order,
    "order.restored": _order,
    "order.read": _order,
    "order.deleted": _gone,
    "action.woocommerce_order_refunded": _refund,
    "customer.created": customer_facts,
    "customer.updated": customer_facts,
    "customer.read": customer_facts,
    "product.created": product_facts,
    "product.updated": product_facts,
    "product.restored": product_facts,
    "product.read": product_facts,
}
