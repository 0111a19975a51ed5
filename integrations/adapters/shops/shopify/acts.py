"""What an agent does to a Shopify order: GraphQL only, because only there a refund given twice is one refund.

https://shopify.dev/docs/api/admin-graphql/latest/mutations: refundCreate (whose @idempotent is required since 2026-04),
orderCancel, fulfillmentOrderHold, fulfillmentOrderReleaseHold, orderInvoiceSend.
"""

import time
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from customers.facts import Fact
from customers.models import Order
from integrations.adapters.reading import inner, money, rows, words
from integrations.adapters.shops.base import Act, Document, OrderAct, Piece, paid_meanwhile
from integrations.adapters.shops.calling import RefusedError
from integrations.adapters.shops.shopify import changes, returns
from integrations.adapters.shops.shopify.asking import ask, change
from integrations.adapters.shops.shopify.past import gid
from integrations.models import Connector

_SUGGESTED = """query Suggested($id: ID!, $full: Boolean, $lines: [RefundLineItemInput!]) {
  order(id: $id) { id currencyCode suggestedRefund(suggestFullRefund: $full, refundLineItems: $lines) {
    amountSet { shopMoney { amount currencyCode } }
    maximumRefundableSet { shopMoney { amount } }
    suggestedTransactions { gateway kind amountSet { shopMoney { amount } }
      maximumRefundableSet { shopMoney { amount } } parentTransaction { id } } } } }"""
_REFUND = """mutation Refund($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) {
    refund { id totalRefundedSet { shopMoney { amount } } } userErrors { field message } } }"""
_CANCEL = """mutation Cancel($id: ID!, $tell: Boolean, $method: OrderCancelRefundMethodInput!,
  $reason: OrderCancelReason!, $note: String) {
  orderCancel(orderId: $id, notifyCustomer: $tell, refundMethod: $method, restock: true, reason: $reason,
    staffNote: $note) { job { id done } orderCancelUserErrors { field message code } } }"""
_JOB = "query Job($id: ID!) { job(id: $id) { id done } }"
_PARCELS = """query Parcels($id: ID!) { order(id: $id) { cancelledAt fulfillmentOrders(first: 20) {
  nodes { id status fulfillmentHolds { id handle heldByRequestingApp } } } } }"""
_HOLD = """mutation Hold($id: ID!, $hold: FulfillmentOrderHoldInput!) {
  fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) { fulfillmentHold { id }
    userErrors { field message code } } }"""
_RELEASE = """mutation Release($id: ID!, $holds: [ID!]) {
  fulfillmentOrderReleaseHold(id: $id, holdIds: $holds) { fulfillmentOrder { id status }
    userErrors { field message code } } }"""
_INVOICE = (
    """mutation Invoice($id: ID!) { orderInvoiceSend(id: $id) { order { id } userErrors { field message code } } }"""
)

LOOKS, LOOK_SECONDS = 6, 0.5  # at an order that is being cancelled, for an agent who stands by
HANDLE = "throughline"  # of our hold: one app has it once on a parcel, so holding twice is holding once


HAS = frozenset(OrderAct) - {
    OrderAct.POSTPONE
}  # it delays only what was sold to be sent later (fulfillmentOrderReschedule)


def acts(connector: Connector) -> frozenset[OrderAct]:
    """Shopify has nearly all; `may` narrows them down for a key that has fewer rights (check.py notes which)."""
    may = connector.settings.get("may")
    return HAS & frozenset(OrderAct(word) for word in may) if isinstance(may, list) else HAS


def carry_out(connector: Connector, order: Order, act: Act) -> list[Fact | Document]:
    """What came of it beside the order. Raises AdapterError in the agent's words."""
    if act.what == OrderAct.RETURN:
        return returns.start(connector, order, act)
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
    """As the shop proposes, onto the payments it came by; what is asked for must not be more than is left there."""
    lines = [_refunded(piece) for piece in act.pieces if piece.line_id]
    asked = {"id": gid("Order", order.external_id), "full": not lines, "lines": lines}
    found = inner(ask(connector, _SUGGESTED, asked), "order")
    if not found:
        raise RefusedError(_("The shop has no such order any more."), status=404)
    proposed = inner(found, "suggestedRefund")
    amount = _of(proposed, "amountSet") if act.amount is None else act.amount
    most = _of(proposed, "maximumRefundableSet")
    if amount <= 0:
        raise RefusedError(_("There is nothing left to refund on this order."), status=422)
    if amount > most:
        words_ = _("At most %(most)s %(currency)s of this order can still be refunded.")
        raise RefusedError(words_ % {"most": most, "currency": words(found.get("currencyCode"))}, status=422)
    given: dict[str, object] = {
        "orderId": gid("Order", order.external_id),
        "note": act.reason[:400],
        "notify": act.tell_buyer,
        "refundLineItems": lines,
        "transactions": _spread(gid("Order", order.external_id), rows(proposed, "suggestedTransactions"), amount),
    }
    change(connector, _REFUND, {"input": given, "key": act.key}, "refundCreate")


def _spread(order: str, payments: list[dict[str, Any]], amount: Decimal) -> list[dict[str, object]]:
    """The amount over the payments, each as far as it goes: a gift card and a credit card are two."""
    spread: list[dict[str, object]] = []
    for payment in payments:
        part = min(amount, max(_of(payment, "maximumRefundableSet"), _of(payment, "amountSet")))
        if part <= 0:
            continue
        amount -= part
        spread.append(
            {
                "orderId": order,
                "kind": "REFUND",
                "gateway": words(payment.get("gateway")),
                "amount": str(part),
                "parentId": words(inner(payment, "parentTransaction").get("id")) or None,
            }
        )
    if amount > 0:
        raise RefusedError(_("No payment of this order can be refunded by that much."), status=422)
    return spread


def _cancel(connector: Connector, order: Order, act: Act) -> None:
    """The shop does it in its own time, and gives back what was paid. One that is cancelled already is cancelled."""
    if act.amount is None and _is_paid(connector, order):
        raise RefusedError(paid_meanwhile(), status=409)
    asked: dict[str, object] = {
        "id": gid("Order", order.external_id),
        "tell": act.tell_buyer,
        "method": {"originalPaymentMethodsRefund": True},
        "reason": "CUSTOMER",
        "note": act.reason[:255],
    }
    try:
        done = change(connector, _CANCEL, asked, "orderCancel")
    except RefusedError:
        if not _parcels(connector, order).get("cancelledAt"):
            raise
        return
    job = inner(done, "job")
    for _look in range(LOOKS):
        if job.get("done") is not False:
            return
        time.sleep(LOOK_SECONDS)
        job = inner(ask(connector, _JOB, {"id": job.get("id")}), "job")


def _is_paid(connector: Connector, order: Order) -> bool:
    asked: dict[str, object] = {"id": gid("Order", order.external_id), "full": True, "lines": []}
    found = inner(ask(connector, _SUGGESTED, asked), "order")
    return _of(inner(found, "suggestedRefund"), "maximumRefundableSet") > 0


def _resend(connector: Connector, order: Order, act: Act) -> None:
    """Shopify's API sends no order confirmation again, but the order's invoice, which lists the same."""
    change(connector, _INVOICE, {"id": gid("Order", order.external_id)}, "orderInvoiceSend")


def _hold(connector: Connector, order: Order, act: Act) -> None:
    """Every parcel that has not left."""
    waiting = [
        each
        for each in _nodes(connector, order)
        if each.get("status") in ("OPEN", "SCHEDULED", "IN_PROGRESS", "ON_HOLD")
    ]
    if not waiting:
        raise RefusedError(_("Nothing of this order is left to be held: it was sent, or cancelled."), status=422)
    hold = {"reason": "OTHER", "reasonNotes": act.reason[:255], "handle": HANDLE}
    for each in waiting:
        if not _ours(each):
            change(connector, _HOLD, {"id": each["id"], "hold": hold}, "fulfillmentOrderHold")


def _release(connector: Connector, order: Order, act: Act) -> None:
    """All holds, also those that the shop's own people have set."""
    held = [each for each in _nodes(connector, order) if each.get("status") == "ON_HOLD"]
    for each in held:
        holds = [hold["id"] for hold in rows(each, "fulfillmentHolds")] or None
        change(connector, _RELEASE, {"id": each["id"], "holds": holds}, "fulfillmentOrderReleaseHold")


def _parcels(connector: Connector, order: Order) -> dict[str, Any]:
    return inner(ask(connector, _PARCELS, {"id": gid("Order", order.external_id)}), "order")


def _nodes(connector: Connector, order: Order) -> list[dict[str, Any]]:
    return rows(inner(_parcels(connector, order), "fulfillmentOrders"), "nodes")


def _ours(parcel: dict[str, Any]) -> bool:
    return any(hold.get("handle") == HANDLE for hold in rows(parcel, "fulfillmentHolds"))


def _refunded(piece: Piece) -> dict[str, object]:
    line = gid("LineItem", piece.line_id)
    return {"lineItemId": line, "quantity": piece.quantity, "restockType": "NO_RESTOCK"}


def _of(found: dict[str, Any], name: str) -> Decimal:
    return money(inner(inner(found, name), "shopMoney").get("amount"), name)
