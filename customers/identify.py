"""Inbound 3: who is this? One look-up, one lock, and two messages at once make one customer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import reduce
from operator import or_

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from customers.handles import LONGEST, NUMBERS, UNVERIFIED, alike, fitted, normalise
from customers.joining import Handle, key_of, owner_of, same_lines
from customers.merging import AlreadyMergedError
from customers.models import Claim, Customer, Identity

__all__ = ["Handle", "identify", "identify_each", "normalise"]

MOST_LOOKS = 10

Key = tuple[str, str]


def identify(handles: Sequence[Handle], *, language: str = "") -> tuple[Customer, Identity]:
    """The customer behind `handles` and the identity of the first, made where they are new.

    Put first the handle that proves best who speaks: a signed-in address before the browser it is used in, which
    others may share. Call inside a transaction: the handles are locked until it ends, then the customer's row.

    Only verified handles find a customer or become identities; the others are kept as claims. The first handle is
    always an identity, because something must own the message: where it is unverified, it is one of a kind
    ("unverified:…") that nobody else shares (invariant 5). A verified handle that is somebody else's stays theirs, and
    is a claim, too: a browser that two people share.
    """
    handles = [_settled(handles[0], first=True), *_settled_others(handles[1:])]
    proven = [handle for handle in handles if handle.is_verified]
    _lock(proven)
    customer, known = _found(proven)
    customer = customer or _new(handles, language)
    bringer = _bringer(proven, known, customer)
    news: list[Identity] = []
    for handle in proven:
        if key_of(handle) not in known:
            new = known[key_of(handle)] = _own(customer, handle, bringer)
            bringer, news = bringer or new, [*news, new]
    speaker = known[key_of(handles[0])]
    claimed = _claim(customer, speaker, [each for each in handles if _is_claim(each, known, customer)])
    _name(customer, speaker, handles)
    if (news or claimed) and customer.looked_at is not None:
        Customer.objects.filter(pk=customer.pk).update(looked_at=None)  # who else may they be? (suggestions)
    return customer, speaker


def identify_each(writers: Sequence[tuple[Handle, str]]) -> list[tuple[Customer, Identity] | None]:
    """`identify` for several messages at once, of one handle and a language each and no handle twice: each step is one
    statement for all of them. None stands for whom that is not enough, because their handle is changing hands, or is a
    new number that may be known in another form.

    Customers are locked in the order of their keys, so that two of these cannot wait for each other.
    """
    handles = [_settled(handle, first=True) for handle, _ in writers]
    _lock(handles)
    known = _known_and_locked(handles)
    sure = _seen(known.values())
    strangers = [
        (handle, told)
        for handle, (_, told) in zip(handles, writers, strict=True)
        if key_of(handle) not in known and handle.kind not in NUMBERS
    ]
    found = {key: identity for key, identity in known.items() if identity.pk in sure} | _new_each(strangers)
    for handle in handles:
        if identity := found.get(key_of(handle)):
            _name(identity.customer, identity, [handle])
    return [(found[key].customer, found[key]) if key in found else None for key in map(key_of, handles)]


def _settled(handle: Handle, *, first: bool) -> Handle:
    value = normalise(handle.kind, handle.value, region=handle.region or None)
    shown = handle.value.strip()[:LONGEST]
    if first and not handle.is_verified:
        return replace(handle, value=fitted(f"{UNVERIFIED}{value}"), is_verified=True, display=shown)
    return replace(handle, value=value, display=shown)


def _settled_others(handles: Sequence[Handle]) -> Iterator[Handle]:
    """What somebody typed where an address or a number belongs, and is none, says nothing; the message stands."""
    for handle in handles:
        try:
            yield _settled(handle, first=False)
        except ValueError:
            if handle.is_verified:
                raise


def _lock(handles: Sequence[Handle]) -> None:
    """Advisory locks in one order, since a row that does not exist yet cannot be locked. A number's forms are one."""
    keys = sorted({":".join(min(same_lines(handle))) for handle in handles})
    with connection.cursor() as cursor:  # a function in a select list is called row by row, as the array has them
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(%s::text[]) as key", [keys])


def _found(proven: Sequence[Handle]) -> tuple[Customer | None, dict[Key, Identity]]:
    """Who owns the handles, locked, and the identities known. An agent may have merged the customer, or given a handle
    to another, before the lock was ours: then we look again, so that nothing is written to who is not there any more.
    """
    for _look in range(MOST_LOOKS):
        known = _known(proven)
        try:
            owner = owner_of(proven, known)
        except AlreadyMergedError:
            continue
        if owner is None:
            return None, known
        customer = Customer.objects.select_for_update(no_key=True).get(pk=owner.pk)
        theirs = [identity.pk for identity in known.values() if identity.customer_id == customer.pk]
        seen = Identity.objects.filter(pk__in=theirs, customer=customer).update(last_seen_at=timezone.now())
        if seen == len(theirs) and customer.merged_into_id is None:
            return customer, known
    raise RuntimeError("Whose these handles are changed again and again.")  # the message stays kept, and is tried again


def _known(proven: Sequence[Handle]) -> dict[Key, Identity]:
    """One query for all the handles, and for what a number may be known as beside; the customers come along."""
    keys = {key for handle in proven for key in same_lines(handle)}
    exact = {key_of(handle) for handle in proven}
    found = _of_these(keys).select_related("customer")
    return {key_of(each): each for each in found if key_of(each) in exact or each.is_verified}


def _of_these(keys: Iterable[Key]) -> QuerySet[Identity]:
    """One list for each kind: an index is walked for a list, and not for a long row of alternatives."""
    values: dict[str, list[str]] = {}
    for kind, value in keys:
        values.setdefault(kind, []).append(value)
    return Identity.objects.filter(reduce(or_, (Q(kind=kind, value__in=some) for kind, some in values.items())))


def _known_and_locked(handles: Sequence[Handle]) -> dict[Key, Identity]:
    """Those of exactly these handles, with the customers' rows locked in the order of their keys."""
    found = _of_these(map(key_of, handles)).select_related("customer").order_by("customer_id")
    return {key_of(identity): identity for identity in found.select_for_update(of=("customer",), no_key=True)}


def _bringer(proven: Sequence[Handle], known: dict[Key, Identity], customer: Customer) -> Identity | None:
    """Which of the known handles proved whose the new ones are: the first, else the best-standing."""
    first = same_lines(proven[0])
    theirs = [identity for identity in known.values() if identity.customer_id == customer.pk]
    return min(theirs, key=lambda identity: (key_of(identity) not in first, identity.rank), default=None)


def _seen(identities: Iterable[Identity]) -> set[int]:
    """Notes that they wrote. Gives the keys of those that still belong to the customer whose row we have locked."""
    theirs = [(each.pk, each.customer_id) for each in identities if each.customer.merged_into_id is None]
    if not theirs:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "update customers_identity as identity set last_seen_at = now()"
            " from unnest(%s::bigint[], %s::bigint[]) as theirs (id, customer_id)"
            " where identity.id = theirs.id and identity.customer_id = theirs.customer_id returning identity.id",
            [list(keys) for keys in zip(*theirs, strict=True)],
        )
        return {pk for (pk,) in cursor.fetchall()}


def _new_each(writers: Sequence[tuple[Handle, str]]) -> dict[Key, Identity]:
    """A customer for each of them, and the identity that they are known by from now on."""
    people = [Customer(language=language, name=_name_in([handle])) for handle, language in writers]
    handles = [handle for handle, _ in writers]
    if not people:
        return {}
    Customer.objects.bulk_create(people)
    identities = [_identity(customer, handle) for customer, handle in zip(people, handles, strict=True)]
    for customer in people:
        customer.is_new = True
    return {key_of(identity): identity for identity in Identity.objects.bulk_create(identities)}


def _new(handles: Sequence[Handle], language: str) -> Customer:
    customer = Customer.objects.create(language=language, name=_name_in(handles))
    customer.is_new = True
    return customer


def _own(customer: Customer, handle: Handle, bringer: Identity | None) -> Identity:
    identity = _identity(customer, handle)
    identity.brought_by = bringer
    identity.save(force_insert=True)
    return identity


def _identity(customer: Customer, handle: Handle) -> Identity:
    name = _name_in([handle])
    return Identity(
        customer=customer,
        kind=handle.kind,
        value=handle.value,
        display=handle.display,
        alike=alike(handle.kind, handle.value),
        is_verified=not handle.value.startswith(UNVERIFIED),
        source=handle.source,
        name=name,
        named_at=timezone.now() if name else None,
    )


def _is_claim(handle: Handle, known: dict[Key, Identity], customer: Customer) -> bool:
    """Not proven; or proven, and somebody else's."""
    return not handle.is_verified or known[key_of(handle)].customer_id != customer.pk


def _claim(customer: Customer, speaker: Identity, handles: Sequence[Handle]) -> bool:
    """Says whether one of them is new."""
    made = False
    for handle in handles:
        about = {"alike": alike(handle.kind, handle.value), "source": handle.source}
        _row, is_new = Claim.objects.get_or_create(
            customer=customer, identity=speaker, kind=handle.kind, value=handle.value, defaults=about
        )
        made = made or is_new
    return made


@transaction.atomic
def learn_name(identity: Identity, name: str) -> None:
    """What a provider told of them later; a name that is there stays."""
    customer = Customer.objects.select_for_update(no_key=True).get(pk=identity.customer_id)
    identity.refresh_from_db()
    _name(customer, identity, [Handle(identity.kind, identity.value, name)])


def _name(customer: Customer, speaker: Identity, handles: Sequence[Handle]) -> None:
    """Takes a name from the first message that brings one, for the handle and the customer, and never replaces it."""
    name = "" if speaker.name and customer.name else _name_in(handles)
    if name and not speaker.name:
        speaker.name, speaker.named_at = name, timezone.now()
        speaker.save(update_fields=["name", "named_at"])
    if name and not customer.name:
        customer.name = name
        customer.save(update_fields=["name"])


def _name_in(handles: Sequence[Handle]) -> str:
    return next((handle.name.strip() for handle in handles if handle.name.strip()), "")[:200]
