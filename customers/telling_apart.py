"""The memory of 'not the same': kept by identities, so that it holds whatever is merged or taken apart later."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q

from customers.models import Identity, NotSame

if TYPE_CHECKING:
    from deskapp.models import User

MOST = 60  # identities of one customer; who has more is told apart by the first


def tell_apart(one: int, other: int, *, by: "User | None") -> None:
    """Every identity of the one from every identity of the other."""
    _write(((mine, theirs) for mine in _of(one) for theirs in _of(other)), by)


def tell_apart_identity(identity: int, customer: int, *, by: "User | None") -> None:
    """An agent said that this handle is not theirs."""
    _write(((identity, theirs) for theirs in _of(customer)), by)


def forget_identity(identity: int, customer: int) -> None:
    """An agent said that it is theirs."""
    either = Q(one=identity, other__customer=customer) | Q(other=identity, one__customer=customer)
    NotSame.objects.filter(either).delete()


def are_told_apart(one: int, other: int) -> bool:
    """Somebody said that these two customers are not the same, or said so of identities that they have now."""
    return NotSame.objects.filter(_between(one, other)).exists()


def forget(one: int, other: int) -> None:
    NotSame.objects.filter(_between(one, other)).delete()


def _write(pairs: Iterable[tuple[int, int]], by: "User | None") -> None:
    rows = [NotSame(one_id=min(pair), other_id=max(pair), by=by) for pair in pairs if pair[0] != pair[1]]
    NotSame.objects.bulk_create(rows, ignore_conflicts=True)


def _of(customer: int) -> list[int]:
    return list(Identity.objects.filter(customer=customer).order_by("pk").values_list("pk", flat=True)[:MOST])


def _between(one: int, other: int) -> Q:
    return Q(one__customer=one, other__customer=other) | Q(one__customer=other, other__customer=one)
