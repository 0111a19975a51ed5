"""Which product and which shop a line names, among those that the desk knows. A query each, where a deed needs them."""

import re
from collections import Counter
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchVector

from conversations.bots.hearing.small_words import WORDS
from conversations.models import Hours
from customers.models import Product, Stock

MOST_WORDS, MOST_NAMES, MOST_PLACES = 12, 300, 500
_WORD = re.compile(r"[^\W_]{3,}")
_SMALL = frozenset(word for words in WORDS.values() for word in words)
# Of what every customer says, and many a product's name has.
_PLAIN = frozenset(
    "order shop store size stock colour color small medium large talla taglia taille maat rozmiar".split()
)


@dataclass(frozen=True)
class Named:
    """ "" where none is."""

    product: str = ""
    shop: str = ""


def named_in(text: str) -> Named:
    words = [word for word in _WORD.findall(text) if word.casefold() not in _SMALL | _PLAIN]
    words = list(dict.fromkeys(words))[: 3 * MOST_WORDS]
    if not words:
        return Named()
    shop = _shop_in(words)
    rest = [word for word in words if word.casefold() not in shop.casefold().split()]
    return Named(_product_in(rest[:MOST_WORDS]), shop)


def _product_in(words: list[str]) -> str:
    """Those words that stand together in the name of one product: the rarer, the more they say."""
    if not words:
        return ""
    query = SearchQuery(" | ".join(f"'{word.lower()}':*" for word in words), config="simple", search_type="raw")
    rows = Product.objects.annotate(words=SearchVector("name", "sku", config="simple")).filter(words=query)
    names = [
        set(name.casefold().replace(",", " ").split()) for name in rows.values_list("name", flat=True)[:MOST_NAMES]
    ]
    hits = [tuple(word for word in words if _is_in(word, name)) for name in names]
    spread = Counter(word for each in hits for word in each)
    best = max(hits, key=lambda each: sum(1 / spread[word] for word in each), default=())
    return " ".join(best)


def _shop_in(words: list[str]) -> str:
    """A word of its name is enough: "Oslo" for "Oslo Torggata"."""
    places = {*Stock.objects.order_by().values_list("place", flat=True).distinct()[:MOST_PLACES]}
    places |= {*Hours.objects.values_list("name", flat=True)[:MOST_PLACES]}
    known = {part.casefold() for place in places for part in place.split() if len(part) > 2}
    return next((word for word in words if word.casefold() in known - _SMALL - _PLAIN), "")


def _is_in(word: str, name: set[str]) -> bool:
    return any(part.startswith(word.casefold()) for part in name)
