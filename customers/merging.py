"""Merges customers, and takes merges apart: a ledger of the rows that moved, so that each goes back."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils import timezone

from customers.models import Claim, Customer, MergeEntry, MergeItem

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


@transaction.atomic
def merge(absorbed: Customer, *, into: Customer, evidence: str, by: "User | None" = None) -> MergeEntry:
    """Moves everything of `absorbed` to `into` and writes down each row. Both are locked, in the order of their ids.

    Raises AlreadyMergedError where one of them was merged before the locks were ours: two merges at once that cross
    would leave nobody.
    """
    if absorbed.pk == into.pk:
        raise ValueError("A customer cannot be merged with themselves.")
    if any(customer.merged_into_id for customer in _locked(absorbed.pk, into.pk)):
        raise AlreadyMergedError("One of the two customers was merged already.")
    entry = MergeEntry.objects.create(kept=into, absorbed=absorbed, evidence=evidence, by=by)
    for model, field in _belongings():
        rows = _movable(model, field, absorbed, into)
        MergeItem.objects.bulk_create(
            MergeItem(entry=entry, model=model._meta.label_lower, field=field, row=row) for row in rows
        )
        model._base_manager.filter(pk__in=rows).update(**{field: into})
    Customer.objects.filter(pk=absorbed.pk).update(merged_into=into)
    if absorbed.name and not into.name:
        Customer.objects.filter(pk=into.pk).update(name=absorbed.name)
    return entry


@transaction.atomic
def unmerge(entry: MergeEntry) -> Customer:
    """Moves back just what the merge moved, as far as it is still with who kept it, or with whom they were merged
    into since: merges may be undone in any order, and what an agent gave to somebody else stays there. Doing it twice
    changes nothing."""
    entry = MergeEntry.objects.get(pk=entry.pk)
    keeper = _keeper_locked(entry)
    entry = MergeEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    if entry.undone_at:
        return entry.absorbed
    by_place: dict[tuple[str, str], list[int]] = {}
    for item in entry.items.all():
        by_place.setdefault((item.model, item.field), []).append(item.row)
    for model, field in _belongings():
        rows = by_place.get((model._meta.label_lower, field), [])
        theirs = model._base_manager.filter(pk__in=rows, **{field: keeper})
        moving = list(theirs.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
        model._base_manager.filter(pk__in=moving).update(**{field: entry.absorbed_id})
    Customer.objects.filter(pk=entry.absorbed_id).update(merged_into=None)
    MergeEntry.objects.filter(pk=entry.pk).update(undone_at=timezone.now())
    return entry.absorbed


def _locked(*keys: int) -> list[Customer]:
    return list(Customer.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))


def _keeper_locked(entry: MergeEntry) -> Customer:
    """Who has the rows now: the end of the chain of merges. Both customers of the undoing are locked."""
    keeper = entry.kept
    while True:
        while keeper.merged_into is not None:
            keeper = keeper.merged_into
        fresh = {customer.pk: customer for customer in _locked(entry.absorbed_id, keeper.pk)}[keeper.pk]
        if fresh.merged_into_id is None:
            return fresh
        keeper = fresh


def _belongings() -> Iterator[tuple[type[models.Model], str]]:
    """Every foreign key to Customer, in whichever app: merging need not know who points at customers."""
    for relation in Customer._meta.related_objects:
        model = relation.related_model
        if isinstance(model, type) and model._meta.label_lower not in KEPT_WHERE_THEY_ARE:
            yield model, relation.field.name


def _movable(model: type[models.Model], field: str, absorbed: Customer, into: Customer) -> list[int]:
    rows = model._base_manager.filter(**{field: absorbed})
    if model is Claim:  # unique per customer: the same claim on both sides stays with its maker
        same = Claim.objects.filter(customer=into).values_list("kind", "value")
        rows = rows.exclude(pk__in=[claim.pk for claim in absorbed.claims.all() if (claim.kind, claim.value) in same])
    return list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
