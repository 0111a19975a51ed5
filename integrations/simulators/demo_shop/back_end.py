"""The demo shop's back end: takes orders, moves them along as a warehouse would, and does what the desk asks."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from customers.facts import Line, OrderFact
from customers.identify import Handle
from customers.models.identity import Kind
from customers.models.order import OrderStatus, ReturnStatus
from integrations.simulators.demo_shop.book import Book, Item, order_item
from integrations.simulators.demo_shop.goods import BY_SLUG

# What comes after a state, and in how many seconds; a real shop takes days for what is shown here in minutes.
SENT = {"placed": ("paid", 4.0), "paid": ("shipped", 240.0), "shipped": ("delivered", 120.0)}
COLLECTED = {"placed": ("paid", 4.0), "paid": ("ready", 30.0), "ready": ("collected", 180.0)}
RETURNED = {"opened": ("sent", 60.0), "sent": ("received", 120.0), "received": ("refunded", 45.0)}
DONE = (OrderStatus.CANCELLED, OrderStatus.REFUNDED)
UNSENT = (OrderStatus.PLACED, OrderStatus.PAID, OrderStatus.HELD, OrderStatus.READY)
OUR_OWN = ("acts", "was", "return", "address", "note", "not_before")
CHANGES = {"address": "address", "instruct": "note", "postpone": "not_before"}  # and what the desk says it in
LABELS = "demo shop label"
Chosen = Sequence[tuple[str, str, int]]  # slug, size, pieces


class RefusedError(Exception):
    """The shop will not; the text says why."""


def place_order(
    goods: Chosen,
    *,
    account: str = "",
    name: str = "",
    email: str = "",
    place: str = "",
    visitor: str = "",
    cart: str = "",
) -> Item:
    """Writes it in the book; the simulator tells the desk. `place` is the shop it is collected in, "" to send it."""
    book, now = Book(), timezone.now()
    number = f"HF-{book.next_number()}"
    lines = lines_of(goods)
    fact = OrderFact(
        source=0,
        external_id=number.lower(),
        number=number,
        handles=(Handle(Kind.SHOP, account, name), Handle(Kind.EMAIL, email)) if account else (),
        status=OrderStatus.PLACED,
        currency="GBP",
        total=sum((line.price * line.quantity for line in lines), Decimal(0 if place else 4)),
        placed_at=now,
        changed_at=now,
        lines=lines,
        place=place,
        is_collected=bool(place),
        cart_id=cart,
    )
    item = order_item(fact)
    if not account:
        item["buyer"] = {"name": name, "email": email, "visitor": visitor}
    book.put(item, step_in=_pace(item))
    return item


def lines_of(goods: Chosen) -> tuple[Line, ...]:
    return tuple(_line(*each) for each in goods)


def open_return(order: Item, *, reason: str = "", lines: list[dict[str, object]] | None = None, id: str = "") -> Item:
    """Its buyer sends these back; the first line, where none is named."""
    now = timezone.now().isoformat()
    lines = lines or _lines(order)[:1]
    item: Item = {
        "kind": "return",
        "id": id or f"rt-{uuid.uuid4().hex[:8]}",
        "number": f"RT-{2300 + int(str(order['number'])[3:]) % 7000}",
        "order_id": order["id"],
        "status": ReturnStatus.OPENED,
        "currency": order["currency"],
        "amount": str(sum(Decimal(str(each["price"])) * int(str(each["quantity"])) for each in lines)),
        "opened_at": now,
        "changed_at": now,
        "buyer": order["buyer"],
        "lines": lines,
        "reason": reason,
    }
    Book().put(item, step_in=RETURNED["opened"][1])
    return item


def step(item: Item) -> None:
    """The next state of an order or a return whose time has come."""
    way = _way(item)
    if str(item["status"]) not in way:
        return
    book, now = Book(), timezone.now()
    state, seconds = way[str(item["status"])]
    if state == OrderStatus.SHIPPED and str(item.get("not_before") or "") > now.date().isoformat():
        book.put(item, step_in=max(seconds, 60.0), tell=False)
        return
    changed = {**item, "status": state, "changed_at": _later(item, now)}
    if state == OrderStatus.SHIPPED:
        number = f"RM{str(item['number'])[3:]}77GB"
        parcel = {"carrier": "Royal Mail", "number": number, "at": now.isoformat()}
        url = f"https://track.example/royal-mail/{number}"
        changed["shipments"] = [{**parcel, "status": "in transit", "url": url}]
    book.put(changed, step_in=_pace(changed))
    if item["kind"] == "return" and state == ReturnStatus.REFUNDED:
        _refunded(book, str(item["order_id"]), Decimal(str(item["amount"])))


def act(asked: dict[str, object]) -> list[Item]:
    """Does to an order what the desk asks, once for each key, and gives it as it stands then, with its return where one
    was started. Raises RefusedError."""
    book, about = Book(), asked.get("order")
    order = book.get(str(about.get("id", ""))) if isinstance(about, dict) else None
    if order is None:
        raise RefusedError("We have no such order.")
    done = [str(key) for key in order.get("acts", [])]  # type: ignore[attr-defined]
    if str(asked.get("key")) not in done:
        changed = {**_acted(order, asked), "acts": [*done, str(asked.get("key"))]}
        changed["changed_at"] = _later(order, timezone.now())
        book.put(changed, step_in=_pace(changed))
        order = changed
    back = book.get(_return_id(asked)) if asked.get("what") == "return" else None
    return [told(order), *([told(back)] if back else [])]


def documents(asked: dict[str, object], items: Sequence[Item]) -> list[dict[str, str]]:
    """What came of it beside the order: a return's number, and where its label can be printed."""
    backs = [item for item in items if item["kind"] == "return"]
    if asked.get("what") != "return" or not backs:
        return []
    signed = signing.dumps(backs[0]["id"], salt=LABELS)
    label = f"{settings.SITE_URL}{reverse('demo_shop_label', args=[signed])}"
    return [{"kind": "return", "number": str(backs[0]["number"])}, {"kind": "label", "url": label}]


def told(item: Item) -> Item:
    """As the desk hears it: without what the shop keeps for itself."""
    return {key: value for key, value in item.items() if key not in OUR_OWN}


def _acted(order: Item, asked: dict[str, object]) -> Item:
    what, status = asked.get("what"), str(order["status"])
    if what == "refund":
        return _with_refund(order, Decimal(str(asked.get("amount"))))
    if what in ("cancel", "address", "instruct", "postpone") and status not in UNSENT:
        raise RefusedError("It has left the warehouse already.")
    if what in CHANGES:
        return {**order, CHANGES[str(what)]: asked.get(CHANGES[str(what)])}
    if what == "return":
        return _with_return(order, asked)
    if what == "cancel":
        back = order["refunded"] if status == OrderStatus.PLACED else order["total"]
        return {**order, "status": OrderStatus.CANCELLED, "refunded": back}
    if what == "hold":
        return {**order, "status": OrderStatus.HELD, "was": status}
    if what == "release":
        return {**order, "status": order.get("was", OrderStatus.PAID)}
    if what in ("resend", "invoice"):
        return order
    raise RefusedError("We do not know how to do that.")


def _with_return(order: Item, asked: dict[str, object]) -> Item:
    """Of the pieces that the desk names; in exchange only for what there is."""
    if str(order["status"]) not in (OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.COLLECTED):
        raise RefusedError("It has not arrived yet.")
    if order.get("return"):
        raise RefusedError("A return of this order is open already.")
    lines = [line for piece in list(asked.get("pieces", [])) for line in _meant(order, piece)]  # type: ignore[call-overload]
    if not lines:
        raise RefusedError("There is no such piece in the order.")
    size, slug = str(asked.get("size") or "").upper(), str(lines[0]["product_id"])
    if asked.get("wish") == "exchange" and (slug not in BY_SLUG or not BY_SLUG[slug].has(size)):
        raise RefusedError(f"It is sold out in size {size}." if size else "Which size?")
    back = open_return(order, reason=str(asked.get("reason") or ""), lines=lines, id=_return_id(asked))
    return {**order, "return": back["number"]}


def _meant(order: Item, piece: dict[str, object]) -> list[dict[str, object]]:
    """By the line's own name, else by the product's."""
    for name in ("line_id", "product_id", "sku"):
        wanted = piece.get(name)
        if found := [line for line in _lines(order) if wanted and line.get(name) == wanted]:
            return [{**found[0], "quantity": min(int(str(piece["quantity"])), int(str(found[0]["quantity"])))}]
    return []


def _lines(order: Item) -> list[dict[str, object]]:
    return list(order["lines"])  # type: ignore[call-overload]  # as order_item makes it


def _return_id(asked: dict[str, object]) -> str:
    """The same for the same key."""
    return f"rt-{str(asked.get('key'))[:36]}"


def _with_refund(order: Item, amount: Decimal) -> Item:
    total, before = Decimal(str(order["total"])), Decimal(str(order["refunded"]))
    if not 0 < amount <= total - before:
        raise RefusedError("That is more than was paid.")
    status = OrderStatus.REFUNDED if before + amount == total else order["status"]
    return {**order, "refunded": str(before + amount), "status": status}


def _refunded(book: Book, id: str, amount: Decimal) -> None:
    order = book.get(id)
    if order is None:
        return
    left = Decimal(str(order["total"])) - Decimal(str(order["refunded"]))
    if left > 0:
        changed = _with_refund(order, min(amount, left)) | {"changed_at": _later(order, timezone.now())}
        book.put(changed, step_in=_pace(changed))


def _pace(item: Item) -> float | None:
    way = _way(item)
    return way[str(item["status"])][1] if str(item["status"]) in way else None


def _way(item: Item) -> dict[str, tuple[str, float]]:
    if item["kind"] == "return":
        return RETURNED
    return COLLECTED if item.get("collected") else SENT


def _later(item: Item, now: datetime) -> str:
    """The shop's clock never says the same twice of one order."""
    return max(now, datetime.fromisoformat(str(item["changed_at"])) + timedelta(milliseconds=1)).isoformat()


def _line(slug: str, size: str, pieces: int) -> Line:
    product = BY_SLUG[slug]
    article = f"{slug}:{size}"
    return Line(product.name, pieces, product.amount, slug, variant=f"{size}, {product.colour}", line_id=article)
