"""Carts of trackers that tell each step and never the whole: made anew from the steps, in whatever order they came."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from customers import commerce
from customers.event_names import Properties, product_of
from customers.facts import CartFact, EventFact, Line
from customers.models import Event
from customers.money import sum_of
from customers.whose import identity_of

ADDED, REMOVED, UPDATED = "Product Added", "Product Removed", "Cart Updated"
LIVES = timedelta(days=30)
MOST_STEPS = 500

Step = tuple[datetime, str, Properties]


def follow(facts: Sequence[EventFact]) -> set[int]:
    """Keeps the carts that products were put into or taken from, after those steps are in the table. What a step says
    is in the whole cart is left to who says so (CartFact). Gives the customers whose carts changed."""
    newest: dict[tuple[int, str], EventFact] = {}
    for fact in facts:
        if fact.name in (ADDED, REMOVED) and (cart := _cart_of(fact.properties)) and not _listed(fact.properties):
            before = newest.get((fact.source, cart))
            if before is None or before.occurred_at < fact.occurred_at:
                newest[fact.source, cart] = fact
    return set().union(*(_keep(cart, fact) for (_source, cart), fact in newest.items()))


def _keep(cart: str, fact: EventFact) -> set[int]:
    steps = _steps(cart, fact)
    if not steps:
        return set()  # nothing of it was allowed to be kept
    lines: dict[str, Line] = {}
    currency = ""
    for _at, name, properties in steps:
        currency = str(properties.get("currency") or currency).upper()
        if name == UPDATED:
            lines = {line.product_id: line for line in map(line_of, _listed(properties)) if line}
        elif line := line_of(properties):
            _count(lines, line, more=name == ADDED)
    # Each further step is newer by a hair, so that an older one that comes late is counted, too.
    newest = steps[-1][0] + timedelta(microseconds=len(steps))
    kept = tuple(lines.values())
    total = sum((line.price * line.quantity for line in kept), Decimal(0))
    return commerce.cart(CartFact(fact.source, cart, fact.handles, newest, currency=currency, total=total, lines=kept))


def _steps(cart: str, fact: EventFact) -> list[Step]:
    """From the last word on the whole cart on, in order."""
    around = (fact.occurred_at - LIVES, fact.occurred_at + LIVES)
    rows = Event.objects.filter(
        identity=identity_of(fact.handles),
        occurred_at__range=around,
        name__in=(ADDED, REMOVED, UPDATED),
        source=fact.source,
        properties__cart_id=cart,
    ).order_by("-occurred_at", "-external_id")
    found: list[Step] = []
    for at, name, properties in rows.values_list("occurred_at", "name", "properties")[:MOST_STEPS]:
        found.append((at, name, properties))
        if name == UPDATED and _listed(properties):
            break
    return found[::-1]


def _cart_of(properties: Properties) -> str:
    cart = properties.get("cart_id")
    return cart[:120] if isinstance(cart, str) else ""


def _listed(properties: Properties) -> list[Properties]:
    listed = properties.get("products") or properties.get("items")
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def line_of(product: Properties) -> Line | None:
    """None for what names no product, or a price that is none."""
    about, quantity = product_of(product), product.get("quantity", 1)
    if not about:
        return None
    try:
        price = sum_of(product.get("price") or 0)
    except ValueError:
        return None
    return Line(
        name=about["name"],
        quantity=quantity if isinstance(quantity, int) and quantity > 0 else 1,
        price=price,
        product_id=about["id"],
        sku=str(product.get("sku") or ""),
        variant=str(product.get("variant") or product.get("item_variant") or ""),
        image=about.get("image", ""),
        url=about.get("url", ""),
    )


def _count(lines: dict[str, Line], line: Line, *, more: bool) -> None:
    before = lines.get(line.product_id)
    quantity = (before.quantity if before else 0) + (line.quantity if more else -line.quantity)
    if quantity > 0:
        lines[line.product_id] = replace(before or line, quantity=quantity)
    else:
        lines.pop(line.product_id, None)
