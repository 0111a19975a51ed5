"""Which order is meant, among those of whoever has proven who they are; nothing is said of anybody else's."""

from django.utils.translation import gettext as _

from conversations.actions.orders import OVER, SENT
from conversations.bots.deeds import at_shop
from conversations.bots.deeds.deed import Choice, Matter, Prospect
from conversations.bots.memory import Need
from conversations.models.handoff import HandoffReason
from customers.models import Order
from customers.models.order import OrderStatus

SHOWN = 3
LONGEST_NAME = 40


def order_meant(matter: Matter) -> Order | Prospect:
    """The order, or what to ask or say instead. One that is not theirs is told from one that is not there by nobody."""
    if matter.proven is None:
        return Prospect("proof", matter.values, need=str(Need.EMAIL))
    theirs = matter.proven.orders().order_by("-placed_at", "-pk")
    if number := _plain(matter.get(Need.ORDER)):
        named = [each for each in theirs[:200] if _plain(each.number) == number]
        return named[0] if named else matter.cannot("no_such_order", order=matter.get(Need.ORDER))
    running = list(theirs.exclude(status__in=OVER)[: SHOWN + 1]) or list(theirs[:1])
    if not running:
        return matter.cannot("no_orders")
    meant = running if len(running) == 1 else [order for order in running if _has(order, matter.get(Need.ITEM))]
    if len(meant) == 1:
        return meant[0]
    choices = [Choice(each.number, shown=in_words(each)) for each in running[:SHOWN]]
    return matter.asks(Need.ORDER, "which_order", *choices)


def in_words(order: Order) -> str:
    """ "HF-48213 · Kestrel Trail Jacket" """
    first = str(order.lines[0].get("name", "")) if order.lines else ""
    return f"{order.number} · {first[:LONGEST_NAME]}" if first else order.number


def too_late(matter: Matter, order: Order) -> Prospect | None:
    """Of where and how an order goes, which can be changed only while nothing of it has been sent."""
    if order.is_collected:
        return matter.cannot("delivery_collected", order=order.number, place=order.place)
    if order.status == OrderStatus.PARTLY_SHIPPED:
        return matter.for_people(HandoffReason.NOT_ALLOWED, _("One part was sent already."))
    if order.status in OVER:
        return matter.cannot("change_over", order=order.number)
    return matter.cannot("change_too_late", order=order.number) if order.status in SENT else None


def refused_for(matter: Matter, order: Order, what: str, act: str) -> Prospect | None:
    """A person must do it: its shop takes no such thing from here, or it is perhaps done already."""
    if not at_shop.can(order, act):
        return matter.for_people(HandoffReason.NOT_ALLOWED, _("This order’s shop does not let the bot do that."))
    if at_shop.is_unsure(order, what):
        return matter.for_people(HandoffReason.FAILED, _("It is perhaps done already: look at the order in the shop."))
    return None


def _has(order: Order, item: str) -> bool:
    """Whether one of its pieces is called by a word of what they said: "the boots" is the order with the Fell Boot."""
    said = {word.rstrip("s") for word in item.casefold().split() if len(word) > 3}
    names = " ".join(str(line.get("name", "")) for line in order.lines).casefold().split()
    return bool(said & {word.rstrip("s") for word in names})


def _plain(number: str) -> str:
    return number.strip().lstrip("#").casefold()
