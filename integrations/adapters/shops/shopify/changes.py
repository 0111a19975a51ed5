"""Changes where a Shopify order goes, before anything of it was sent: its address, and a note for whoever delivers it.

https://shopify.dev/docs/api/admin-graphql/latest/mutations/orderUpdate: what is given stands in the place of what was.
"""

from typing import Any

from django.utils.translation import gettext as _

from customers.models import Order
from integrations.adapters.base import UncertainError
from integrations.adapters.reading import inner, rows, words
from integrations.adapters.shops.base import Act, Address
from integrations.adapters.shops.calling import RefusedError
from integrations.adapters.shops.shopify.asking import ask, change
from integrations.adapters.shops.shopify.past import gid
from integrations.models import Connector

_NOW = """query Addressed($id: ID!) { order(id: $id) { cancelledAt note
  shippingAddress { firstName lastName company phone address1 city zip countryCodeV2 }
  fulfillmentOrders(first: 20) { nodes { id status } } } }"""
_UPDATE = """mutation Update($input: OrderInput!) { orderUpdate(input: $input) {
  order { id note shippingAddress { address1 city zip } } userErrors { field message } } }"""
GONE = ("CLOSED", "INCOMPLETE")  # of a parcel
LONGEST_NOTE = 5000


def readdress(connector: Connector, order: Order, act: Act) -> None:
    """The name and the number stay; so does the country where none was said."""
    assert act.address is not None
    found, wanted = _unsent(connector, order), act.address
    before = inner(found, "shippingAddress")
    given = {name: words(before.get(name)) for name in ("firstName", "lastName", "company", "phone")}
    given |= {"address1": wanted.street, "address2": "", "city": wanted.city, "zip": wanted.postcode}
    given["countryCode"] = wanted.country or words(before.get("countryCodeV2"))
    asked: dict[str, object] = {"input": {"id": gid("Order", order.external_id), "shippingAddress": given}}
    try:
        now = inner(inner(change(connector, _UPDATE, asked, "orderUpdate"), "order"), "shippingAddress")
    except UncertainError:
        now = inner(_now(connector, order), "shippingAddress")
        if not _is(now, wanted):
            raise
    if not _is(now, wanted):  # it says yes to some addresses, and keeps the old one
        raise RefusedError(_("The shop did not take this address."), status=422)


def instruct(connector: Connector, order: Order, act: Act) -> None:
    """Beneath what the order's note says already; said twice, it stands there once."""
    found = _unsent(connector, order)
    before = words(found.get("note"))
    if act.note in before:
        return
    note = f"{before}\n{act.note}".strip()[:LONGEST_NOTE]
    asked: dict[str, object] = {"input": {"id": gid("Order", order.external_id), "note": note}}
    try:
        change(connector, _UPDATE, asked, "orderUpdate")
    except UncertainError:
        if act.note not in words(_now(connector, order).get("note")):
            raise


def _unsent(connector: Connector, order: Order) -> dict[str, Any]:
    found = _now(connector, order)
    parcels = rows(inner(found, "fulfillmentOrders"), "nodes")
    if not found:
        raise RefusedError(_("The shop has no such order any more."), status=404)
    if found.get("cancelledAt") or any(words(each.get("status")) in GONE for each in parcels):
        raise RefusedError(_("It was sent already, or cancelled."), status=422)
    return found


def _now(connector: Connector, order: Order) -> dict[str, Any]:
    return inner(ask(connector, _NOW, {"id": gid("Order", order.external_id)}), "order")


def _is(found: dict[str, Any], wanted: Address) -> bool:
    said = (words(found.get(name)).replace(" ", "").casefold() for name in ("address1", "city", "zip"))
    ours = (part.replace(" ", "").casefold() for part in (wanted.street, wanted.city, wanted.postcode))
    return list(said) == list(ours)
