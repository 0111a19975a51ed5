"""The steps of a purchase as Events: each once, under a name made of the thing and the step, whoever tells of it."""

from datetime import datetime
from decimal import Decimal

from customers.events import record_own
from customers.models import Cart, Identity, Loyalty, Order, Return
from customers.models.order import OrderStatus, ReturnStatus
from customers.money import plainly

Row = dict[str, object]

PLACED = "Order Placed"
OF_ORDER = {
    OrderStatus.PAID: "Order Paid",
    OrderStatus.HELD: "Order Held",
    OrderStatus.PARTLY_SHIPPED: "Order Partly Shipped",
    OrderStatus.SHIPPED: "Order Shipped",
    OrderStatus.DELIVERED: "Order Delivered",
    OrderStatus.READY: "Order Ready",
    OrderStatus.COLLECTED: "Order Collected",
    OrderStatus.CANCELLED: "Order Cancelled",
}
REFUNDED = "Order Refunded"
OPENED = "Return Opened"
OF_RETURN = {
    ReturnStatus.APPROVED: "Return Approved",
    ReturnStatus.SENT: "Return Sent",
    ReturnStatus.RECEIVED: "Return Received",
    ReturnStatus.REFUNDED: "Return Refunded",
    ReturnStatus.REFUSED: "Return Refused",
    ReturnStatus.CLOSED: "Return Closed",
}


def order_steps(said: Order, row: Order) -> set[int]:
    """What `said` tells of the order's way, noted with whoever owns `row`, the order as it stands. An order that is
    known at all was placed. A refund is a step for each sum that it came to. Gives whose events are new."""
    name, about = f"order:{said.source}:{said.external_id}", _of_order(said)
    new = _once(row.identity, said.source, f"{name}:placed", PLACED, said.placed_at, about)
    if step := OF_ORDER.get(OrderStatus(said.status)):
        new |= _once(row.identity, said.source, f"{name}:{said.status}", step, said.changed_at, about)
    if said.refunded or said.status == OrderStatus.REFUNDED:
        back = said.refunded or said.total
        about = {**about, "amount": plainly(back, said.currency), "total": plainly(back, said.currency)}
        of_sum = f"{name}:refunded:{plainly(back, said.currency)}"
        new |= _once(row.identity, said.source, of_sum, REFUNDED, said.changed_at, about)
    return new


def return_steps(said: Return, row: Return) -> set[int]:
    name = f"return:{said.source}:{said.external_id}"
    about = _sums(said.amount, said.currency) | {
        "return_number": said.number or said.external_id,
        "order": row.order.number if row.order else "",
        "place": said.place,
        "reason": said.reason,
        "products": _products(said.lines),
    }
    about = {key: value for key, value in about.items() if value}
    new = _once(row.identity, said.source, f"{name}:opened", OPENED, said.opened_at, about)
    if step := OF_RETURN.get(ReturnStatus(said.status)):
        new |= _once(row.identity, said.source, f"{name}:{said.status}", step, said.changed_at, about)
    return new


def cart_left(cart: Cart, *, at: datetime) -> set[int]:
    about = _sums(cart.total, cart.currency) | {"products": _products(cart.lines), "url": cart.url, "step": cart.step}
    name = f"cart:{cart.source}:{cart.external_id}:left:{cart.changed_at.isoformat()}"
    return _once(cart.identity, cart.source, name, "Cart Left", at, about)


def tier_reached(said: Loyalty, source: int) -> set[int]:
    name = f"loyalty:{source}:{said.identity_id}:{said.tier}"
    about: Row = {"tier": said.tier} | ({} if said.points is None else {"points": str(said.points)})
    at = said.changed_at
    return _once(said.identity, source, name, "Loyalty Tier Reached", at, about) if said.tier else set()


def _of_order(order: Order) -> Row:
    about = _sums(order.total, order.currency) | {
        "number": order.number,
        "status": order.status,
        "place": order.place,
        "products": _products(order.lines),
    }
    return {key: value for key, value in about.items() if value}


def _sums(total: Decimal, currency: str) -> Row:
    return {"total": plainly(total, currency), "currency": currency} if currency else {}


def _products(lines: list[Row]) -> list[Row]:
    """Enough to say which."""
    return [
        {key: line[key] for key in ("name", "variant", "quantity", "product_id") if line.get(key)} for line in lines
    ]


def _once(identity: Identity, source: int, external_id: str, name: str, at: datetime, properties: Row) -> set[int]:
    is_new = record_own(identity, name, source=source, external_id=external_id, occurred_at=at, properties=properties)
    return {identity.customer_id} if is_new else set()
