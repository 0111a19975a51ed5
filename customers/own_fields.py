"""What a merge does to a customer's own fields, and how undoing it gives back just what it did."""

from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from customers.ledger import taken_along
from customers.models import Customer, Identity, MergeEntry

FIELDS = ("name", "language", "timezone", "city", "tier", "about", "is_blocked")


def take_over(into: Customer, absorbed: Customer) -> dict[str, object]:
    """Fills what `into` does not have from `absorbed`, adds their notes, keeps a block. Gives {"was", "became"}, for
    the entry of the ledger. Both are locked."""
    was = {name: getattr(into, name) for name in FIELDS}
    became = {name: _joined(name, was[name], getattr(absorbed, name)) for name in FIELDS}
    _write(into, became)
    return {"was": was, "became": became}


def give_back(entry: MergeEntry, above: Iterable[MergeEntry], leaving: Collection[int], root: int) -> None:
    """Undoes what `entry` did to the fields of who kept, as far as nobody changed them since; then the same for each
    who absorbed that one, by the entries `above`, the nearest first. `leaving`: the identities that go; `root` has
    the others.

    All these customers are locked, and the identities have gone already.
    """
    levels = [entry, *above]
    for at, higher in zip(levels, [*levels[1:], None], strict=True):
        staying = taken_along(higher, root) if higher else set(_all(root))
        merged = MergeEntry.objects.filter(kept=at.kept_id, undone_at=None)
        own = staying.difference(*(taken_along(each, root) for each in merged))
        _give_back_at(at, entry, leaving, own)
    if not entry.absorbed.name and (name := _first_name(leaving)):
        Customer.objects.filter(pk=entry.absorbed_id).update(name=name)


def _give_back_at(at: MergeEntry, entry: MergeEntry, leaving: Collection[int], own: Collection[int]) -> None:
    """At the customer who kept in `at`; `own` are their identities but for those that other merges brought."""
    kept = Customer.objects.get(pk=at.kept_id)
    live = MergeEntry.objects.filter(kept=kept, undone_at=None, pk__gte=at.pk) | MergeEntry.objects.filter(pk=at.pk)
    newest_first = list(live.select_related("absorbed").order_by("-pk"))
    fields: dict[str, object] = {}
    for name in FIELDS:
        value, undone = _rolled_back(name, getattr(kept, name), newest_first)
        if name == "name" and (not value or _came_along(str(value), at, entry, leaving)):
            value = _first_name(own)  # what they were called meanwhile, when the name was the other's
        fields[name] = _done_again(name, value, [step for step in undone if step.pk != entry.pk])
    for step in newest_first:
        step.save(update_fields=["before"])
    _write(kept, fields)


def _rolled_back(name: str, value: object, newest_first: Iterable[MergeEntry]) -> tuple[object, list[MergeEntry]]:
    """How it was, through every step that left it as it stands. What somebody wrote over it stays, and so do the steps
    before that. Gives those gone through, the oldest first."""
    gone: list[MergeEntry] = []
    for step in newest_first:
        was, became = step.before.get("was", {}), step.before.get("became", {})
        if name not in became or became[name] != value:
            break
        value = was[name]
        gone.insert(0, step)
    return value, gone


def _done_again(name: str, value: object, steps: Iterable[MergeEntry]) -> object:
    for step in steps:
        step.before["was"][name] = value
        value = _joined(name, value, getattr(step.absorbed, name))
        step.before["became"][name] = value
    return value


def _came_along(name: str, at: MergeEntry, entry: MergeEntry, leaving: Collection[int]) -> bool:
    """A name that was empty when they were merged, and came since by an identity that leaves."""
    if not name or at.before.get("became", {}).get("name", name):
        return False
    return Identity.objects.filter(pk__in=leaving, name=name, named_at__gte=entry.created_at).exists()


def _first_name(identities: Collection[int]) -> str:
    named = Identity.objects.filter(pk__in=identities).exclude(name="").order_by("named_at", "pk")
    return named.values_list("name", flat=True).first() or ""


def _all(customer: int) -> "QuerySet[Identity, int]":
    return Identity.objects.filter(customer=customer).values_list("pk", flat=True)


def _joined(name: str, mine: object, theirs: object) -> object:
    if name == "about" and mine and theirs and mine != theirs:
        return f"{mine}\n\n{theirs}"
    return mine or theirs


def _write(customer: Customer, fields: dict[str, object]) -> None:
    if changed := {name: value for name, value in fields.items() if getattr(customer, name) != value}:
        Customer.objects.filter(pk=customer.pk).update(**changed)
