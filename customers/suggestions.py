"""Probable doubles: who may be one person, with the evidence, for an agent to decide; and the memory of 'not the same'.

A customer of whom something new is known has no `looked_at`. `sweep` (by beat) and `of` (when an agent opens a page)
look at those. Nothing here joins anybody: that is an agent's word, or a proof (customers.identify).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from customers import merging
from customers.commerce import find_order
from customers.evidence import certainty, heaviest, words
from customers.handles import NUMBERS
from customers.likeness import CROWD, Key, Known, compare, group, key_of, known_of
from customers.models import Claim, Customer, Identity, MergeEntry, NotSame, Order, Suggestion
from customers.models.identity import Kind
from customers.telling_apart import forget, tell_apart

if TYPE_CHECKING:
    from deskapp.models import User

LEAST = 25  # per cent: what is less sure is not worth an agent's time
AT_ONCE, ROUNDS = 300, 10
_LOCK = 0x646F75626C65  # "double"
MANY = 20  # who share a handle or a name: it says nothing of any two of them
MOST_SHOWN = 5

Pair = tuple[int, int]  # the smaller key first


def stale(customers: Iterable[int]) -> None:
    """Something new is known of these: look at them again."""
    Customer.objects.filter(pk__in=set(customers)).exclude(looked_at=None).update(looked_at=None)


def sweep() -> set[int]:
    """Looks at the customers who are due, the oldest first. Gives those whose suggestions changed."""
    changed: set[int] = set()
    for _round in range(ROUNDS):
        due = Customer.objects.filter(looked_at=None, merged_into=None, erased_at=None).order_by("pk")
        keys = list(due.values_list("pk", flat=True)[:AT_ONCE])
        changed |= look(keys) if keys else set()
        if len(keys) < AT_ONCE:
            break
    return changed


@transaction.atomic
def look(customers: Collection[int]) -> set[int]:
    """Works out who else these may be, and stores it. Gives everybody whose suggestions changed.

    One look at a time, or two would wait for each other's rows: while another is under way, these stay due. Who is
    looked at is locked, so that what is new of them meanwhile makes them due again.
    """
    if not _is_ours():
        return set()
    living = Customer.objects.living().filter(pk__in=customers, erased_at=None).order_by("pk")
    asked = set(living.select_for_update(no_key=True).values_list("pk", flat=True))
    if not asked:
        return set()
    pairs = _candidates(asked)
    known = known_of(asked | {pk for pair in pairs for pk in pair})
    crowds = _crowds(known.values())
    found = {}
    for one, other in _without_the_told_apart(pairs):
        if one in known and other in known:
            reasons = heaviest(compare(known[one], known[other], crowds))
            if (sure := certainty(reasons)) >= LEAST:
                found[one, other] = Suggestion(one_id=one, other_id=other, certainty=sure, reasons=reasons)
    changed = _store(asked, found)
    Customer.objects.filter(pk__in=asked).update(looked_at=timezone.now())
    return changed


def _is_ours() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _store(asked: set[int], found: dict[Pair, Suggestion]) -> set[int]:
    before = Suggestion.objects.filter(Q(one__in=asked) | Q(other__in=asked)).order_by("one", "other")
    known = {(each.one_id, each.other_id): each for each in before}
    gone = [each.pk for pair, each in known.items() if pair not in found]
    changed = {pk for pair in known if pair not in found for pk in pair}
    Suggestion.objects.filter(pk__in=gone).delete()
    new = [
        each
        for pair, each in sorted(found.items())
        if pair not in known or (known[pair].certainty, known[pair].reasons) != (each.certainty, each.reasons)
    ]
    for each in new:
        each.changed_at = timezone.now()
        changed |= {each.one_id, each.other_id}
    Suggestion.objects.bulk_create(
        new,
        update_conflicts=True,
        unique_fields=["one", "other"],
        update_fields=["certainty", "reasons", "changed_at"],
    )
    return changed


def _candidates(asked: set[int]) -> set[Pair]:
    """Who has something in common with them, by the indexes."""
    mine: dict[Key, set[int]] = {}
    for rows in (Identity.objects.filter(customer__in=asked), Claim.objects.filter(customer__in=asked)):
        for row in rows:
            mine.setdefault(key_of(row), set()).add(row.customer_id)
    theirs: dict[Key, set[int]] = {}
    for kinds, values in _few_of_a_kind(mine):
        for model in (Identity, Claim):
            for field in ("value", "alike"):
                shared = model._base_manager.filter(kind__in=kinds, customer__merged_into=None)
                for row in shared.filter(**{f"{field}__in": values})[: MANY * (len(values) + 1)]:
                    theirs.setdefault(key_of(row), set()).add(row.customer_id)
    pairs = {
        _pair(one, other)
        for key, owners in mine.items()
        if len(theirs.get(key, ())) <= MANY
        for one in owners
        for other in theirs.get(key, set()) - {one}
    }
    return pairs | _by_order(mine, asked) | _by_name(asked)


def _few_of_a_kind(keys: Iterable[Key]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """The values to look for among each kinds, few enough at once for the planner to see that an index has them all:
    of more than a hundred it does not prove that none is empty, which the partial ones leave out."""
    for kinds, values in _by_kinds(keys).items():
        for start in range(0, len(values), 80):
            yield kinds, values[start : start + 80]


def _by_kinds(keys: Iterable[Key]) -> dict[tuple[str, ...], list[str]]:
    values: dict[tuple[str, ...], list[str]] = {}
    for kind, value in keys:
        if kind != Kind.ORDER:
            kinds = tuple(map(str, NUMBERS)) if kind == group(Kind.PHONE) else (str(kind),)
            values.setdefault(kinds, []).append(value)
    return values


def _by_order(mine: dict[Key, set[int]], asked: set[int]) -> set[Pair]:
    """Who asked about an order of another's."""
    numbers = {value: owners for (kind, value), owners in mine.items() if kind == Kind.ORDER}
    pairs = {_pair(one, other) for number, ones in numbers.items() for other in _who_ordered(number) for one in ones}
    orders = Order.objects.filter(identity__customer__in=asked).order_by("-placed_at")
    owned = {number.upper(): owner for owner, number in orders.values_list("identity__customer", "number")[:500]}
    if owned:
        claims = Claim.objects.filter(kind=Kind.ORDER, value__in=owned, customer__merged_into=None)
        pairs |= {_pair(owned[number], one) for one, number in claims.values_list("customer", "value")}
    return {pair for pair in pairs if pair[0] != pair[1]}


def _who_ordered(number: str) -> list[int]:
    return list(find_order(number).values_list("identity__customer", flat=True)[:MANY])


def _by_name(asked: set[int]) -> set[Pair]:
    """The same whole name, where something is known of the place; a name that many have is no evidence."""
    pairs: set[Pair] = set()
    placed = Q(city__gt="") | Q(timezone__gt="") | Q(identities__traits__name__in=["city", "postcode", "zip"])
    for customer in Customer.objects.filter(placed, pk__in=asked, name__contains=" ").distinct():
        query = SearchQuery(customer.name, config="simple", search_type="plain")
        named = Customer.objects.living().annotate(words=SearchVector("name", config="simple")).filter(words=query)
        others = list(named.exclude(pk=customer.pk).values_list("pk", flat=True)[: MANY + 1])
        pairs |= {_pair(customer.pk, other) for other in others} if len(others) <= MANY else set()
    return pairs


def _pair(one: int, other: int) -> Pair:
    return min(one, other), max(one, other)


def _crowds(known: Iterable[Known]) -> dict[Key, int]:
    """How many people each browser is known of, as far as it is shared among more than a few."""
    seen = Counter(key for one in known for key in {*one.proven, *one.claimed} if key[0] == Kind.VISITOR)
    shared = [key[1] for key, count in seen.items() if count > 1]
    if not shared:
        return {}
    owners: dict[Key, set[int]] = {}
    for model in (Identity, Claim):
        rows = model._base_manager.filter(kind=Kind.VISITOR, value__in=shared, customer__merged_into=None)
        for value, customer in rows.values_list("value", "customer")[: 100 * CROWD * len(shared)]:
            owners.setdefault((Kind.VISITOR, value), set()).add(customer)
    return {key: len(customers) for key, customers in owners.items()}


def _without_the_told_apart(pairs: set[Pair]) -> list[Pair]:
    people = {pk for pair in pairs for pk in pair}
    told = NotSame.objects.filter(one__customer__in=people, other__customer__in=people)
    apart = {_pair(*owners) for owners in told.values_list("one__customer", "other__customer")}
    return sorted(pairs - apart)


def of(customer: Customer) -> list[Suggestion]:
    """Who else this customer may be, the surest first; looked at now, if something new is known of them."""
    if customer.looked_at is None:
        look([customer.pk])
    found = Suggestion.objects.filter(Q(one=customer) | Q(other=customer)).select_related("one", "other")
    return list(found.order_by("-certainty", "pk")[:MOST_SHOWN])


def accept(suggestion: Suggestion, *, into: Customer, by: "User | None") -> MergeEntry:
    """They are one: merges the other into `into`, with the reasons as evidence. It can be undone like every merge."""
    absorbed = suggestion.other if into.pk == suggestion.one_id else suggestion.one
    evidence = "; ".join(words(each) for each in suggestion.reasons if each["weight"] > 0)
    return merging.merge(absorbed, into=into, by=by, evidence=evidence, certainty=suggestion.certainty)


@transaction.atomic
def refuse(suggestion: Suggestion, *, by: "User | None") -> None:
    """They are two, for good (customers.telling_apart)."""
    tell_apart(suggestion.one_id, suggestion.other_id, by=by)
    Suggestion.objects.filter(pk=suggestion.pk).delete()


@transaction.atomic
def allow(one: int, other: int) -> None:
    """Takes 'not the same' back, of two customers."""
    forget(one, other)
    stale([one, other])
