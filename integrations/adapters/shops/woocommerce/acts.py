"""What an agent does to a WooCommerce order. Its API knows no keys of idempotence: each refund carries ours."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from customers.facts import Fact
from customers.models import Order
from integrations.adapters.base import UncertainError
from integrations.adapters.reading import money, rows, words
from integrations.adapters.shops.base import Act, Document, OrderAct, Piece, paid_meanwhile
from integrations.adapters.shops.calling import RefusedError, patient
from integrations.adapters.shops.woocommerce import api, changes
from integrations.models import Connector

KEY = "_throughline_key"  # a note on each refund of ours, so that it is not made twice


HAS = frozenset(OrderAct) - {OrderAct.POSTPONE}  # it has no day before which nothing is sent


def acts(connector: Connector) -> frozenset[OrderAct]:
    """Nearly all, unless the key may only read (check.py notes it)."""
    may = connector.settings.get("may")
    return HAS & frozenset(OrderAct(word) for word in may) if isinstance(may, list) else HAS


def carry_out(connector: Connector, order: Order, act: Act) -> list[Fact | Document]:
    """What came of it beside the order. Raises AdapterError in the agent's words."""
    if act.what == OrderAct.RETURN:
        return changes.start_return(connector, order, act)
    {
        OrderAct.REFUND: _refund,
        OrderAct.CANCEL: _cancel,
        OrderAct.RESEND: _resend,
        OrderAct.INVOICE: _resend,
        OrderAct.HOLD: _hold,
        OrderAct.RELEASE: _release,
        OrderAct.ADDRESS: changes.readdress,
        OrderAct.INSTRUCT: changes.instruct,
    }[act.what](connector, order, act)
    return []


def _refund(connector: Connector, order: Order, act: Act) -> None:
    """Through the payment gateway (`api_refund`). Whether ours is there already is asked first, and once more when the
    shop had the request and fell silent."""
    if _is_done(connector, order, act):
        return
    found = _order(connector, order)
    amount = act.amount if act.amount is not None else _left(found)
    if amount <= 0:
        raise RefusedError(_("There is nothing left to refund on this order."), status=422)
    if amount > _left(found):
        told = _("At most %(most)s %(currency)s of this order can still be refunded.")
        raise RefusedError(told % {"most": _left(found), "currency": words(found.get("currency"))}, status=422)
    given: dict[str, object] = {
        "amount": str(amount),
        "reason": act.reason[:400],
        "api_refund": True,
        "api_restock": False,
        "line_items": [_piece(found, piece, act) for piece in act.pieces if piece.line_id],
        "meta_data": [{"key": KEY, "value": act.key}],
    }
    try:
        _change(connector, f"orders/{order.external_id}/refunds", given, method="POST")
    except UncertainError:
        if not _is_done(connector, order, act):
            raise
    except RefusedError as error:
        raise _no_gateway(error) from error


def _no_gateway(error: RefusedError) -> RefusedError:
    if "gateway" in error.said.lower():
        text = _("The payment of this order cannot be refunded from here: its gateway does not allow it.")
        return RefusedError(text, status=error.status, said=error.said)
    return error


def _cancel(connector: Connector, order: Order, act: Act) -> None:
    """WooCommerce gives nothing back by itself: what was paid is refunded first."""
    found = _order(connector, order)
    if words(found.get("status")) in ("cancelled", "refunded"):
        return
    if words(found.get("status")) == "completed":
        raise RefusedError(_("The order was sent already: refund it instead."), status=422)
    if words(found.get("date_paid_gmt")) and _left(found) > 0:
        if act.amount is None:
            raise RefusedError(paid_meanwhile(), status=409)
        _refund(connector, order, act)
    _become(connector, order, "cancelled", act)


def _resend(connector: Connector, order: Order, act: Act) -> None:
    """The order's details by mail to its buyer: since WooCommerce 9.8 (its OrderActionsRestController)."""
    _change(connector, f"orders/{order.external_id}/actions/send_order_details", {}, method="POST")


def _hold(connector: Connector, order: Order, act: Act) -> None:
    status = words(_order(connector, order).get("status"))
    if status not in ("pending", "processing", "on-hold"):
        raise RefusedError(_("Nothing of this order is left to be held: it was sent, or cancelled."), status=422)
    if status != "on-hold":
        _become(connector, order, "on-hold", act)


def _release(connector: Connector, order: Order, act: Act) -> None:
    """To be sent if it was paid, to be paid if not."""
    found = _order(connector, order)
    if words(found.get("status")) == "on-hold":
        _become(connector, order, "processing" if words(found.get("date_paid_gmt")) else "pending", act)


def _become(connector: Connector, order: Order, status: str, act: Act) -> None:
    """The reason goes into the order's notes, for the shop's own people, and is not worth a failure."""
    _change(connector, f"orders/{order.external_id}", {"status": status}, method="PUT")
    if act.reason:
        note: dict[str, object] = {"note": act.reason[:400], "customer_note": False}
        try:
            api.rest(connector, f"orders/{order.external_id}/notes", method="POST", json=note)
        except (RefusedError, UncertainError):
            return


def _is_done(connector: Connector, order: Order, act: Act) -> bool:
    found = patient(lambda: api.rest(connector, f"orders/{order.external_id}/refunds", {"per_page": "100"})).json
    keys = (meta for refund in found if isinstance(refund, dict) for meta in rows(refund, "meta_data"))
    return any(meta.get("key") == KEY and meta.get("value") == act.key for meta in keys)


def _order(connector: Connector, order: Order) -> dict[str, Any]:
    found = patient(lambda: api.rest(connector, f"orders/{order.external_id}")).json
    return found if isinstance(found, dict) else {}


def _left(found: dict[str, Any]) -> Decimal:
    gone = sum((abs(money(each.get("total"), "total")) for each in rows(found, "refunds")), Decimal(0))
    return money(found.get("total"), "total") - gone


def _piece(found: dict[str, Any], piece: Piece, act: Act) -> dict[str, object]:
    """The shop counts the pieces back; what goes back in money is the amount above, whatever they cost."""
    known = {words(each.get("id")) for each in rows(found, "line_items")}
    if piece.line_id not in known:
        raise RefusedError(_("This order has no such line any more."), status=422)
    return {"id": int(piece.line_id), "quantity": piece.quantity}


def _change(connector: Connector, path: str, given: dict[str, object], *, method: str) -> None:
    ask: Callable[[], Any] = lambda: api.rest(connector, path, method=method, json=given)  # noqa: E731
    patient(ask)
