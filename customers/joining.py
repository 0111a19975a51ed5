"""Whose are these handles, when several customers own them? Joins by itself only whom a proof makes one.

A proof is: the same number, verified on two media; a browser that was nobody's yet, in which somebody is signed in; a
shop's account that owns the other handles; a provider's own word that two handles are one person's. Everything less is
a suggestion (customers.suggestions), and who was told apart is not joined again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.handles import NUMBERS, forms
from customers.merging import merge
from customers.models import Customer, Identity
from customers.models.identity import Kind
from customers.role_addresses import is_role
from customers.telling_apart import are_told_apart


@dataclass(frozen=True)
class Handle:
    """A handle that something came with. `is_verified`: its channel proved it; a typed or spoofable one is not.
    `is_linked`: the provider itself says that this one and the first are one person's."""

    kind: str
    value: str
    name: str = ""
    is_verified: bool = True
    source: str = ""
    region: str = ""  # ISO 3166, of national numbers: as the connector's settings say
    is_linked: bool = False
    display: str = ""  # as it was given; filled in by customers.identify


def key_of(named: Handle | Identity) -> tuple[str, str]:
    return named.kind, named.value


def same_lines(handle: Handle) -> set[tuple[str, str]]:
    """The keys under which the same number may be known: on every medium, in every form."""
    if handle.kind not in NUMBERS:
        return {key_of(handle)}
    return {(str(kind), form) for kind in NUMBERS for form in forms(handle.kind, handle.value)}


def owner_of(proven: Sequence[Handle], known: dict[tuple[str, str], Identity]) -> Customer | None:
    """The customer who owns the first handle; if that one is anonymous or new, who owns the best-standing other. Others
    who own one of them are joined where there is a proof, as entries of the ledger that can be undone.

    Raises AlreadyMergedError (customers.merging) where somebody else merged them meanwhile.
    """
    firsts = same_lines(proven[0])
    is_told = any(identity.kind != Kind.VISITOR or key_of(identity) in firsts for identity in known.values())
    if is_told and len({identity.customer_id for identity in known.values()}) == 1:
        return next(iter(known.values())).customer
    ranked = sorted(known.values(), key=lambda identity: (key_of(identity) not in firsts, identity.rank))
    anonymous = _anonymous(ranked)
    telling = [
        identity
        for index, identity in enumerate(ranked)
        if (index == 0 and key_of(identity) in firsts)
        or identity.kind != Kind.VISITOR
        or identity.customer_id in anonymous
    ]
    owners = {identity.customer_id: identity.customer for identity in telling}
    if not owners:
        return None
    best = next((owner for owner in owners.values() if owner.pk not in anonymous), telling[0].customer)
    for other in owners.values():
        if other != best and (proof := _proof(best, other, proven, telling, anonymous)):
            merge(other, into=best, evidence=proof)
            for identity in known.values():
                if identity.customer_id == other.pk:
                    identity.customer = best
    return best


def _anonymous(identities: Iterable[Identity]) -> set[int]:
    """Of their owners those of whom nothing but browsers is known."""
    named = {identity.customer_id for identity in identities if identity.kind != Kind.VISITOR}
    browsers = {identity.customer_id for identity in identities} - named
    if not browsers:
        return set()
    more = Identity.objects.filter(customer__in=browsers).exclude(kind=Kind.VISITOR)
    return browsers - set(more.values_list("customer", flat=True))


def _proof(
    best: Customer, other: Customer, proven: Sequence[Handle], telling: Sequence[Identity], anonymous: set[int]
) -> str:
    """Why these two are one person, in words; "" where that is not proven, or somebody said that they are not."""
    theirs = [identity for identity in telling if identity.customer_id == other.pk]
    if other.pk in anonymous:
        proof = _("The same browser was signed in as this customer.")
    else:
        mine = [identity for identity in telling if identity.customer_id == best.pk]
        proof = _same_number(mine, theirs) or _linked(proven, theirs) or _one_account(best, other, proven, theirs)
    return proof if proof and not are_told_apart(best.pk, other.pk) else ""


def _same_number(mine: Iterable[Identity], theirs: Iterable[Identity]) -> str:
    lines = {form for identity in mine if identity.kind in NUMBERS for form in forms(identity.kind, identity.value)}
    same = next((each.value for each in theirs if each.kind in NUMBERS and each.value in lines), "")
    return _("The same number, %(number)s, was proven on two media.") % {"number": same} if same else ""


def _linked(proven: Sequence[Handle], theirs: Iterable[Identity]) -> str:
    linked = {key_of(handle) for handle in proven if handle.is_linked}
    found = next((each.label for each in theirs if key_of(each) in linked), "")
    return _("The provider links %(address)s to this customer.") % {"address": found} if found else ""


def _one_account(best: Customer, other: Customer, proven: Sequence[Handle], theirs: Sequence[Identity]) -> str:
    """A shop's account is one person's, and so is what the shop has verified for it; unless that is the address of a
    role, or each of the two has an account of their own in that shop."""
    account = next((handle for handle in proven if handle.kind == Kind.SHOP), None)
    if account is None or any(is_role(each.kind, each.value) for each in theirs):
        return ""
    if _have_own_accounts(best, other):
        return ""
    known = {"account": account.value, "address": ", ".join(sorted(each.label for each in theirs))}
    return _("The shop account %(account)s owns %(address)s, too.") % known


def _have_own_accounts(best: Customer, other: Customer) -> bool:
    """In the same shop. Of an account "shop:17" the shop is what stands before the colon."""
    accounts = Identity.objects.filter(kind=Kind.SHOP, customer__in=[best.pk, other.pk])
    shops: dict[int, set[str]] = {best.pk: set(), other.pk: set()}
    for customer, value in accounts.values_list("customer", "value"):
        shops[customer].add(value.rpartition(":")[0])
    return bool(shops[best.pk] & shops[other.pk])
