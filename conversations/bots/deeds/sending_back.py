"""Starts a return or an exchange: of which order, which pieces, why, in what state, for money or for another size."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.bots.deeds import at_shop, pieces
from conversations.bots.deeds.at_shop import Errand
from conversations.bots.deeds.deed import Choice, Deed, Matter, Outcome, Prospect, Words
from conversations.bots.deeds.heard import meant
from conversations.bots.deeds.pieces import Piece
from conversations.bots.deeds.whose import order_meant, refused_for
from conversations.bots.memory import Need
from conversations.models.handoff import HandoffReason
from customers.models import Order, Return
from customers.models.order import OrderStatus

REASONS = ("too_small", "too_big", "not_as_described", "damaged", "wrong_item", "changed_mind")
CONDITIONS = ("unworn", "worn", "broken")
REFUND, EXCHANGE = "refund", "exchange"
HERE = (OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.COLLECTED, OrderStatus.PARTLY_SHIPPED)
OUR_FAULT = ("damaged", "wrong_item", "not_as_described")


def look(matter: Matter) -> Prospect:
    order = order_meant(matter)
    if not isinstance(order, Order):
        return order
    matter = matter.knowing(Need.ORDER, order.number)
    if order.status not in HERE:
        return matter.cannot("return_not_here", order=order.number)
    if order.changed_at < matter.now - timedelta(days=settings.RETURN_DAYS):
        return matter.for_people(HandoffReason.NOT_ALLOWED, _("It was bought longer ago than things may come back."))
    if stopped := refused_for(matter, order, "return", "return"):
        return stopped
    left = pieces.left_of(order)
    if not left:
        back = Return.objects.filter(order=order).order_by("-opened_at").first()
        return matter.cannot("return_already", order=order.number, number=(back.number if back else "") or "–")
    these = pieces.meant(matter.get(Need.ITEM), order, left)
    if not these:
        return matter.asks(Need.ITEM, "ask_return_item", *pieces.choices(order, left))
    return _rest(matter, order, these)


def _rest(matter: Matter, order: Order, these: Sequence[Piece]) -> Prospect:
    """The other details, one after the other; then whether to."""
    matter = matter.knowing(Need.ITEM, pieces.written(these))
    reason, condition, wish = _answers(matter)
    if not reason:
        return matter.asks(Need.REASON, "ask_return_reason", *_choices("reason", REASONS))
    if not condition:
        return matter.asks(Need.CONDITION, "ask_return_condition", *_choices("condition", CONDITIONS))
    if condition != "unworn" and reason not in OUR_FAULT:
        return matter.for_people(HandoffReason.NOT_ALLOWED, _("It was used: a person decides whether it comes back."))
    if not wish:
        return matter.asks(Need.WISH, "ask_return_wish", *_choices("wish", (REFUND, EXCHANGE)))
    if wish == EXCHANGE and len(these) > 1:
        return matter.for_people(HandoffReason.NOT_ALLOWED, _("Several things at once, each for another size."))
    if wish == EXCHANGE and not matter.get(Need.SIZE):
        return matter.asks(Need.SIZE, "ask_return_size")
    key = "confirm_exchange" if wish == EXCHANGE else "confirm_return"
    return matter.confirms(key, order=order.number, item=pieces.named(order, these), size=matter.get(Need.SIZE))


def act(matter: Matter, key: uuid.UUID) -> Outcome:
    order = order_meant(matter)
    assert isinstance(order, Order)  # as `look` has found
    these = pieces.meant(matter.get(Need.ITEM), order, pieces.left_of(order))
    reason, condition, wish = _answers(matter)
    values: dict[str, object] = {"pieces": [vars(each) for each in these], "reason": reason, "condition": condition}
    values |= {"wish": wish, "size": matter.get(Need.SIZE) if wish == EXCHANGE else ""}
    row = at_shop.run(matter, order, Errand("return", "return", values), key)
    if isinstance(row, Outcome):
        return row
    number, label = str(row.result.get("number", "")) or order.number, str(row.result.get("label", ""))
    about = f"{order.number}: {pieces.named(order, these)}, {number}"
    if label:
        said = (Words("return_done", {"number": number}), Words("return_label", {"url": label}))
        return at_shop.told(row, Outcome("done", said, about))
    # Its shop makes no labels: a person sends one, and the customer is told so.
    about = _("%(about)s. Its shop makes no label: send one.") % {"about": about}
    said = (Words("return_done", {"number": number}), Words("return_label_follows"))
    return at_shop.told(row, Outcome("done", said, about, hand_over=str(HandoffReason.NOT_ALLOWED)))


def _answers(matter: Matter) -> tuple[str, str, str]:
    """Why, in what state, and for what; "" where it is not said yet."""
    return (
        meant(matter.get(Need.REASON), REASONS),
        meant(matter.get(Need.CONDITION), CONDITIONS),
        meant(matter.get(Need.WISH), (REFUND, EXCHANGE)),
    )


def _choices(what: str, values: Sequence[str]) -> list[Choice]:
    return [Choice(value, key=f"{what}_{value}") for value in values]


RETURN = Deed(
    "return",
    gettext_lazy("Send something back, or exchange it"),
    (Need.ORDER, Need.ITEM, Need.REASON, Need.CONDITION, Need.WISH, Need.SIZE),
    look,
    act,
)
