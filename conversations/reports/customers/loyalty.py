"""Parts of the report: who buys again and for how much, by combination of channels; and two segments beside each other.

Segments are of now, and in no tally: what is compared of them is counted from the sales themselves."""

from collections.abc import Iterable, Mapping

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _

from conversations.reports.customers import figures, rows
from conversations.reports.sales.asking import link, over, share, spans
from conversations.reports.sales.streams import SALES
from conversations.reports.sales.wording import place, ways
from conversations.reports.sheets.sheet import Asked, Cell, Figure, Lines, Row, Series, Table, Words
from conversations.reports.tallies.reading import Between, Key, points, read, spread
from conversations.reports.tallies.spreads import Spread
from conversations.reports.tallies.stream import Numbers
from customers.models import Segment
from customers.models.profile import Membership

MOST = 20
Pair = tuple[str, str]  # a key and a currency


def by_ways(asked: Asked, ways_: Mapping[Pair, Numbers]) -> Table:
    now = _summed(ways_)
    past, followed = _summed(cut(asked, "ways", over(asked, 90))), _followed(asked)
    ranked = sorted(now.keys() | past.keys(), key=lambda way: (-now.get(way, Numbers())["sales"], way))
    return Table(
        _("By combination of channels"),
        _("In the year before, and for this order"),
        (figures.ORDERS, figures.AGAIN, figures.NEXT, figures.RETURNED, figures.LED),
        [
            _way(way, now.get(way, Numbers()), past.get(way, Numbers()), followed.get(way, Spread()))
            for way in ranked[:MOST]
        ],
        _(
            "Every way by which the customer came in the year up to an order: visits, purchases, talks. The %(most)d "
            "most frequent of %(all)d combinations."
        )
        % {"most": min(MOST, len(ranked)), "all": len(ranked)},
    )


def _way(way: str, now: Numbers, past: Numbers, followed: Spread) -> Row:
    drill = link(what="sold", ways=way)
    cells = (
        Cell(figures.ORDERS, now["sales"], now["sales"], drill=drill),
        share(figures.AGAIN, past, "again", "sales", link(what="again", ways=way)),
        Cell(figures.NEXT, followed.median, followed.count, drill=link(what="again", of="next", ways=way)),
        share(figures.RETURNED, now, "back", "sales", link(what="sold", of="back", ways=way)),
        share(figures.LED, now, "talked", "orders", link(what="problem", ways=way)),
    )
    return Row(ways(way), cells, drill)


def value(asked: Asked, now: Mapping[Pair, Numbers]) -> Table:
    """Each customer counts once under each combination that an order of theirs had."""
    people = rows.alike_counts((asked.begins, asked.ends))
    ranked = sorted((key for key in now if now[key]["sales"]), key=lambda key: (key[1], -now[key]["amount"], key))
    columns = (figures.ALIKE, figures.REVENUE, figures.PER_CUSTOMER, figures.PER_ORDER)
    return Table(
        _("Value by combination of channels"),
        _("Channels, currency"),
        columns,
        [_worth(key, now[key], people.get(key, 0)) for key in ranked[: MOST * 2]],
        _("Currencies are never added up."),
    )


def _worth(key: Pair, numbers: Numbers, people: int) -> Row:
    way, currency = key
    drill = link(what="sold", ways=way, currency=currency)
    cells = (
        Cell(figures.ALIKE, people, people, drill=link(what="alike", ways=way, currency=currency)),
        money(figures.REVENUE, numbers["amount"], 1, currency, drill),
        money(figures.PER_CUSTOMER, numbers["amount"], people, currency, drill),
        money(figures.PER_ORDER, numbers["amount"], numbers["sales"], currency, drill),
    )
    return Row(f"{ways(way)}, {currency}", cells, drill)


def money(figure: Figure, thousandths: int, by: int, currency: str, drill: str, before: float | None = None) -> Cell:
    worth = thousandths / 1000 / by if by else None
    return Cell(figure, worth, before=before, drill=drill, currency=currency)


def by_time(asked: Asked, days: Mapping[Key, Numbers]) -> Lines:
    cells = []
    for begin, end in spans(asked):
        count = days.get((begin,), Numbers())["sales"]
        drill = link(what="sold", since=begin.isoformat(), until=end.isoformat())
        cells.append(Cell(figures.ORDERS, count, count, drill=drill))
    series = [Series(_("Orders"), cells, "web")]
    return Lines(_("Orders"), figures.ORDERS, points(asked), series, bars=True)


def by_place(asked: Asked) -> Table:
    """Bought here, returned there."""
    now = _summed(cut(asked, "place"))
    columns = (figures.ORDERS, figures.RETURNED, figures.BY_POST, figures.IN_SHOP)
    return Table(
        _("Returns across channels"),
        _("Bought"),
        columns,
        [_returned(key, now[key]) for key in sorted(now)],
        wide=False,
    )


def _returned(key: str, numbers: Numbers) -> Row:
    drill = link(what="sold", place=key)
    parts = ((figures.RETURNED, "back"), (figures.BY_POST, "by_post"), (figures.IN_SHOP, "in_shop"))
    cells = [share(figure, numbers, of, "sales", link(what="sold", of=of, place=key)) for figure, of in parts]
    return Row(place(key), [Cell(figures.ORDERS, numbers["sales"], numbers["sales"], drill=drill), *cells], drill)


def cut(asked: Asked, of: str, between: Between | None = None) -> dict[Pair, Numbers]:
    """By the key and the currency."""
    found = read(SALES, asked, cut=of, by=["value"], between=between)
    parts = ((str(value).rpartition("|"), numbers) for (value,), numbers in found.items())
    return {(key, currency): numbers for (key, _bar, currency), numbers in parts}


def _summed(found: Mapping[Pair, Numbers]) -> dict[str, Numbers]:
    sums: dict[str, Numbers] = {}
    for (key, _currency), numbers in found.items():
        sums[key] = sums.get(key, Numbers()) + numbers
    return sums


def _followed(asked: Asked) -> dict[str, Spread]:
    found = spread(SALES, "next", asked, cut="ways", by=["value"], between=over(asked, 90))
    sums: dict[str, Spread] = {}
    for (value,), times in found.items():
        way = str(value).rpartition("|")[0]
        sums[way] = sums.get(way, Spread()) + times
    return sums


def segments() -> Iterable[tuple[str, str]]:
    return [(str(pk), text) for pk, text in Segment.objects.order_by("name").values_list("pk", "name")]


def compared(asked: Asked) -> Table | Words:
    """The two that were chosen."""
    chosen = [int(asked.only[each]) for each in ("segment", "against") if asked.only.get(each)]
    known = {segment.pk: segment for segment in Segment.objects.filter(pk__in=chosen)}
    title = _("Two segments beside each other")
    if not known:
        return Words(title, [_("Choose one or two segments above, and they are set side by side here.")], wide=True)
    columns = (figures.ORDERS, figures.BUYERS, figures.AGAIN, figures.RETURNED, figures.LED, figures.PER_ORDER)
    return Table(
        title,
        _("Segment, currency"),
        columns,
        [row for pk in dict.fromkeys(chosen) if pk in known for row in _segment(asked, known[pk])],
        _("Customers who are in the segment now; counted from their orders as of this moment."),
    )


def _segment(asked: Asked, segment: Segment) -> list[Row]:
    theirs = Q(customer__in=Membership.objects.filter(segment=segment).values("customer"))
    period = (asked.begins, asked.ends)
    again = rows.counted(over(asked, 90)).filter(theirs)
    sold = rows.sales(period).filter(theirs)
    found = sold.values("currency").annotate(
        all=Count("pk"),
        talked=Count("pk", filter=~Q(problem="")),
        sales=Count("pk", filter=Q(is_counted=True)),
        back=Count("pk", filter=Q(is_counted=True) & ~Q(returned_to="")),
        worth=Sum("amount", filter=Q(is_counted=True), default=0),
    )
    followed = Count("pk", filter=Q(next_at__lte=F("placed_at") + rows.DAYS_90))
    past = {
        currency: Numbers({"again": many, "of": of})
        for currency, many, of in again.values("currency")
        .annotate(followed=followed, of=Count("pk"))
        .order_by("currency")
        .values_list("currency", "followed", "of")
    }
    first = rows.buyers(period).filter(theirs).order_by("currency").values_list("currency")
    people = dict(first.annotate(Count("pk")))
    names = ("all", "talked", "sales", "back", "worth")
    return [
        _row(
            segment,
            currency,
            Numbers(dict(zip(names, numbers, strict=True))),
            past.get(currency, Numbers()),
            people.get(currency, 0),
        )
        for currency, *numbers in found.order_by("currency").values_list("currency", *names)
    ]


def _row(segment: Segment, currency: str, numbers: Numbers, earlier: Numbers, people: int) -> Row:
    where = {"segment": segment.pk, "currency": currency}
    drill = link(what="sold", **where)
    cells = (
        Cell(figures.ORDERS, numbers["sales"], numbers["sales"], drill=drill),
        Cell(figures.BUYERS, people, people, drill=link(what="buyers", **where)),
        share(figures.AGAIN, earlier, "again", "of", link(what="again", **where)),
        share(figures.RETURNED, numbers, "back", "sales", link(what="sold", of="back", **where)),
        share(figures.LED, numbers, "talked", "all", link(what="problem", **where)),
        money(figures.PER_ORDER, numbers["worth"], numbers["sales"], currency, drill),
    )
    return Row(f"{segment.name}, {currency}", cells, drill)
