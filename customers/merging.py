"""Merges customers, and takes merges apart: a ledger of the rows that moved, so that each goes back.

Everything that a customer did hangs on the identity that made it, and follows it. So a merge moves identities, and what
hangs on the customer's own row; an unmerge gives back those, what the same identities brought since, and, by the
functions in PARTERS, what they said since.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils import timezone

from customers import ledger, own_fields, profile
from customers.models import Claim, Customer, Identity, Membership, MergeEntry, MergeItem, Suggestion

if TYPE_CHECKING:
    from deskapp.models import User

KEPT_WHERE_THEY_ARE = {
    "customers.mergeentry",
    "customers.customer",
    "customers.profile",  # what is computed is computed anew
    "customers.membership",
    "customers.suggestion",
}


class AlreadyMergedError(ValueError):
    """One of the two was merged away meanwhile."""


@dataclass(frozen=True)
class Apart:
    """What an unmerge tells the rooms above: who is two again, and which rows have gone to `absorbed` so far."""

    entry: MergeEntry
    keeper: Customer
    absorbed: Customer
    went: dict[str, list[int]]  # {"conversations.conversation": keys}
    by: "User | None"


# The rooms above add theirs when they start. Customers are locked in the order of their keys before any of these.
PARTERS: list[Callable[[Apart], None]] = []
MARKERS: list[Callable[[], dict[str, int]]] = []  # the highest keys now, by model


@transaction.atomic
def merge(
    absorbed: Customer, *, into: Customer, evidence: str, by: "User | None" = None, certainty: int | None = None
) -> MergeEntry:
    """Moves everything of `absorbed` to `into` and writes down each row. Both are locked, in the order of their ids.
    `certainty` is in per cent, of the suggestion that was followed.

    Raises AlreadyMergedError where one of them was merged before the locks were ours: two merges at once that cross
    would leave nobody.
    """
    if absorbed.pk == into.pk:
        raise ValueError("A customer cannot be merged with themselves.")
    locked = {customer.pk: customer for customer in _locked([absorbed.pk, into.pk])}
    if any(customer.merged_into_id for customer in locked.values()):
        raise AlreadyMergedError("One of the two customers was merged already.")
    before = own_fields.take_over(locked[into.pk], locked[absorbed.pk])
    entry = MergeEntry.objects.create(
        kept=into,
        absorbed=absorbed,
        evidence=evidence[:400],
        by=by,
        certainty=certainty,
        before={**before, "marks": _marks()},
    )
    for model, field in _belongings():
        rows = _movable(model, field, absorbed, into)
        MergeItem.objects.bulk_create(
            MergeItem(entry=entry, model=model._meta.label_lower, field=field, row=row) for row in rows
        )
        model._base_manager.filter(pk__in=rows).update(**{field: into})
    Customer.objects.filter(pk=absorbed.pk).update(merged_into=into)
    compute_anew([into.pk], gone=absorbed.pk)
    return entry


@transaction.atomic
def unmerge(entry: MergeEntry, *, by: "User | None" = None) -> Customer:
    """Moves back just what the merge moved and what came since by its identities, as far as it is still with who kept
    it, or with whom they were merged into since: merges may be undone in any order, and what an agent gave to somebody
    else stays there. Doing it twice changes nothing."""
    entry = MergeEntry.objects.get(pk=entry.pk)
    keeper = _keeper_locked(entry)
    entry = MergeEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    if entry.undone_at:
        return entry.absorbed
    leaving = ledger.taken_along(entry, keeper.pk)
    went = _moved_back(entry, keeper, leaving)
    Customer.objects.filter(pk=entry.absorbed_id).update(merged_into=None)
    MergeEntry.objects.filter(pk=entry.pk).update(undone_at=timezone.now())
    above = ledger.above(entry)
    for model, rows in went.items():
        ledger.forget(model, rows, of=above)
    own_fields.give_back(entry, above, leaving, keeper.pk)
    absorbed = Customer.objects.get(pk=entry.absorbed_id)
    for part in PARTERS:
        part(Apart(entry, keeper, absorbed, went, by))
    compute_anew([keeper.pk, absorbed.pk])
    return absorbed


def _moved_back(entry: MergeEntry, keeper: Customer, leaving: set[int]) -> dict[str, list[int]]:
    """All of the keeper's rows are locked in the order of their keys, since the PARTERS may need any of them."""
    by_place: dict[tuple[str, str], set[int]] = {}
    for item in entry.items.all():
        by_place.setdefault((item.model, item.field), set()).add(item.row)
    went: dict[str, list[int]] = {}
    for model, field in _belongings():
        rows = by_place.get((model._meta.label_lower, field), set())
        theirs = model._base_manager.filter(**{field: keeper}).select_for_update(no_key=True).order_by("pk")
        if model is Identity:
            rows = leaving
        elif model is Claim:
            rows = _claims_of(leaving, rows)
        moving = [pk for pk in theirs.values_list("pk", flat=True) if pk in rows]
        model._base_manager.filter(pk__in=moving).update(**{field: entry.absorbed_id})
        went[model._meta.label_lower] = moving
    return went


def _claims_of(identities: set[int], moved: set[int]) -> set[int]:
    """What these identities claim, and of the moved ones those that nobody's identity made."""
    nobodys = Claim.objects.filter(pk__in=moved, identity=None)
    return set((Claim.objects.filter(identity__in=identities) | nobodys).values_list("pk", flat=True))


def _locked(keys: list[int]) -> list[Customer]:
    return list(Customer.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))


def _keeper_locked(entry: MergeEntry) -> Customer:
    """Who has the rows now: the end of the chain of merges. All customers of the chain are locked."""
    while True:
        chain = _chain(entry)
        fresh = {customer.pk: customer for customer in _locked([entry.absorbed_id, *chain])}
        if _chain(entry) == chain:
            return fresh[chain[-1]]


def _chain(entry: MergeEntry) -> list[int]:
    keys = []
    kept: int | None = entry.kept_id
    while kept:
        keys.append(kept)
        kept = Customer.objects.values_list("merged_into", flat=True).get(pk=kept)
    return keys


def _belongings() -> Iterator[tuple[type[models.Model], str]]:
    """Every foreign key to Customer, in whichever app: merging need not know who points at customers."""
    for relation in Customer._meta.related_objects:
        model = relation.related_model
        if isinstance(model, type) and model._meta.label_lower not in KEPT_WHERE_THEY_ARE:
            yield model, relation.field.name


def _movable(model: type[models.Model], field: str, absorbed: Customer, into: Customer) -> list[int]:
    rows = model._base_manager.filter(**{field: absorbed})
    if model is Claim:  # unique per customer and maker: the same claim of nobody's identity on both sides stays
        same = set(Claim.objects.filter(customer=into, identity=None).values_list("kind", "value"))
        nobodys = Claim.objects.filter(customer=absorbed, identity=None)
        rows = rows.exclude(pk__in=[claim.pk for claim in nobodys if (claim.kind, claim.value) in same])
    return list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def _marks() -> dict[str, int]:
    newest = Identity.objects.aggregate(pk=models.Max("pk"))["pk"] or 0
    return {ledger.IDENTITIES: newest} | {model: pk for marker in MARKERS for model, pk in marker().items()}


def compute_anew(customers: list[int], *, gone: int | None = None) -> None:
    """What is computed of them: profiles, segments, and who else they may be."""
    if gone:
        Suggestion.objects.filter(models.Q(one=gone) | models.Q(other=gone)).delete()
        Membership.objects.filter(customer=gone).delete()
    Customer.objects.filter(pk__in=customers).update(looked_at=None)
    profile.changed(customers)
