"""Cancels an order that was not sent yet; what was paid goes back, up to the bot's limit."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.actions.orders import OVER, SENT, left_to_refund
from conversations.bots.deeds import at_shop, wording
from conversations.bots.deeds.at_shop import Errand
from conversations.bots.deeds.deed import Deed, Matter, Outcome, Prospect, Words
from conversations.bots.deeds.whose import order_meant, refused_for
from conversations.bots.memory import Need
from conversations.models.handoff import HandoffReason
from customers.models import Order
from customers.models.order import OrderStatus


def look(matter: Matter) -> Prospect:
    order = order_meant(matter)
    if not isinstance(order, Order):
        return order
    if order.status in OVER:
        return matter.cannot("cancel_already", order=order.number)
    if order.status in SENT:
        return matter.cannot("cancel_too_late", order=order.number)
    if stopped := refused_for(matter, order, "cancel", "cancel"):
        return stopped
    back = _goes_back(order)
    if back > Decimal(settings.BOT_REFUND_LIMIT):
        return matter.for_people(HandoffReason.NOT_ALLOWED, _("It gives back more than the bot may."))
    matter = matter.knowing(Need.ORDER, order.number)
    if back:
        return matter.confirms(
            "confirm_cancel_paid", order=order.number, sum=wording.money(back, order.currency, matter.language)
        )
    return matter.confirms("confirm_cancel", order=order.number)


def act(matter: Matter, key: uuid.UUID) -> Outcome:
    order = order_meant(matter)
    assert isinstance(order, Order)  # as `look` has found
    row = at_shop.run(matter, order, Errand("cancel", "cancel", amount=_goes_back(order) or None), key)
    if isinstance(row, Outcome):
        return row
    return at_shop.told(row, Outcome("done", (Words("cancel_done", {"order": order.number}),), about=order.number))


def _goes_back(order: Order) -> Decimal:
    return left_to_refund(order) if order.status != OrderStatus.PLACED else Decimal(0)


CANCEL = Deed("cancel", gettext_lazy("Cancel an order"), (Need.ORDER,), look, act)
