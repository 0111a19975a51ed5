"""What a Shopify shop is asked for: its past, page by page, and single things of which a webhook told only a part."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from integrations.adapters.about import Compared
from integrations.adapters.base import AdapterError
from integrations.adapters.reading import inner, rows, words
from integrations.adapters.shops.base import Cursor, Page, orders_compared
from integrations.adapters.shops.calling import Answer, RefusedError
from integrations.adapters.shops.shopify import api
from integrations.adapters.shops.shopify.orders import last_of
from integrations.inbound.arrival import Arrival
from integrations.models import Connector

KINDS = ("customers", "products", "orders")  # in this order: who bought is known before what
PAGE = {"customers": 250, "products": 25, "orders": 100}  # the last two are large; 25 costs some 400 points of 1000
_VARIANTS = f"""query Variants($first: Int!, $after: String, $query: String) {{
  productVariants(first: $first, after: $after, query: $query, sortKey: ID) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ {api.VARIANT} }} }} }}"""
_ONE_VARIANT = f"query Variant($id: ID!) {{ inventoryItem(id: $id) {{ variant {{ {api.VARIANT} }} }} }}"
_RETURN = f"query Return($id: ID!) {{ return(id: $id) {{ {api.RETURN} }} }}"
_ORDER_OF_PARCEL = "query Parcel($id: ID!) { fulfillmentOrder(id: $id) { order { id } } }"


def pages(connector: Connector, cursor: Cursor, since: datetime | None, until: datetime | None) -> Iterator[Page]:
    """`cursor` names the kind that is being read, and where in it. What changed after `until` is read, too: its last
    change says when. Raises AdapterError."""
    of = 0 if cursor else sum(_count(connector, kind, since) for kind in KINDS)
    kind, at = str(cursor.get("kind") or KINDS[0]), str(cursor.get("at") or "")
    while True:
        arrivals, at, pause = _page(connector, kind, at, since)
        if not at:
            kind = next((later for this, later in zip(KINDS, KINDS[1:], strict=False) if this == kind), "")
        yield Page(arrivals, {"kind": kind, "at": at} if kind else None, of, pause)
        if not kind:
            return


def reconcile(connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
    """The orders that were made then."""
    asked = {"status": "any", "created_at_min": since.isoformat(), "created_at_max": until.isoformat()}
    count = api.rest(connector, "orders/count.json", asked).json.get("count")
    yield orders_compared(connector, count if isinstance(count, int) else 0, since, until)


def reread(connector: Connector, kind: str, external_id: str) -> list[Arrival]:
    """The whole of which a webhook told a part. Nothing where the shop has it no more."""
    try:
        return _reread(connector, kind, external_id)
    except RefusedError as error:
        if error.status == 404:
            return []
        raise


def _reread(connector: Connector, kind: str, external_id: str) -> list[Arrival]:
    if kind == "orders":
        return [_whole_order(connector, external_id)]
    if kind == "parcels":
        found = api.data_of(api.graphql(connector, _ORDER_OF_PARCEL, {"id": gid("FulfillmentOrder", external_id)}))
        order = words(inner(inner(found, "fulfillmentOrder"), "order").get("id"))
        return [_whole_order(connector, last_of(order))] if order else []
    if kind == "returns":
        answer = api.graphql(connector, _RETURN, {"id": gid("Return", external_id)})
        one = inner(api.data_of(answer), "return")
        return [_kept("returns/read", one, answer)] if one else []
    if kind == "stock":
        answer = api.graphql(connector, _ONE_VARIANT, {"id": gid("InventoryItem", external_id)})
        one = inner(inner(api.data_of(answer), "inventoryItem"), "variant")
        return [_kept("products/read", one)] if one else []
    sentence = _("There is nothing to read that is called “%(kind)s”.") % {"kind": kind}
    raise AdapterError(sentence, permanent=True)


def gid(kind: str, number: str) -> str:
    return number if number.startswith("gid:") else f"gid://shopify/{kind}/{number}"


def _whole_order(connector: Connector, number: str) -> Arrival:
    """With its fulfilment orders: what is on hold, or waits at a counter, stands only there."""
    order = inner(api.rest(connector, f"orders/{number}.json").json, "order")
    parcels = rows(api.rest(connector, f"orders/{number}/fulfillment_orders.json").json, "fulfillment_orders")
    return _kept("orders/read", order | {"fulfillment_orders": parcels})


def _page(connector: Connector, kind: str, at: str, since: datetime | None) -> tuple[tuple[Arrival, ...], str, float]:
    """What is on it, where the next one is ("": nowhere), and how long to pause before."""
    if kind == "products":
        return _variants(connector, at, since)
    # Beside a page's name nothing but the limit may stand.
    asked = {"limit": str(PAGE[kind])} | ({"page_info": at} if at else _asked(kind, since))
    try:
        answer = api.rest(connector, f"{kind}.json", asked)
    except RefusedError as error:
        if error.status != 400 or not at:
            raise
        return _page(connector, kind, "", since)  # its name has run out: from the start, which doubles nothing
    found = rows(answer.json, kind)
    return tuple(_kept(f"{kind}/read", each) for each in found), api.next_of(answer), api.pause_after(answer)


def _variants(connector: Connector, at: str, since: datetime | None) -> tuple[tuple[Arrival, ...], str, float]:
    asked: dict[str, object] = {"first": PAGE["products"], "after": at or None, "query": _since(since)}
    answer = api.graphql(connector, _VARIANTS, asked)
    found = inner(api.data_of(answer), "productVariants")
    info = inner(found, "pageInfo")
    arrivals = tuple(_kept("products/read", each) for each in rows(found, "nodes"))
    return arrivals, words(info.get("endCursor")) if info.get("hasNextPage") else "", api.pause_after(answer)


def _count(connector: Connector, kind: str, since: datetime | None) -> int:
    if kind == "products":
        asked = "query Count($query: String) { productVariantsCount(query: $query) { count } }"
        found = api.data_of(api.graphql(connector, asked, {"query": _since(since)}))
        count = inner(found, "productVariantsCount").get("count")
    else:
        count = api.rest(connector, f"{kind}/count.json", _asked(kind, since)).json.get("count")
    return count if isinstance(count, int) else 0


def _asked(kind: str, since: datetime | None) -> dict[str, str]:
    asked = {"status": "any"} if kind == "orders" else {}
    return asked | ({"updated_at_min": since.isoformat()} if since else {})


def _since(since: datetime | None) -> str | None:
    return f"updated_at:>='{since.isoformat()}'" if since else None


def _kept(kind: str, thing: dict[str, Any], answer: Answer | None = None) -> Arrival:
    """Under its name and date: what was read once in this state is not kept again. Money stays as it was written."""
    body = json.dumps(thing, default=str, ensure_ascii=False, sort_keys=True).encode()
    at = words(thing.get("updated_at")) or words(thing.get("updatedAt"))
    headers = {"read_at": answer.at.isoformat()} if answer else {}
    name = f"{kind}:{last_of(words(thing.get('id')))}:{at}"
    return Arrival(name, hashlib.sha256(body).hexdigest(), body, kind, headers)
