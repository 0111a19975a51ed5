"""What a simulated Shopify shop does beside refunds and holds: another address, a note, a return with its label."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from integrations.simulators.shops.shopify import ShopifyShop

Json = dict[str, Any]
REASONS = ("too-small", "too-large", "not-as-described", "defective", "wrong-item", "unwanted", "other")
SIZES = {"M": 101, "L": 104}  # the jacket's
SOLD_OUT = {104}


def addressed(shop: "ShopifyShop", order: Json) -> Json:
    parcels = [
        {"id": f"gid://shopify/FulfillmentOrder/{each['id']}", "status": each["status"].upper()}
        for each in shop.parcels[order["id"]]
    ]
    return {
        "cancelledAt": order["cancelled_at"],
        "note": order["note"],
        "shippingAddress": _address(order["shipping_address"]),
        "fulfillmentOrders": {"nodes": parcels},
    }


def update(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    """What is given stands in the place of what was; the rest stays."""
    given = variables["input"]
    number = int(given["id"].rpartition("/")[2])
    if "note" in given:
        shop._touch(number, note=given["note"])
    if told := given.get("shippingAddress"):
        if not (told.get("zip") and told.get("countryCode")):
            wrong = [{"field": ["shippingAddress", "zip"], "message": "Zip can't be blank"}]
            return {"orderUpdate": {"order": None, "userErrors": wrong}}
        kept = {"first_name": told["firstName"], "last_name": told["lastName"], "phone": told["phone"]}
        kept |= {"address1": told["address1"], "city": told["city"], "zip": told["zip"]}
        shop._touch(number, shipping_address={**kept, "country_code": told["countryCode"]})
    shop._owe_order(number, "orders/updated")
    order = shop.orders[number]
    now = {"id": given["id"], "note": order["note"], "shippingAddress": _address(order["shipping_address"])}
    return {"orderUpdate": {"order": now, "userErrors": []}}


def returnable(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    order = shop.orders[int(variables["id"].rpartition("/")[2])]
    sent = {line["id"]: line for each in order["fulfillments"] for line in each["line_items"]}
    nodes = [
        {"quantity": left, "fulfillmentLineItem": {"id": _piece(number), "lineItem": {"id": _line(number)}}}
        for number, line in sent.items()
        if (left := line["quantity"] - _coming(shop, order["id"], number)) > 0
    ]
    return {"returnableFulfillments": {"nodes": [{"returnableFulfillmentLineItems": {"nodes": nodes}}]}}


def reasons(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    nodes = [
        {"id": f"gid://shopify/ReturnReasonDefinition/{place}", "handle": handle, "deleted": False}
        for place, handle in enumerate(REASONS)
    ]
    return {"returnReasonDefinitions": {"nodes": nodes}}


def sizes(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    nodes = [
        {
            "id": f"gid://shopify/ProductVariant/{number}",
            "inventoryQuantity": 0 if number in SOLD_OUT else 5,
            "selectedOptions": [{"name": "Size", "value": size}],
        }
        for size, number in SIZES.items()
    ]
    return {"productVariant": {"product": {"variants": {"nodes": nodes}}}}


def start_return(shop: "ShopifyShop", query: str, variables: Json) -> Json:
    """It knows no keys of idempotence: what is asked for twice is made twice, as long as pieces are left."""
    given = variables["input"]
    number = int(given["orderId"].rpartition("/")[2])
    lines = []
    for each in given["returnLineItems"]:
        line = int(each["fulfillmentLineItemId"].rpartition("/")[2]) - 7_000_000
        of_order = next(one for one in shop.orders[number]["line_items"] if one["id"] == line)
        if each["quantity"] > of_order["quantity"] - _coming(shop, number, line):
            wrong = [{"field": ["returnLineItems"], "message": "Quantity is not returnable", "code": "INVALID"}]
            return {"returnCreate": {"return": None, "userErrors": wrong}}
        note, reason = each.get("returnReasonNote", ""), each.get("returnReasonDefinitionId", "")
        lines.append({"line": line, "quantity": each["quantity"], "note": note, "reason": reason})
    key = shop.ask_return(number)
    shop.returns[key] |= {"status": "OPEN", "lines": lines, "instead": given.get("exchangeLineItems", [])}
    shop._owe_return(key, "returns/approve")
    made = {"id": f"gid://shopify/Return/{key}", "name": f"{shop.orders[number]['name']}-R1"}
    return {"returnCreate": {"return": made, "userErrors": []}}


def returns_of(shop: "ShopifyShop", order: Json) -> Json:
    label = {"deliverable": {"label": {"publicFileUrl": shop.label}}}
    reverse = {"nodes": [{"reverseDeliveries": {"nodes": [label] if shop.label else []}}]}
    keys = [key for key, each in shop.returns.items() if each["order"] == order["id"]]
    return {"returns": {"nodes": [return_node(shop, key) | {"reverseFulfillmentOrders": reverse} for key in keys]}}


def return_node(shop: "ShopifyShop", key: int) -> Json:
    """Of a return as the GraphQL API gives it; one that was asked for in the shop is of the order's first line."""
    found = shop.returns[key]
    order = shop.orders[found["order"]]
    first = {"line": order["line_items"][0]["id"], "quantity": 1, "note": ""}
    refunded = {"totalRefundedSet": {"shopMoney": {"amount": found["refunded"], "currencyCode": order["currency"]}}}
    buyer = {"id": f"gid://shopify/Order/{order['id']}", "email": order["email"], "currencyCode": order["currency"]}
    return {
        "id": f"gid://shopify/Return/{key}",
        "name": f"{order['name']}-R1",
        "status": found["status"],
        "createdAt": found["createdAt"],
        "order": buyer | {"customer": {"legacyResourceId": str(order["customer"]["id"])}},
        "refunds": {"nodes": [refunded] if found["refunded"] != "0" else []},
        "returnLineItems": {"nodes": [_returned(order, each) for each in found.get("lines", [first])]},
    }


def _returned(order: Json, coming: Json) -> Json:
    line = next(each for each in order["line_items"] if each["id"] == coming["line"])
    money = {"shopMoney": {"amount": line["price"], "currencyCode": order["currency"]}}
    sold = {"id": _line(line["id"]), "title": line["title"], "variantTitle": line["variant_title"], "sku": line["sku"]}
    sold |= {"variant": {"legacyResourceId": str(line["variant_id"])}, "originalUnitPriceSet": money}
    return {
        "quantity": coming["quantity"],
        "returnReasonDefinition": {"name": "Too small"},
        "returnReasonNote": coming["note"],
        "customerNote": "Too tight",
        "fulfillmentLineItem": {"lineItem": sold},
    }


def _coming(shop: "ShopifyShop", order: int, line: int) -> int:
    lines = (one for each in shop.returns.values() if each["order"] == order for one in each.get("lines", []))
    return sum(one["quantity"] for one in lines if one["line"] == line)


def _address(kept: Json) -> Json:
    return {
        "firstName": kept["first_name"],
        "lastName": kept["last_name"],
        "company": None,
        "phone": kept["phone"],
        "address1": kept["address1"],
        "city": kept["city"],
        "zip": kept["zip"],
        "countryCodeV2": kept["country_code"],
    }


def _line(number: int) -> str:
    return f"gid://shopify/LineItem/{number}"


def _piece(number: int) -> str:
    return f"gid://shopify/FulfillmentLineItem/{number + 7_000_000}"
