"""What customers bought, brought back, put in a cart and collected in points: full statements of shops, kept as rows.

Facts come late, twice and in any order; the rows they end in are always the same. Of two statements about one thing the
newer by the shop's own clock stands, of two with the same stamp the one that is further on (placed, paid, shipped …).
A step that was heard of stays heard of: each is one Event, whichever statement brought it, and whatever stands now.

**Whose it is** follows from the fact's handles, as for a message (customers.identify, invariant 5). An account that
the buyer was signed in to is proven by the shop, and so is an address that the shop has had confirmed. What a guest
types at the checkout is a claim: a confirmation mailed there may reach a stranger and be ignored, so it proves nothing.
A guest's order therefore belongs to an identity of its own, “unverified:address”, and joins whoever proves to own that
address only when an agent accepts the suggestion. An order number finds an order (`find_order`), it proves nobody.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from customers.facts import CartFact, LoyaltyFact, OrderFact, ProductFact, ReturnFact
from customers.identify import Handle
from customers.models import Cart, Identity, Loyalty, Order, Product, Return, Stock
from customers.models.order import CartStatus, OrderStatus, ReturnStatus
from customers.plausible import key, moment
from customers.statements import cart_row, loyalty_row, order_row, product_row, return_row
from customers.steps import cart_left, order_steps, return_steps, tier_reached
from customers.whose import identity_of

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # when a product was described of which only stock is known
AT_ONCE = 500
FURTHER: dict[type, list[str]] = {Order: OrderStatus.values, Return: ReturnStatus.values}

Row = TypeVar("Row", Order, Return, Cart, Loyalty)

_ORDER = (
    "number", "status", "place", "is_collected", "currency", "total", "refunded", "lines", "shipments", "url",
    "placed_at", "changed_at",
)  # fmt: skip
_RETURN = (
    "number", "of_order", "status", "place", "reason", "currency", "amount", "lines", "opened_at", "changed_at",
)  # fmt: skip
_CART = ("step", "currency", "total", "lines", "url", "changed_at")
_PRODUCT = ("sku", "name", "kind", "url", "image", "currency", "price", "is_replenishable", "changed_at")


@transaction.atomic
def order(fact: OrderFact) -> set[int]:
    """Keeps the order as this says, unless something newer is known. Gives the customers whose rows changed."""
    said = order_row(fact)
    _lock(("order", fact.source, said.external_id), ("cart", fact.source, said.cart_id))
    said.identity = _whose(fact.handles)
    known = Order.objects.filter(source=fact.source, external_id=said.external_id).select_related("identity").first()
    came_from = max(said.cart_id, known.cart_id) if known else said.cart_id
    changed = _stand(said, known, (*_ORDER, "identity"))
    row = said if known is None or changed else known
    if known is not None and known.cart_id != came_from:
        Order.objects.filter(pk=row.pk).update(cart_id=came_from)
        changed |= {row.identity.customer_id}
    Return.objects.filter(source=fact.source, of_order=row.external_id, order=None).update(order=row)
    changed |= _ordered(fact.source, came_from)
    return changed | order_steps(said, row)


@transaction.atomic
def returned(fact: ReturnFact) -> set[int]:
    """Keeps the return, and points it to its order, which may also come later. As `order` otherwise."""
    said = return_row(fact)
    _lock(("return", fact.source, said.external_id), ("order", fact.source, said.of_order))
    said.identity = _whose(fact.handles)
    known = Return.objects.filter(source=fact.source, external_id=said.external_id).select_related("identity").first()
    if said.of_order:
        said.order = Order.objects.filter(source=fact.source, external_id=said.of_order).first()
    changed = _stand(said, known, (*_RETURN, "identity"), "order")
    row = said if known is None or changed else known
    return changed | return_steps(said, row)


@transaction.atomic
def cart(fact: CartFact) -> set[int]:
    """Keeps the cart. It is ordered for good once anybody says so, the shop or an order that came from it."""
    said = cart_row(fact)
    _lock(("cart", fact.source, said.external_id))
    said.identity = _whose(fact.handles)
    known = Cart.objects.filter(source=fact.source, external_id=said.external_id).select_related("identity").first()
    said.status = _cart_status(said, known)
    changed = _stand(said, known, (*_CART, "identity"), "status")
    row = said if known is None or changed else known
    if known and row.status != said.status:  # an older statement, but the cart is further on than we knew
        Cart.objects.filter(pk=row.pk).update(status=said.status)
        changed |= {row.identity.customer_id}
    return changed


@transaction.atomic
def loyalty(fact: LoyaltyFact) -> set[int]:
    """Keeps the standing in the scheme. As `order` otherwise."""
    said = loyalty_row(fact)
    said.identity = _whose(fact.handles)
    _lock(("loyalty", 0, str(said.identity)))
    known = Loyalty.objects.filter(identity=said.identity).select_related("identity").first()
    changed = _stand(said, known, ("tier", "points", "since", "changed_at"))
    return changed | tier_reached(said, fact.source)


@transaction.atomic
def product(fact: ProductFact) -> set[int]:
    """Keeps the product, and its stock by place: of each place the newest count. Changes no customer."""
    said = product_row(fact)
    _lock(("product", fact.source, said.external_id))
    known = Product.objects.filter(source=fact.source, external_id=said.external_id).first()
    is_described = bool(said.name)
    if not is_described:
        said.changed_at = NEVER
    if known is None:
        said.save(force_insert=True)
    elif is_described and _standing(said, _PRODUCT) > _standing(known, _PRODUCT):
        said.pk = known.pk
        said.save(update_fields=_PRODUCT)
    _count(known or said, fact.stock, moment(fact.changed_at, _("date of the change")))
    return set()


def find_order(number: str) -> QuerySet[Order]:
    """Orders that customers know by this number, of every shop. It finds an order; it does not prove who asks."""
    return Order.objects.annotate(known_as=Upper("number")).filter(known_as=_known_as(number)).order_by("-placed_at")


def find_orders(numbers: Sequence[str]) -> QuerySet[Order]:
    plain = {_known_as(number) for number in numbers}
    return Order.objects.annotate(known_as=Upper("number")).filter(known_as__in=plain).order_by("-placed_at")


def leave_silent_carts(*, now: datetime, silent: timedelta) -> set[int]:
    """Marks open carts as left that nothing was heard of for so long, and says whose they are. An empty one is left
    without a word. What another worker has in hand it will mark itself."""
    changed: set[int] = set()
    while True:
        with transaction.atomic():
            waiting = Cart.objects.filter(status=CartStatus.OPEN, changed_at__lt=now - silent).order_by("changed_at")
            some = list(waiting.select_for_update(of=("self",), skip_locked=True).select_related("identity")[:AT_ONCE])
            Cart.objects.filter(pk__in=[each.pk for each in some]).update(status=CartStatus.LEFT)
            for each in some:
                changed |= cart_left(each, at=each.changed_at + silent) if each.lines else set()
        if len(some) < AT_ONCE:
            return changed


def _whose(handles: Sequence[Handle]) -> Identity:
    if not handles:
        raise ValueError(_("It names nobody: no account, no address, no number."))
    return identity_of(tuple(handles))


def _stand(said: Row, known: Row | None, fields: Sequence[str], *beside: str) -> set[int]:
    """Writes what is said, where it is newer than what is known, and `beside` it what follows from other rows. Gives
    the customers whose rows that changed."""
    if known is None:
        said.save(force_insert=True)
        return {said.identity.customer_id}
    if _standing(said, fields) <= _standing(known, fields):
        return set()
    said.pk = known.pk
    said.save(update_fields=[*fields, *beside])
    return {said.identity.customer_id, known.identity.customer_id}


def _standing(row: Row | Product, fields: Sequence[str]) -> tuple[datetime, int, str]:
    """What is greater, stands: the newer, then the further, then, so that the order of arrival never matters, whatever
    reads greater."""
    further = FURTHER[type(row)].index(row.status) if isinstance(row, Order | Return) else 0
    return row.changed_at, further, json.dumps([_plain(getattr(row, field)) for field in fields], sort_keys=True)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value) if isinstance(value, Decimal | Identity) else value


def _cart_status(said: Cart, known: Cart | None) -> str:
    of_cart = Order.objects.filter(source=said.source, cart_id=said.external_id)
    if CartStatus.ORDERED in (said.status, known and known.status) or of_cart.exists():
        return CartStatus.ORDERED
    if known is None or said.changed_at > known.changed_at:
        return said.status
    if said.changed_at < known.changed_at:
        return known.status
    return max(said.status, known.status, key=CartStatus.values.index)


def _ordered(source: int, cart_id: str) -> set[int]:
    carts = Cart.objects.filter(source=source, external_id=cart_id).exclude(status=CartStatus.ORDERED)
    owners = set(carts.values_list("identity__customer", flat=True)) if cart_id else set()
    if owners:
        carts.update(status=CartStatus.ORDERED)
    return owners


def _count(product: Product, stock: Sequence[tuple[str, int]], at: datetime) -> None:
    known = {row.place: row for row in Stock.objects.filter(product=product)} if stock else {}
    for place, quantity in dict(stock).items():
        if abs(quantity) >= 2**31:
            raise ValueError(_("%d is no number of pieces.") % quantity)
        said = Stock(product=product, place=key(place, _("place of the stock")), quantity=quantity, changed_at=at)
        before = known.get(said.place)
        if before is None:
            said.save(force_insert=True)
        elif (at, quantity) > (before.changed_at, before.quantity):
            Stock.objects.filter(pk=before.pk).update(quantity=quantity, changed_at=at)


def _known_as(number: str) -> str:
    return number.strip().lstrip("#").upper()


def _lock(*things: tuple[str, int, str]) -> None:
    """One word at a time about one thing, also where its row does not exist yet. Always taken before any handle is, and
    in the order return, order, cart."""
    keys = [f"{kind}:{source}:{external_id}" for kind, source, external_id in things if external_id]
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(%s::text[]) as key", [keys])
