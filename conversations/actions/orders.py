"""Acting on orders: who may do what and up to how much, begun once, ended with what the shop said, and written down."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from conversations.actions.change import NotPossibleError, log
from conversations.models import Activity, BotDeed, Conversation, OrderAct
from conversations.models.deed import DeedState
from conversations.models.order_act import OrderActKind, OrderActState
from customers.models import Order
from customers.models.order import OrderStatus
from customers.money import formatted

if TYPE_CHECKING:
    from deskapp.models import User

SILENT = timedelta(minutes=5)  # after so long nobody waits for the shop any more: our process died over it
VERBS = {
    OrderActKind.REFUND: Activity.Verb.REFUNDED,
    OrderActKind.CANCEL: Activity.Verb.CANCELLED_ORDER,
    OrderActKind.RESEND: Activity.Verb.RESENT_ORDER,
    OrderActKind.HOLD: Activity.Verb.HELD_ORDER,
    OrderActKind.RELEASE: Activity.Verb.RELEASED_ORDER,
}
OVER = (OrderStatus.CANCELLED, OrderStatus.REFUNDED)
SENT = (OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.COLLECTED, OrderStatus.PARTLY_SHIPPED)


class OverLimitError(NotPossibleError):
    """More than this agent may give back. The text says the limit."""


@dataclass(frozen=True)
class Wish:
    """What an agent asks to be done, checked as far as it can be without a lock."""

    what: OrderActKind
    amount: Decimal | None = None
    pieces: list[dict[str, int]] = field(default_factory=list)
    reason: str = ""


def fitting(order: Order) -> list[OrderActKind]:
    """What makes sense for an order that stands like this; the shop has the last word."""
    kinds = [OrderActKind.REFUND] if left_to_refund(order) and order.status != OrderStatus.CANCELLED else []
    if order.status not in (*OVER, *SENT):
        kinds.append(OrderActKind.CANCEL)
        kinds.append(OrderActKind.RELEASE if order.status == OrderStatus.HELD else OrderActKind.HOLD)
    return [*kinds, OrderActKind.RESEND]


def left_to_refund(order: Order) -> Decimal:
    return max(order.total - order.refunded, Decimal(0))


def check(order: Order, wish: Wish, *, by: "User") -> None:
    """Raises NotPossibleError where the order does not allow it, OverLimitError where the agent's limit does not."""
    if wish.what not in fitting(order):
        raise NotPossibleError(_("That cannot be done to an order that is “%s”.") % order.get_status_display())
    if wish.what == OrderActKind.REFUND:
        left = left_to_refund(order)
        if wish.amount is None or wish.amount <= 0:
            raise NotPossibleError(_("A refund needs a sum."))
        if wish.amount > left:
            raise NotPossibleError(_("Only %s of this order is left to refund.") % _money(left, order))
    if wish.what in (OrderActKind.REFUND, OrderActKind.CANCEL):
        _check_limit(order, _goes_back(order, wish), by=by)


def limit_of(agent: "User") -> Decimal | None:
    """The most this agent may give back of one order; None is without limit."""
    if agent.may("refunds.limitless"):
        return None
    floor = Decimal(settings.SUPERVISOR_REFUND_LIMIT) if agent.may("refunds.more") else Decimal(0)
    return max(agent.refund_limit, floor)


@transaction.atomic
def begin(
    order: Order, wish: Wish, *, key: uuid.UUID, by: "User", conversation: Conversation | None
) -> tuple[OrderAct, bool]:
    """The act under this key, and whether it is new and now to be done. A key that was used stands for what was done
    with it. Two agents at once: the second is told so. Raises NotPossibleError."""
    order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if known := OrderAct.objects.filter(key=key).first():
        if (known.order_id, known.what) != (order.pk, wish.what):
            raise NotPossibleError(_("This form was used for something else: open it again."))
        return known, False
    give_up_on_the_dead(OrderAct.objects.filter(order=order))
    check(order, wish, by=by)
    if OrderAct.objects.filter(order=order, state=OrderActState.DOING).exists() or is_bot_at(order):
        raise NotPossibleError(_("A colleague is doing something to this order right now."))
    act = OrderAct.objects.create(
        order=order,
        conversation=conversation,
        by=by,
        what=wish.what,
        key=key,
        amount=_goes_back(order, wish) or None,
        pieces=wish.pieces,
        reason=wish.reason,
    )
    return act, True


@transaction.atomic
def end(act: OrderAct, state: str, *, error: str = "") -> None:
    """Notes how it ended, once, and where it may have been done writes it in the conversation's log."""
    ended = OrderAct.objects.filter(pk=act.pk, state=OrderActState.DOING)
    if not ended.update(state=state, error=error, ended_at=timezone.now()):
        return
    act.state, act.error = state, error
    if act.conversation and state != OrderActState.FAILED:
        unsure = _("perhaps: the shop fell silent") if state == OrderActState.UNCERTAIN else ""
        reason = " · ".join(filter(None, [unsure, act.reason]))
        log(act.conversation, VERBS[OrderActKind(act.what)], by=act.by, to=about(act), reason=reason)


def give_up_on_the_dead(acts: QuerySet[OrderAct]) -> None:
    """Nobody waits for these any more, and whether the shop did them is for a person to see."""
    dead = acts.filter(state=OrderActState.DOING, created_at__lt=timezone.now() - SILENT)
    for act in dead.select_related("order", "conversation", "by"):
        end(act, OrderActState.UNCERTAIN, error=_("The desk was interrupted: look at the order in the shop."))


def is_bot_at(order: Order) -> bool:
    return BotDeed.objects.filter(order=order, state=DeedState.DOING).exists()


def about(act: OrderAct) -> str:
    """ "£40.00 of HF-48213" """
    if act.amount is None:
        return act.order.number
    return _("%(sum)s of %(order)s") % {"sum": _money(act.amount, act.order), "order": act.order.number}


def _check_limit(order: Order, amount: Decimal, *, by: "User") -> None:
    """Small sums count together: the limit is of an order, not of a click."""
    limit = limit_of(by)
    if limit is None or not amount:
        return
    given = OrderAct.objects.filter(order=order, by=by, state__in=[OrderActState.DONE, OrderActState.UNCERTAIN])
    before = given.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    if before + amount <= limit:
        return
    if not limit:
        raise OverLimitError(_("You may not give money back. A supervisor can."))
    words = _("You may give back up to %(limit)s of one order, and this makes %(sum)s. A supervisor may do more.")
    if by.may("refunds.more"):
        words = _("You may give back up to %(limit)s of one order, and this makes %(sum)s. An admin may do more.")
    raise OverLimitError(words % {"limit": _money(limit, order), "sum": _money(before + amount, order)})


def _goes_back(order: Order, wish: Wish) -> Decimal:
    if wish.what == OrderActKind.CANCEL:
        return left_to_refund(order) if order.status != OrderStatus.PLACED else Decimal(0)
    return wish.amount or Decimal(0)


def _money(amount: Decimal, order: Order) -> str:
    return formatted(amount, order.currency, get_language() or "en")
