"""Shopify's orders, returns and checkouts as facts; a pure translation."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from customers.facts import CartFact, Line, OrderFact, ReturnFact, Shipment
from customers.identify import Handle
from customers.models.order import CartStatus, ReturnStatus
from integrations.adapters.reading import inner, moment, money, needed, newest, pieces, rows, words
from integrations.adapters.shops.shopify.people import handles_of, name_of
from integrations.adapters.shops.shopify.words import RETURN, fulfilments, is_collected, order_status
from integrations.models import Connector

ALONE = "Default Title"  # what Shopify calls the one variant of a product that has none


def order_fact(connector: Connector, order: dict[str, Any], parcels: list[dict[str, Any]]) -> OrderFact | None:
    """`parcels` are its fulfilment orders, where they were read too. None for an order of nobody, as a counter sells to
    passers-by. A step of a parcel does not always touch the order, so the newest date in all of it counts."""
    handles = whose(connector, order)
    if not handles:
        return None
    sent = fulfilments(order)
    changed_at = newest(
        order.get("updated_at"),
        *(each.get("updated_at") for each in rows(order, "fulfillments")),
        *(each.get("processed_at") or each.get("created_at") for each in rows(order, "refunds")),
        *(each.get("updated_at") for each in parcels),
    )
    number = needed(order, "id")
    return OrderFact(
        source=connector.pk,
        external_id=number,
        number=words(order.get("name")) or words(order.get("order_number")) or number,
        handles=handles,
        status=order_status(order, parcels),
        currency=needed(order, "currency"),
        total=money(order.get("total_price"), "total_price"),
        placed_at=moment(order.get("processed_at") or order.get("created_at"), "created_at"),
        changed_at=changed_at,
        lines=tuple(order_line(each) for each in rows(order, "line_items")),
        shipments=tuple(shipment for each in sent for shipment in _shipments(each)),
        refunded=sum((_refunded(each) for each in rows(order, "refunds")), Decimal(0)),
        place=_place(connector, order, parcels),
        is_collected=is_collected(order, parcels),
        cart_id=words(order.get("cart_token")) or words(order.get("checkout_token")),
        url=admin_url(connector, "orders", number),
    )


def cart_fact(connector: Connector, checkout: dict[str, Any]) -> CartFact | None:
    """Of a checkout: a bare cart (carts/*) names nobody. None where it does not name anybody yet either."""
    handles = whose(connector, checkout)
    if not handles:
        return None
    is_done = bool(checkout.get("completed_at"))
    return CartFact(
        source=connector.pk,
        external_id=words(checkout.get("cart_token")) or needed(checkout, "token"),
        handles=handles,
        changed_at=newest(checkout.get("updated_at"), checkout.get("completed_at")),
        status=CartStatus.ORDERED if is_done else CartStatus.OPEN,
        step=_step(checkout),
        currency=words(checkout.get("currency")),
        total=money(checkout.get("total_price"), "total_price"),
        lines=tuple(order_line(each) for each in rows(checkout, "line_items")),
        url=words(checkout.get("abandoned_checkout_url")),
    )


def return_fact(connector: Connector, found: dict[str, Any], *, read_at: datetime) -> ReturnFact | None:
    """Of a Return as the GraphQL API gives it (api.RETURN): its webhooks tell too little to be kept by themselves."""
    order = inner(found, "order")
    customer = {"id": words(inner(order, "customer").get("legacyResourceId"))}
    handles = handles_of(connector, customer, email=words(order.get("email")))
    if not handles:
        return None
    refunds = rows(inner(found, "refunds"), "nodes")
    amount = sum((_shop_money(inner(each, "totalRefundedSet"), "totalRefundedSet") for each in refunds), Decimal(0))
    said = [each for each in rows(inner(found, "returnLineItems"), "nodes") if each]
    status = words(found.get("status"))
    if status not in RETURN:
        raise ValueError(f"A return is “{status[:40]}”, which the desk does not know.")
    ours = ReturnStatus.REFUNDED if amount and status in ("OPEN", "CLOSED") else RETURN[status]
    return ReturnFact(
        source=connector.pk,
        external_id=last_of(needed(found, "id")),
        handles=handles,
        status=ours,
        currency=needed(order, "currencyCode"),
        opened_at=moment(found.get("createdAt"), "createdAt"),
        changed_at=read_at,
        number=words(found.get("name")),
        order_id=last_of(needed(order, "id")),
        amount=amount,
        lines=tuple(_return_line(each) for each in said),
        reason=_reason(said),
    )


def whose(connector: Connector, bought: dict[str, Any]) -> tuple[Handle, ...]:
    customer = inner(bought, "customer")
    if not name_of(customer) and (address := inner(bought, "billing_address") or inner(bought, "shipping_address")):
        customer = {**customer, "name": name_of(address)}
    email, phone = words(bought.get("email")), words(bought.get("phone"))
    return handles_of(connector, customer, email=email, phone=phone)


def admin_url(connector: Connector, what: str, number: str) -> str:
    domain = words(connector.settings.get("domain"))
    return f"https://{domain}/admin/{what}/{number}" if domain else ""


def last_of(gid: str) -> str:
    """“gid://shopify/Order/123” is 123 in webhooks."""
    return gid.rpartition("/")[2]


def order_line(line: dict[str, Any]) -> Line:
    variant = words(line.get("variant_title"))
    return Line(
        name=words(line.get("title")) or words(line.get("name")),
        quantity=pieces(line.get("quantity"), "quantity"),
        price=money(line.get("price"), "price"),
        product_id=words(line.get("variant_id")) or words(line.get("product_id")),
        sku=words(line.get("sku")),
        variant="" if variant == ALONE else variant,
        line_id=words(line.get("id")),
    )


def _return_line(line: dict[str, Any]) -> Line:
    sold = inner(inner(line, "fulfillmentLineItem"), "lineItem")
    variant = words(sold.get("variantTitle"))
    return Line(
        name=words(sold.get("title")),
        quantity=pieces(line.get("quantity"), "quantity"),
        price=_shop_money(inner(sold, "originalUnitPriceSet"), "originalUnitPriceSet"),
        product_id=words(inner(sold, "variant").get("legacyResourceId")),
        sku=words(sold.get("sku")),
        variant="" if variant == ALONE else variant,
        line_id=last_of(words(sold.get("id"))),
    )


def _reason(lines: list[dict[str, Any]]) -> str:
    """In the customer's words where there are some."""
    said = [words(each.get("customerNote")) or words(each.get("returnReasonNote")) for each in lines]
    chosen = [words(inner(each, "returnReasonDefinition").get("name")) for each in lines]
    told = [note or reason for note, reason in zip(said, chosen, strict=True)]
    return "; ".join(dict.fromkeys(each for each in told if each))[:400]


def _shop_money(bag: dict[str, Any], name: str) -> Decimal:
    return money(inner(bag, "shopMoney").get("amount"), name)


def _refunded(refund: dict[str, Any]) -> Decimal:
    """Only money that went back: a refund may also be a restocking alone, or a payment that failed."""
    moved = [
        each
        for each in rows(refund, "transactions")
        if each.get("kind") == "refund" and each.get("status") in ("success", "pending")
    ]
    return sum((money(each.get("amount"), "amount") for each in moved), Decimal(0))


def _shipments(fulfilment: dict[str, Any]) -> Iterator[Shipment]:
    status = words(fulfilment.get("shipment_status")) or words(fulfilment.get("status"))
    numbers = _listed(fulfilment, "tracking_number", "tracking_numbers")
    urls = _listed(fulfilment, "tracking_url", "tracking_urls")
    for index, number in enumerate(numbers or [""]):
        url = urls[index] if index < len(urls) else ""
        yield Shipment(
            words(fulfilment.get("tracking_company")), number, url, status, words(fulfilment.get("updated_at"))
        )


def _listed(fulfilment: dict[str, Any], one: str, many: str) -> list[str]:
    found = fulfilment.get(many)
    listed = [words(each) for each in found] if isinstance(found, list) else []
    return [each for each in listed if each] or [each for each in [words(fulfilment.get(one))] if each]


def _place(connector: Connector, order: dict[str, Any], parcels: list[dict[str, Any]]) -> str:
    """The counter it was bought at, or lies ready at; "" for what the web sold and the post brings."""
    collected = [each for each in parcels if inner(each, "delivery_method").get("method_type") == "pick_up"]
    if collected:
        return words(inner(collected[0], "assigned_location").get("name"))
    if words(order.get("source_name")) != "pos":
        return ""
    known = connector.settings.get("locations") or {}
    return words(known.get(words(order.get("location_id"))))


def _step(checkout: dict[str, Any]) -> str:
    """How far it got, from what is filled in."""
    if checkout.get("completed_at"):
        return "ordered"
    if rows(checkout, "shipping_lines"):
        return "payment"
    return "shipping" if inner(checkout, "shipping_address") else "address"
