"""Ann with a past: what she bought, sent back, looked at, allowed and answered, as rows of her identities."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from customers.event_names import meaning
from customers.models import (
    Cart,
    Consent,
    Event,
    Identity,
    Loyalty,
    Order,
    Profile,
    Return,
    Segment,
    Trait,
    Visit,
    WishItem,
)

JACKET = {"name": "Kestrel Trail Jacket", "variant": "M", "quantity": 1, "price": "129.00", "sku": "KTJ-M"}


def number_of(customer):
    """Of the order that is on its way. Rows of other tests came before: a number of theirs has any length."""
    return f"HF-{48000 + customer.pk}"


def happened(identity, name, at, /, **properties):
    known = meaning(name)
    return Event.objects.create(
        identity=identity,
        name=name,
        category=known.category,
        is_folded=known.is_folded,
        occurred_at=at,
        properties=properties,
    )


def visited(identity, at, *, minutes=12, kind="jackets", seen=4, **fields):
    products = [{"id": f"p{n}", "name": f"Jacket {n}", "kind": kind, "url": "", "times": 1} for n in range(seen)]
    return Visit.objects.create(
        identity=identity, source=1, started_at=at, ended_at=at + timedelta(minutes=minutes), pages=seen + 1,
        seconds=minutes * 60, seen=products, **fields,
    )  # fmt: skip


def with_a_past(customer):
    """Two more identities, and something of every kind; gives the identities by their kinds."""
    now = timezone.now()
    mail = customer.identities.filter(kind="email").order_by("pk")[0]
    shop = Identity.objects.create(customer=customer, kind="shop", value=f"1:{customer.pk}", is_verified=True)
    browser = Identity.objects.create(customer=customer, kind="visitor", value=f"v-{customer.pk}", is_verified=True)
    order = Order.objects.create(
        identity=shop, source=1, external_id=f"o-{customer.pk}", number=number_of(customer), status="shipped",
        currency="GBP", total=Decimal("129.00"), lines=[JACKET], placed_at=now - timedelta(days=9), changed_at=now,
        shipments=[{"carrier": "Bring", "number": "BR123", "url": "https://track.example/BR123", "status": "sorted"}],
    )  # fmt: skip
    Return.objects.create(
        identity=shop, order=order, source=1, external_id=f"r-{customer.pk}", number="RT-2207", status="opened",
        currency="GBP", amount=Decimal("129.00"), lines=[JACKET], opened_at=now - timedelta(days=4), changed_at=now,
    )  # fmt: skip
    about = {"number": order.number, "products": [JACKET], "total": "129.00", "currency": "GBP"}
    happened(shop, "Order Placed", now - timedelta(days=9), **about)
    happened(shop, "Return Opened", now - timedelta(days=4), order=order.number, return_number="RT-2207")
    happened(mail, "Survey Answered", now - timedelta(days=3), score=2, comment="The parcel was late")
    happened(mail, "Survey Answered", now - timedelta(days=2), score=5)
    happened(shop, "Loyalty Tier Reached", now - timedelta(days=40), tier="Gold")
    visited(browser, now - timedelta(hours=2))
    Cart.objects.create(
        identity=browser, source=1, external_id=f"c-{customer.pk}", currency="GBP", total=Decimal("258.00"),
        lines=[{**JACKET, "quantity": 2}], changed_at=now - timedelta(minutes=5),
    )  # fmt: skip
    WishItem.objects.create(identity=shop, name="Ridge 38 L rucksack", external_id="p9", added_at=now)
    Loyalty.objects.create(identity=shop, tier="Gold", points=1840, changed_at=now)
    Consent.objects.create(identity=mail, purpose="email", is_granted=True, said_at=now - timedelta(days=90))
    Consent.objects.create(
        identity=mail, purpose="email", is_granted=False, said_at=now - timedelta(days=30), evidence="unsubscribed"
    )
    Trait.objects.create(identity=shop, name="shoe size", value=41, said_at=now)
    figures = {
        "currency": "GBP", "lifetime_value": Decimal("2340"), "average_order": Decimal("117"), "orders": 20,
        "returns": 2, "return_rate": 0.1, "satisfaction": 3.5, "attributes": {"shoe size": 41}, "stale_at": None,
    }  # fmt: skip
    Profile.objects.update_or_create(customer=customer, defaults=figures)
    segment = Segment.objects.create(name=f"Gold, waiting {customer.pk}")
    segment.memberships.create(customer=customer)
    return {"email": mail, "shop": shop, "visitor": browser}
