"""Calls for the events bench: what shoppers' browsers and a shop's servers report, the same ones each time."""

import json
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

Call = dict[str, object]

KINDS = (
    ("Page Viewed", 48),
    ("Product Viewed", 25),
    ("Products Searched", 6),
    ("Product List Viewed", 6),
    ("Product Added", 6),
    ("Checkout Started", 2),
    ("Order Completed", 1),
    ("identify", 3),
    ("Size Guide Opened", 3),
)
CONTEXT = {
    "library": {"name": "analytics.js", "version": "next-1.70.0"},
    "locale": "en-GB",
    "timezone": "Europe/London",
    "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "consent": {"categoryPreferences": {"Analytics": True, "Advertising": False}},
}


def calls(count: int, *, visitors: int, seed: int = 7, start: datetime | None = None) -> Iterator[Call]:
    """`count` calls of `visitors` browsers in turn, one second apart, the last one now or `start` + `count` seconds."""
    chance = random.Random(seed)
    begin = start or datetime.now(UTC) - timedelta(seconds=count)
    known = random.Random(visitors)  # the same browsers whatever the seed
    browsers = [str(uuid.UUID(int=known.getrandbits(128), version=4)) for _ in range(visitors)]
    names, weights = zip(*KINDS, strict=True)
    for number in range(count):
        at = (begin + timedelta(seconds=number)).isoformat()
        yield call(chance.choices(names, weights)[0], chance, browsers[number % visitors], at)


def call(name: str, chance: random.Random, browser: str, at: str) -> Call:
    article = chance.randrange(400)
    page = {"url": f"https://shop.example/p/{article}", "title": f"Fell jacket no. {article}", "referrer": ""}
    made: Call = {
        "messageId": f"ajs-next-{chance.getrandbits(96):024x}",
        "anonymousId": browser,
        "timestamp": at,
        "context": {**CONTEXT, "page": page},
    }
    if name == "identify":
        return made | {"type": "identify", "traits": {"plan": chance.choice(["free", "plus"]), "visits": article}}
    if name == "Page Viewed":
        return made | {"type": "page", "name": page["title"], "properties": page}
    product = {
        "product_id": str(article),
        "name": page["title"],
        "category": "Jackets",
        "price": 149,
        "currency": "EUR",
    }
    about: Call = {"query": f"rain {article}"} if name == "Products Searched" else dict(product)
    if name in ("Checkout Started", "Order Completed"):
        about = {"order_id": f"HF-{article}", "value": 149, "currency": "EUR", "products": [product]}
    return made | {"type": "track", "event": name, "properties": about}


def bodies(made: list[Call], size: int) -> list[bytes]:
    """Batches of `size` calls, as a library posts them."""
    return [
        json.dumps({"batch": made[first : first + size], "sentAt": datetime.now(UTC).isoformat()}).encode()
        for first in range(0, len(made), size)
    ]
