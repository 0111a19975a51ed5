"""Facts of shops by which customers get on the lists."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from customers import commerce
from customers.facts import CartFact, Line, OrderFact, Shipment
from customers.identify import Handle
from customers.models import Cart

SHOP = 7


def ago(days):
    return timezone.now() - timedelta(days=days)


def bought(who, number, days, *, status="delivered", goods="wax", parcels=(), changed=None, refunded=0, cart=""):
    """`who` is their number at the shop; `parcels`: (number, days ago it was sent, status, promised)."""
    sent = tuple(
        Shipment("Royal Mail", name, "", state, ago(since).isoformat(), promised)
        for name, since, state, promised in parcels
    )
    line = Line(goods.capitalize(), 1, Decimal("9.50"), goods)
    at = ago(days)
    return commerce.order(
        OrderFact(
            SHOP, number, number, (Handle("shop", who),), status, "GBP", Decimal("13.50"), at,
            at if changed is None else ago(changed), (line,), sent, Decimal(refunded), cart_id=cart,
        )
    )  # fmt: skip


def left(who, name, days, *, total="129"):
    goods = (Line("Jacket", 1, Decimal(total), "jacket"),)
    handles = (Handle("shop", who), Handle("email", f"{who}@home.example", who.capitalize()))
    commerce.cart(
        CartFact(SHOP, name, handles, ago(days), "open", "payment", "GBP", Decimal(total), goods, "https://s.example/b")
    )
    commerce.leave_silent_carts(now=timezone.now(), silent=timedelta(hours=1))
    return Cart.objects.get(external_id=name)
