"""The report of attribution: resolved sales by what led to them, under five models side by side, per currency."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models.sale import SaleTouch
from conversations.reports.attribution import figures, rows
from conversations.reports.sales.asking import everybody, link, spans
from conversations.reports.sales.streams import SALES, TOUCHES
from conversations.reports.sales.touching import MODELS, WHOLE
from conversations.reports.sales.wording import touch
from conversations.reports.sheets.sheet import Asked, Cell, Lines, Report, Row, Series, Sheet, Table, Tiles, Words
from conversations.reports.tallies.reading import Key, points, read
from conversations.reports.tallies.stream import Numbers

MOST = 40
Touch = tuple[str, str, str, str]  # kind, source, medium, campaign


def sheet(asked: Asked) -> Sheet:
    asked = everybody(asked)
    found = _touches(asked)
    if not any(kind == SaleTouch.Kind.CAMPAIGN for (kind, *_rest), _currency in found):
        return Sheet((_how_to_send(),))
    days = read(SALES, asked, by=["at"])
    now = sum(days.values(), Numbers())
    return Sheet((_tiles(asked, now), _by_time(asked, days), _credits(found, now), *_money(found), _models()))


def _touches(asked: Asked) -> dict[tuple[Touch, str], Numbers]:
    """By touch and currency."""
    read_ = read(TOUCHES, asked, cut="what", by=["value"])
    found = {}
    for (value,), numbers in read_.items():
        kind, source, medium, campaign, currency = str(value).split("|")
        found[(kind, source, medium, campaign), currency] = numbers
    return found


def _tiles(asked: Asked, now: Numbers) -> Tiles:
    of = read(SALES, asked, cut="currency", by=["value"])
    earlier = read(SALES, asked, cut="currency", by=["value"], between=asked.before) if asked.before else {}
    then = sum(earlier.values(), Numbers()) if asked.before else None
    cells = [
        Cell(
            figures.RESOLVED,
            now["resolved"],
            now["resolved"],
            before=then["resolved"] if then else None,
            drill=link(what="resolved"),
        ),
        Cell(
            figures.UNTOUCHED,
            _untouched(now),
            now["resolved"],
            before=_untouched(then) if then else None,
            drill=link(what="resolved", of="untouched"),
        ),
    ]
    for (currency,), numbers in sorted(of.items(), key=lambda each: -each[1]["resolved"]):
        before = earlier.get((currency,))
        cells.append(
            Cell(
                figures.NET,
                numbers["net"] / 1000,
                before=before["net"] / 1000 if before else None,
                drill=link(what="resolved", currency=currency),
                currency=str(currency),
            )
        )
    return Tiles("", cells[:5])


def _untouched(numbers: Numbers) -> float | None:
    share = numbers.per("touched", "resolved")
    return None if share is None else 1 - share


def _by_time(asked: Asked, days: Mapping[Key, Numbers]) -> Lines:
    cells = []
    for begin, end in spans(asked):
        numbers = days.get((begin,), Numbers())
        drill = link(what="resolved", of="untouched", since=begin.isoformat(), until=end.isoformat())
        cells.append(Cell(figures.UNTOUCHED, _untouched(numbers), numbers["resolved"], drill=drill))
    series = [Series(_("Unattributed"), cells, "web")]
    return Lines(_("Unattributed"), figures.UNTOUCHED, points(asked), series)


def _credits(found: dict[tuple[Touch, str], Numbers], now: Numbers) -> Table:
    """Sales have no currency: they add up."""
    sums: dict[Touch, Numbers] = {}
    for (key, _currency), numbers in found.items():
        sums[key] = sums.get(key, Numbers()) + numbers
    ranked = sorted(sums, key=lambda key: (-sums[key]["sales"], key))
    lines = [_credited(key, sums[key]) for key in ranked[:MOST]]
    whole = sum(sums.values(), Numbers())
    touched, drill = now["touched"], link(what="resolved", of="touched")
    cells = [Cell(figures.TOUCHED, touched, touched, drill=drill), *_of_models(whole, {})]
    lines.append(Row(_("All touched sales"), cells, drill, is_sum=True))
    return Table(
        _("Sales by what led to them"),
        _("Touch"),
        (figures.TOUCHED, *figures.CREDITS.values()),
        lines,
        _("The five models side by side. The %(most)d most frequent touches of %(all)d.")
        % {"most": min(MOST, len(ranked)), "all": len(ranked)},
    )


def _credited(key: Touch, numbers: Numbers) -> Row:
    which = dict(zip(rows.PARTS, key, strict=True))
    drill = link(what="touch", **which)
    cells = [Cell(figures.TOUCHED, numbers["sales"], numbers["sales"], drill=drill), *_of_models(numbers, which)]
    return Row(touch(*key), cells, drill)


def _of_models(numbers: Numbers, which: Mapping[str, str]) -> list[Cell]:
    """`which` touches: what their credits are asked for by."""
    return [Cell(figures.CREDITS[model], numbers[model] / WHOLE, drill=_credit(model, which)) for model in MODELS]


def _credit(model: str, which: Mapping[str, str]) -> str:
    return link(what="credit", model=model, **which)


def _money(found: dict[tuple[Touch, str], Numbers]) -> Sequence[Table]:
    return [_of_currency(found, currency) for currency in sorted({currency for _key, currency in found})]


def _of_currency(found: dict[tuple[Touch, str], Numbers], currency: str) -> Table:
    these = {key: numbers for (key, of), numbers in found.items() if of == currency}
    ranked = sorted(these, key=lambda key: (-these[key]["linear_worth"], key))
    lines = [_paid(key, these[key], currency) for key in ranked[:MOST]]
    whole = sum(these.values(), Numbers())
    drill = link(what="resolved", of="touched", currency=currency)
    lines.append(Row(_("All touched sales"), _worth(whole, currency, {"currency": currency}), drill, is_sum=True))
    return Table(
        _("Money by what led to it, in %(currency)s") % {"currency": currency},
        _("Touch"),
        tuple(figures.WORTH.values()),
        lines,
        _("What was paid, without what was refunded."),
    )


def _paid(key: Touch, numbers: Numbers, currency: str) -> Row:
    which = {"currency": currency, **dict(zip(rows.PARTS, key, strict=True))}
    return Row(touch(*key), _worth(numbers, currency, which), link(what="touch", **which))


def _worth(numbers: Numbers, currency: str, which: Mapping[str, str]) -> list[Cell]:
    return [
        Cell(figures.WORTH[model], numbers[f"{model}_worth"] / 1000, drill=_credit(model, which), currency=currency)
        for model in MODELS
    ]


def _models() -> Words:
    lines = [f"{figure.label}: {figure.says}" for figure in figures.CREDITS.values()]
    lines.append(_("Whatever the model, the credits of one sale make one sale, and its money what was paid."))
    lines.append(_("Of a sale with more than 40 touches, the first and the last 39 count."))
    return Words(_("What each model does"), lines, wide=True)


def _how_to_send() -> Words:
    return Words(
        _("No campaign led to a sale in this time"),
        [
            _("Attribution needs to know where visits came from. No sale of this period had a visit with campaigns."),
            _("Put the shop's tracker on every page (docs/tracker.md): it reads utm_source, utm_medium and so on."),
            _("Add utm_source, utm_medium and utm_campaign to the links in your newsletters and advertisements."),
            _("A server that sends events itself puts them into context.campaign: source, medium, name."),
            _("Sales are attributed to visits and talks of the 30 days before; docs/reports.md says how."),
        ],
        wide=True,
    )


report = Report(
    "attribution",
    gettext_lazy("Attribution"),
    gettext_lazy("Which campaigns, sites and talks led to resolved sales: five models side by side."),
    sheet,
    rows.found,
    icon="link",
    has_media=False,
    needs=frozenset({"purchases.see", "browsing.see"}),
)
