"""Derives the sales of customers anew, and writes what differs: the same twice writes nothing the second time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Model, Q
from django.utils import timezone

from conversations.models.sale import Advice, BoughtAgain, Sale, SaleTouch
from conversations.reports import due
from conversations.reports.sales.known import Known, read, referrers
from conversations.reports.sales.making import LATE, advice_of, again_of, is_old, sales_of
from conversations.reports.sales.touching import credited, touches_of, visits_before

BATCH = 1000
LATELY = timedelta(days=2)

Part = TypeVar("Part", SaleTouch, BoughtAgain)


def work_off() -> int:
    return due.work_off(due.SALES, derive)


def sweep(now: datetime | None = None) -> None:
    """Every night: what has become late meanwhile, and once more who bought lately, should a row that was still being
    written when they were derived have been missed."""
    now = now or timezone.now()
    late = Q(is_ended=False, is_late=False, placed_at__range=(now - LATE - LATELY * 2, now - LATE))
    found = Sale.objects.filter(late | Q(placed_at__gt=now - LATELY)).values_list("customer", flat=True)
    due.mark(found.distinct(), kinds=[due.SALES])


def derive(customers: Sequence[int]) -> None:
    """Call in a transaction in which nobody else derives the same. Who is erased or merged away has none."""
    known, now = read(customers), timezone.now()
    stored = _locked(customers, known)
    made = {pk: sales_of(each, now, stored) for pk, each in known.items()}
    touches = _touches(known, made, stored, now)
    for sale, theirs in touches:
        sale.touches = len(theirs)
    again = [pair for pk, each in known.items() for pair in _again(each, made[pk])]
    _keep([sale for theirs in made.values() for sale in theirs], stored)
    _keep_parts(SaleTouch, touches)
    _keep_parts(BoughtAgain, again)
    _keep_advice(customers, known, made)


def _locked(customers: Sequence[int], known: Mapping[int, Known]) -> dict[int, Sale]:
    """By order: what is theirs, and what was another customer's until now. All are locked, in one order, since somebody
    else may be deriving that other one."""
    orders = [order.pk for each in known.values() for order in each.orders]
    rows = Sale.objects.filter(Q(customer__in=customers) | Q(order__in=orders)).order_by("pk")
    return {row.order_id: row for row in rows.select_for_update(of=("self",))}


def _touches(
    known: Mapping[int, Known], made: Mapping[int, list[Sale]], stored: Mapping[int, Sale], now: datetime
) -> list[tuple[Sale, list[SaleTouch]]]:
    """Of old sales what was known of them when they were young."""
    pairs = [(sale, each) for pk, each in known.items() for sale in made[pk]]
    kept = [sale.order_id for sale, of in pairs if _is_kept(sale, of, stored, now)]
    before: dict[int, list[SaleTouch]] = {order: [] for order in kept}
    for row in SaleTouch.objects.filter(sale__order__in=kept).select_related("sale").order_by("number"):
        before[row.sale.order_id].append(row)
    referred = referrers(
        visit for sale, of in pairs if sale.order_id not in before for visit in visits_before(sale, of)
    )
    return [
        (
            sale,
            credited(sale, before[sale.order_id]) if sale.order_id in before else touches_of(sale, of, referred),
        )
        for sale, of in pairs
    ]


def _is_kept(sale: Sale, of: Known, stored: Mapping[int, Sale], now: datetime) -> bool:
    before = stored.get(sale.order_id)
    return bool(before and before.is_resolved and is_old(sale, now) and not of.was_merged)


def _again(of: Known, sales: Sequence[Sale]) -> list[tuple[Sale, list[BoughtAgain]]]:
    last: dict[tuple[bool, str], datetime] = {}
    return [(sale, again_of(sale, of, last)) for sale in sales]


def _keep(sales: Sequence[Sale], stored: Mapping[int, Sale]) -> None:
    orders = {sale.order_id for sale in sales}
    Sale.objects.filter(pk__in=[row.pk for order, row in stored.items() if order not in orders]).delete()
    new, changed = [], []
    for sale in sales:
        before = stored.get(sale.order_id)
        if before is None:
            new.append(sale)
            continue
        sale.pk = before.pk
        if _values(sale) != _values(before):
            changed.append(sale)
    Sale.objects.bulk_create(new, batch_size=BATCH)
    Sale.objects.bulk_update(changed, _FIELDS, batch_size=BATCH)


def _keep_parts(model: type[Part], made: Sequence[tuple[Sale, list[Part]]]) -> None:
    """Of a sale of which any differs, all anew."""
    there: dict[int, list[tuple[object, ...]]] = {}
    gone: list[int] = []
    new: list[Part] = []
    stored = model._default_manager.filter(sale__in=[sale.pk for sale, _rows in made])
    for row in stored.order_by("pk"):
        there.setdefault(row.sale_id, []).append(_values(row))
    for sale, rows in made:
        for part in rows:
            part.sale = sale
        if [_values(part) for part in rows] != there.get(sale.pk, []):
            gone += [sale.pk] if sale.pk in there else []
            new += rows
    model._default_manager.filter(sale__in=gone).delete()
    model._default_manager.bulk_create(new, batch_size=BATCH)


def _keep_advice(customers: Sequence[int], known: Mapping[int, Known], made: Mapping[int, list[Sale]]) -> None:
    found = {each.episode_id: each for pk, of in known.items() for each in advice_of(of, made[pk])}
    theirs = Q(customer__in=customers) | Q(episode__in=list(found))
    gone = []
    for row in Advice.objects.filter(theirs):
        same = found.get(row.episode_id)
        if same and _values(same) == _values(row):
            del found[row.episode_id]
        else:
            gone.append(row.pk)
    Advice.objects.filter(pk__in=gone).delete()
    Advice.objects.bulk_create(found.values(), batch_size=BATCH)


_FIELDS = [each.name for each in Sale._meta.concrete_fields if not each.primary_key]


def _values(row: Model) -> tuple[object, ...]:
    """What a row says, without its key."""
    return tuple(getattr(row, each.attname) for each in row._meta.concrete_fields if not each.primary_key)
