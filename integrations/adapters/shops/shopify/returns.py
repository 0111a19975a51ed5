"""Starts a return at Shopify, or an exchange: what may come back, under which reason, and the label if there is one.

https://shopify.dev/docs/api/admin-graphql/latest/mutations/returnCreate, …/queries/returnableFulfillments,
…/queries/returnReasonDefinitions, …/objects/ReverseDelivery. returnCreate knows no keys of idempotence (only refunds
and counts of stock do, …/usage/idempotent-requests): so ours stands in the note of each line, and is looked for first.
"""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.facts import Fact
from customers.models import Order
from integrations.adapters.base import UncertainError
from integrations.adapters.reading import inner, rows, words
from integrations.adapters.shops.base import Act, Document, Piece
from integrations.adapters.shops.calling import RefusedError
from integrations.adapters.shops.shopify import api
from integrations.adapters.shops.shopify.asking import ask, change
from integrations.adapters.shops.shopify.orders import last_of, return_fact
from integrations.adapters.shops.shopify.past import gid
from integrations.models import Connector

_MAY_COME_BACK = """query MayComeBack($id: ID!) { returnableFulfillments(orderId: $id, first: 20) { nodes {
  returnableFulfillmentLineItems(first: 50) { nodes { quantity fulfillmentLineItem { id lineItem { id } } } } } } }"""
_REASONS = "query Reasons { returnReasonDefinitions(first: 250) { nodes { id handle deleted } } }"
_VARIANTS = """query Sizes($id: ID!) { productVariant(id: $id) { product { variants(first: 100) { nodes {
  id inventoryQuantity selectedOptions { name value } } } } } }"""
_CREATE = """mutation Start($input: ReturnInput!) { returnCreate(returnInput: $input) {
  return { id name } userErrors { field message code } } }"""
_MADE = f"""query Made($id: ID!) {{ order(id: $id) {{ returns(first: 50) {{ nodes {{ {api.RETURN}
  reverseFulfillmentOrders(first: 5) {{ nodes {{ reverseDeliveries(first: 5) {{ nodes {{
    deliverable {{ ... on ReverseDeliveryShippingDeliverable {{ label {{ publicFileUrl }} }} }}
  }} }} }} }} }} }} }} }}"""
# Our words for a reason, and those of Shopify's library of them that mean as much, the best first.
REASONS = {
    "too_small": ("too-small", "size-too-small", "too-tight"),
    "too_big": ("too-large", "size-too-large", "too-loose"),
    "not_as_described": ("not-as-described", "item-not-as-described"),
    "damaged": ("defective", "damaged", "damaged-or-defective"),
    "wrong_item": ("wrong-item", "received-wrong-item"),
    "changed_mind": ("unwanted", "changed-mind", "no-longer-needed"),
}


def start(connector: Connector, order: Order, act: Act) -> list[Fact | Document]:
    """Raises AdapterError. Whether ours is there already is asked first, and once more when the shop fell silent."""
    made = _made(connector, order, act)
    if made is None:
        given: dict[str, object] = {
            "orderId": gid("Order", order.external_id),
            "requestedAt": timezone.now().isoformat(),
            "returnLineItems": _lines(connector, order, act),
        }
        if act.wish == "exchange":
            given["exchangeLineItems"] = [_instead(connector, piece, act.size) for piece in act.pieces]
        try:
            change(connector, _CREATE, {"input": given}, "returnCreate")
        except UncertainError:
            if _made(connector, order, act) is None:
                raise
        made = _made(connector, order, act)
    if made is None:
        raise UncertainError(_("The shop took the return, but does not show it yet."))
    fact = return_fact(connector, made, read_at=timezone.now())
    document = Document("return", number=words(made.get("name")))
    labels = [Document("label", url) for url in _labels(made)[:1]]
    return [*([fact] if fact else []), document, *labels]


def _made(connector: Connector, order: Order, act: Act) -> dict[str, Any] | None:
    found = inner(ask(connector, _MADE, {"id": gid("Order", order.external_id)}), "order")
    for each in rows(inner(found, "returns"), "nodes"):
        lines = rows(inner(each, "returnLineItems"), "nodes")
        if any(act.key in words(line.get("returnReasonNote")) for line in lines):
            return each
    return None


def _lines(connector: Connector, order: Order, act: Act) -> list[dict[str, object]]:
    asked = ask(connector, _MAY_COME_BACK, {"id": gid("Order", order.external_id)})
    left = {
        last_of(words(inner(inner(line, "fulfillmentLineItem"), "lineItem").get("id"))): line
        for parcel in rows(inner(asked, "returnableFulfillments"), "nodes")
        for line in rows(inner(parcel, "returnableFulfillmentLineItems"), "nodes")
    }
    note = " · ".join(filter(None, [act.note, act.condition, act.key]))[-255:]
    reason = _reason(connector, act.reason)
    return [_line(left, piece) | {"returnReasonNote": note} | reason for piece in act.pieces]


def _line(left: dict[str, dict[str, Any]], piece: Piece) -> dict[str, object]:
    found = left.get(last_of(piece.line_id))
    quantity = found.get("quantity") if found else 0
    if found is None or not isinstance(quantity, int) or quantity < piece.quantity:
        raise RefusedError(_("The shop does not take this piece back, or has it on a return already."), status=422)
    return {"fulfillmentLineItemId": words(inner(found, "fulfillmentLineItem").get("id")), "quantity": piece.quantity}


def _reason(connector: Connector, ours: str) -> dict[str, object]:
    """None is better than a wrong one: the note says it in words."""
    nodes = rows(inner(ask(connector, _REASONS, {}), "returnReasonDefinitions"), "nodes")
    known = {words(each.get("handle")): words(each.get("id")) for each in nodes if not each.get("deleted")}
    found = next((known[handle] for handle in REASONS.get(ours, ("other",)) if handle in known), None)
    return {"returnReasonDefinitionId": found} if found else {}


def _instead(connector: Connector, piece: Piece, size: str) -> dict[str, object]:
    asked = ask(connector, _VARIANTS, {"id": gid("ProductVariant", piece.product_id)})
    for each in rows(inner(inner(inner(asked, "productVariant"), "product"), "variants"), "nodes"):
        values = {words(option.get("value")).casefold() for option in rows(each, "selectedOptions")}
        if size.casefold() in values:
            if not (isinstance(count := each.get("inventoryQuantity"), int) and count >= piece.quantity):
                raise RefusedError(_("It is sold out in size %(size)s.") % {"size": size}, status=422)
            return {"variantId": words(each.get("id")), "quantity": piece.quantity}
    raise RefusedError(_("The shop does not have it in size %(size)s.") % {"size": size}, status=422)


def _labels(made: dict[str, Any]) -> list[str]:
    found = []
    for parcel in rows(inner(made, "reverseFulfillmentOrders"), "nodes"):
        for delivery in rows(inner(parcel, "reverseDeliveries"), "nodes"):
            found.append(words(inner(inner(delivery, "deliverable"), "label").get("publicFileUrl")))
    return [url for url in found if url.startswith("https://")]
