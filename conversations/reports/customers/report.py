"""The report of customers: retention and value by channels, buying after talks, returns, problems, rhythm, segments."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from conversations.reports.customers import figures, loyalty, rhythm, rows, talks
from conversations.reports.sales.asking import everybody, link, over, share
from conversations.reports.sales.streams import SALES
from conversations.reports.sheets.sheet import Asked, Cell, Filter, Report, Sheet, Tiles
from conversations.reports.tallies.reading import Key, points, read
from conversations.reports.tallies.stream import Numbers


def sheet(asked: Asked) -> Sheet:
    asked = everybody(asked)
    days = read(SALES, asked, by=["at"])
    now = sum(days.values(), Numbers())
    then = read(SALES, asked, between=asked.before)[()] if asked.before else None
    ways = loyalty.cut(asked, "ways")
    return Sheet(
        (
            _tiles(asked, days, now, then),
            loyalty.by_time(asked, days),
            loyalty.by_ways(asked, ways),
            loyalty.value(asked, ways),
            talks.conversion(asked),
            rhythm.fetching(asked, now, then),
            loyalty.by_place(asked),
            talks.problems(asked),
            talks.topics(asked),
            rhythm.again(asked),
            rhythm.due(),
            loyalty.compared(asked),
        )
    )


def _tiles(asked: Asked, days: Mapping[Key, Numbers], now: Numbers, then: Numbers | None) -> Tiles:
    past = read(SALES, asked, between=over(asked, 90))[()]
    people, before, earlier = rows.buyers((asked.begins, asked.ends)).count(), None, None
    if asked.before:
        earlier = read(SALES, asked, between=over(asked, 90, asked.before))[()]
        before = rows.buyers(asked.before).count()
    line = [days.get((at,), Numbers()) for at in points(asked)]
    sold = now["sales"]
    return Tiles(
        "",
        (
            Cell(figures.ORDERS, sold, sold, before=then["sales"] if then else None, drill=link(what="sold")),
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
        Filter("segment", _("Segment to compare"), loyalty.segments, _("none")),
        Filter("against", _("Beside it"), loyalty.segments, _("none")),
    ),
    "people",
    has_media=False,
    needs=frozenset({"purchases.see"}),
)
