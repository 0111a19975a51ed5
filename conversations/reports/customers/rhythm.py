"""Parts of the report: how fast orders are fetched and sent, how often goods are bought again, and who is due."""

from django.utils.translation import gettext as _

from conversations.reports.customers import figures, rows
from conversations.reports.sales.asking import link, share
from conversations.reports.sales.streams import AGAIN, SALES
from conversations.reports.sheets.sheet import Asked, Cell, Row, Table, Tiles
from conversations.reports.tallies.reading import read, spread
from conversations.reports.tallies.stream import Numbers

MOST = 15


def fetching(asked: Asked, now: Numbers, then: Numbers | None) -> Tiles:
    cells = [
        Cell(
            figures.FETCHED,
            now["fetched"],
            now["fetched"],
            before=then["fetched"] if then else None,
            drill=link(what="sold", of="fetched"),
        )
    ]
    for figure, number in ((figures.READY, "ready"), (figures.COLLECTED, "collected")):
        times = spread(SALES, number, asked)[()]
        before = spread(SALES, number, asked, between=asked.before)[()].median if asked.before else None
        drill = link(what="sold", of=number)
        cells.append(Cell(figure, times.median, times.count, before=before, drill=drill))
    cells.append(share(figures.LATE, now, "late", "sent", link(what="sold", of="late"), then))
    return Tiles(_("On the way to the customer"), cells)


def again(asked: Asked) -> Table:
    found = read(AGAIN, asked, cut="goods", by=["value"])
    times = spread(AGAIN, "seconds", asked, cut="goods", by=["value"])
    goods = {str(value): numbers["again"] for (value,), numbers in found.items()}
    ranked = sorted(goods, key=lambda each: (-goods[each], each))[:MOST]
    lines = []
    for key in ranked:
        of, _bar, name = key.partition("|")
        drill, between = link(what="same", of=of, name=name), times.get((key,))
        cells = (
            Cell(figures.SAME, goods[key], goods[key], drill=drill),
            Cell(figures.BETWEEN, between.median if between else None, between.count if between else 0, drill=drill),
        )
        lines.append(Row(_("%(kind)s (any of the kind)") % {"kind": name} if of == "kind" else name, cells, drill))
    return Table(
        _("Bought again and again"),
        _("Goods"),
        (figures.SAME, figures.BETWEEN),
        lines,
        _("The %(most)d most frequent of %(all)d.") % {"most": len(lines), "all": len(goods)},
        wide=False,
    )


def due() -> Table:
    labels = (("soon", _("Within 14 days")), ("over", _("Overdue")))
    lines = []
    for key, label in labels:
        count, drill = rows.due(key == "over").count(), link(what="due", of=key)
        lines.append(Row(label, (Cell(figures.DUE, count, count, drill=drill),), drill))
    return Table(_("Replenishment"), _("By their own rhythm"), (figures.DUE,), lines, _("As of now."), wide=False)
