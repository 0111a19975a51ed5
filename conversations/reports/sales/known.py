"""All that sales follow from, read for many customers in a handful of statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from conversations.models import Episode
from conversations.models.fact import Outcome
from customers.models import Customer, Event, Identity, MergeEntry, Order, Product, Return, Visit
from customers.models.order import OrderStatus, ReturnStatus
from customers.steps import OF_ORDER, REFUNDED

YEAR, MONTH = timedelta(days=365), timedelta(days=30)
TIER = "Loyalty Tier Reached"
STEPS = {
    name: status
    for status, name in OF_ORDER.items()
    if status in (OrderStatus.READY, OrderStatus.COLLECTED, OrderStatus.DELIVERED, OrderStatus.HELD)
} | {OF_ORDER[OrderStatus.CANCELLED]: OrderStatus.CANCELLED, REFUNDED: OrderStatus.REFUNDED}


@dataclass(frozen=True)
class Seen:
    """A visit."""

    pk: int
    at: datetime
    ended_at: datetime
    is_app: bool  # of which only screens were told, and no page's address
    campaign: dict[str, object]
    host: str  # of the page seen last


@dataclass(frozen=True)
class Spoken:
    """An episode."""

    pk: int
    conversation: int
    at: datetime
    ended_at: datetime | None
    medium: str
    is_inbound: bool
    topic: int | None


@dataclass
class Known:
    """Of one customer, each list in the order of time."""

    customer: Customer
    orders: list[Order] = field(default_factory=list)
    returns: dict[int, list[Return]] = field(default_factory=lambda: defaultdict(list))  # by order
    # When an order came so far first, by its source and external id, and by status.
    steps: dict[tuple[int, str], dict[str, datetime]] = field(default_factory=lambda: defaultdict(dict))
    tiers: list[tuple[datetime, str]] = field(default_factory=list)
    visits: list[Seen] = field(default_factory=list)
    spoken: list[Spoken] = field(default_factory=list)
    kinds: dict[tuple[int, str], str] = field(default_factory=dict)  # of products, shared by all
    since: datetime | None = None  # of the first handle
    was_merged: bool = False


def read(customers: Sequence[int]) -> dict[int, Known]:
    """Of those who are neither merged into somebody nor erased; the others are not there."""
    people = Customer.objects.filter(pk__in=customers, merged_into=None, erased_at=None)
    known = {customer.pk: Known(customer) for customer in people}
    owner = _owners(known)
    _read_orders(known, owner)
    _read_returns(known, owner)
    _read_spoken(known)
    buyers = {identity: pk for identity, pk in owner.items() if known[pk].orders}
    _read_steps(known, buyers)
    _read_visits(known, buyers)
    ledger = MergeEntry.objects.filter(Q(kept__in=list(known)) | Q(absorbed__in=list(known)))
    for pair in ledger.values_list("kept", "absorbed"):
        for pk in known.keys() & set(pair):
            known[pk].was_merged = True
    kinds = _kinds(known.values())
    for each in known.values():
        each.kinds = kinds
    return known


def referrers(visits: Iterable[Seen]) -> dict[int, str]:
    """Where each of these visits came from, by its first page: the address it was followed from."""
    asked = {visit.pk: visit for visit in visits}
    if not asked:
        return {}
    first, last = min(each.at for each in asked.values()), max(each.ended_at for each in asked.values())
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct on (visit_id) visit_id,"
            " coalesce(nullif(properties ->> 'referrer', ''), context -> 'page' ->> 'referrer', '')"
            " from customers_event where visit_id = any(%s) and occurred_at between %s and %s"
            " order by visit_id, occurred_at, external_id, number",
            [list(asked), first, last],
        )
        return dict(cursor.fetchall())


def _owners(known: dict[int, Known]) -> dict[int, int]:
    owner = {}
    rows = Identity.objects.filter(customer__in=list(known)).order_by("pk")
    for pk, customer, seen in rows.values_list("pk", "customer", "first_seen_at"):
        owner[pk] = customer
        since = known[customer].since
        known[customer].since = min(seen, since) if since else seen
    return owner


def _read_orders(known: dict[int, Known], owner: dict[int, int]) -> None:
    for order in Order.objects.filter(identity__in=list(owner)).order_by("placed_at", "pk"):
        known[owner[order.identity_id]].orders.append(order)


def _read_returns(known: dict[int, Known], owner: dict[int, int]) -> None:
    rows = Return.objects.filter(identity__in=list(owner), order__isnull=False).exclude(status=ReturnStatus.REFUSED)
    for back in rows.order_by("opened_at", "pk"):
        known[owner[back.identity_id]].returns[back.order_id or 0].append(back)


def _read_spoken(known: dict[int, Known]) -> None:
    rows = Episode.objects.filter(conversation__customer__in=list(known)).exclude(
        outcome__in=[Outcome.SPAM, Outcome.MERGED]
    )
    columns = (
        "conversation__customer", "pk", "conversation", "began_at", "ended_at", "medium", "is_inbound", "topic",
    )  # fmt: skip
    found = rows.order_by("began_at", "pk").values_list(*columns)
    for customer, pk, talk, at, ended_at, medium, is_inbound, topic in found:
        # One in which the customer's word came by no medium they did not begin: a rule wrote, and nobody answered.
        told = Spoken(pk, talk, at, ended_at, medium, is_inbound and bool(medium), topic)
        known[customer].spoken.append(told)


def _read_steps(known: dict[int, Known], buyers: dict[int, int]) -> None:
    """A step's own name says of which order it is: "order:<source>:<external id>:<status>" (customers.steps)."""
    rows = Event.objects.filter(identity__in=list(buyers), is_folded=False, name__in=[*STEPS, TIER])
    columns = ("identity", "name", "source", "external_id", "occurred_at", "properties__tier")
    for identity, name, source, key, at, tier in rows.order_by("occurred_at", "number").values_list(*columns):
        of = known[buyers[identity]]
        if name == TIER:
            of.tiers.append((at, str(tier or "")))
            continue
        order = key.removeprefix(f"order:{source}:").rpartition(f":{STEPS[name]}")[0]
        of.steps[source, order].setdefault(STEPS[name], at)


def _read_visits(known: dict[int, Known], buyers: dict[int, int]) -> None:
    placed = [order.placed_at for each in known.values() for order in each.orders]
    if not placed:
        return
    rows = Visit.objects.filter(
        identity__in=list(buyers), started_at__gt=min(placed) - YEAR, started_at__lte=max(placed)
    )
    columns = ("identity", "pk", "started_at", "ended_at", "page", "context__campaign")
    for identity, pk, at, ended_at, page, campaign in rows.order_by("started_at", "pk").values_list(*columns):
        url = str(page.get("url") or "")
        seen = Seen(pk, at, ended_at, bool(page) and not url, _campaign(campaign), host_of(url))
        known[buyers[identity]].visits.append(seen)


def _campaign(said: object) -> dict[str, object]:
    return said if isinstance(said, dict) else {}


def host_of(url: str) -> str:
    """“www.google.com” of an address, in small letters; "" where there is none."""
    return url.partition("://")[2].partition("/")[0].partition("?")[0].lower()


def _kinds(everybody: Iterable[Known]) -> dict[tuple[int, str], str]:
    named = {str(line.get("product_id") or "") for each in everybody for order in each.orders for line in order.lines}
    rows = Product.objects.filter(external_id__in=named - {""})
    return {(source, key): kind for source, key, kind in rows.values_list("source", "external_id", "kind")}
