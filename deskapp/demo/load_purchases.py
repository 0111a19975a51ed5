"""Writes what the demo's customers bought as rows, in bulk, and tells the demo shop's own book of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from customers import events
from customers.commerce import product as keep_product
from customers.facts import OrderFact, ProductFact, ReturnFact
from customers.identify import Handle
from customers.models import Identity, Loyalty, Order, Return
from customers.models.identity import Kind
from customers.statements import order_row, return_row
from customers.steps import Step, noted, steps_of_loyalty, steps_of_order, steps_of_return
from deskapp.demo.bought import PLACES, REPLENISHED, Purchase, sku_of
from deskapp.demo.talk import Person
from integrations.models import Connector
from integrations.simulators.demo_shop.book import Book, order_item
from integrations.simulators.demo_shop.goods import PRODUCTS

BATCH = 1000


def load_purchases(
    purchases: Sequence[Purchase], shop: Connector, identities: Mapping[tuple[str, str], Identity]
) -> None:
    """What came by no door has the same rows and the same events as if it had: customers.statements and .steps make
    both. Call in the transaction of the seed."""
    facts = [_fact(each, shop.pk) for each in purchases]
    owners = [identities[Kind.SHOP, each.person.shop] for each in purchases]
    rows = [order_row(fact) for fact in facts]
    for row, owner in zip(rows, owners, strict=True):
        row.identity = owner
    Order.objects.bulk_create(rows, batch_size=BATCH)
    backs = []
    steps: list[events.Step] = []
    for purchase, row, owner in zip(purchases, rows, owners, strict=True):
        steps += noted(_way(purchase, row), owner, shop.pk)
        if back := _given_back(purchase, shop.pk):
            back.identity, back.order = owner, row
            backs.append(back)
            steps += noted(steps_of_return(back, row.number), owner, shop.pk)
    Return.objects.bulk_create(backs, batch_size=BATCH)
    events.record_steps(steps)
    Book().fill(order_item(fact) for fact in facts)


def load_loyalty(
    people: Mapping[Person, tuple[str, int, datetime]], shop: Connector, identities: Mapping[tuple[str, str], Identity]
) -> None:
    rows = [
        Loyalty(identity=identities[Kind.SHOP, person.shop], tier=tier, points=points, since=since, changed_at=since)
        for person, (tier, points, since) in people.items()
    ]
    Loyalty.objects.bulk_create(rows)
    steps = [step for row in rows for step in noted(steps_of_loyalty(row, shop.pk), row.identity, shop.pk)]
    events.record_steps(steps)


def load_products(shop: Connector, now: datetime) -> None:
    """Each size of each product, and where it lies: few, so that “only in Oslo” is worth looking up."""
    for product in PRODUCTS:
        for number, size in enumerate(product.sizes):
            article = f"{product.slug}:{size}"
            count = {place: (number * 5 + len(place) * 3 + product.pence) % 7 for place in PLACES}
            if size in product.gone or article == "kestrel-trail-jacket:L":
                count = dict.fromkeys(PLACES, 0)
            if article == "kestrel-trail-jacket:L":
                count["Oslo Torggata"] = 1
            fact = ProductFact(
                shop.pk, article, f"{product.name}, {size}", now - timedelta(hours=5), sku=sku_of(article),
                kind=product.kind, currency="GBP", price=product.amount,
                is_replenishable=product.slug in REPLENISHED, stock=tuple(count.items()),
            )  # fmt: skip
            keep_product(fact)
        whole = ProductFact(
            shop.pk, product.slug, product.name, now - timedelta(hours=5), kind=product.kind, currency="GBP",
            price=product.amount, is_replenishable=product.slug in REPLENISHED,
        )  # fmt: skip
        keep_product(whole)


def _fact(purchase: Purchase, source: int) -> OrderFact:
    return OrderFact(
        source=source,
        external_id=purchase.number.lower(),
        number=purchase.number,
        handles=(
            Handle(Kind.SHOP, purchase.person.shop, purchase.person.name),
            Handle(Kind.EMAIL, purchase.person.email),
        ),
        status=purchase.status,
        currency="GBP",
        total=purchase.total,
        placed_at=purchase.placed_at,
        changed_at=purchase.changed_at,
        lines=purchase.lines,
        shipments=purchase.shipments,
        refunded=purchase.refunded,
        place=purchase.place,
        is_collected=purchase.is_collected,
        cart_id=purchase.cart,
    )


def _way(purchase: Purchase, row: Order) -> Iterable[Step]:
    """The steps of every state it went through, each once."""
    found: dict[str, Step] = {}
    for state, at in purchase.steps:
        so_far = Order(
            source=row.source, external_id=row.external_id, number=row.number, status=state, place=row.place,
            currency=row.currency, total=row.total, lines=row.lines, placed_at=row.placed_at, changed_at=at,
            refunded=row.refunded if at == row.changed_at else row.refunded * 0,
        )  # fmt: skip
        for step in steps_of_order(so_far):
            found.setdefault(step.external_id, step)
    return found.values()


def _given_back(purchase: Purchase, source: int) -> Return | None:
    back = purchase.back
    if back is None:
        return None
    fact = ReturnFact(
        source=source,
        external_id=back.number.lower() + purchase.number[3:],
        handles=(),
        status=back.status,
        currency="GBP",
        opened_at=back.opened_at,
        changed_at=back.changed_at or back.opened_at,
        number=back.number,
        order_id=purchase.number.lower(),
        amount=purchase.lines[0].price * purchase.lines[0].quantity,
        lines=purchase.lines[:1],
        place=back.place,
        reason=back.reason,
    )
    return return_row(fact)
