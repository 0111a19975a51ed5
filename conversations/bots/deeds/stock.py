"""Where something is in stock: in which shops, and in which sizes."""

import uuid
from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from conversations.bots.deeds.deed import Deed, Matter, Outcome, Prospect, Words
from conversations.bots.memory import Need
from conversations.stock import Found, find

TOLD, PLACES = 3, 6


def look(matter: Matter) -> Prospect:
    return matter.ready() if len(matter.get(Need.PRODUCT)) > 1 else matter.asks(Need.PRODUCT)


def act(matter: Matter, key: uuid.UUID) -> Outcome:
    found = _found(matter)
    product = " ".join(filter(None, [matter.get(Need.PRODUCT), matter.get(Need.SIZE)]))
    if not found:
        return Outcome("done", (Words("stock_unknown", {"product": product}),), about=product)
    said = tuple(_told(each, matter.get(Need.SHOP)) for each in found)
    return Outcome("done", said, about=", ".join(each.product.name for each in found))


def _found(matter: Matter) -> list[Found]:
    """What all their words fit, in their size; of what has a row of its own for each size, those sizes alone."""
    rows = find(" ".join(matter.get(Need.PRODUCT).split()[:8]))
    if size := matter.get(Need.SIZE).casefold():
        sized = [each for each in rows if size in _parts(each.product.name)]
        rows = sized or rows
    counted = [each for each in rows if each.stock]
    return counted[:TOLD]


def _parts(name: str) -> Iterable[str]:
    return name.casefold().replace(",", " ").replace("/", " ").split()


def _told(found: Found, shop: str) -> Words:
    rows = [row for row in found.stock if row.quantity > 0]
    near = [row for row in rows if shop and shop.casefold() in row.place.casefold()]
    shown = near or rows
    if not shown:
        return Words("stock_none", {"product": found.product.name})
    places = ", ".join(f"{row.place} ({row.quantity})" for row in shown[:PLACES])
    if shop and not near:
        return Words("stock_elsewhere", {"product": found.product.name, "places": places, "shop": shop})
    return Words("stock_at", {"product": found.product.name, "places": places})


STOCK = Deed(
    "stock",
    gettext_lazy("What is in stock where"),
    (Need.PRODUCT, Need.SIZE, Need.SHOP),
    look,
    act,
    wants_proof=False,
    asks_first=False,
)
