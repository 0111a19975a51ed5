"""Where something lies: products by name or article number, with how many each shop has."""

import re
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Prefetch, Q, QuerySet

from customers.models import Product, Stock

SHOWN = 20


@dataclass(frozen=True)
class Found:
    product: Product
    stock: list[Stock]  # most first

    @property
    def together(self) -> int:
        return sum(row.quantity for row in self.stock if row.quantity > 0)


def find(words: str) -> list[Found]:
    """By the beginnings of words of name and article number; what is in no shop's count comes last. Nothing for less
    than two letters."""
    products = _matching(words.replace("\x00", "").strip()[:100])
    rows = Prefetch("stock", Stock.objects.order_by("-quantity", "place"), to_attr="counted")
    found = [Found(product, product.counted) for product in products.prefetch_related(rows)[: SHOWN * 2]]
    return sorted(found, key=lambda each: not each.stock)[:SHOWN]


def _matching(words: str) -> QuerySet[Product]:
    parts = re.findall(r"\w+", words.lower())
    if len(words) < 2 or not parts:
        return Product.objects.none()
    query = SearchQuery(" & ".join(f"{part}:*" for part in parts), config="simple", search_type="raw")
    named = Product.objects.annotate(words=SearchVector("name", "sku", config="simple"))
    return named.filter(Q(words=query) | Q(sku__iexact=words)).exclude(name="").order_by("name", "pk")
