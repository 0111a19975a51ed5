"""Inbound 2, for facts: what a batch told of customers is kept in few statements; what is bad is set aside alone."""

from collections.abc import Sequence

from django.db import DataError, IntegrityError, transaction

from conversations.live.customers import push_customer
from conversations.surveys import touching
from customers import profile
from customers.gather import gather_all
from integrations.adapters.base import Aside, Told
from integrations.models import RawEvent

POISON = (ValueError, DataError, IntegrityError)


def keep_facts(raw: RawEvent, told: Sequence[Told]) -> None:
    """All at once; where one item of them spoils it, one by one, and that one is set aside. Open pages of those whom
    they concern, and their profiles, follow after the commit."""
    if not told:
        return
    try:
        keep_all(told)
    except POISON:
        if len(told) == 1:
            raise  # then it is the whole event that is bad
        _follow(_one_by_one(raw, told))


@transaction.atomic
def keep_all(told: Sequence[Told]) -> None:
    """All or nothing."""
    _follow(gather_all(fact for item in told for fact in item.facts))


def _follow(touched: set[int]) -> None:
    profile.changed(touched)
    push_customer(touched)
    touching.of_customers(touched)


def _one_by_one(raw: RawEvent, told: Sequence[Told]) -> set[int]:
    touched: set[int] = set()
    for item in told:
        try:
            with transaction.atomic():
                touched |= gather_all(item.facts)
        except POISON as error:
            set_aside(raw, Aside(item.number, f"{type(error).__name__}: {error}", item.body()))
    return touched


def set_aside(raw: RawEvent, aside: Aside) -> None:
    """A RawEvent of its own, with the reason in words; the same batch understood again sets the same aside."""
    RawEvent.objects.get_or_create(
        connector=raw.connector,
        external_id=f"{raw.external_id[:380]}#{aside.number}",
        defaults={
            "kind": raw.kind,
            "body": aside.body,
            "headers": {**raw.headers, "of": raw.pk},
            "state": RawEvent.State.ASIDE,
            "error": aside.reason[:2000],
        },
    )
