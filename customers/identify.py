"""Inbound 3: who is this? One look-up, one lock, and two messages at once make one customer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import phonenumbers
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from customers.merging import AlreadyMergedError, merge
from customers.models import Claim, Customer, Identity
from customers.models.identity import Kind

MOST_LOOKS = 10


@dataclass(frozen=True)
class Handle:
    """A handle that a message came with. `is_verified`: its channel proved it; a typed or spoofable one is not."""

    kind: str
    value: str
    name: str = ""
    is_verified: bool = True
    source: str = ""


def identify(handles: Sequence[Handle], *, language: str = "") -> tuple[Customer, Identity]:
    """The customer behind `handles` and the identity of the first, made where they are new.

    Put first the handle that proves best who speaks: a signed-in address before the browser it is used in, which
    others may share. Call inside a transaction: the handles are locked until it ends, then the customer's row.

    Only verified handles find a customer or become identities; the others are kept as claims. The first handle is
    always an identity, because something must own the message: where it is unverified, it is one of a kind
    ("unverified:…") that nobody else shares (invariant 5).
    """
    handles = [_settled(handle, first=index == 0) for index, handle in enumerate(handles)]
    proven = [handle for handle in handles if handle.is_verified]
    _lock(proven)
    customer, known = _found(proven)
    customer = customer or _new(handles, language)
    for handle in handles:
        if not handle.is_verified:
            _claim(customer, handle)
        elif (handle.kind, handle.value) not in known:
            known[handle.kind, handle.value] = _own(customer, handle)
    if not customer.is_new:
        _name(customer, handles)
    return customer, known[handles[0].kind, handles[0].value]


def identify_each(writers: Sequence[tuple[Handle, str]]) -> list[tuple[Customer, Identity] | None]:
    """`identify` for several messages at once, of one handle and a language each and no handle twice: each step is one
    statement for all of them. None stands for whom that is not enough, because their handle is changing hands.

    Customers are locked in the order of their keys, so that two of these cannot wait for each other.
    """
    handles = [_settled(handle, first=True) for handle, _ in writers]
    _lock(handles)
    known = _known_and_locked(handles)
    sure = _seen(known.values())
    strangers = [
        (handle, told) for handle, (_, told) in zip(handles, writers, strict=True) if _key(handle) not in known
    ]
    found = {key: identity for key, identity in known.items() if identity.pk in sure} | _new_each(strangers)
    for handle in handles:
        if (identity := found.get(_key(handle))) and not identity.customer.is_new:
            _name(identity.customer, [handle])
    return [(found[key].customer, found[key]) if key in found else None for key in map(_key, handles)]


def normalise(kind: str, value: str, *, region: str | None = None) -> str:
    """The one form in which a handle is compared. E-mail: lower case, as every provider in use treats it (RFC 5321
    2.4 allows more, no one relies on it); nothing else is dropped. Phone: E.164, `region` for national numbers. Raises
    ValueError where there is no such handle."""
    value = value.strip()
    if kind == Kind.EMAIL:
        local, at, domain = value.rpartition("@")
        if not (local and at and domain):
            raise ValueError(f"“{value}” is not an e-mail address.")
        return f"{local}@{domain.rstrip('.')}".lower()[:320]
    if kind in (Kind.PHONE, Kind.WHATSAPP):
        try:
            number = phonenumbers.parse(value if value.startswith("+") or region else f"+{value}", region)
        except phonenumbers.NumberParseException as error:
            raise ValueError(f"“{value}” is not a phone number.") from error
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not value:
        raise ValueError("A handle needs a value.")
    return value[:320]


def _settled(handle: Handle, *, first: bool) -> Handle:
    value = normalise(handle.kind, handle.value)
    if first and not handle.is_verified:
        return Handle(handle.kind, f"unverified:{value}"[:320], handle.name, True, handle.source)
    return Handle(handle.kind, value, handle.name, handle.is_verified, handle.source)


def _lock(handles: Sequence[Handle]) -> None:
    """Advisory locks in one order, since a row that does not exist yet cannot be locked."""
    keys = sorted({f"{handle.kind}:{handle.value}" for handle in handles})
    with connection.cursor() as cursor:  # a function in a select list is called row by row, as the array has them
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(%s::text[]) as key", [keys])


def _found(proven: Sequence[Handle]) -> tuple[Customer | None, dict[tuple[str, str], Identity]]:
    """Who owns the handles, locked, and the identities known. An agent may have merged the customer, or given a handle
    to another, before the lock was ours: then we look again, so that nothing is written to who is not there any more.
    """
    for _look in range(MOST_LOOKS):
        known = _known(proven)
        try:
            owner = _owner(proven, known)
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


def _known(proven: Sequence[Handle]) -> dict[tuple[str, str], Identity]:
    """One query for all the handles; the customers come along."""
    found = _of_these(proven).select_related("customer")
    return {(identity.kind, identity.value): identity for identity in found}


def _of_these(handles: Sequence[Handle]) -> QuerySet[Identity]:
    """One list for each kind: an index is walked for a list, and not for a long row of alternatives."""
    values: dict[str, list[str]] = {}
    for handle in handles:
        values.setdefault(handle.kind, []).append(handle.value)
    return Identity.objects.filter(reduce(or_, (Q(kind=kind, value__in=some) for kind, some in values.items())))


def _known_and_locked(handles: Sequence[Handle]) -> dict[tuple[str, str], Identity]:
    """As `_known`, with the customers' rows locked in the order of their keys."""
    found = _of_these(handles).select_related("customer").order_by("customer_id")
    return {_key(identity): identity for identity in found.select_for_update(of=("customer",), no_key=True)}


def _key(named: Handle | Identity) -> tuple[str, str]:
    return named.kind, named.value


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


def _new_each(writers: Sequence[tuple[Handle, str]]) -> dict[tuple[str, str], Identity]:
    """A customer for each of them, and the identity that they are known by from now on."""
    people = [Customer(language=language, name=_name_in([handle])) for handle, language in writers]
    handles = [handle for handle, _ in writers]
    if not people:
        return {}
    Customer.objects.bulk_create(people)
    identities = [_identity(customer, handle) for customer, handle in zip(people, handles, strict=True)]
    for customer in people:
        customer.is_new = True
    return {_key(identity): identity for identity in Identity.objects.bulk_create(identities)}


def _new(handles: Sequence[Handle], language: str) -> Customer:
    customer = Customer.objects.create(language=language, name=_name_in(handles))
    customer.is_new = True
    return customer


def _owner(proven: Sequence[Handle], known: dict[tuple[str, str], Identity]) -> Customer | None:
    """The customer who owns the first handle; if that one is anonymous or new, who owns the best-standing other.

    An anonymous customer (only ever a visitor) is joined to the one found, as a ledger entry that can be undone. Two
    known people are left apart, whatever one message says of both; and a browser says nothing of who a newly proven
    person is, when it belongs to somebody else.
    """
    first = known.get((proven[0].kind, proven[0].value))
    ranked = sorted(known.values(), key=lambda identity: (identity is not first, identity.rank))
    named = {identity.customer_id for identity in ranked if identity.kind != Kind.VISITOR}
    visitors = {identity.customer_id: identity.customer for identity in ranked if identity.customer_id not in named}
    anonymous = {pk for pk, customer in visitors.items() if _is_anonymous(customer)}
    telling = [
        identity
        for identity in ranked
        if identity is first or identity.kind != Kind.VISITOR or identity.customer_id in anonymous
    ]
    owners = {identity.customer_id: identity.customer for identity in telling}
    if not owners:
        return None
    best = next((owner for owner in owners.values() if owner.pk not in anonymous), telling[0].customer)
    for other in owners.values():
        if other != best and other.pk in anonymous:
            merge(other, into=best, evidence="The same browser was signed in as this customer.")
            for identity in known.values():
                if identity.customer_id == other.pk:
                    identity.customer = best
    return best


def _is_anonymous(customer: Customer) -> bool:
    return not customer.identities.exclude(kind=Kind.VISITOR).exists()


def _own(customer: Customer, handle: Handle) -> Identity:
    identity = _identity(customer, handle)
    identity.save(force_insert=True)
    return identity


def _identity(customer: Customer, handle: Handle) -> Identity:
    return Identity(
        customer=customer,
        kind=handle.kind,
        value=handle.value,
        display=handle.value.removeprefix("unverified:"),
        is_verified=not handle.value.startswith("unverified:"),
        source=handle.source,
    )


def _claim(customer: Customer, handle: Handle) -> None:
    Claim.objects.get_or_create(
        customer=customer, kind=handle.kind, value=handle.value, defaults={"source": handle.source}
    )


def _name(customer: Customer, handles: Sequence[Handle]) -> None:
    """Takes a name from the first message that brings one, and never replaces it."""
    if not customer.name and (name := _name_in(handles)):
        customer.name = name
        customer.save(update_fields=["name"])


def _name_in(handles: Sequence[Handle]) -> str:
    return next((handle.name.strip() for handle in handles if handle.name.strip()), "")[:200]
