"""Has a shop do to an order what an agent asked for, keeps how the order stands then, and notes how it ended."""

from collections.abc import Iterable

import structlog
from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from conversations.actions import orders
from conversations.live.customers import push_customer
from conversations.models import OrderAct
from conversations.models.order_act import OrderActState
from customers import profile
from customers.facts import Fact
from customers.gather import gather_all
from customers.models import Order
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, UncertainError
from integrations.adapters.shops.base import Act, Document, Piece, Shop
from integrations.adapters.shops.base import OrderAct as What
from integrations.models import Connector

log = structlog.get_logger(__name__)


def shop_of(order: Order) -> tuple[Connector, Shop] | None:
    """The connector that the order came by, where its adapter can act on orders."""
    connector = Connector.objects.filter(pk=order.source, is_active=True).first() if order.source else None
    adapter = adapter_named(connector.adapter) if connector else None
    if connector is None or not hasattr(adapter, "act"):
        return None
    return connector, adapter  # type: ignore[return-value]  # as the line above has asked


def possible(order: Order) -> list[str]:
    """What its shop lets the desk do, of what makes sense for the order now."""
    found = shop_of(order)
    allowed = found[1].acts(found[0]) if found else frozenset()
    return [kind for kind in orders.fitting(order) if str(kind) in set(map(str, allowed))]


def carry_out(act: OrderAct) -> OrderAct:
    """Once: call it only for an act that `orders.begin` has just made. Whatever happens is an end in words, and the
    order is shown as the shop says that it is, not as we think."""
    found = shop_of(act.order)
    if found is None:
        orders.end(act, OrderActState.FAILED, error=_("This order’s shop is not connected any more."))
        return act
    connector, shop = found
    try:
        came = shop.act(connector, act.order, _asked(act))
        facts = [each for each in came if not isinstance(each, Document)]
    except UncertainError as error:
        orders.end(act, OrderActState.UNCERTAIN, error=str(error))
    except AdapterError as error:
        orders.end(act, OrderActState.FAILED, error=str(error))
    except Exception:
        # Whatever the shop's answer provokes: the money may have moved, so nobody may take it for undone.
        log.exception("acting on an order failed", order_act=act.pk)
        orders.end(
            act, OrderActState.UNCERTAIN, error=_("Something unexpected happened: look at the order in the shop.")
        )
    else:
        orders.end(act, OrderActState.DONE, error=kept(facts))
    return act


def kept(facts: Iterable[Fact]) -> str:
    """What went wrong in keeping what the shop says; the act is done all the same."""
    try:
        with transaction.atomic():
            touched = gather_all(facts)
            profile.changed(touched)
            push_customer(touched)
    except (ValueError, DataError, IntegrityError) as error:
        log.exception("the order after an act could not be kept")
        return _("Done, but how the order stands now could not be kept: %s") % error
    return ""


def _asked(act: OrderAct) -> Act:
    pieces = [_piece(act.order.lines[each["line"]], each["quantity"]) for each in act.pieces]
    return Act(What(act.what), str(act.key), act.amount, tuple(pieces), act.reason)


def _piece(line: dict[str, str], quantity: int) -> Piece:
    return Piece(line.get("line_id", ""), quantity, line.get("product_id", ""), line.get("sku", ""))
