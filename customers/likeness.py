"""What is known of customers that tells whether two of them are one: read for many at once, compared in memory."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from customers.evidence import Reason, is_other_name, is_same_name, is_similar_name, reason
from customers.handles import NUMBERS, UNVERIFIED
from customers.models import Claim, Customer, Identity, Order, Trait, Visit
from customers.models.identity import Kind
from customers.role_addresses import is_role

POSTCODES = ("postcode", "postal_code", "postalCode", "zip", "address.postcode", "address.postalCode", "address.zip")
CITIES = ("city", "address.city")
RECENT_VISITS = 40
CROWD = 2  # people who may share a browser before it says little
Key = tuple[str, str]  # what kind of thing, and what reaches the same


@dataclass
class Known:
    """Of one customer. Proven and claimed map what a handle stands for to the handles themselves."""

    names: set[str] = field(default_factory=set)
    cities: set[str] = field(default_factory=set)
    postcodes: set[str] = field(default_factory=set)
    timezone: str = ""
    proven: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    claimed: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    forged: set[Key] = field(default_factory=set)  # of the claimed ones, those of a sender whose check failed
    shops: set[Key] = field(default_factory=set)  # (shop, account)
    ordered: set[str] = field(default_factory=set)  # those order numbers that the others claim
    visits: list[Visit] = field(default_factory=list)


def group(kind: str) -> str:
    """Kinds whose values are compared with each other."""
    return "number" if kind in NUMBERS else kind


def key_of(row: Identity | Claim) -> Key:
    return group(row.kind), row.alike or row.value.removeprefix(UNVERIFIED)


def known_of(customers: Collection[int]) -> dict[int, Known]:
    """Six queries, for any number of customers."""
    known: dict[int, Known] = {}
    for customer in Customer.objects.filter(pk__in=customers):
        one = known[customer.pk] = Known(timezone=customer.timezone)
        one.names |= {customer.name} - {""}
        one.cities |= {customer.city.casefold()} - {""}
    for identity in Identity.objects.filter(customer__in=known):
        _take_identity(known[identity.customer_id], identity)
    for claim in Claim.objects.filter(customer__in=known):
        known[claim.customer_id].claimed[key_of(claim)].add(claim.value)
    _take_places(known)
    _take_orders(known)
    visits = Visit.objects.filter(identity__customer__in=known).order_by("-started_at")
    for visit in visits.select_related("identity")[: RECENT_VISITS * max(1, len(known))]:
        known[visit.identity.customer_id].visits.append(visit)
    return known


def _take_identity(one: Known, identity: Identity) -> None:
    key, value = key_of(identity), identity.value.removeprefix(UNVERIFIED)
    one.names |= {identity.name} - {""}
    if not identity.is_verified:
        one.claimed[key].add(value)
        one.forged.add(key)
        return
    one.proven[key].add(value)
    if identity.kind == Kind.SHOP:
        shop, colon, account = value.rpartition(":")
        one.shops.add((shop if colon else "", account))


def _take_places(known: dict[int, Known]) -> None:
    traits = Trait.objects.filter(identity__customer__in=known, name__in=[*POSTCODES, *CITIES])
    for customer, name, value in traits.values_list("identity__customer", "name", "value"):
        if isinstance(value, str | int) and (text := str(value).strip().casefold()):
            (known[customer].cities if name in CITIES else known[customer].postcodes).add(text)


def _take_orders(known: dict[int, Known]) -> None:
    asked = {value for one in known.values() for kind, value in one.claimed if kind == Kind.ORDER}
    orders = Order.objects.filter(identity__customer__in=known, number__in=asked) if asked else Order.objects.none()
    for customer, number in orders.values_list("identity__customer", "number"):
        known[customer].ordered.add(number.upper())


def compare(one: Known, other: Known, crowds: dict[Key, int]) -> list[Reason]:
    """Every reason for and against. `crowds`: how many people used a browser."""
    found = [*_claims(one, other), *_claims(other, one), *_both(one, other), *_orders(one, other), *_orders(other, one)]
    found += [*_variants(one, other), *_devices(one, other, crowds), *_names(one, other)]
    return [*found, *_against(one, other)]


_CLAIMS: dict[str, str] = {
    Kind.EMAIL: "claims_email",
    "number": "claims_number",
    Kind.LOYALTY: "claims_loyalty",
    Kind.SHOP: "claims_account",
}
_BOTH: dict[str, str] = {
    Kind.EMAIL: "both_claim_email",
    "number": "both_claim_number",
    Kind.LOYALTY: "both_claim_loyalty",
}


def _claims(one: Known, other: Known) -> Iterator[Reason]:
    for key in one.claimed.keys() & other.proven.keys():
        kind, says = key[0], min(one.claimed[key])
        if kind not in _CLAIMS:
            continue
        is_exact = bool(one.claimed[key] & other.proven[key])
        if key in one.forged:
            yield reason("unproven_sender", says)
        elif is_exact:
            yield reason(_CLAIMS[kind], says)
        else:
            yield reason("email_variant" if kind == Kind.EMAIL else "same_line", says)
        yield from _role(one.claimed[key])


def _both(one: Known, other: Known) -> Iterator[Reason]:
    for key in one.claimed.keys() & other.claimed.keys():
        if rule := _BOTH.get(key[0]):
            yield reason(rule, min(one.claimed[key]))
            yield from _role(one.claimed[key])


def _variants(one: Known, other: Known) -> Iterator[Reason]:
    for key in one.proven.keys() & other.proven.keys():
        if key[0] in (Kind.EMAIL, "number"):
            yield reason("email_variant" if key[0] == Kind.EMAIL else "same_line", min(other.proven[key]))
            yield from _role(other.proven[key])


def _role(values: Iterable[str]) -> Iterator[Reason]:
    if role := next((value for value in values if is_role(Kind.EMAIL, value)), ""):
        yield reason("role_address", role)


def _orders(one: Known, other: Known) -> Iterator[Reason]:
    asked = {value for kind, value in one.claimed if kind == Kind.ORDER}
    for number in sorted(asked & other.ordered)[:1]:
        yield reason("same_order", number)


def _devices(one: Known, other: Known, crowds: dict[Key, int]) -> Iterator[Reason]:
    mine = {key for key in (*one.proven, *one.claimed) if key[0] == Kind.VISITOR}
    theirs = {key for key in (*other.proven, *other.claimed) if key[0] == Kind.VISITOR}
    if shared := mine & theirs:
        yield reason("same_device")
        if min(crowds.get(key, 0) for key in shared) > CROWD:
            yield reason("crowded_device")


def _names(one: Known, other: Known) -> Iterator[Reason]:
    pairs = [(mine, theirs) for mine in sorted(one.names) for theirs in sorted(other.names)]
    same = next((mine for mine, theirs in pairs if is_same_name(mine, theirs)), "")
    if same:
        if one.postcodes & other.postcodes:
            yield reason("name_and_postcode", f"{same}, {min(one.postcodes & other.postcodes)}")
        elif one.cities & other.cities:
            yield reason("name_and_city", f"{same}, {min(one.cities & other.cities).title()}")
        elif one.timezone and one.timezone == other.timezone:
            yield reason("name_and_zone", f"{same}, {one.timezone}")
        yield reason("same_name", same)
        return
    if alike := next((pair for pair in pairs if is_similar_name(*pair)), None):
        yield reason("similar_name", " · ".join(alike))


def _against(one: Known, other: Known) -> Iterator[Reason]:
    pairs = [(mine, theirs) for mine in sorted(one.names) for theirs in sorted(other.names)]
    others = [theirs for mine, theirs in pairs if is_other_name(mine, theirs)]
    if others and len(others) == len(pairs):  # no name of the one goes with a name of the other
        numbers = [{key for key in each.proven if key[0] == "number"} for each in (one, other)]
        is_other_number = all(numbers) and not numbers[0] & numbers[1]
        yield reason("other_phone_and_name" if is_other_number else "other_name", others[0])
    accounts = [{shop: account for shop, account in each.shops} for each in (one, other)]
    if any(accounts[0][shop] != accounts[1][shop] for shop in accounts[0].keys() & accounts[1].keys()):
        yield reason("other_accounts")
    if places := _two_places(one.visits, other.visits):
        yield reason("two_places", places)


def _two_places(visits: Iterable[Visit], others: Iterable[Visit]) -> str:
    for visit in visits:
        for other in others:
            here, there = _place(visit), _place(other)
            at_once = visit.started_at <= other.ended_at and other.started_at <= visit.ended_at
            if at_once and here and there and here != there:
                return f"{here}, {there}"
    return ""


def _place(visit: Visit) -> str:
    place = visit.context.get("place")
    if isinstance(place, dict):
        place = place.get("city") or place.get("country")
    return place if isinstance(place, str) else ""
