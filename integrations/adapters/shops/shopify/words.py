"""Shopify's words for the state of things, and ours: one table for each.

https://shopify.dev/docs/api/admin-rest/latest/resources/order (financial_status, fulfillment_status), …/fulfillment
(shipment_status), …/fulfillmentorder (status), https://shopify.dev/docs/api/admin-graphql/latest/enums/ReturnStatus.
"""

from typing import Any

from customers.models.order import OrderStatus, ReturnStatus
from integrations.adapters.reading import inner, rows, words

FINANCIAL = {
    "pending": OrderStatus.PLACED,
    "authorized": OrderStatus.PLACED,
    "partially_paid": OrderStatus.PLACED,
    "paid": OrderStatus.PAID,
    "partially_refunded": OrderStatus.PAID,
    "refunded": OrderStatus.REFUNDED,
    "voided": OrderStatus.PLACED,  # the hold on the card was let go: nobody has paid, nobody has cancelled
    "expired": OrderStatus.PLACED,
}
FULFILMENT = {
    "fulfilled": OrderStatus.SHIPPED,
    "partial": OrderStatus.PARTLY_SHIPPED,
}  # "restocked", null: nothing left
SHIPMENT = {
    "delivered": OrderStatus.DELIVERED,
    "ready_for_pickup": OrderStatus.READY,
    "picked_up": OrderStatus.COLLECTED,
}  # label_printed, confirmed, in_transit, out_for_delivery, attempted_delivery, failure: still on its way
ON_HOLD, IN_HAND = "on_hold", "in_progress"  # of a fulfilment order
PICKED_UP = "pick_up"  # its delivery_method.method_type
VALID_FULFILMENTS = {"success", "open", "pending"}

RETURN = {
    "REQUESTED": ReturnStatus.OPENED,
    "OPEN": ReturnStatus.APPROVED,
    "DECLINED": ReturnStatus.REFUSED,
    "CANCELED": ReturnStatus.CLOSED,
    "CLOSED": ReturnStatus.CLOSED,
}
CONSENT = {
    "subscribed": True,
    "unsubscribed": False,
    "not_subscribed": False,
}  # pending, redacted, invalid: no word yet


def order_status(order: dict[str, Any], parcels: list[dict[str, Any]]) -> str:
    """`parcels` are the order's fulfilment orders, where they are known."""
    if order.get("cancelled_at"):
        return OrderStatus.CANCELLED
    paid = _known(FINANCIAL, order.get("financial_status"), "financial_status") or OrderStatus.PLACED
    if paid == OrderStatus.REFUNDED:
        return paid
    sent = FULFILMENT.get(words(order.get("fulfillment_status")))
    if sent == OrderStatus.SHIPPED:
        return _arrived(order, parcels) or sent
    if sent:
        return sent
    return _waiting(parcels) or paid


def is_collected(order: dict[str, Any], parcels: list[dict[str, Any]]) -> bool:
    of_parcels = any(inner(each, "delivery_method").get("method_type") == PICKED_UP for each in parcels)
    return of_parcels or any(SHIPMENT.get(_last(each)) in _AT_THE_SHOP for each in fulfilments(order))


def fulfilments(order: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in rows(order, "fulfillments") if words(each.get("status")) in VALID_FULFILMENTS]


_AT_THE_SHOP = {OrderStatus.READY, OrderStatus.COLLECTED}


def _arrived(order: dict[str, Any], parcels: list[dict[str, Any]]) -> str:
    """What all its shipments have come to; "" while one of them is on its way."""
    states = {SHIPMENT.get(_last(each), "") for each in fulfilments(order)}
    if states == {""} and is_collected(order, parcels):
        return OrderStatus.COLLECTED  # handed over at the counter: nothing travels
    return states.pop() if len(states) == 1 else ""


def _waiting(parcels: list[dict[str, Any]]) -> str:
    open_ones = [each for each in parcels if words(each.get("status")) not in ("closed", "cancelled")]
    if any(words(each.get("status")) == ON_HOLD for each in open_ones):
        return OrderStatus.HELD
    is_ready = open_ones and all(
        inner(each, "delivery_method").get("method_type") == PICKED_UP and words(each.get("status")) == IN_HAND
        for each in open_ones
    )
    return OrderStatus.READY if is_ready else ""


def _last(fulfilment: dict[str, Any]) -> str:
    return words(fulfilment.get("shipment_status"))


def _known(table: dict[str, Any], value: object, name: str) -> str:
    """Raises ValueError for a word that Shopify did not have when this was written: better aside than wrong."""
    word = words(value)
    if word and word not in table:
        raise ValueError(f"“{name}” is “{word[:40]}”, which the desk does not know.")
    return table.get(word, "")
