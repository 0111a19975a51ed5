"""The sales and touches behind the numbers of attribution."""

from collections.abc import Callable, Mapping, Sequence

from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.http import Http404
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from conversations.models import Sale, SaleTouch
from conversations.reports.attribution import figures
from conversations.reports.customers.rows import money
from conversations.reports.sales.asking import within
from conversations.reports.sales.touching import MODELS, WHOLE
from conversations.reports.sales.wording import place, touch
from conversations.reports.sheets.sheet import Asked, Behind, Column
from conversations.reports.tallies.reading import Between

Drill = Mapping[str, str]
PARTS = ("kind", "source", "medium", "campaign")


def found(asked: Asked, drill: Drill) -> Behind:
    """Http404 for what is no number of this report."""
    try:
        return {"resolved": _resolved, "touch": _touch, "credit": _credit}[drill.get("what", "")](asked, drill)
    except (KeyError, ValueError):
        raise Http404 from None


def resolved(between: Between) -> QuerySet[Sale]:
    begins, ends = between
    return Sale.objects.filter(placed_at__gte=begins, placed_at__lt=ends, is_resolved=True)


def _resolved(asked: Asked, drill: Drill) -> Behind:
    rows = resolved(within(asked, drill))
    title = _("Resolved sales")
    if "currency" in drill:
        rows = rows.filter(currency=drill["currency"])
    if drill.get("of") == "untouched":
        rows, title = rows.filter(touches=0), _("Sales for which nothing is known that led to them")
    elif drill.get("of") == "touched":
        rows, title = rows.filter(touches__gt=0), _("Sales with a touch")
    columns = (
        Column(_("Order"), lambda row: row.order.number),  # type: ignore[attr-defined]
        Column(_("Bought"), lambda row: place(row.place)),  # type: ignore[attr-defined]
        Column(_("Paid"), lambda row: money(row.net, row.currency)),  # type: ignore[attr-defined]
        Column(_("Touches"), lambda row: row.touches),  # type: ignore[attr-defined]
    )
    return Behind(
        title, rows.select_related("order"), "placed_at", columns, lambda _row: None,
        lambda row: row.customer_id,  # type: ignore[attr-defined]
    )  # fmt: skip


def _touch(asked: Asked, drill: Drill) -> Behind:
    """Of each sale the first such touch, with what all such touches of that sale get."""
    key = {part: drill[part] for part in PARTS}
    columns = [Column(figures.CREDITS[model].label, _part(model, key)) for model in MODELS]
    return _shown(touch(*key.values()), _touches(asked, drill, key).filter(is_once=True), columns)


def _credit(asked: Asked, drill: Drill) -> Behind:
    """The sales that a model gives such touches (without a key, any) a part of: each once, with what such touches get
    of it together. The sum of these parts is the number."""
    model, called = drill["model"], figures.CREDITS[drill["model"]].label
    key = {part: drill[part] for part in PARTS} if "kind" in drill else {}
    every = _touches(asked, drill, key)
    same = SaleTouch.objects.filter(sale=OuterRef("sale"), **key, **{f"{model}__gt": 0})
    rows = every.filter(Exists(same), **({"is_once": True} if key else {"number": 1}))
    title = f"{touch(*key.values()) if key else _('All touched sales')}: {called}"
    columns = [
        Column(_("Credit"), _part(model, key)),
        Column(_("Of the money"), lambda row: money(_sum(row, f"{model}_worth", key), row.currency)),  # type: ignore[attr-defined]
    ]
    return _shown(title, rows, columns, lambda: _together(every, model, drill.get("currency", "")))


def _touches(asked: Asked, drill: Drill, key: Drill) -> QuerySet[SaleTouch]:
    rows = SaleTouch.objects.filter(placed_at__gte=asked.begins, placed_at__lt=asked.ends, **key)
    return rows.filter(currency=drill["currency"]) if "currency" in drill else rows


def _shown(
    title: str, rows: QuerySet[SaleTouch], more: Sequence[Column], says: Callable[[], str] = lambda: ""
) -> Behind:
    columns = [
        Column(_("Order"), lambda row: row.sale.order.number),  # type: ignore[attr-defined]
        Column(_("Paid"), lambda row: money(row.sale.net, row.currency)),  # type: ignore[attr-defined]
        Column(_("Touched at"), lambda row: row.at),  # type: ignore[attr-defined]
        *more,
    ]
    return Behind(
        title,
        rows.select_related("sale__order").prefetch_related("sale__touched"),
        "placed_at",
        columns,
        lambda _row: None,
        lambda row: row.sale.customer_id,  # type: ignore[attr-defined]
        says,
    )


def _together(rows: QuerySet[SaleTouch], model: str, currency: str) -> str:
    """As the page of the report has it, summed over the touches themselves."""
    found = rows.aggregate(credit=Sum(model), worth=Sum(f"{model}_worth"))
    said = _("Credits together: %(n)s") % {"n": number_format((found["credit"] or 0) / WHOLE, 3, force_grouping=True)}
    return f"{said}; {money(found['worth'] or 0, currency)}" if currency else said


def _part(model: str, key: Drill) -> Callable[[object], object]:
    return lambda row: round(_sum(row, model, key) / WHOLE, 6)


def _sum(row: object, name: str, key: Drill) -> int:
    """Of all touches of the row's sale that are as the key says."""
    assert isinstance(row, SaleTouch)
    return sum(getattr(each, name) for each in row.sale.touched.all() if _is(each, key))


def _is(row: SaleTouch, key: Drill) -> bool:
    return all(getattr(row, part) == value for part, value in key.items())
