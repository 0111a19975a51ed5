"""A WooCommerce shop on loopback: REST v3 with its pages and totals, refunds, and signed webhooks.

https://woocommerce.github.io/woocommerce-rest-api-docs/, and the plug-in's source where that is silent.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.adapters.shops.signature import sign
from integrations.simulators.server import Call, Reply, Webhook
from integrations.simulators.shops.server import ShopServer

Json = dict[str, Any]
KEY, KEY_SECRET, SECRET = "ck_simulated", "cs_simulated", "the secret of the webhooks"
PRODUCTS = {
    21: ("Kestrel Trail Jacket", "HF-KTJ", "168.00", 4),
    22: ("Fell Runner Cap", "HF-FRC", "24.00", 12),
    23: ("Tarn 28 Pack", "HF-T28", "112.50", None),
}
PEOPLE = {7: ("Ann", "Bell", "ann@home.example"), 8: ("Bo", "Lind", "bo@home.example")}


class WooShop(ShopServer):
    """`place`, `become` … are what happens in it. `tick` is what its clock moves by with each of them."""

    def __init__(
        self, *, port: int = 0, tick: float = 1.0, at: datetime | None = None, version: str = "10.3.4"
    ) -> None:
        super().__init__(port=port)
        self.clock, self.tick = at or datetime.now(UTC) - timedelta(hours=2), timedelta(seconds=tick)
        self.version, self.may_write, self.has_gateway = version, True, True
        self.orders: dict[int, Json] = {}
        self.refunds: dict[int, list[Json]] = {}
        self.mails: list[str] = []
        self.notes: list[str] = []
        self.webhooks: list[Json] = []
        self._next = 100

    # What happens in the shop

    def place(
        self, buyer: int = 7, *, status: str = "pending", email: str = "", pickup: str = "", owe: bool = True
    ) -> int:
        first, last, own = PEOPLE.get(buyer, ("Gil", "Hay", "gil@home.example"))
        number, at = self._number(), self._now()
        lines = [self._line(number * 10, 21, 1), self._line(number * 10 + 1, 22, 2)]
        way: Json = {
            "method_id": "pickup_location" if pickup else "flat_rate",
            "method_title": pickup or "Post",
            "meta_data": [],
        }
        address = {"address_1": "1 Old Street", "city": "Keswick", "postcode": "CA12 5BX", "country": "GB", "state": ""}
        self.orders[number] = {
            "id": number,
            "number": str(number),
            "status": status,
            "currency": "EUR",
            "date_created_gmt": _stamp(at),
            "date_modified_gmt": _stamp(at),
            "date_paid_gmt": None,
            "total": "216.00",
            "customer_id": buyer,
            "created_via": "store-api",
            "billing": {"first_name": first, "last_name": last, "email": email or own, "phone": "", "city": "Keswick"},
            "shipping": {"first_name": first, "last_name": last, **address},
            "customer_note": "",
            "line_items": lines,
            "shipping_lines": [way],
            "refunds": [],
            "meta_data": [],
        }
        self.refunds[number] = []
        if owe:
            self._owe("order.created", self.orders[number])
        return number

    def become(self, number: int, status: str, *, owe: bool = True, **changes: object) -> None:
        if status == "processing" and not self.orders[number]["date_paid_gmt"]:
            changes["date_paid_gmt"] = _stamp(self.clock)
        self._touch(number, status=status, **changes)
        if owe:
            self._owe("order.updated", self.orders[number])

    def track(self, number: int, tracking: str) -> None:
        parcel = {"tracking_provider": "Royal Mail", "tracking_number": tracking, "date_shipped": "1767225600"}
        meta = [{"id": 1, "key": "_wc_shipment_tracking_items", "value": [parcel]}]
        self._touch(number, meta_data=meta)
        self._owe("order.updated", self.orders[number])

    def refund(self, number: int, amount: str, *, reason: str = "", meta: list[Json] | None = None) -> Json:
        refund = {"id": self._number(), "amount": amount, "reason": reason, "meta_data": meta or []}
        refund |= {"date_created_gmt": _stamp(self._now()), "refunded_payment": True}
        self.refunds[number].append(refund)
        told = [*self.orders[number]["refunds"], {"id": refund["id"], "reason": reason, "total": f"-{amount}"}]
        gone = sum(float(each["amount"]) for each in self.refunds[number])
        is_all = gone >= float(self.orders[number]["total"])
        self._touch(number, refunds=told, **({"status": "refunded"} if is_all else {}))
        self._owe("order.updated", self.orders[number])
        return refund

    def bin(self, number: int) -> None:
        self._touch(number, status="trash")
        self._owe("order.deleted", {"id": number})

    def say(self, topic: str, body: object) -> None:
        self._owe(topic, body)

    def ping(self) -> Webhook:
        """What a new webhook sends first."""
        return Webhook("", {"Content-Type": "application/x-www-form-urlencoded"}, b"webhook_id=3")

    def product(self, number: int) -> Json:
        name, sku, price, stock = PRODUCTS[number]
        return {
            "id": number, "name": name, "sku": sku, "price": price, "status": "publish", "type": "simple",
            "permalink": f"https://woo.example/product/{sku.lower()}/", "stock_quantity": stock,
            "manage_stock": stock is not None, "images": [{"src": f"https://woo.example/{number}.jpg"}],
            "categories": [{"id": 1, "name": "Outdoor"}], "date_created_gmt": _stamp(self.clock),
            "date_modified_gmt": _stamp(self.clock),
        }  # fmt: skip

    def customer(self, number: int) -> Json:
        first, last, email = PEOPLE[number]
        billing = {
            "first_name": first,
            "last_name": last,
            "city": "Keswick",
            "country": "GB",
            "phone": "",
            "company": "",
        }
        about = {"id": number, "email": email, "first_name": first, "last_name": last, "role": "customer"}
        return about | {
            "billing": billing,
            "date_created_gmt": _stamp(self.clock),
            "date_modified_gmt": _stamp(self.clock),
        }

    def _line(self, number: int, product: int, pieces: int) -> Json:
        name, sku, price, _stock = PRODUCTS[product]
        line = {"id": number, "name": name, "product_id": product, "variation_id": 0, "quantity": pieces, "sku": sku}
        return line | {"price": float(price), "parent_name": None, "image": {"src": ""}}

    def _owe(self, topic: str, body: object) -> None:
        raw = json.dumps(body).encode()
        second = self.clock.replace(microsecond=0).isoformat()
        headers = {
            "X-WC-Webhook-Source": "https://woo.example/",
            "X-WC-Webhook-Topic": topic,
            "X-WC-Webhook-Resource": topic.partition(".")[0],
            "X-WC-Webhook-Event": topic.partition(".")[2],
            "X-WC-Webhook-Signature": sign(SECRET, raw),
            "X-WC-Webhook-ID": "3",
            # Two of one second share it, as in the plug-in's get_new_delivery_id.
            "X-WC-Webhook-Delivery-ID": hashlib.md5(f"3{second}".encode(), usedforsecurity=False).hexdigest(),
        }
        self.owed.append(Webhook(topic, headers, raw))

    def _touch(self, number: int, **changes: object) -> None:
        self.orders[number] = {**self.orders[number], **changes, "date_modified_gmt": _stamp(self._now())}

    def _now(self) -> datetime:
        self.clock += self.tick
        return self.clock

    def _number(self) -> int:
        self._next += 1
        return self._next

    # What it answers

    def answer(self, call: Call) -> Reply:
        if not call.path.startswith("/wp-json/"):
            return Reply("Not Found", 404)
        if not self._is_signed_in(call):
            return _error("woocommerce_rest_cannot_view", "Sorry, you cannot list resources.", 401)
        if call.method != "GET" and not self.may_write:
            return _error("woocommerce_rest_authentication_error", "The API key provided does not have write permissions.", 403)  # noqa: E501  # fmt: skip
        for (method, pattern), serve in _ROUTES.items():
            found = re.fullmatch(rf"/wp-json/wc/v3/{pattern}", call.path)
            if found and call.method == method:
                return serve(self, call, found)
        return _error("rest_no_route", "No route was found matching the URL and request method.", 404)

    def _is_signed_in(self, call: Call) -> bool:
        told = call.headers.get("authorization", "").partition(" ")[2]
        keys = f"{call.query.get('consumer_key')}:{call.query.get('consumer_secret')}"
        return f"{KEY}:{KEY_SECRET}" in (base64.b64decode(told or b"").decode(), keys)

    def _rows(self, kind: str, query: dict[str, str]) -> list[Json]:
        if kind == "customers":
            return [self.customer(number) for number in PEOPLE]
        rows = [self.product(number) for number in PRODUCTS] if kind == "products" else list(self.orders.values())
        after, before = query.get("after", ""), query.get("before", "9")
        rows = [row for row in rows if row["status"] != "trash"]
        return [
            row for row in rows if (not after or after < row["date_created_gmt"]) and row["date_created_gmt"] < before
        ]

    def _list(self, call: Call, found: "re.Match[str]") -> Reply:
        rows = self._rows(found.group(1), dict(call.query))
        size, page = int(call.query.get("per_page", "10")), int(call.query.get("page", "1"))
        if size > 100:
            return _error("rest_invalid_param", "Invalid parameter(s): per_page", 400)
        key = "id" if call.query.get("orderby") == "id" else "date_created_gmt"
        rows.sort(key=lambda row: (row.get(key) or "", row["id"]), reverse=call.query.get("order", "desc") == "desc")
        told = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(-(-len(rows) // size))}
        return Reply(rows[(page - 1) * size : page * size], headers=told)

    def _status(self, call: Call, found: "re.Match[str]") -> Reply:
        return Reply({"environment": {"version": self.version}, "settings": {"currency": "EUR"}})

    def _batch(self, call: Call, found: "re.Match[str]") -> Reply:
        return Reply({"update": []})

    def _one(self, call: Call, found: "re.Match[str]") -> Reply:
        order = self.orders.get(int(found.group(1)))
        return Reply(order) if order else _error("woocommerce_rest_shop_order_invalid_id", "Invalid ID.", 404)

    def _change(self, call: Call, found: "re.Match[str]") -> Reply:
        """What is given; a meta data's key that is there already stands for the new value."""
        number, given = int(found.group(1)), call.json
        if "status" in given:
            self.become(number, str(given["status"]))
        kept = {name: given[name] for name in ("shipping", "customer_note") if name in given}
        if told := given.get("meta_data"):
            keys = {each["key"] for each in told}
            kept["meta_data"] = [each for each in self.orders[number]["meta_data"] if each["key"] not in keys] + told
        if kept:
            self._touch(number, **kept)
            self._owe("order.updated", self.orders[number])
        return Reply(self.orders[number])

    def _refunds(self, call: Call, found: "re.Match[str]") -> Reply:
        return Reply(self.refunds[int(found.group(1))])

    def _refund(self, call: Call, found: "re.Match[str]") -> Reply:
        number, given = int(found.group(1)), call.json
        left = float(self.orders[number]["total"]) - sum(float(each["amount"]) for each in self.refunds[number])
        if not 0 < float(given["amount"]) <= left:
            return _error("woocommerce_rest_cannot_create_order_refund", "Invalid refund amount.", 500)
        if given.get("api_refund", True) and not self.has_gateway:
            told = "The payment gateway for this order does not support automatic refunds."
            return _error("woocommerce_rest_invalid_order_refund", told, 400)
        refund = self.refund(number, given["amount"], reason=given.get("reason", ""), meta=given.get("meta_data"))
        return Reply(refund, 201)

    def _resend(self, call: Call, found: "re.Match[str]") -> Reply:
        email = self.orders[int(found.group(1))]["billing"]["email"]
        if not email:
            return _error("woocommerce_rest_missing_email", "Order does not have an email address.", 400)
        self.mails.append(email)
        return Reply({"message": f"Order details sent to {email}, via REST API."})

    def _hooks(self, call: Call, found: "re.Match[str]") -> Reply:
        return Reply(self.webhooks)

    def _hook(self, call: Call, found: "re.Match[str]") -> Reply:
        self.webhooks.append({**call.json, "id": self._number()})
        return Reply(self.webhooks[-1], 201)

    def _wake(self, call: Call, found: "re.Match[str]") -> Reply:
        hook = next(each for each in self.webhooks if each["id"] == int(found.group(1)))
        hook["status"] = call.json["status"]
        return Reply(hook)

    def _note(self, call: Call, found: "re.Match[str]") -> Reply:
        self.notes.append(call.json["note"])
        return Reply({"id": self._number(), "note": call.json["note"]}, 201)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _error(code: str, message: str, status: int) -> Reply:
    return Reply({"code": code, "message": message, "data": {"status": status}}, status)


_ROUTES: dict[tuple[str, str], Callable[[WooShop, Call, "re.Match[str]"], Reply]] = {
    ("GET", "(orders|products|customers)"): WooShop._list,
    ("GET", "system_status"): WooShop._status,
    ("POST", "orders/batch"): WooShop._batch,
    ("GET", r"orders/(\d+)"): WooShop._one,
    ("PUT", r"orders/(\d+)"): WooShop._change,
    ("GET", r"orders/(\d+)/refunds"): WooShop._refunds,
    ("POST", r"orders/(\d+)/refunds"): WooShop._refund,
    ("POST", r"orders/(\d+)/actions/send_order_details"): WooShop._resend,
    ("POST", r"orders/(\d+)/notes"): WooShop._note,
    ("GET", "webhooks"): WooShop._hooks,
    ("POST", "webhooks"): WooShop._hook,
    ("PUT", r"webhooks/(\d+)"): WooShop._wake,
}
