"""What follows from everything a customer did: value, habits, the next purchase to expect, whether we may lose them.

Nothing here is kept that cannot be computed again: `changed` marks, `refresh` computes what is marked, many at once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from zoneinfo import ZoneInfo

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, Max, Q
from django.db.models.functions import ExtractHour
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from customers.models import Customer, Event, Identity, Loyalty, Order, Product, Profile, Return, Trait, Visit
from customers.models.order import OrderStatus

AT_ONCE = 200
LATELY = timedelta(days=365)
CENT = Decimal("0.001")
ASKED = f"{settings.REDIS_PREFIX}:profiles:asked"
ASKED_FOR = 5  # seconds, after which a task that never ran is asked for again

# When somebody is at risk: each rule is one sentence in templates/conversations/customer/risk.html.
SILENT_TIMES = 2.0  # longer without an order than this many of their usual intervals …
SILENT_ORDERS = 3  # … for whoever ordered at least so often
LOW_RATING = 2
MANY_RETURNS = 0.5  # of the pieces bought, with at least SILENT_ORDERS orders


@dataclass
class _Known:
    """What was read of one customer."""

    orders: list[Order] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    loyalty: Loyalty | None = None
    media: Counter[str] = field(default_factory=Counter)
    hours: Counter[int] = field(default_factory=Counter)  # by UTC
    ratings: list[float] = field(default_factory=list)  # oldest first
    traits: dict[str, object] = field(default_factory=dict)
    seen_at: datetime | None = None


def changed(customers: Iterable[int]) -> None:
    """Marks these profiles, in the transaction of what changed; after it commits they are computed at once."""
    if mark(customers):
        transaction.on_commit(ask, robust=True)


@transaction.atomic(savepoint=False)
def mark(customers: Iterable[int]) -> bool:
    """For whoever computes them next; whether there were any."""
    ids = sorted(set(customers))
    if not ids:
        return False
    now = timezone.now()
    locked = Profile.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True)
    known = set(locked)
    Profile.objects.filter(pk__in=known).update(stale_at=now)
    Profile.objects.bulk_create(
        [Profile(customer_id=pk, stale_at=now) for pk in ids if pk not in known],
        update_conflicts=True,
        unique_fields=["customer"],
        update_fields=["stale_at"],
    )
    return True


def ask() -> None:
    """Has a worker compute at once what changed, once that is committed: one task that waits is enough for all who ask.

    By name, because the task lives with who can push (conversations.tasks). Beat is the net for a broker gone."""
    try:
        if cache.add(ASKED, True, ASKED_FOR):
            current_app.send_task("conversations.refresh_profiles", expires=60, retry=False)
    except (BrokerError, RedisError, OSError):
        return


def heard() -> None:
    """Call before what changed is read: what changes from now on has to be asked for again."""
    cache.delete(ASKED)


@transaction.atomic
def refresh(limit: int = AT_ONCE) -> list[int]:
    """Computes the profiles that are marked, and says whose: up to `limit`, beside other workers."""
    stale = Profile.objects.select_for_update(skip_locked=True).exclude(stale_at=None).order_by("stale_at")
    ids = list(stale.values_list("customer", flat=True)[:limit])
    compute(ids)
    return ids


def compute(customers: Iterable[int]) -> list[Profile]:
    """The profiles of these customers, computed from scratch and stored: nine queries for any number of them."""
    people = list(Customer.objects.filter(pk__in=customers).only("pk", "timezone"))
    known, now = _read([customer.pk for customer in people]), timezone.now()
    useful = _used_up(known.values())
    profiles = [_profile(customer, known[customer.pk], useful, now) for customer in people]
    fields = [each.name for each in Profile._meta.concrete_fields if not each.primary_key]
    Profile.objects.bulk_create(profiles, update_conflicts=True, unique_fields=["customer"], update_fields=fields)
    return profiles


def _read(ids: list[int]) -> dict[int, _Known]:
    known: dict[int, _Known] = defaultdict(_Known)
    owner = dict(Identity.objects.filter(customer__in=ids).values_list("pk", "customer"))
    for order in Order.objects.filter(identity__in=owner).order_by("placed_at"):
        known[owner[order.identity_id]].orders.append(order)
    for returned in Return.objects.filter(identity__in=owner):
        known[owner[returned.identity_id]].returns.append(returned)
    for loyalty in Loyalty.objects.filter(identity__in=owner).order_by("changed_at"):
        known[owner[loyalty.identity_id]].loyalty = loyalty
    for trait in Trait.objects.filter(identity__in=owner).order_by("said_at", "pk"):
        known[owner[trait.identity_id]].traits[trait.name] = trait.value
    opinions = Event.objects.filter(identity__in=owner, category="attitudinal").order_by("occurred_at", "number")
    for identity, properties in opinions.values_list("identity", "properties"):
        if (score := _rating(properties)) is not None:
            known[owner[identity]].ratings.append(score)
    _read_habits(ids, known)
    return known


def _read_habits(ids: list[int], known: dict[int, _Known]) -> None:
    since = timezone.now() - LATELY
    visits = Visit.objects.filter(identity__customer__in=ids, started_at__gte=since).order_by()
    for pk, hour, count, last in visits.values_list("identity__customer", ExtractHour("started_at")).annotate(
        Count("pk"), Max("ended_at")
    ):
        known[pk].hours[hour] += count
        known[pk].seen_at = max(known[pk].seen_at or last, last)
    called = Q(conversations__messages__kind="call", conversations__messages__details__call__direction="in")
    said = Customer.objects.filter(Q(conversations__messages__kind="inbound") | called, pk__in=ids).order_by()
    at = ExtractHour("conversations__messages__created_at")
    for pk, medium, hour, count, last in said.values_list(
        "pk", "conversations__messages__channel__medium", at
    ).annotate(Count("pk"), Max("conversations__messages__created_at")):
        if medium:
            known[pk].media[medium] += count
        known[pk].hours[hour] += count
        known[pk].seen_at = max(known[pk].seen_at or last, last)


def _rating(properties: dict[str, object]) -> float | None:
    """Of a survey's answer, on its own scale, as 1 to 5."""
    score, top = properties.get("score"), properties.get("of", 5)
    if isinstance(score, bool) or not isinstance(score, int | float) or not isinstance(top, int | float) or top <= 1:
        return None
    return 1 + 4 * (min(max(score, 1), top) - 1) / (top - 1)


def _used_up(everybody: Iterable[_Known]) -> set[tuple[int, str]]:
    """Of all products in these orders, those that are bought again when they are used up: (source, external id)."""
    bought = {line["product_id"] for one in everybody for order in one.orders for line in order.lines}
    rows = Product.objects.filter(external_id__in=bought - {""}, is_replenishable=True)
    return set(rows.values_list("source", "external_id"))


def _profile(customer: Customer, known: _Known, useful: set[tuple[int, str]], now: datetime) -> Profile:
    counted = [order for order in known.orders if order.status != OrderStatus.CANCELLED]
    currency = Counter(order.currency for order in counted).most_common(1)[0][0] if counted else ""
    same = [order for order in counted if order.currency == currency]
    value = sum((order.total - order.refunded for order in same), Decimal(0))
    days = _days_between([order.placed_at for order in counted])
    expected = _next_purchases(counted, useful)
    profile = Profile(
        customer=customer,
        currency=currency,
        lifetime_value=value,
        average_order=(value / len(same)).quantize(CENT) if same else Decimal(0),
        orders=len(counted),
        returns=len(known.returns),
        return_rate=_return_rate(counted, known.returns),
        first_order_at=counted[0].placed_at if counted else None,
        last_order_at=counted[-1].placed_at if counted else None,
        days_between_orders=days,
        last_seen_at=max(filter(None, [known.seen_at, counted[-1].placed_at if counted else None]), default=None),
        tier=known.loyalty.tier if known.loyalty else "",
        points=known.loyalty.points if known.loyalty else None,
        media=dict(known.media),
        preferred_medium=known.media.most_common(1)[0][0] if known.media else "",
        preferred_hour=_hour(known.hours, customer.timezone, now),
        satisfaction=round(sum(known.ratings) / len(known.ratings), 2) if known.ratings else None,
        next_purchase=expected,
        next_purchase_at=min((datetime.fromisoformat(str(one["at"])) for one in expected), default=None),
        attributes=known.traits,
        computed_at=now,
        stale_at=None,
    )
    profile.because = _risks(profile, known, now)
    profile.at_risk = bool(profile.because)
    return profile


def _days_between(times: list[datetime]) -> float | None:
    if len(times) < 2:
        return None
    return round((times[-1] - times[0]) / timedelta(days=1) / (len(times) - 1), 1)


def _return_rate(orders: list[Order], returns: list[Return]) -> float | None:
    bought = sum(int(line["quantity"]) for order in orders for line in order.lines)
    back = sum(int(line["quantity"]) for one in returns if one.status != Return.Status.REFUSED for line in one.lines)
    return round(min(back / bought, 1.0), 4) if bought else None


def _next_purchases(orders: list[Order], useful: set[tuple[int, str]]) -> list[dict[str, object]]:
    """For each product that is used up and was bought at least twice: the median interval after its last purchase."""
    times: dict[tuple[int, str], list[datetime]] = defaultdict(list)
    names: dict[tuple[int, str], str] = {}
    for order in orders:
        for key, name in {(order.source, line["product_id"]): line["name"] for line in order.lines}.items():
            if key in useful:
                times[key].append(order.placed_at)
                names[key] = name
    found = []
    for key, at in times.items():
        if len(at) > 1:
            days = median((after - before) / timedelta(days=1) for before, after in zip(at, at[1:], strict=False))
            due = at[-1] + timedelta(days=days)
            because = [each.date().isoformat() for each in at[-6:]]
            found.append({"product": names[key], "at": due.isoformat(), "days": round(days), "because": because})
    return sorted(found, key=lambda one: str(one["at"]))


def _hour(hours: Counter[int], zone: str, now: datetime) -> int | None:
    """The hour of the day they are most often here, by their own clock."""
    if not hours:
        return None
    try:
        shift = now.astimezone(ZoneInfo(zone or "UTC")).utcoffset() or timedelta()
    except (KeyError, ValueError):
        shift = timedelta()
    return (hours.most_common(1)[0][0] + round(shift / timedelta(hours=1))) % 24


def _risks(profile: Profile, known: _Known, now: datetime) -> list[dict[str, object]]:
    """The rules that hold now, each with its figure and its limit, so that an agent can check it."""
    found: list[dict[str, object]] = []
    often = profile.orders >= SILENT_ORDERS
    if often and profile.days_between_orders and profile.last_order_at:
        limit = max(profile.days_between_orders * SILENT_TIMES, 14)
        silent = (now - profile.last_order_at) / timedelta(days=1)
        if silent > limit:
            found.append({"rule": "silent", "value": round(silent), "limit": round(limit)})
    if known.ratings and known.ratings[-1] <= LOW_RATING:
        found.append({"rule": "unhappy", "value": known.ratings[-1], "limit": LOW_RATING})
    if often and profile.return_rate is not None and profile.return_rate > MANY_RETURNS:
        found.append({"rule": "returns", "value": round(profile.return_rate * 100), "limit": MANY_RETURNS * 100})
    return found
