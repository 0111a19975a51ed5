"""Whose many facts are: who is known already is found by one look-up, everybody else by customers.identify."""

from collections.abc import Iterable, Sequence

from customers.identify import Handle, identify, identify_each, normalise
from customers.models import Claim, Identity

Handles = tuple[Handle, ...]
Key = tuple[str, str]


def whose(all_handles: Iterable[Handles]) -> dict[Handles, Identity]:
    """The identity that did what came with these handles, made where it is new; its `customer_id` is whose it is now.

    Call inside a transaction. Of handles that are all known, and all of one customer, nothing is locked: what hangs on
    an identity stays right whoever owns it. The rest is settled as for a message, under the locks of `identify`.
    """
    asked = list(dict.fromkeys(all_handles))
    keys = {handles: [_key(handle) for handle in handles] for handles in asked}
    known = _known({key for handles in asked for key in _proven(handles, keys)})
    claims = _claims(asked, keys, known)
    found = {
        handles: known[keys[handles][0]] for handles in asked if _is_settled(handles, keys[handles], known, claims)
    }
    rest = [handles for handles in asked if handles not in found]
    return found | _new(rest, keys)


def identity_of(handles: Handles) -> Identity:
    return whose([handles])[handles]


def _key(handle: Handle) -> Key:
    return handle.kind, normalise(handle.kind, handle.value, region=handle.region or None)


def _proven(handles: Handles, keys: dict[Handles, list[Key]]) -> list[Key]:
    return [key for handle, key in zip(handles, keys[handles], strict=True) if handle.is_verified]


def _known(keys: set[Key]) -> dict[Key, Identity]:
    """One list for each kind, so that an index is walked."""
    values: dict[str, list[str]] = {}
    for kind, value in keys:
        values.setdefault(kind, []).append(value)
    rows: dict[Key, Identity] = {}
    for kind, some in values.items():
        living = Identity.objects.filter(kind=kind, value__in=some, customer__merged_into=None)
        for identity in living.only("kind", "value", "customer_id", "name"):
            rows[identity.kind, identity.value] = identity
    return rows


def _claims(
    asked: Sequence[Handles], keys: dict[Handles, list[Key]], known: dict[Key, Identity]
) -> set[tuple[int, str, str]]:
    """What the known identities among them are known to claim."""
    claimed = {
        key for handles in asked for handle, key in zip(handles, keys[handles], strict=True) if not handle.is_verified
    }
    if not claimed:
        return set()
    makers = {identity.pk for identity in known.values()}
    rows = Claim.objects.filter(identity__in=makers, value__in={value for _, value in claimed})
    return set(rows.values_list("identity_id", "kind", "value"))


def _is_settled(
    handles: Handles, keys: list[Key], known: dict[Key, Identity], claims: set[tuple[int, str, str]]
) -> bool:
    """`identify` would change nothing but the time they were seen."""
    if not handles[0].is_verified or keys[0] not in known:
        return False
    owner = known[keys[0]]
    for handle, key in zip(handles, keys, strict=True):
        if handle.is_verified and (key not in known or known[key].customer_id != owner.customer_id):
            return False
        if not handle.is_verified and (owner.pk, *key) not in claims:
            return False
        if not owner.name and handle.name.strip():
            return False
    return True


def _new(rest: Sequence[Handles], keys: dict[Handles, list[Key]]) -> dict[Handles, Identity]:
    """Strangers with one handle, as browsers are, come by many: each step is one statement for all of them."""
    alone: dict[Key, Handles] = {}
    for handles in rest:
        if len(handles) == 1 and handles[0].is_verified:
            alone.setdefault(keys[handles][0], handles)
    people = identify_each([(handles[0], "") for handles in alone.values()]) if alone else []
    found = {handles: person[1] for handles, person in zip(alone.values(), people, strict=True) if person}
    for handles in sorted(rest, key=lambda each: keys[each]):  # in one order, so that two batches seldom wait crosswise
        if handles not in found:
            found[handles] = identify(handles)[1]
    return found
