"""The wish list, as events tell of it: the newest word on a product stands, whichever comes first."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from customers.event_names import UNWISHED, WISHED, product_of
from customers.models import Event, WishItem
from customers.plausible import link

if TYPE_CHECKING:
    from customers.events import Row


def follow(rows: Sequence["Row"]) -> None:
    """After the rows are in the table, and under the lock of their identities."""
    for row in rows:
        product = product_of(row.properties) if row.name in (WISHED, UNWISHED) else {}
        if product:
            _settle(row, product["id"][:120], product)


def _settle(row: "Row", external_id: str, product: dict[str, str]) -> None:
    words = Event.objects.filter(identity=row.identity, name__in=(WISHED, UNWISHED), occurred_at__gt=row.occurred_at)
    if any(
        product_of(properties).get("id") == product["id"] for properties in words.values_list("properties", flat=True)
    ):
        return
    if row.name == UNWISHED:
        WishItem.objects.filter(identity=row.identity, external_id=external_id).delete()
        return
    said = {"name": product["name"], "url": link(product.get("url", "")), "added_at": row.occurred_at}
    WishItem.objects.update_or_create(identity=row.identity, external_id=external_id, defaults=said)
