"""The list of customers: all an agent may see, newest first, or those a name, handle or order number finds."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import QuerySet

from conversations.search import WALK, newest_first
from conversations.sight import customers_seen_by
from customers.commerce import find_order
from customers.models import Customer, Identity, Membership, Order
from customers.models.customer import CustomerQuerySet

if TYPE_CHECKING:
    from deskapp.models import User

PAGE = 40


def orders_seen_by(agent: "User", number: str = "") -> "QuerySet[Order]":
    """The orders that this agent may see, or those of that number, newest first."""
    if not agent.sees_purchases:
        return Order.objects.none()
    rows = find_order(number) if number else Order.objects.all()
    return rows.filter(identity__customer__in=customers_seen_by(agent)).select_related("identity__customer")


@dataclass(frozen=True)
class Page:
    customers: list[Customer]
    before: int | None = None  # the key of the next page


def found(agent: "User", *, words: str = "", segment: int | None = None, before: int | None = None) -> Page:
    """A page of customers with their identities and profile. What words find is one page: more words find fewer."""
    seen = customers_seen_by(agent).filter(erased_at=None).select_related("profile").prefetch_related("identities")
    if segment:
        seen = seen.filter(pk__in=Membership.objects.filter(segment=segment).values("customer"))
    if words:
        keys = _named(agent, seen, words)
        by_key = seen.in_bulk(keys)
        return Page([by_key[key] for key in keys if key in by_key])
    if before is not None:
        seen = seen.filter(pk__lt=before)
    rows = list(seen.order_by("-pk")[: PAGE + 1])
    return Page(rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None)


def _named(agent: "User", seen: CustomerQuerySet, words: str) -> list[int]:
    """Owners of an order of that number first, then of a handle that begins so, then the names."""
    keys: list[int] = []
    if agent.sees_purchases:
        keys += find_order(words).values_list("identity__customer", flat=True)[:PAGE]
    beginning = Identity.objects.filter(value__startswith=words.lower())
    keys += beginning.values_list("customer", flat=True)[:PAGE]
    if parts := re.findall(r"\w+", words.lower()):
        query = SearchQuery(" & ".join(f"{part}:*" for part in parts), config="simple", search_type="raw")
        named = seen.annotate(words=SearchVector("name", config="simple")).filter(words=query)
        newest = Customer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        keys += newest_first(named, PAGE, newest=newest, walk=WALK // 5)
    return list(dict.fromkeys(keys))[:PAGE]
