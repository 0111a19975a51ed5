"""The steps of a purchase as Events: each once, under a name made of the thing and the step, whoever tells of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from customers import events
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


@dataclass(frozen=True)
class Step:
    name: str
    external_id: str
    at: datetime
    properties: Row


def order_steps(said: Order, row: Order) -> set[int]:
    """Notes what `said` tells of the order's way with whoever owns `row`, the order as it stands. Gives whose events
    are new."""
    return _note(steps_of_order(said), row.identity, said.source)


def return_steps(said: Return, row: Return) -> set[int]:
    return _note(steps_of_return(said, row.order.number if row.order else ""), row.identity, said.source)


def cart_left(cart: Cart, *, at: datetime) -> set[int]:
    about = _sums(cart.total, cart.currency) | {"products": _products(cart.lines), "url": cart.url, "step": cart.step}
    name = f"cart:{cart.source}:{cart.external_id}:left:{cart.changed_at.isoformat()}"
    return _note([Step("Cart Left", name, at, about)], cart.identity, cart.source)


def tier_reached(said: Loyalty, source: int) -> set[int]:
    return _note(steps_of_loyalty(said, source), said.identity, source)


def steps_of_loyalty(said: Loyalty, source: int) -> list[Step]:
    name = f"loyalty:{source}:{said.identity_id}:{said.tier}"
    about: Row = {"tier": said.tier}
    if said.points is not None:
        about["points"] = str(said.points)
    return [Step("Loyalty Tier Reached", name, said.changed_at, about)] if said.tier else []


def steps_of_order(said: Order) -> list[Step]:
    """An order that is known at all was placed. A refund is a step for each sum that it came to."""
    name, about = f"order:{said.source}:{said.external_id}", _of_order(said)
    steps = [Step(PLACED, f"{name}:placed", said.placed_at, about)]
    if step := OF_ORDER.get(OrderStatus(said.status)):
        steps.append(Step(step, f"{name}:{said.status}", said.changed_at, about))
    if said.refunded or said.status == OrderStatus.REFUNDED:
        back = plainly(said.refunded or said.total, said.currency)
        of_sum: Row = {**about, "amount": back, "total": back}
        steps.append(Step(REFUNDED, f"{name}:refunded:{back}", said.changed_at, of_sum))
    return steps


def steps_of_return(said: Return, order: str) -> list[Step]:
    """`order` is the number of the order it belongs to."""
    name = f"return:{said.source}:{said.external_id}"
    about = _sums(said.amount, said.currency) | {
        "return_number": said.number or said.external_id,
        "order": order,
        "place": said.place,
        "reason": said.reason,
        "products": _products(said.lines),
    }
    about = {key: value for key, value in about.items() if value}
    steps = [Step(OPENED, f"{name}:opened", said.opened_at, about)]
    if step := OF_RETURN.get(ReturnStatus(said.status)):
        steps.append(Step(step, f"{name}:{said.status}", said.changed_at, about))
    return steps


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


def noted(steps: Iterable[Step], identity: Identity, source: int) -> list[events.Step]:
    """The steps as what `identity` went through."""
    return [events.Step(identity, step.name, source, step.external_id, step.at, step.properties) for step in steps]


def _note(steps: Iterable[Step], identity: Identity, source: int) -> set[int]:
    return {identity.customer_id} if events.record_steps(noted(steps, identity, source)) else set()
