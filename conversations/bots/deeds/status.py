"""How an order stands."""

import uuid

from django.utils import timezone
from django.utils.translation import gettext_lazy

from conversations.bots.deeds import wording
from conversations.bots.deeds.deed import Deed, Matter, Outcome, Prospect, Words
from conversations.bots.deeds.whose import order_meant
from conversations.bots.memory import Need
from customers.models import Order, Return


def look(matter: Matter) -> Prospect:
    found = order_meant(matter)
    return matter.ready() if isinstance(found, Order) else found


def act(matter: Matter, key: uuid.UUID) -> Outcome:
    """Nothing is changed by it, so the key means nothing."""
    order = order_meant(matter)
    if not isinstance(order, Order):
        return Outcome("refused", (order.said,) if order.said else ())
    back = Return.objects.filter(order=order).order_by("-opened_at").first()
    said = (standing(order, matter.language), *((_coming_back(back),) if back else ()))
    return Outcome("done", said, about=f"{order.number}: {order.get_status_display()}")


def standing(order: Order, language: str) -> Words:
    """One key for each of OrderStatus: "status_paid"."""
    at = timezone.localtime(order.changed_at)
    parcel = order.shipments[-1] if order.shipments else {}
    values = {
        "order": order.number,
        "day": wording.day(at, language),
        "placed": wording.day(timezone.localtime(order.placed_at), language),
        "place": order.place,
        "sum": wording.money(order.total, order.currency, language),
        "carrier": str(parcel.get("carrier", "")),
    }
    return Words(f"status_{order.status}", values)


def _coming_back(back: Return) -> Words:
    return Words(f"return_is_{back.status}", {"number": back.number or back.external_id})


STATUS = Deed("status", gettext_lazy("How an order stands"), (Need.ORDER,), look, act, asks_first=False)
