"""The sales and touches behind the numbers of attribution."""

from collections.abc import Callable, Mapping

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from conversations.models import Sale, SaleTouch
from conversations.reports.attribution import figures
from conversations.reports.customers.rows import money
from conversations.reports.sales.asking import Between, within
from conversations.reports.sales.touching import MODELS, WHOLE
from conversations.reports.sales.wording import place, touch
from conversations.reports.sheets.sheet import Asked, Behind, Column

Drill = Mapping[str, str]
PARTS = ("kind", "source", "medium", "campaign")


def found(asked: Asked, drill: Drill) -> Behind:
    """Http404 for what is no number of this report."""
    try:
        return {"resolved": _resolved, "touch": _touch}[drill.get("what", "")](asked, drill)
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
    rows = SaleTouch.objects.filter(placed_at__gte=asked.begins, placed_at__lt=asked.ends, is_once=True, **key)
    if "currency" in drill:
        rows = rows.filter(currency=drill["currency"])
    columns = [
        Column(_("Order"), lambda row: row.sale.order.number),  # type: ignore[attr-defined]
        Column(_("Paid"), lambda row: money(row.sale.net, row.currency)),  # type: ignore[attr-defined]
        Column(_("Touched at"), lambda row: row.at),  # type: ignore[attr-defined]
        *(Column(figures.CREDITS[model].label, _credit(model)) for model in MODELS),
    ]
    return Behind(
        touch(*key.values()),
        rows.select_related("sale__order").prefetch_related("sale__touched"),
        "placed_at",
        columns,
        lambda _row: None,
        lambda row: row.sale.customer_id,  # type: ignore[attr-defined]
    )


def _credit(model: str) -> Callable[[object], object]:
    def take(row: object) -> object:
        assert isinstance(row, SaleTouch)
        alike = [each for each in row.sale.touched.all() if _key(each) == _key(row)]
        return round(sum(getattr(each, model) for each in alike) / WHOLE, 3)

    return take


def _key(row: SaleTouch) -> tuple[str, ...]:
    return tuple(str(getattr(row, part)) for part in PARTS)
