"""Sends a copy of an order's invoice to the address that the shop has for it."""

import uuid

from django.utils.translation import gettext_lazy

from conversations.bots.deeds import at_shop
from conversations.bots.deeds.at_shop import Errand
from conversations.bots.deeds.deed import Deed, Matter, Outcome, Prospect, Words
from conversations.bots.deeds.whose import order_meant, refused_for
from conversations.bots.memory import Need
from customers.models import Order


def look(matter: Matter) -> Prospect:
    order = order_meant(matter)
    if not isinstance(order, Order):
        return order
    if stopped := refused_for(matter, order, "invoice", "invoice"):
        return stopped
    return matter.knowing(Need.ORDER, order.number).confirms("confirm_invoice", order=order.number)


def act(matter: Matter, key: uuid.UUID) -> Outcome:
    order = order_meant(matter)
    assert isinstance(order, Order)  # as `look` has found
    row = at_shop.run(matter, order, Errand("invoice", "invoice"), key)
    if isinstance(row, Outcome):
        return row
    url = str(row.result.get("invoice", ""))
    said = Words("invoice_linked", {"order": order.number, "url": url}) if url else Words(
        "invoice_sent", {"order": order.number}
    )  # fmt: skip
    return at_shop.told(row, Outcome("done", (said,), about=order.number))


INVOICE = Deed("invoice", gettext_lazy("A copy of the invoice"), (Need.ORDER,), look, act)
