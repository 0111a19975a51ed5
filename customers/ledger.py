"""Reads the ledger of merges: what is not undone, and which identities each entry would take along."""

from collections.abc import Iterable

from django.db.models.expressions import RawSQL

from customers.models import Customer, Identity, MergeEntry, MergeItem

IDENTITIES = "customers.identity"


_TREE = """
with recursive tree (id, absorbed_id) as (
    select id, absorbed_id from customers_mergeentry where kept_id = %s and undone_at is null
    union all
    select entry.id, entry.absorbed_id from customers_mergeentry entry join tree on entry.kept_id = tree.absorbed_id
    where entry.undone_at is null
) select id from tree
"""


def live_under(customer: int) -> list[MergeEntry]:
    """The merges that made this customer what they are, those into the absorbed included; oldest first. One query."""
    entries = MergeEntry.objects.filter(pk__in=RawSQL(_TREE, [customer]))  # noqa: S611  a constant
    return list(entries.select_related("absorbed", "by").order_by("pk"))


def above(entry: MergeEntry) -> list[MergeEntry]:
    """The merges through which what `entry` made went on, the nearest first."""
    found: list[MergeEntry] = []
    kept = entry.kept_id
    while higher := MergeEntry.objects.filter(absorbed=kept, undone_at=None).order_by("-pk").first():
        found.append(higher)
        kept = higher.kept_id
    return found


def mark(entry: MergeEntry, model: str) -> int:
    """The highest key of `model` when they were merged: what is above came later. Of old entries, nothing did."""
    return int(entry.before.get("marks", {}).get(model, 2**62))


def taken_along(entry: MergeEntry, owner: int) -> set[int]:
    """The identities that undoing `entry` takes from `owner`: those it moved, and those they brought since."""
    moved = MergeItem.objects.filter(entry=entry, model=IDENTITIES, field="customer").values("row")
    going = set(Identity.objects.filter(pk__in=moved, customer=owner).values_list("pk", flat=True))
    since = Identity.objects.filter(customer=owner, pk__gt=mark(entry, IDENTITIES)).exclude(brought_by=None)
    brought = since.order_by("pk").values_list("pk", "brought_by")
    _follow(going, [(identity, by) for identity, by in brought if by])
    return going


def _follow(going: set[int], brought: Iterable[tuple[int, int]]) -> None:
    """In the order of their keys: whoever brought is older than what it brought."""
    for identity, by in brought:
        if by in going:
            going.add(identity)


def paths(customer: int) -> dict[int, frozenset[int]]:
    """Of each identity of this customer the merges, by key, that would take it along: those with the same were one
    person's before."""
    through: dict[int, set[int]] = {pk: set() for pk in _identities(customer)}
    for entry in live_under(customer):
        for identity in taken_along(entry, customer):
            through[identity].add(entry.pk)
    return {identity: frozenset(entries) for identity, entries in through.items()}


def _identities(customer: int) -> list[int]:
    return list(Identity.objects.filter(customer=customer).values_list("pk", flat=True))


def forget(model: str, rows: Iterable[int], *, of: Iterable[MergeEntry] | None = None) -> None:
    """These rows went elsewhere, and come back by another way if at all: undoing `of`, or any merge that is not undone,
    does not take them along."""
    items = MergeItem.objects.filter(model=model, row__in=list(rows))
    (items.filter(entry__undone_at=None) if of is None else items.filter(entry__in=list(of))).delete()


def top(customer: Customer) -> Customer:
    """Who they were merged into, at the end of the chain."""
    while customer.merged_into is not None:
        customer = customer.merged_into
    return customer
