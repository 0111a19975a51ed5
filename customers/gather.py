"""The one way in for facts: what integrations heard of a customer becomes rows, whatever it is and however late."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from customers import carts, commerce, consent, events, traits
from customers.facts import (
    CartFact,
    ConsentFact,
    EventFact,
    Fact,
    LoyaltyFact,
    OrderFact,
    ProductFact,
    ReturnFact,
    TraitsFact,
)


def _each(keep: Callable[..., set[int]], facts: Sequence[Fact]) -> set[int]:
    return set().union(*map(keep, facts))


def _happened(facts: Sequence[EventFact]) -> set[int]:
    return events.record_many(facts) | carts.follow(facts)


# In this order: who somebody is and what they allow is heard before what they did.
KEEPERS: dict[type, Callable[..., set[int]]] = {
    TraitsFact: traits.know_many,
    ConsentFact: consent.say_many,
    ProductFact: partial(_each, commerce.product),
    LoyaltyFact: partial(_each, commerce.loyalty),
    CartFact: partial(_each, commerce.cart),
    OrderFact: partial(_each, commerce.order),
    ReturnFact: partial(_each, commerce.returned),
    EventFact: _happened,
}


def gather(fact: Fact) -> set[int]:
    """Keeps one fact. Gives the ids of the customers of whom something changed."""
    return KEEPERS[type(fact)]([fact])


def gather_all(facts: Iterable[Fact]) -> set[int]:
    """The same for many at once, in few statements. Call inside a transaction."""
    by_kind: dict[type, list[Fact]] = {}
    for fact in facts:
        by_kind.setdefault(type(fact), []).append(fact)
    return set().union(*(keep(by_kind[kind]) for kind, keep in KEEPERS.items() if kind in by_kind))
