"""Changes where an order is sent, while nothing of it has been."""

import uuid

from django.utils.translation import gettext_lazy

from conversations.bots.deeds import addresses, at_shop
from conversations.bots.deeds.at_shop import Errand
from conversations.bots.deeds.deed import Deed, Matter, Outcome, Prospect, Words
from conversations.bots.deeds.whose import order_meant, refused_for, too_late
from conversations.bots.memory import Need
from customers.models import Order


def look(matter: Matter) -> Prospect:
    order = order_meant(matter)
    if not isinstance(order, Order):
        return order
    matter = matter.knowing(Need.ORDER, order.number)
    if late := too_late(matter, order):
        return late
    if stopped := refused_for(matter, order, "address", "address"):
        return stopped
    text = matter.get(Need.ADDRESS)
    if not text:
        return matter.asks(Need.ADDRESS, "ask_new_address", order=order.number)
    wanted = addresses.read(text)
    if wanted is None:
        return matter.asks(Need.ADDRESS, "ask_whole_address")
    return matter.confirms("confirm_address", order=order.number, address=addresses.in_one_line(wanted))


def act(matter: Matter, key: uuid.UUID) -> Outcome:
    order, wanted = order_meant(matter), addresses.read(matter.get(Need.ADDRESS))
    assert isinstance(order, Order) and wanted is not None  # as `look` has found
    row = at_shop.run(matter, order, Errand("address", "address", {"address": wanted}), key)
    if isinstance(row, Outcome):
        return row
    said = Words("address_done", {"order": order.number, "address": addresses.in_one_line(wanted)})
    return at_shop.told(row, Outcome("done", (said,), about=f"{order.number}: {addresses.in_one_line(wanted)}"))


ADDRESS = Deed("address", gettext_lazy("Another address for an order"), (Need.ORDER, Need.ADDRESS), look, act)
