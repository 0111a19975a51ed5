"""A Shopify shop on loopback: the Admin API's REST pages and GraphQL, its bucket of calls, and signed webhooks.

https://shopify.dev/docs/api/admin-rest/usage/pagination, …/rate-limits; https://shopify.dev/docs/api/admin-graphql
"""

import json
import re
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.adapters.shops.signature import sign
from integrations.simulators.server import Call, Reply, Webhook
from integrations.simulators.shops import shopify_goods as goods
from integrations.simulators.shops.server import ShopServer

Json = dict[str, Any]
DOMAIN, TOKEN, CLIENT, SECRET = "hollin-fell.myshopify.com", "shpat_simulated", "client-1", "shpss_simulated"
SCOPES = (
    "write_orders read_customers read_products read_inventory read_locations write_returns read_all_orders"
    " write_merchant_managed_fulfillment_orders"
).split()


class ShopifyShop(ShopServer):
    """`place`, `pay`, `ship` … are what happens in it, each owing the webhooks that Shopify sends of it. `tick` is what
    its clock moves by with each of them: nought, and all happens in one second, as in a busy shop it does."""

    def __init__(
        self, *, port: int = 0, bucket: int = 40, leak: float = 2.0, tick: float = 1.0, at: datetime | None = None
    ) -> None:
        super().__init__(port=port)
        self.clock, self.tick = at or datetime.now(UTC) - timedelta(hours=2), timedelta(seconds=tick)
        self.scopes, self.page_size_limit = list(SCOPES), 250
        self.customers = {row[0]: goods.customer(row, self.clock) for row in goods.PEOPLE}
        self.orders: dict[int, Json] = {}
        self.parcels: dict[int, list[Json]] = {}  # fulfilment orders, by order
        self.returns: dict[int, Json] = {}
        self.stock = {row[5]: {501: 4, 502: 5} for row in goods.PRODUCTS}
        self.refunds_by_key: dict[str, Json] = {}
        self.mails: list[str] = []
        self.label = ""  # what its labels for returns are found at; "" where it makes none
        self.subscriptions: list[Json] = []
        self._bucket, self._leak, self._level, self._seen = bucket, leak, 0.0, time.monotonic()
        self._next = 1000

    # What happens in the shop

    def place(self, buyer: int = 9001, lines: list[tuple[int, int]] | None = None, *, owe: bool = True) -> int:
        number, at = self._number(), self._now()
        self.orders[number] = goods.order(number, self.customers[buyer], lines or [(101, 1), (102, 2)], at)
        parcel: Json = {"id": number + 500_000, "order_id": number, "status": "open", "fulfillment_holds": []}
        parcel |= {"delivery_method": {"method_type": "shipping"}, "assigned_location": {"name": "Keswick"}}
        self.parcels[number] = [parcel | {"updated_at": goods.stamp(at)}]
        if owe:
            self._owe_order(number, "orders/create")
        return number

    def pay(self, number: int) -> None:
        self._touch(number, financial_status="paid")
        self._owe_order(number, "orders/paid", "orders/updated")

    def ship(self, number: int, *, tracking: str = "RM123456789GB", is_part: bool = False) -> None:
        at, one = goods.stamp(self._now()), self.orders[number]
        lines = one["line_items"][:1] if is_part else one["line_items"]
        fulfilment = {
            "id": self._number(), "order_id": number, "status": "success", "created_at": at, "updated_at": at,
            "tracking_company": "Royal Mail", "tracking_number": tracking, "tracking_numbers": [tracking],
            "tracking_url": f"https://track.example/{tracking}", "tracking_urls": [f"https://track.example/{tracking}"],
            "shipment_status": None, "line_items": lines,
        }  # fmt: skip
        self.parcels[number][0] |= {"status": "in_progress" if is_part else "closed", "updated_at": at}
        part = "partial" if is_part else "fulfilled"
        self._touch(number, fulfillments=[*one["fulfillments"], fulfilment], fulfillment_status=part)
        self._owe("fulfillments/create", fulfilment)
        self._owe_order(number, "orders/partially_fulfilled" if is_part else "orders/fulfilled", "orders/updated")

    def arrive(self, number: int, status: str = "delivered") -> None:
        """The carrier's word: it touches the fulfilment and not the order."""
        fulfilment = {**self.orders[number]["fulfillments"][-1], "shipment_status": status}
        fulfilment["updated_at"] = goods.stamp(self._now())
        self.orders[number]["fulfillments"] = [*self.orders[number]["fulfillments"][:-1], fulfilment]
        self._owe("fulfillments/update", fulfilment)

    def refund(self, number: int, amount: str, *, owe: bool = True) -> Json:
        at = goods.stamp(self._now())
        paid = {"id": self._number(), "kind": "refund", "status": "success", "amount": amount, "currency": "GBP"}
        refund = {"id": self._number(), "order_id": number, "created_at": at, "processed_at": at, "note": None}
        refund |= {"refund_line_items": [], "order_adjustments": [], "transactions": [paid]}
        all_of_it = self._refunded(number) + float(amount) >= float(self.orders[number]["total_price"])
        status = "refunded" if all_of_it else "partially_refunded"
        self._touch(number, refunds=[*self.orders[number]["refunds"], refund], financial_status=status)
        if owe:
            self._owe("refunds/create", refund)
            self._owe_order(number, "orders/updated")
        return refund

    def cancel(self, number: int) -> None:
        self._touch(number, cancelled_at=goods.stamp(self.clock), cancel_reason="customer")
        self.parcels[number][0] |= {"status": "closed", "updated_at": goods.stamp(self.clock)}
        self._owe_order(number, "orders/cancelled", "orders/updated")

    def hold(self, number: int, handle: str = "") -> None:
        self.parcels[number][0] |= {"status": "on_hold", "updated_at": goods.stamp(self._now())}
        hold = {"id": f"gid://shopify/FulfillmentHold/{self._number()}", "handle": handle or None}
        self.parcels[number][0]["fulfillment_holds"] = [*self.parcels[number][0]["fulfillment_holds"], hold]
        self._owe("fulfillment_orders/placed_on_hold", {"fulfillment_order": self._parcel_gid(number, "on_hold")})

    def release(self, number: int) -> None:
        now = goods.stamp(self._now())
        self.parcels[number][0] |= {"status": "open", "updated_at": now, "fulfillment_holds": []}
        self._owe("fulfillment_orders/hold_released", {"fulfillment_order": self._parcel_gid(number, "open")})

    def ask_return(self, number: int) -> int:
        key = self._number()
        self.returns[key] = {
            "order": number,
            "status": "REQUESTED",
            "createdAt": goods.stamp(self._now()),
            "refunded": "0",
        }
        self._owe_return(key, "returns/request")
        return key

    def turn(self, key: int, status: str, topic: str, *, refunded: str = "0") -> None:
        """A return goes on: turn(key, "OPEN", "returns/approve")."""
        self._now()
        self.returns[key] |= {"status": status, "refunded": refunded}
        self._owe_return(key, topic)

    def count_stock(self, item: int, place: int, available: int) -> None:
        self.stock[item][place] = available
        body = {"inventory_item_id": item, "location_id": place, "available": available}
        self._owe("inventory_levels/update", body | {"updated_at": goods.stamp(self._now())})

    def say(self, topic: str, body: Json) -> None:
        """Any webhook that has no life of its own here."""
        self._owe(topic, body)

    def _owe(self, topic: str, body: Json) -> None:
        raw = json.dumps(body).encode()
        headers = {
            "X-Shopify-Topic": topic,
            "X-Shopify-Hmac-Sha256": sign(SECRET, raw),
            "X-Shopify-Shop-Domain": DOMAIN,
            "X-Shopify-API-Version": "2026-10",
            "X-Shopify-Webhook-Id": str(uuid.uuid4()),
            "X-Shopify-Event-Id": str(uuid.uuid4()),
            "X-Shopify-Triggered-At": self.clock.isoformat().replace("+00:00", "Z"),
        }
        self.owed.append(Webhook(topic, headers, raw))

    def _owe_order(self, number: int, *topics: str) -> None:
        for topic in topics:
            self._owe(topic, self.orders[number])

    def _owe_return(self, key: int, topic: str) -> None:
        found = self.returns[key]
        order = {"id": found["order"], "admin_graphql_api_id": f"gid://shopify/Order/{found['order']}"}
        body = {"id": key, "admin_graphql_api_id": f"gid://shopify/Return/{key}", "status": found["status"].lower()}
        self._owe(topic, body | ({"order": order} if topic in ("returns/request", "returns/approve") else {}))

    def _parcel_gid(self, number: int, status: str) -> Json:
        return {"id": f"gid://shopify/FulfillmentOrder/{self.parcels[number][0]['id']}", "status": status}

    def _touch(self, number: int, **changes: object) -> None:
        self.orders[number] = {**self.orders[number], **changes, "updated_at": goods.stamp(self._now())}

    def _now(self) -> datetime:
        self.clock += self.tick
        return self.clock

    def _number(self) -> int:
        self._next += 1
        return self._next

    def _refunded(self, number: int) -> float:
        return sum(float(each["transactions"][0]["amount"]) for each in self.orders[number]["refunds"])

    # What it answers

    def answer(self, call: Call) -> Reply:
        if call.path == "/admin/oauth/access_token":
            return self._sell_token(call.json)
        if call.headers.get("x-shopify-access-token") != TOKEN:
            return Reply(
                {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}, 401
            )
        if call.path.endswith("/graphql.json"):
            from integrations.simulators.shops.shopify_graphql import answer

            return Reply(answer(self, call.json["query"], call.json.get("variables") or {}))
        if not self._pour():
            words = "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."
            return Reply({"errors": words}, 429, {"Retry-After": self.retry_after, **self._told()})
        reply = self._rest(call)
        return Reply(reply.body, reply.status, {**self._told(), **reply.headers})

    def _sell_token(self, asked: Json) -> Reply:
        if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT, SECRET):
            return Reply({"error": "application_cannot_be_found", "error_description": "No such app."}, 400)
        return Reply({"access_token": TOKEN, "scope": ",".join(self.scopes), "expires_in": 86399})

    def _pour(self) -> bool:
        now = time.monotonic()
        self._level = max(0.0, self._level - (now - self._seen) * self._leak)
        self._seen = now
        if self._level + 1 > self._bucket:
            return False
        self._level += 1
        return True

    def _told(self) -> dict[str, str]:
        return {"X-Shopify-Shop-Api-Call-Limit": f"{int(self._level)}/{self._bucket}"}

    def _rest(self, call: Call) -> Reply:
        for pattern, serve in _ROUTES.items():
            if call.method == "GET" and (found := re.fullmatch(rf"/admin/api/2026-10/{pattern}\.json", call.path)):
                return serve(self, call, found)
        return Reply({"errors": "Not Found"}, 404)

    def _listed(self, kind: str, query: dict[str, str]) -> list[Json]:
        rows = list(self.orders.values() if kind == "orders" else self.customers.values())
        since, made, until = (query.get(name, "") for name in ("updated_at_min", "created_at_min", "created_at_max"))
        rows = [row for row in rows if row["updated_at"] >= since and row["created_at"] >= made]
        return [row for row in rows if not until or row["created_at"] <= until]

    def _pages(self, call: Call, found: "re.Match[str]") -> Reply:
        kind, limit = found.group(1), min(int(call.query.get("limit", "50")), self.page_size_limit)
        if "page_info" in call.query and set(call.query) - {"page_info", "limit", "fields"}:
            return Reply({"errors": {"page_info": "Invalid value."}}, 400)
        start, _, since = call.query.get("page_info", "").partition("|")
        query = {"updated_at_min": since} if since else dict(call.query)
        rows = self._listed(kind, query)
        first = int(start or 0)
        headers = {}
        if first + limit < len(rows):
            cursor = f"{first + limit}|{query.get('updated_at_min', '')}"
            headers["Link"] = f'<{self.url}{call.path}?limit={limit}&page_info={cursor}>; rel="next"'
        return Reply({kind: rows[first : first + limit]}, headers=headers)

    def _count(self, call: Call, found: "re.Match[str]") -> Reply:
        return Reply({"count": len(self._listed(found.group(1), dict(call.query)))})

    def _one(self, call: Call, found: "re.Match[str]") -> Reply:
        order = self.orders.get(int(found.group(1)))
        return Reply({"order": order}) if order else Reply({"errors": "Not Found"}, 404)

    def _parcels_of(self, call: Call, found: "re.Match[str]") -> Reply:
        return Reply({"fulfillment_orders": self.parcels.get(int(found.group(1)), [])})


_ROUTES: dict[str, Callable[[ShopifyShop, Call, "re.Match[str]"], Reply]] = {
    "(orders|customers)": ShopifyShop._pages,
    "(orders|customers)/count": ShopifyShop._count,
    r"orders/(\d+)": ShopifyShop._one,
    r"orders/(\d+)/fulfillment_orders": ShopifyShop._parcels_of,
}
