"""The part of Shopify's GraphQL that the desk asks for: told apart by the field at the root, answered as documented."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from integrations.simulators.shops import shopify_changes as changes
from integrations.simulators.shops import shopify_goods as goods

if TYPE_CHECKING:
    from integrations.simulators.shops.shopify import ShopifyShop

Json = dict[str, Any]
COST = {"cost": {"requestedQueryCost": 12, "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 1988, "restoreRate": 100.0}}}  # fmt: skip  # noqa: E501
ROOT = re.compile(r"\{\s*(\w+)")


def answer(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    found = ROOT.search(query.partition("{")[1] + query.partition("{")[2])
    field = found.group(1) if found else ""
    if field not in FIELDS:
        return {"errors": [{"message": f"Field '{field}' doesn't exist on type 'QueryRoot'"}]}
    needed = NEEDS.get(field)
    if needed and needed not in shop.scopes:
        return {"errors": [{"message": f"Access denied for {field} field.", "extensions": {"code": "ACCESS_DENIED"}}]}
    if field == "refundCreate" and "@idempotent" not in query:
        return {"errors": [{"message": "The @idempotent directive is required for this mutation."}]}
    return {"data": FIELDS[field](shop, query, variables), "extensions": COST}


def number_of(gid: object) -> int:
    return int(str(gid).rpartition("/")[2])


def _shop(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    from integrations.simulators.shops.shopify import DOMAIN

    about = {"name": "Hollin & Fell", "myshopifyDomain": DOMAIN, "currencyCode": "GBP"}
    scopes = [{"handle": scope} for scope in shop.scopes]
    about |= {"primaryDomain": {"url": "https://shop.example"}}  # type: ignore[dict-item]  # JSON
    return {"shop": about, "currentAppInstallation": {"accessScopes": scopes}}


def _locations(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    nodes = [{"legacyResourceId": str(number), "name": name} for number, name in goods.PLACES.items()]
    return {"locations": {"nodes": nodes}}


def _variants(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    first, start = int(variables["first"]), int(variables.get("after") or 0)
    rows = goods.PRODUCTS[start : start + first]
    nodes = [goods.variant_node(row, shop.stock[row[5]], shop.clock) for row in rows]
    info = {"hasNextPage": start + first < len(goods.PRODUCTS), "endCursor": str(start + first)}
    return {"productVariants": {"nodes": nodes, "pageInfo": info}}


def _variant_count(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    return {"productVariantsCount": {"count": len(goods.PRODUCTS)}}


def _inventory(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    row = next((row for row in goods.PRODUCTS if row[5] == number_of(variables["id"])), None)
    return {"inventoryItem": {"variant": goods.variant_node(row, shop.stock[row[5]], shop.clock)} if row else None}


def _return(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    key = number_of(variables["id"])
    return {"return": changes.return_node(shop, key) if key in shop.returns else None}


def _parcel(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    wanted = number_of(variables["id"])
    for number, parcels in shop.parcels.items():
        if any(each["id"] == wanted for each in parcels):
            return {"fulfillmentOrder": {"order": {"id": f"gid://shopify/Order/{number}"}}}
    return {"fulfillmentOrder": None}


def _order(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    """Four questions: what could be refunded, what can be held, where it goes, and what comes back."""
    order = shop.orders.get(number_of(variables["id"]))
    if order is None:
        return {"order": None}
    if "shippingAddress" in query:
        return {"order": changes.addressed(shop, order)}
    if "returns(" in query:
        return {"order": changes.returns_of(shop, order)}
    if "suggestedRefund" in query:
        return {"order": {"id": variables["id"], "currencyCode": order["currency"]} | _suggested(shop, order)}
    nodes = [
        {
            "id": f"gid://shopify/FulfillmentOrder/{each['id']}",
            "status": each["status"].upper(),
            "fulfillmentHolds": each["fulfillment_holds"],
        }
        for each in shop.parcels[order["id"]]
    ]
    return {"order": {"cancelledAt": order["cancelled_at"], "fulfillmentOrders": {"nodes": nodes}}}


def _suggested(shop: "ShopifyShop", order: Json) -> Json:
    left = float(order["total_price"]) - shop._refunded(order["id"])
    paid = left if order["financial_status"] in ("paid", "partially_refunded") else 0.0
    money = {"shopMoney": {"amount": f"{paid:.2f}", "currencyCode": order["currency"]}}
    parent = {"id": f"gid://shopify/OrderTransaction/{order['id']}1"}
    payment = {"gateway": "shopify_payments", "kind": "SUGGESTED_REFUND", "parentTransaction": parent}
    payment |= {"amountSet": money, "maximumRefundableSet": money}
    transactions = [payment] if paid else []
    return {
        "suggestedRefund": {"amountSet": money, "maximumRefundableSet": money, "suggestedTransactions": transactions}
    }


def _refund(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    """The same key again gives the first refund again."""
    given, key = variables["input"], variables["key"]
    order = number_of(given["orderId"])
    if key not in shop.refunds_by_key:
        amount = sum(float(each["amount"]) for each in given["transactions"])
        left = float(shop.orders[order]["total_price"]) - shop._refunded(order)
        if amount > left:
            wrong = [{"field": ["transactions"], "message": "Refund amount is greater than net payment received"}]
            return {"refundCreate": {"refund": None, "userErrors": wrong}}
        shop.refunds_by_key[key] = shop.refund(order, f"{amount:.2f}")
    refund = shop.refunds_by_key[key]
    return {"refundCreate": {"refund": {"id": f"gid://shopify/Refund/{refund['id']}"}, "userErrors": []}}


def _cancel(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    order = shop.orders[number_of(variables["id"])]
    if order["cancelled_at"] or order["fulfillment_status"]:
        told = "Order has already been cancelled" if order["cancelled_at"] else "Cannot cancel a fulfilled order"
        wrong = [{"field": ["orderId"], "message": told, "code": "INVALID"}]
        return {"orderCancel": {"job": None, "orderCancelUserErrors": wrong}}
    if order["financial_status"] == "paid" and variables["method"].get("originalPaymentMethodsRefund"):
        shop.refund(order["id"], order["total_price"])
    shop.cancel(order["id"])
    return {"orderCancel": {"job": {"id": "gid://shopify/Job/1", "done": False}, "orderCancelUserErrors": []}}


def _job(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    return {"job": {"id": variables["id"], "done": True}}


def _hold(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    order = number_of(variables["id"]) - 500_000
    handle = variables["hold"].get("handle") or ""
    if any(hold["handle"] == handle for hold in shop.parcels[order][0]["fulfillment_holds"]):
        wrong = [{"field": ["fulfillmentHold", "handle"], "message": "The handle is taken", "code": "DUPLICATE_FULFILLMENT_HOLD_HANDLE"}]  # noqa: E501  # fmt: skip
        return {"fulfillmentOrderHold": {"fulfillmentHold": None, "userErrors": wrong}}
    shop.hold(order, handle)
    return {"fulfillmentOrderHold": {"fulfillmentHold": {"id": "1"}, "userErrors": []}}


def _release(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    shop.release(number_of(variables["id"]) - 500_000)
    return {"fulfillmentOrderReleaseHold": {"fulfillmentOrder": {"id": variables["id"]}, "userErrors": []}}


def _invoice(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    order = shop.orders[number_of(variables["id"])]
    if not order["email"]:
        wrong = [
            {"field": None, "message": "The order has no e-mail address.", "code": "ORDER_INVOICE_SEND_UNSUCCESSFUL"}
        ]
        return {"orderInvoiceSend": {"order": None, "userErrors": wrong}}
    shop.mails.append(order["email"])
    return {"orderInvoiceSend": {"order": {"id": variables["id"]}, "userErrors": []}}


def _known(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    return {"webhookSubscriptions": {"nodes": shop.subscriptions}}


def _subscribe(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    uri, wrong = variables["given"]["uri"], []
    if not uri.startswith("https://"):
        wrong = [
            {"field": ["webhookSubscription", "callbackUrl"], "message": "Address protocol http:// is not supported"}
        ]
    else:
        shop.subscriptions.append({"topic": variables["topic"], "uri": uri})
    return {"webhookSubscriptionCreate": {"webhookSubscription": None if wrong else {"id": "1"}, "userErrors": wrong}}


FIELDS: dict[str, Callable[["ShopifyShop", str, Json], Json]] = {
    "shop": _shop,
    "locations": _locations,
    "productVariants": _variants,
    "productVariantsCount": _variant_count,
    "inventoryItem": _inventory,
    "return": _return,
    "fulfillmentOrder": _parcel,
    "order": _order,
    "orderUpdate": changes.update,
    "returnableFulfillments": changes.returnable,
    "returnReasonDefinitions": changes.reasons,
    "productVariant": changes.sizes,
    "returnCreate": changes.start_return,
    "refundCreate": _refund,
    "orderCancel": _cancel,
    "job": _job,
    "fulfillmentOrderHold": _hold,
    "fulfillmentOrderReleaseHold": _release,
    "orderInvoiceSend": _invoice,
    "webhookSubscriptions": _known,
    "webhookSubscriptionCreate": _subscribe,
}
NEEDS = {
    "orderUpdate": "write_orders",
    "returnCreate": "write_returns",
    "refundCreate": "write_orders",
    "orderCancel": "write_orders",
    "orderInvoiceSend": "write_orders",
    "fulfillmentOrderHold": "write_merchant_managed_fulfillment_orders",
    "fulfillmentOrderReleaseHold": "write_merchant_managed_fulfillment_orders",
}
