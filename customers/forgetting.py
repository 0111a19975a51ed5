"""Forgets what one source told, when it has left and wants that: a shop whose owner disconnected it."""

from django.db import transaction

from customers.models import Cart, Consent, Event, EventKey, Order, Product, Return, Trait

_OF_IDENTITIES = (Return, Order, Cart, Event, Consent, Trait)


@transaction.atomic
def forget_source(source: int) -> set[int]:
    """Deletes purchases, carts, products, events, consent and traits that came by it. People and what they wrote stay:
    they are not the shop's. Gives the customers whose rows went."""
    if not source:
        raise ValueError("What agents have written came by no source.")
    rows = [model._default_manager.filter(source=source) for model in _OF_IDENTITIES]
    touched: set[int] = set()
    for each in rows:
        touched |= set(each.values_list("identity__customer", flat=True))
    for each in [*rows, Product.objects.filter(source=source), EventKey.objects.filter(source=source)]:
        each.delete()
    return touched
