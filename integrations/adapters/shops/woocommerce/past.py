"""What a WooCommerce shop is asked for: its past, page by page, and single orders of which only the number was told."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from integrations.adapters.about import Compared
from integrations.adapters.base import AdapterError
from integrations.adapters.reading import moment, words
from integrations.adapters.shops.base import Cursor, Page, orders_compared
from integrations.adapters.shops.calling import Answer, RefusedError
from integrations.adapters.shops.woocommerce import api
from integrations.inbound.arrival import Arrival
from integrations.models import Connector

KINDS = {"customers": "customer", "products": "product", "orders": "order"}  # who bought is known before what
PER_PAGE = 50  # 100 at most; a small server has to build them all


def pages(connector: Connector, cursor: Cursor, since: datetime | None, until: datetime | None) -> Iterator[Page]:
    """All that was made since then, also after `until`.

    Orders and products by the date they were made: pages by number alone would skip one for each that is deleted
    meanwhile. So each page begins a second before the last one ended, and what comes twice is known by its name."""
    of = 0 if cursor else sum(_count(connector, kind, since) for kind in KINDS)
    kind = str(cursor.get("kind") or next(iter(KINDS)))
    at = {"after": str(cursor.get("after") or _start(since)), "page": str(cursor.get("page") or "1")}
    while kind:
        found = _read(connector, kind, at)
        arrivals = tuple(_kept(kind, each) for each in found)
        if len(found) < PER_PAGE:
            kind, at = _after(kind), {"after": _start(since), "page": "1"}
        else:
            at = _next(kind, at, found)
        yield Page(arrivals, {"kind": kind, **at} if kind else None, of)


def reconcile(connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
    """The orders that were made then."""
    asked = {"per_page": "1", "status": "any", "after": _start(since), "before": _start(until), "dates_are_gmt": "true"}
    total = _header(api.rest(connector, "orders", asked), "x-wp-total")
    yield orders_compared(connector, int(total) if total.isdecimal() else 0, since, until)


def reread(connector: Connector, kind: str, external_id: str) -> list[Arrival]:
    """The order, from the bin if it lies there. Nothing where the shop has it no more."""
    if kind != "orders":
        words = _("There is nothing to read that is called “%(kind)s”.") % {"kind": kind}
        raise AdapterError(words, permanent=True)
    try:
        found = api.rest(connector, f"orders/{external_id}").json
    except RefusedError as error:
        if error.status == 404 and api.code_of(error) == "woocommerce_rest_shop_order_invalid_id":
            return []
        raise
    return [_kept("orders", found)]


def _read(connector: Connector, kind: str, at: dict[str, str]) -> list[dict[str, Any]]:
    asked = {"per_page": str(PER_PAGE), "page": at["page"], "order": "asc"}
    if kind == "customers":
        asked |= {"orderby": "id", "role": "all"}
    else:
        asked |= {"orderby": "date", "dates_are_gmt": "true"} | ({"after": at["after"]} if at["after"] else {})
        asked |= {"status": "any"}
    found = api.rest(connector, kind, asked).json
    if not isinstance(found, list):
        raise AdapterError(_("The shop's answer is no list."))
    return [each for each in found if isinstance(each, dict)]


def _next(kind: str, at: dict[str, str], found: list[dict[str, Any]]) -> dict[str, str]:
    if kind != "customers" and (made := words(found[-1].get("date_created_gmt"))):
        after = (moment(made, "date_created_gmt") - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S")
        if after > at["after"]:
            return {"after": after, "page": "1"}
    return {"after": at["after"], "page": str(int(at["page"]) + 1)}  # all of one second


def _after(kind: str) -> str:
    kinds = list(KINDS)
    return kinds[kinds.index(kind) + 1] if kind != kinds[-1] else ""


def _count(connector: Connector, kind: str, since: datetime | None) -> int:
    asked = {"per_page": "1"} | ({"role": "all"} if kind == "customers" else {"status": "any"})
    if since and kind != "customers":
        asked |= {"after": _start(since), "dates_are_gmt": "true"}
    total = _header(api.rest(connector, kind, asked), "x-wp-total")
    return int(total) if total.isdecimal() else 0


def _header(answer: Answer, name: str) -> str:
    return str(answer.headers.get(name, ""))


def _start(since: datetime | None) -> str:
    return since.strftime("%Y-%m-%dT%H:%M:%S") if since else ""


def _kept(kind: str, thing: dict[str, Any]) -> Arrival:
    """Under its name and date: what was read once in this state is not kept again."""
    body = json.dumps(thing, default=str, ensure_ascii=False, sort_keys=True).encode()
    topic = f"{KINDS[kind]}.read"
    name = f"{topic}:{words(thing.get('id'))}:{words(thing.get('date_modified_gmt'))}"
    return Arrival(name, hashlib.sha256(body).hexdigest(), body, topic)
