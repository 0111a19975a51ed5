"""Shopify's products, a row for each variant, and what lies where."""

from collections.abc import Iterator
from typing import Any

from customers.facts import ProductFact
from integrations.adapters.reading import inner, money, needed, newest, pieces, rows, words
from integrations.adapters.shops.shopify.orders import ALONE, last_of
from integrations.models import Connector


def product_facts(connector: Connector, product: dict[str, Any]) -> Iterator[ProductFact]:
    """Of the webhook, which counts all places together: so it says nothing of stock (`variant_fact` does)."""
    title, at = words(product.get("title")), newest(product.get("updated_at"))
    pictures = {words(each.get("id")): words(each.get("src")) for each in rows(product, "images")}
    picture = words(inner(product, "image").get("src")) or next(iter(pictures.values()), "")
    handle, is_shown = words(product.get("handle")), words(product.get("status")) in ("", "active")
    site = words(connector.settings.get("site"))
    for variant in rows(product, "variants"):
        yield ProductFact(
            source=connector.pk,
            external_id=needed(variant, "id"),
            name=_named(title, words(variant.get("title"))),
            changed_at=max(at, newest(variant.get("updated_at") or product.get("updated_at"))),
            sku=words(variant.get("sku")),
            kind=words(product.get("product_type")),
            url=f"{site}/products/{handle}" if site and handle and is_shown else "",
            image=pictures.get(words(variant.get("image_id")), picture),
            currency=words(connector.settings.get("currency")),
            price=money(variant.get("price"), "price"),
        )


def variant_fact(connector: Connector, variant: dict[str, Any]) -> ProductFact:
    """Of a ProductVariant as the GraphQL API gives it (api.VARIANT), with its stock by place."""
    product = inner(variant, "product")
    preview = inner(inner(inner(product, "featuredMedia"), "preview"), "image")
    levels = rows(inner(inner(variant, "inventoryItem"), "inventoryLevels"), "nodes")
    return ProductFact(
        source=connector.pk,
        external_id=words(variant.get("legacyResourceId")) or last_of(needed(variant, "id")),
        name=_named(words(product.get("title")), words(variant.get("title"))),
        changed_at=newest(variant.get("updatedAt"), *(each.get("updatedAt") for each in levels)),
        sku=words(variant.get("sku")),
        kind=words(product.get("productType")),
        url=words(product.get("onlineStoreUrl")),
        image=words(preview.get("url")),
        currency=words(connector.settings.get("currency")),
        price=money(variant.get("price"), "price"),
        stock=tuple(_count(each) for each in levels if words(inner(each, "location").get("name"))),
    )


def _count(level: dict[str, Any]) -> tuple[str, int]:
    available = [each for each in rows(level, "quantities") if words(each.get("name")) in ("", "available")]
    return words(inner(level, "location").get("name")), pieces(
        available[0].get("quantity"), "quantity"
    ) if available else 0


def _named(title: str, variant: str) -> str:
    if not title:
        raise ValueError("“title” is missing.")
    return title if variant in ("", ALONE) else f"{title}, {variant}"
