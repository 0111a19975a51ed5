"""The report of customers: retention and value by channels, buying after talks, returns, problems, rhythm, segments."""

from django.utils.translation import gettext_lazy as _

from conversations.reports.customers import figures, loyalty, rhythm, rows, talks
from conversations.reports.sales.asking import everybody, link, over, share
from conversations.reports.sales.streams import SALES
from conversations.reports.sheets.sheet import Asked, Cell, Filter, Report, Sheet, Tiles
from conversations.reports.tallies.reading import points, read
from conversations.reports.tallies.stream import Numbers


def sheet(asked: Asked) -> Sheet:
    return Sheet(
        (
            _tiles(asked),
            loyalty.by_time(asked),
            loyalty.by_ways(asked),
            loyalty.value(asked),
            talks.conversion(asked),
            rhythm.fetching(asked),
            loyalty.by_place(asked),
            talks.problems(asked),
            talks.topics(asked),
            rhythm.again(asked),
            rhythm.due(),
            loyalty.compared(asked),
        )
    )


def _tiles(asked: Asked) -> Tiles:
    now, past = read(SALES, everybody(asked))[()], read(SALES, everybody(asked), between=over(asked, 90))[()]
    then = earlier = None
    if asked.before:
        then = read(SALES, everybody(asked), between=asked.before)[()]
        earlier = read(SALES, everybody(asked), between=over(asked, 90, asked.before))[()]
    people = rows.buyers((asked.begins, asked.ends)).count()
    before = rows.buyers(asked.before).count() if asked.before else None
    days = read(SALES, everybody(asked), by=["at"])
    line = [days.get((at,), Numbers()) for at in points(asked)]
    return Tiles(
        "",
        (
            Cell(
                figures.ORDERS,
                now["sales"],
                now["sales"],
                before=then["sales"] if then else None,
                drill=link(what="sold"),
            ),
            Cell(figures.BUYERS, people, people, before=before, drill=link(what="buyers")),
            share(figures.AGAIN, past, "again", "sales", link(what="again"), earlier),
            share(figures.RETURNED, now, "back", "sales", link(what="sold", of="back"), then),
            share(figures.LED, now, "talked", "orders", link(what="problem"), then),
        ),
        {
            "sold": [each["sales"] for each in line],
            "returned": [each.per("back", "sales") for each in line],
            "led": [each.per("talked", "orders") for each in line],
        },
    )


report = Report(
    "customers",
    _("Customers"),
    _("Who buys again and by which channels, what talks lead to, and which orders lead to talks."),
    sheet,
    rows.found,
    (
        Filter("segment", _("Segment"), loyalty.segments),
        Filter("against", _("beside the segment"), loyalty.segments),
    ),
    "people",
    has_media=False,
    needs=frozenset({"purchases.see"}),
)
