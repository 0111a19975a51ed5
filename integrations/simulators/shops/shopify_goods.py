"""What a simulated Shopify shop has in it at first: customers, products and the shape of an order, as documented."""

from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

PRODUCTS = (
    (101, "Kestrel Trail Jacket", "M", "HF-KTJ-M", "168.00", 1101),
    (102, "Fell Runner Cap", "Default Title", "HF-FRC", "24.00", 1102),
    (103, "Tarn 28 Pack", "Slate", "HF-T28-S", "112.50", 1103),
)
PLACES = {501: "Keswick", 502: "Kendal"}
PEOPLE = (
    (9001, "Ann", "Bell", "ann@home.example", "enabled", True),
    (9002, "Bo", "Lind", "bo@home.example", "disabled", True),  # a guest: Shopify makes a customer of everybody
    (9003, "Cy", "Marsh", "cy@home.example", "enabled", False),
)


def stamp(at: datetime) -> str:
    """As Shopify writes it: seconds, with the shop's offset."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat()


def customer(row: tuple[int, str, str, str, str, bool], at: datetime) -> Json:
    number, first, last, email, state, is_verified = row
    return {
        "id": number,
        "admin_graphql_api_id": f"gid://shopify/Customer/{number}",
        "email": email,
        "first_name": first,
        "last_name": last,
        "state": state,
        "verified_email": is_verified,
        "phone": None,
        "tags": "trail club" if state == "enabled" else "",
        "created_at": stamp(at),
        "updated_at": stamp(at),
        "email_marketing_consent": {
            "state": "subscribed" if state == "enabled" else "not_subscribed",
            "opt_in_level": "single_opt_in",
            "consent_updated_at": stamp(at) if state == "enabled" else None,
        },
        "sms_marketing_consent": None,
        "default_address": {"city": "Keswick", "country_code": "GB", "company": None},
    }


def order(number: int, buyer: Json, lines: list[tuple[int, int]], at: datetime, *, currency: str = "GBP") -> Json:
    """`lines`: (a product's number, pieces)."""
    items = [_item(number * 10 + index, product, pieces) for index, (product, pieces) in enumerate(lines)]
    total = sum(float(each["price"]) * each["quantity"] for each in items)
    return {
        "id": number,
        "admin_graphql_api_id": f"gid://shopify/Order/{number}",
        "name": f"#HF-{number}",
        "order_number": number,
        "email": buyer["email"],
        "phone": None,
        "customer": {key: buyer[key] for key in ("id", "email", "first_name", "last_name", "state", "verified_email")},
        "currency": currency,
        "total_price": f"{total:.2f}",
        "current_total_price": f"{total:.2f}",
        "financial_status": "pending",
        "fulfillment_status": None,
        "cancelled_at": None,
        "cancel_reason": None,
        "created_at": stamp(at),
        "processed_at": stamp(at),
        "updated_at": stamp(at),
        "cart_token": f"cart-{number}",
        "checkout_token": f"checkout-{number}",
        "source_name": "web",
        "location_id": None,
        "line_items": items,
        "note": None,
        "shipping_address": {
            "first_name": buyer["first_name"],
            "last_name": buyer["last_name"],
            "address1": "1 Old Street",
            "city": "Keswick",
            "zip": "CA12 5BX",
            "country_code": "GB",
            "phone": "+441768700100",
        },
        "shipping_lines": [{"title": "Royal Mail", "code": "Royal Mail", "source": "shopify"}],
        "fulfillments": [],
        "refunds": [],
        "test": False,
    }


def checkout(number: int, buyer: Json, lines: list[tuple[int, int]], at: datetime) -> Json:
    found = order(number, buyer, lines, at)
    kept = (
        "email",
        "phone",
        "customer",
        "currency",
        "total_price",
        "created_at",
        "updated_at",
        "cart_token",
        "line_items",
    )
    return {key: found[key] for key in kept} | {
        "id": number,
        "token": f"checkout-{number}",
        "completed_at": None,
        "closed_at": None,
        "abandoned_checkout_url": f"https://shop.example/checkouts/{number}/recover?key=k",
    }


def product(row: tuple[int, str, str, str, str, int], at: datetime) -> Json:
    number, title, variant, sku, price, item = row
    return {
        "id": number * 1000,
        "title": title,
        "product_type": "Outdoor",
        "handle": title.lower().replace(" ", "-"),
        "status": "active",
        "updated_at": stamp(at),
        "images": [{"id": number, "src": f"https://cdn.shop.example/{number}.jpg"}],
        "image": {"id": number, "src": f"https://cdn.shop.example/{number}.jpg"},
        "variants": [
            {
                "id": number,
                "product_id": number * 1000,
                "title": variant,
                "sku": sku,
                "price": price,
                "inventory_item_id": item,
                "inventory_quantity": 9,
                "updated_at": stamp(at),
            }
        ],
    }


def variant_node(row: tuple[int, str, str, str, str, int], stock: dict[int, int], at: datetime) -> Json:
    """As the GraphQL API gives it."""
    number, title, variant, sku, price, item = row
    levels = [
        {
            "updatedAt": stamp(at),
            "location": {"name": PLACES[place]},
            "quantities": [{"name": "available", "quantity": n}],
        }
        for place, n in stock.items()
    ]
    return {
        "id": f"gid://shopify/ProductVariant/{number}",
        "legacyResourceId": str(number),
        "title": variant,
        "sku": sku,
        "price": price,
        "updatedAt": stamp(at),
        "product": {
            "title": title,
            "productType": "Outdoor",
            "onlineStoreUrl": f"https://shop.example/products/{number}",
            "featuredMedia": {"preview": {"image": {"url": f"https://cdn.shop.example/{number}.jpg"}}},
        },
        "inventoryItem": {"id": f"gid://shopify/InventoryItem/{item}", "inventoryLevels": {"nodes": levels}},
    }


def _item(number: int, product_number: int, pieces: int) -> Json:
    _number, title, variant, sku, price, _item = next(row for row in PRODUCTS if row[0] == product_number)
    return {
        "id": number,
        "title": title,
        "name": f"{title} - {variant}",
        "variant_title": variant,
        "variant_id": product_number,
        "product_id": product_number * 1000,
        "sku": sku,
        "quantity": pieces,
        "price": price,
    }
