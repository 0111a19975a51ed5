"""WooCommerce's orders, customers and products as facts; a pure translation."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from customers.facts import CartFact, Line, OrderFact, ProductFact, Shipment, TraitsFact
from customers.identify import Handle
from customers.models.order import CartStatus
from integrations.adapters.reading import inner, moment, money, needed, newest, pieces, rows, words
from integrations.adapters.shops.base import buyer
from integrations.adapters.shops.woocommerce.words import DRAFT, PICKUP, UNSEEN, order_status
from integrations.models import Connector

TRACKING = "_wc_shipment_tracking_items"  # where the Shipment Tracking extension notes parcels
HERE = "Web shop"  # the one place whose stock WooCommerce counts


def order_facts(connector: Connector, order: dict[str, Any]) -> Iterator[OrderFact | CartFact]:
    """Nothing for an order of nobody, or one that the shop's own people are still drafting."""
    status = needed(order, "status")
    handles = handles_of(connector, order)
    if not handles or status in UNSEEN:
        return
    if status == DRAFT:
        yield _cart(connector, order, handles)
    else:
        yield _order(connector, order, handles, status)


def handles_of(connector: Connector, order: dict[str, Any]) -> tuple[Handle, ...]:
    """An account where somebody was signed in. The address at the checkout is typed, also by who is signed in."""
    account = words(order.get("customer_id"))
    billing = inner(order, "billing")
    return buyer(
        str(connector.settings.get("shop", "")),
        account="" if account == "0" else account,
        name=name_of(billing) or name_of(inner(order, "shipping")),
        email=words(billing.get("email")),
        phone=words(billing.get("phone")),
        region=words(billing.get("country")) or str(connector.settings.get("region", "")),
    )


def customer_facts(connector: Connector, customer: dict[str, Any]) -> Iterator[TraitsFact]:
    """An account and its address. WooCommerce lets anybody open one under any address, signs them in at once, and
    never asks whether it is theirs: so it is a claim, unless the shop's own plug-in has addresses confirmed."""
    number, billing = needed(customer, "id"), inner(customer, "billing")
    handles = buyer(
        str(connector.settings.get("shop", "")),
        account=number,
        name=name_of(customer) or name_of(billing),
        email=words(customer.get("email")),
        phone=words(billing.get("phone")),
        region=words(billing.get("country")) or str(connector.settings.get("region", "")),
        email_is_proven=connector.settings.get("verifies") == "email",
    )
    at = newest(customer.get("date_modified_gmt") or customer.get("date_created_gmt"))
    traits = {name: words(billing.get(name)) for name in ("city", "country", "company")}
    traits = {name: value for name, value in traits.items() if value} or {"shop_customer": number}
    yield TraitsFact(connector.pk, f"customer:{number}:{at.isoformat()}", handles, traits, at)


def product_facts(connector: Connector, product: dict[str, Any]) -> Iterator[ProductFact]:
    """A variation is a product of its own, with `parent_id`; its parent has no price and is not bought."""
    counted, image = product.get("stock_quantity"), inner(product, "image") or next(iter(rows(product, "images")), {})
    kinds = [words(each.get("name")) for each in rows(product, "categories")]
    number = words(product.get("price"))
    yield ProductFact(
        source=connector.pk,
        external_id=needed(product, "id"),
        name=needed(product, "name"),
        changed_at=newest(product.get("date_modified_gmt") or product.get("date_created_gmt")),
        sku=words(product.get("sku")),
        kind=kinds[0] if kinds else "",
        url=words(product.get("permalink")) if product.get("status") in (None, "publish") else "",
        image=words(image.get("src")),
        currency=words(connector.settings.get("currency")),
        price=money(number, "price") if number else None,
        stock=((HERE, pieces(counted, "stock_quantity")),) if counted is not None else (),
    )


def name_of(person: dict[str, Any]) -> str:
    return f"{words(person.get('first_name'))} {words(person.get('last_name'))}".strip()


def _order(connector: Connector, order: dict[str, Any], handles: tuple[Handle, ...], status: str) -> OrderFact:
    number, taken = needed(order, "id"), _pickup(order)
    return OrderFact(
        source=connector.pk,
        external_id=number,
        number=words(order.get("number")) or number,
        handles=handles,
        status=order_status(connector, status, is_collected=taken is not None),
        currency=needed(order, "currency"),
        total=money(order.get("total"), "total"),
        placed_at=moment(order.get("date_created_gmt"), "date_created_gmt"),
        changed_at=newest(order.get("date_modified_gmt") or order.get("date_created_gmt")),
        lines=tuple(_line(each) for each in rows(order, "line_items")),
        shipments=tuple(_shipments(order)),
        # A refund's total is negative; one of a restocking alone is nought.
        refunded=sum((abs(money(each.get("total"), "total")) for each in rows(order, "refunds")), Decimal(0)),
        place=taken or "",
        is_collected=taken is not None,
        # Its draft has the number that the order keeps.
        cart_id=f"draft:{number}" if order.get("created_via") == "store-api" else "",
        url=_admin_url(connector, number),
    )


def _cart(connector: Connector, order: dict[str, Any], handles: tuple[Handle, ...]) -> CartFact:
    return CartFact(
        source=connector.pk,
        external_id=f"draft:{needed(order, 'id')}",
        handles=handles,
        changed_at=newest(order.get("date_modified_gmt") or order.get("date_created_gmt")),
        status=CartStatus.OPEN,
        step="checkout",
        currency=words(order.get("currency")),
        total=money(order.get("total"), "total"),
        lines=tuple(_line(each) for each in rows(order, "line_items")),
    )


def _line(line: dict[str, Any]) -> Line:
    """`price` is of one piece, after discounts and without tax. A variation has its own number and name."""
    own, parent = words(line.get("name")), words(line.get("parent_name"))
    variant = own.removeprefix(parent).lstrip(" -–") if parent and own != parent else ""
    variation = words(line.get("variation_id"))
    return Line(
        name=parent or own,
        quantity=pieces(line.get("quantity"), "quantity"),
        price=money(line.get("price"), "price"),
        product_id=words(line.get("product_id")) if variation in ("", "0") else variation,
        sku=words(line.get("sku")),
        variant=variant,
        image=words(inner(line, "image").get("src")),
        line_id=words(line.get("id")),
    )


def _shipments(order: dict[str, Any]) -> Iterator[Shipment]:
    """WooCommerce itself knows of no parcels; its tracking extension notes them beside the order."""
    for meta in rows(order, "meta_data"):
        listed = meta.get("value") if meta.get("key") == TRACKING else None
        for each in listed if isinstance(listed, list) else []:
            if isinstance(each, dict):
                carrier = words(each.get("custom_tracking_provider")) or words(each.get("tracking_provider"))
                url = words(each.get("custom_tracking_link")) or words(each.get("tracking_link"))
                yield Shipment(carrier, words(each.get("tracking_number")), url, "", words(each.get("date_shipped")))


def _pickup(order: dict[str, Any]) -> str | None:
    """Where it is collected; None for what is sent."""
    for way in rows(order, "shipping_lines"):
        if words(way.get("method_id")).partition(":")[0] in PICKUP:
            named = (meta.get("value") for meta in rows(way, "meta_data") if meta.get("key") == "pickup_location")
            return words(next(named, "")) or words(way.get("method_title"))
    return None


def _admin_url(connector: Connector, number: str) -> str:
    site = words(connector.settings.get("site")).rstrip("/")
    return f"{site}/wp-admin/admin.php?page=wc-orders&action=edit&id={number}" if site else ""
