"""What this room keeps of a customer: how it is exported, and how it is erased."""

from collections.abc import Iterable

from django.db import models
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from customers import profile
from customers.models import (
    Cart,
    Claim,
    Consent,
    Customer,
    Event,
    EventKey,
    Identity,
    Loyalty,
    Membership,
    MergeEntry,
    MergeItem,
    Order,
    Profile,
    Return,
    Suggestion,
    Trait,
    Visit,
    WishItem,
)
from customers.models.identity import Kind
from customers.privacy import AT_ONCE, Row, Section, Step, Whose

_THEIRS = (Visit, Cart, Trait, Consent, WishItem, Loyalty)  # go as they are; orders and returns stay, without a name


def sections(of: Whose) -> Iterable[Section]:
    mine = {"identity__in": of.identities}
    yield Section("customer", _("Who you are to us"), _rows(Customer.objects.filter(pk__in=of.customers)))
    yield Section("identities", _("Your addresses and numbers"), _rows(Identity.objects.filter(pk__in=of.identities)))
    yield Section("claims", _("What you said of yourself"), _rows(Claim.objects.filter(customer__in=of.customers)))
    yield Section("traits", _("Facts about you"), _rows(Trait.objects.filter(**mine).order_by("said_at")))
    yield Section("consents", _("What you allowed"), _rows(Consent.objects.filter(**mine).order_by("said_at")))
    yield Section("orders", _("Your orders"), _rows(Order.objects.filter(**mine).order_by("placed_at")))
    yield Section("returns", _("Your returns"), _rows(Return.objects.filter(**mine).order_by("opened_at")))
    yield Section("carts", _("Your carts"), _rows(Cart.objects.filter(**mine).order_by("changed_at")))
    yield Section("wishes", _("Your wish list"), _rows(WishItem.objects.filter(**mine).order_by("added_at")))
    yield Section("loyalty", _("Your standing"), _rows(Loyalty.objects.filter(**mine)))
    yield Section("visits", _("Your visits"), _rows(Visit.objects.filter(**mine).order_by("started_at")))
    yield Section("events", _("What you did"), _rows(Event.objects.filter(**mine).order_by("occurred_at", "number")))
    yield Section("profile", _("What we computed"), _rows(Profile.objects.filter(customer__in=of.customers)))


def _rows(rows: "models.QuerySet") -> list[Row]:
    return list(rows.values())


def _erase_done(of: Whose, cursor: int) -> tuple[int, int | None]:
    """Visits, events, carts and all that says nothing without the person: away, a batch at a time."""
    count = _drop(Event.objects.filter(identity__in=of.identities))
    for model in _THEIRS:
        count += model._base_manager.filter(identity__in=of.identities).delete()[0]
    more = Event.objects.filter(identity__in=of.identities).exists()
    return count, cursor + 1 if more else None


def _drop(events: "models.QuerySet[Event]") -> int:
    first = events.order_by("occurred_at", "number")
    keys = list(first.values_list("occurred_at", "number", "source", "external_id")[: AT_ONCE * 10])
    if not keys:
        return 0
    numbers = [number for _at, number, _source, _name in keys]
    names: dict[int, list[str]] = {}
    for _at, _number, source, name in keys:
        names.setdefault(source, []).append(name)
    for source, some in names.items():
        EventKey.objects.filter(source=source, external_id__in=some).delete()
    span = {"occurred_at__gte": keys[0][0], "occurred_at__lte": keys[-1][0]}
    return events.filter(number__in=numbers, **span).delete()[0]


def _erase_orders(of: Whose, cursor: int) -> tuple[int, int | None]:
    """Sums and products stay, so that the shop's figures do; whose they were, where they went and their numbers go."""
    nobody, _made = Identity.objects.get_or_create(
        kind=Kind.API, value=f"erased:{of.customer}", defaults={"customer_id": of.customer, "source": "erasure"}
    )
    gone = Concat(models.Value("erased-"), models.F("pk"), output_field=models.CharField())
    orders = Order.objects.filter(identity__in=of.identities).exclude(identity=nobody)
    count = orders.update(identity=nobody, external_id=gone, number=gone, url="", place="", shipments=[], cart_id="")
    returns = Return.objects.filter(identity__in=of.identities).exclude(identity=nobody)
    return count + returns.update(identity=nobody, external_id=gone, number="", place="", reason=""), None


def _erase_self(of: Whose, cursor: int) -> tuple[int, int | None]:
    """Handles, claims, the ledger of merges and the row's own words; the number stays for what others count."""
    theirs = {"customer__in": of.customers}
    count = Claim.objects.filter(models.Exists(_same_handles(of))).delete()[0]
    count += Identity.objects.filter(pk__in=of.identities).exclude(value=f"erased:{of.customer}").delete()[0]
    count += Claim.objects.filter(**theirs).delete()[0] + Membership.objects.filter(**theirs).delete()[0]
    either = models.Q(one__in=of.customers) | models.Q(other__in=of.customers)
    count += Suggestion.objects.filter(either).delete()[0]
    merges = MergeEntry.objects.filter(models.Q(kept__in=of.customers) | models.Q(absorbed__in=of.customers))
    MergeItem.objects.filter(entry__in=merges).delete()
    merges.update(evidence="", before={})
    count += Customer.objects.filter(pk__in=of.customers).update(
        name="", language="", timezone="", city="", tier="", about="", erased_at=models.functions.Now()
    )
    profile.compute(of.customers)
    return count, None


def _same_handles(of: Whose) -> "models.QuerySet[Identity]":
    """Of a claim: whether somebody else said that a handle of theirs was their own."""
    mine = Identity.objects.filter(pk__in=of.identities)
    return mine.filter(kind=models.OuterRef("kind"), value=models.OuterRef("value"))


STEPS = (
    Step("events", _erase_done),
    Step("orders", _erase_orders),
    Step("customer", _erase_self),
)
