"""Which order is meant, among those of whoever has proven who they are; nothing is said of anybody else's."""

from conversations.bots.deeds.deed import Choice, Matter, Prospect
from conversations.bots.memory import Need
from customers.models import Order
from customers.models.order import OrderStatus

OVER = (OrderStatus.CANCELLED, OrderStatus.REFUNDED)
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
    if len(running) == 1:
        return running[0]
    choices = [Choice(each.number, shown=in_words(each)) for each in running[:SHOWN]]
    return matter.asks(Need.ORDER, "which_order", *choices)


def in_words(order: Order) -> str:
    """ "HF-48213 · Kestrel Trail Jacket" """
    first = str(order.lines[0].get("name", "")) if order.lines else ""
    return f"{order.number} · {first[:LONGEST_NAME]}" if first else order.number


def _plain(number: str) -> str:
    return number.strip().lstrip("#").casefold()
