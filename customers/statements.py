"""Facts of shops as rows, not saved yet: cleaned, or refused with a ValueError that says what cannot be true."""

from django.utils.translation import gettext as _

from customers.facts import CartFact, LoyaltyFact, OrderFact, ProductFact, ReturnFact
from customers.models import Cart, Loyalty, Order, Product, Return
from customers.models.order import CartStatus, OrderStatus, ReturnStatus
from customers.money import currency_of, sum_of
from customers.plausible import key, lines, link, moment, one_of, shipments, text


def order_row(fact: OrderFact) -> Order:
    return Order(
        source=fact.source,
        external_id=key(fact.external_id, _("order's id")),
        number=key(fact.number, _("order's number"), 80).lstrip("#") or fact.external_id,
        status=one_of(fact.status, OrderStatus.values, _("state of an order")),
        place=text(fact.place, 120),
        is_collected=fact.is_collected,
        currency=currency_of(fact.currency),
        total=sum_of(fact.total),
        refunded=sum_of(fact.refunded),
        lines=lines(fact.lines),
        shipments=shipments(fact.shipments),
        url=link(fact.url),
        cart_id=key(fact.cart_id, _("cart's id")) if fact.cart_id else "",
        placed_at=moment(fact.placed_at, _("date of the order")),
        changed_at=moment(fact.changed_at, _("date of the change")),
    )


def return_row(fact: ReturnFact) -> Return:
    return Return(
        source=fact.source,
        external_id=key(fact.external_id, _("return's id")),
        number=text(fact.number, 80).lstrip("#"),
        of_order=key(fact.order_id, _("order's id")) if fact.order_id else "",
        status=one_of(fact.status, ReturnStatus.values, _("state of a return")),
        place=text(fact.place, 120),
        reason=text(fact.reason, 400),
        currency=currency_of(fact.currency),
        amount=sum_of(fact.amount),
        lines=lines(fact.lines),
        opened_at=moment(fact.opened_at, _("date of the return")),
        changed_at=moment(fact.changed_at, _("date of the change")),
    )


def cart_row(fact: CartFact) -> Cart:
    return Cart(
        source=fact.source,
        external_id=key(fact.external_id, _("cart's id")),
        status=one_of(fact.status, CartStatus.values, _("state of a cart")),
        step=text(fact.step, 80),
        currency=currency_of(fact.currency) if fact.currency else "",
        total=sum_of(fact.total),
        lines=lines(fact.lines),
        url=link(fact.url),
        changed_at=moment(fact.changed_at, _("date of the change")),
    )


def product_row(fact: ProductFact) -> Product:
    return Product(
        source=fact.source,
        external_id=key(fact.external_id, _("product's id")),
        sku=text(fact.sku, 120),
        name=text(fact.name, 300),
        kind=text(fact.kind, 120),
        url=link(fact.url),
        image=link(fact.image),
        currency=currency_of(fact.currency) if fact.currency else "",
        price=None if fact.price is None else sum_of(fact.price),
        is_replenishable=fact.is_replenishable,
        changed_at=moment(fact.changed_at, _("date of the change")),
    )


def loyalty_row(fact: LoyaltyFact) -> Loyalty:
    if fact.points is not None and abs(fact.points) >= 2**31:
        raise ValueError(_("%d is no number of points.") % fact.points)
    return Loyalty(
        tier=text(fact.tier, 40),
        points=fact.points,
        since=moment(fact.since, _("start of the membership")) if fact.since else None,
        changed_at=moment(fact.changed_at, _("date of the change")),
    )
