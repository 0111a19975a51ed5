"""The lists are brought up to date: what holds by its definition stands as an Occasion, what is over goes."""

import time
from datetime import datetime, timedelta
from typing import TypedDict

import structlog
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from conversations.models import Occasion, OccasionMark
from conversations.models.outreach import OccasionKind
from conversations.outreach.definitions import OF, USUAL_CARRIERS, USUAL_PRODUCTS

log = structlog.get_logger(__name__)

# How often: what a minute changes, and what a day does. Who is at risk goes by the late parcels: it comes after them.
EVERY = {
    OccasionKind.CART: timedelta(minutes=1),
    OccasionKind.PARCEL: timedelta(minutes=5),
    OccasionKind.RISK: timedelta(minutes=15),
    OccasionKind.REFILL: timedelta(hours=1),
}
_USUAL = {OccasionKind.PARCEL: USUAL_CARRIERS, OccasionKind.REFILL: USUAL_PRODUCTS}
USUAL_EVERY = timedelta(hours=6)

# One statement: what is over goes, the rest is written where it differs; no key is in both.
_BRING_UP_TO_DATE = """
with found (key, customer_id, at, value, currency, signals, about) as materialized ({definition}),
gone as (
  delete from conversations_occasion old where old.kind = %(kind)s
  and (%(customers)s::bigint[] is null or old.customer_id = any(%(customers)s))
  and not exists (select from found where found.key = old.key)
)
insert into conversations_occasion as known (kind, key, customer_id, at, value, currency, signals, about, since)
select %(kind)s, found.*, %(now)s from found
on conflict (key) do update set customer_id = excluded.customer_id, at = excluded.at, value = excluded.value,
  currency = excluded.currency, signals = excluded.signals, about = excluded.about
where (known.customer_id, known.at, known.value, known.currency, known.signals, known.about)
  is distinct from (excluded.customer_id, excluded.at, excluded.value, excluded.currency, excluded.signals,
    excluded.about)"""


class About(TypedDict, total=False):
    """The schema of Occasion.about: what definitions.OF puts there."""

    step: str  # of a cart
    url: str
    products: list[str]
    pieces: int
    number: str  # of an order
    carrier: str
    parcel: str
    sent: str
    promised: bool
    days: float
    product: str  # that is due
    id: str
    times: int
    own: bool  # by their own distances
    last: str
    signals: list[dict[str, object]]


def refresh_due() -> list[str]:
    """Every list whose time has come, one worker at a time; says which."""
    done: list[str] = []
    for name, every in EVERY.items():
        mark, _new = OccasionMark.objects.get_or_create(kind=name)
        if mark.refreshed_at is None or mark.refreshed_at <= timezone.now() - every:
            try:
                done += [name] if refresh(name) else []
            except DatabaseError:  # one that cannot be read holds up no other
                log.exception("a list could not be brought up to date", kind=name)
    return done


@transaction.atomic
def refresh(name: str, *, now: datetime | None = None) -> bool:
    """False where another worker is at it."""
    OccasionMark.objects.get_or_create(kind=name)
    mark = OccasionMark.objects.select_for_update(skip_locked=True).filter(kind=name).first()
    if mark is None:
        return False
    now, begun = now or timezone.now(), time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("set local jit = off")  # what a line of JSON holds is taken for a hundred: it would compile
        cursor.execute("set local work_mem = '64MB'")
        if name in _USUAL and _is_old(name, now):
            cursor.execute(_USUAL[OccasionKind(name)], {"now": now, "customers": None})
        _bring_up_to_date(name, now, None)
    mark.refreshed_at, mark.took_ms = now, int((time.monotonic() - begun) * 1000)
    mark.save(update_fields=["refreshed_at", "took_ms"])
    return True


def fresh(occasion: Occasion) -> Occasion | None:
    """The same as it is at this moment; None where it is over. What is over goes from the list, too."""
    customer = occasion.customer_id
    with transaction.atomic():
        if occasion.kind == OccasionKind.RISK:
            _bring_up_to_date(OccasionKind.PARCEL, timezone.now(), [customer])
        _bring_up_to_date(occasion.kind, timezone.now(), [customer])
    return Occasion.objects.filter(pk=occasion.pk).first()


def as_of() -> dict[str, datetime | None]:
    return dict(OccasionMark.objects.values_list("kind", "refreshed_at"))


def _is_old(name: str, now: datetime) -> bool:
    """The usual days change slowly; the list of before tells when they were counted."""
    kind = "carrier" if name == OccasionKind.PARCEL else "product"
    with connection.cursor() as cursor:
        cursor.execute("select max(counted_at) from conversations_usualdays where kind = %s", [kind])
        (counted_at,) = cursor.fetchone()
    return counted_at is None or counted_at <= now - USUAL_EVERY


def _bring_up_to_date(name: str, now: datetime, customers: list[int] | None) -> None:
    asked: dict[str, str | datetime | list[int] | None] = {"kind": str(name), "now": now, "customers": customers}
    with connection.cursor() as cursor:
        cursor.execute(_BRING_UP_TO_DATE.format(definition=OF[OccasionKind(name)]), asked)
