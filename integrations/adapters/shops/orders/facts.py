"""What the items of the webhook mean, as facts."""

from collections.abc import Iterator

from customers.facts import (
    CartFact,
    ConsentFact,
    Fact,
    Line,
    LoyaltyFact,
    OrderFact,
    ProductFact,
    ReturnFact,
    Shipment,
    TraitsFact,
)
from customers.identify import Handle
from customers.models import Purpose
from integrations.adapters.shops.base import buyer
from integrations.adapters.shops.orders import schema
from integrations.models import Connector

Read = schema.Order | schema.Return | schema.Cart | schema.Product | schema.Loyalty | schema.Customer


def facts_of(connector: Connector, item: Read) -> tuple[Fact, ...]:
    """Raises ValueError for an item that names nobody, or a purpose that there is none."""
    if isinstance(item, schema.Product):
        return (_product(connector, item),)
    handles = _handles(connector, item.buyer)
    if isinstance(item, schema.Order):
        return (_order(connector, item, handles),)
    if isinstance(item, schema.Return):
        return (_return(connector, item, handles),)
    if isinstance(item, schema.Cart):
        return (_cart(connector, item, handles),)
    if isinstance(item, schema.Loyalty):
        return (LoyaltyFact(connector.pk, handles, item.changed_at, item.tier, item.points, item.since),)
    return tuple(_customer(connector, item, handles))


def _handles(connector: Connector, who: schema.Buyer) -> tuple[Handle, ...]:
    handles = buyer(
        str(connector.settings.get("shop", "")),
        account=who.account,
        name=who.name,
        email=who.email,
        phone=who.phone,
        email_is_proven=who.email_confirmed,
        visitor=who.visitor,
        loyalty=who.loyalty,
        loyalty_is_proven=who.loyalty_confirmed,
        region=str(connector.settings.get("region", "")),
    )
    if not handles:
        raise ValueError("buyer: It names nobody: no account, no address, no number.")
    return handles


def _order(connector: Connector, item: schema.Order, handles: tuple[Handle, ...]) -> OrderFact:
    return OrderFact(
        source=connector.pk,
        external_id=item.id,
        number=item.number or item.id,
        handles=handles,
        status=item.status,
        currency=item.currency,
        total=item.total,
        placed_at=item.placed_at,
        changed_at=item.changed_at,
        lines=_lines(item.lines),
        shipments=tuple(Shipment(**each.model_dump()) for each in item.shipments),
        refunded=item.refunded,
        place=item.place,
        is_collected=item.collected,
        cart_id=item.cart_id,
        url=item.url,
    )


def _return(connector: Connector, item: schema.Return, handles: tuple[Handle, ...]) -> ReturnFact:
    return ReturnFact(
        source=connector.pk,
        external_id=item.id,
        handles=handles,
        status=item.status,
        currency=item.currency,
        opened_at=item.opened_at,
        changed_at=item.changed_at,
        number=item.number,
        order_id=item.order_id,
        amount=item.amount,
        lines=_lines(item.lines),
        place=item.place,
        reason=item.reason,
    )


def _cart(connector: Connector, item: schema.Cart, handles: tuple[Handle, ...]) -> CartFact:
    return CartFact(
        source=connector.pk,
        external_id=item.id,
        handles=handles,
        changed_at=item.changed_at,
        status=item.status,
        step=item.step,
        currency=item.currency,
        total=item.total,
        lines=_lines(item.lines),
        url=item.url,
    )


def _product(connector: Connector, item: schema.Product) -> ProductFact:
    return ProductFact(
        source=connector.pk,
        external_id=item.id,
        name=item.name,
        changed_at=item.changed_at,
        sku=item.sku,
        kind=item.type,
        url=item.url,
        image=item.image,
        currency=item.currency,
        price=item.price,
        is_replenishable=item.replenishable,
        stock=tuple(item.stock.items()),
    )


def _customer(connector: Connector, item: schema.Customer, handles: tuple[Handle, ...]) -> Iterator[Fact]:
    if unknown := set(item.consent) - set(Purpose.values):
        raise ValueError(f"consent: “{min(unknown)[:40]}” is no purpose: it is one of {', '.join(Purpose.values)}.")
    name = f"customer:{handles[0].kind}:{handles[0].value}:{item.changed_at.isoformat()}"
    traits = {key: value if isinstance(value, str | bool | int) else float(value) for key, value in item.traits.items()}
    yield TraitsFact(connector.pk, name, handles, traits, item.changed_at)
    for purpose, is_granted in item.consent.items():
        yield ConsentFact(connector.pk, handles, purpose, is_granted, item.changed_at, item.evidence)


def _lines(given: list[schema.Line]) -> tuple[Line, ...]:
    return tuple(Line(**each.model_dump()) for each in given)
