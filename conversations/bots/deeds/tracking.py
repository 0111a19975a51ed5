"""Where a parcel is."""

import uuid

from django.utils.translation import gettext_lazy

from conversations.bots.deeds import status
from conversations.bots.deeds.deed import Deed, Matter, Outcome, Words
from conversations.bots.deeds.whose import order_meant
from conversations.bots.memory import Need
from customers.models import Order

MOST_PARCELS = 5


def act(matter: Matter, key: uuid.UUID) -> Outcome:
    order = order_meant(matter)
    if not isinstance(order, Order):
        return Outcome("refused", (order.said,) if order.said else ())
    return Outcome("done", (status.standing(order, matter.language), *parcels(order)), about=order.number)


def parcels(order: Order) -> tuple[Words, ...]:
    """The newest last, as the shop has them; nothing where none was sent."""
    found = [each for each in order.shipments if each.get("number") or each.get("url")]
    return tuple(_parcel(each) for each in found[-MOST_PARCELS:])


def _parcel(shipment: dict[str, str]) -> Words:
    values = {name: str(shipment.get(name, "")) for name in ("carrier", "number", "url")}
    is_linked = values["url"].startswith(("https://", "http://"))
    return Words("tracking_linked" if is_linked else "tracking_number", values)


TRACKING = Deed("tracking", gettext_lazy("Where a parcel is"), (Need.ORDER,), status.look, act, asks_first=False)
