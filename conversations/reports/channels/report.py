"""The report of channels."""

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import add
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.reports.answers.figures import cell as of_kind
from conversations.reports.channels.behind import behind
from conversations.reports.channels.figures import (
    CONTAINED,
    COST,
    COST_EACH,
    REPEATED,
    SWITCHED,
    SWITCHED_EACH,
    Done,
    Paid,
    cost,
    repeated,
)
from conversations.reports.channels.figures import cells_of as costs_of
from conversations.reports.channels.reading import Found, found
from conversations.reports.channels.streams import APART, SWITCHES
from conversations.reports.measures import Counts
from conversations.reports.service.figures import BEGUN as BEGAN
from conversations.reports.service.figures import FIRST, TOOK
from conversations.reports.sheets.names import names
from conversations.reports.sheets.sheet import (
    Asked,
    Cell,
    Figure,
    Flow,
    Lines,
    Link,
    Node,
    Report,
    Row,
    Series,
    Sheet,
    Table,
    Tiles,
    Words,
)
from conversations.reports.streams_service import BEGUN
from conversations.reports.tallies.reading import points, read
from conversations.reports.tallies.spreads import Spread
from conversations.reports.tallies.stream import Numbers
from conversations.templatetags.desk import hue

NONE = Numbers()
CSAT = "csat"


def sheet(asked: Asked) -> Sheet:
    """Ten readings; eight more where it is compared."""
    now = found(asked)
    then = found(asked, asked.before) if asked.before else None
    parts = [
        _tiles(now, then), _by_channel(now, then), *_by_address(now, then), _over_time(asked, now), *_ways(asked),
    ]  # fmt: skip
    return Sheet([*parts, *_remarks(now)])


def _tiles(now: Found, then: Found | None) -> Tiles:
    switches, begun = _sum(now.switches), _sum(now.begun)
    before, begun_before = (_sum(then.switches), _sum(then.begun)) if then else (None, None)
    cells = [
        Cell(BEGAN, begun["episodes"], before=begun_before["episodes"] if begun_before else None, drill="what=begun"),
        _middle(FIRST, _spread(now.waited), _spread(then.waited) if then else None, "what=answered"),
        of_kind(CSAT, _rated(now), _rated(then) if then else None, "what=answers&kind=csat"),
        cost(now.costs, then.costs if then else None, None, "what=begun" if now.all_have_rates else "")[1],
        _contained(now, then, None),
        Cell(SWITCHED, switches["switches"], before=before["switches"] if before else None, drill="what=switches"),
        Cell(
            SWITCHED_EACH,
            switches["switches"] / begun["episodes"] if begun["episodes"] else None,
            begun["episodes"],
            before=before["switches"] / begun_before["episodes"]
            if before and begun_before and begun_before["episodes"]
            else None,
            drill="what=begun",
        ),
        repeated(switches, before, "what=switches"),
    ]
    return Tiles(_("At a glance"), cells)


def _by_channel(now: Found, then: Found | None) -> Table:
    known = names("medium", now.media)
    rows = [_row(medium, known[medium], now, then) for medium in now.media]
    figures = [BEGAN, FIRST, TOOK, of_kind(CSAT, Counts()).figure, CONTAINED, COST, COST_EACH]
    says = _("An episode belongs to the channel of its first word. Times are those in which the desk was open.")
    return Table(_("By channel"), _("channel"), figures, rows, says)


def _row(medium: str, label: str, now: Found, then: Found | None) -> Row:
    begun, of = now.begun.get(medium, NONE), urlencode({"medium": medium})
    before = then.begun.get(medium, NONE)["episodes"] if then else None
    rated = now.rated.get(medium, Counts())
    rated_before = then.rated.get(medium, Counts()) if then else None
    cells = [
        Cell(BEGAN, begun["episodes"], before=before, drill=f"what=begun&{of}" if begun["episodes"] else ""),
        _middle(FIRST, now.waited.get(medium), then.waited.get(medium) if then else None, f"what=answered&{of}"),
        _middle(TOOK, now.took.get(medium), then.took.get(medium) if then else None, f"what=solved&{of}"),
        of_kind(CSAT, rated, rated_before, f"what=answers&kind=csat&{of}"),
        _contained(now, then, medium),
        *cost(now.costs, then.costs if then else None, medium, f"what=begun&{of}"),
    ]
    return Row(label, cells, hue=hue(medium))


def _by_address(now: Found, then: Found | None) -> Iterator[Table]:
    """Where the addresses of one channel cost differently: each that has a rate of its own, and the rest."""
    rows = [row for medium in now.media for row in _addresses(medium, now, then)]
    if rows:
        says = _("Of channels whose addresses have rates of their own. What was begun before addresses were kept, and "
                 "what has no address, is among the others.")  # fmt: skip
        yield Table(_("Cost by address"), _("address"), [BEGAN, COST, COST_EACH], rows, says)


def _addresses(medium: str, now: Found, then: Found | None) -> Iterator[Row]:
    costs, before, label = now.costs, then.costs if then else None, names("medium", [medium])[medium]
    for address in costs.addresses_of(medium):
        of = urlencode({"what": "begun_at", "address": address})
        yield _address(
            f"{label}: {costs.own[address].channel}", costs.done_at.get(address, Done()), costs.at(address),
            before.at(address) if before else Paid(), of, costs.currency, hue(medium),
        )  # fmt: skip
    rate = costs.rates.get(medium)
    if costs.addresses_of(medium):
        rest, rest_before = costs.rest_of(medium), before.rest_of(medium) if before else Done()
        of = urlencode({"what": "begun_at", "medium": medium})
        yield _address(
            _("%(channel)s: all others") % {"channel": label}, rest, rest.by(rate) if rate else Paid(),
            rest_before.by(rate) if rate and before else Paid(), of, costs.currency, hue(medium),
        )  # fmt: skip


def _address(label: str, done: Done, paid: Paid, before: Paid, drill: str, currency: str, hue_: str) -> Row:
    begun = Cell(BEGAN, done.begun, drill=drill if done.begun else "")
    return Row(label, [begun, *costs_of(paid, before, drill, currency)], hue=hue_)


def _middle(figure: Figure, now: Spread | None, then: Spread | None, drill: str) -> Cell:
    spread = now or Spread()
    before = then.median if then and then.count >= figure.least else None
    return Cell(figure, spread.median, spread.count, before=before, drill=drill if spread.count else "")


def _contained(now: Found, then: Found | None, medium: str | None) -> Cell:
    alone, whole = _with_bot(now, medium)
    alone_before, whole_before = _with_bot(then, medium) if then else (0, 0)
    before = alone_before / whole_before if whole_before >= CONTAINED.least else None
    of = f"&{urlencode({'medium': medium})}" if medium else ""
    drill = f"what=with_bot{of}" if whole else ""
    return Cell(CONTAINED, alone / whole if whole else None, whole, before=before, drill=drill)


def _with_bot(of: Found, medium: str | None) -> tuple[int, int]:
    pairs = [pair for each, pair in of.with_bot.items() if medium in (None, each)]
    return sum(alone for alone, _whole in pairs), sum(whole for _alone, whole in pairs)


def _over_time(asked: Asked, now: Found) -> Lines:
    counted, at = read(BEGUN, asked, by=("at", "medium")), points(asked)
    known = names("medium", now.begun)
    series = [
        Series(known[medium], [Cell(BEGAN, counted.get((each, medium), NONE)["episodes"]) for each in at], hue(medium))
        for medium in now.media
        if medium in now.begun
    ]
    return Lines(_("What came by which channel"), BEGAN, at, series, bars=True)


def _ways(asked: Asked) -> Iterator[Flow | Table]:
    """From where to where customers went on, and whether they were asked again."""
    pairs = {}
    for (pair,), numbers in read(SWITCHES, asked, cut="pair", by=("value",)).items():
        source, _apart, target = str(pair).partition(APART)
        pairs[source, target] = numbers
    if not pairs:
        return
    ordered = sorted(pairs.items(), key=lambda item: -item[1]["switches"])
    known = names("medium", {medium for pair in pairs for medium in pair})
    links = [
        Link(f"from-{source}", f"to-{target}", Cell(SWITCHED, numbers["switches"], drill=_drill(source, target)))
        for (source, target), numbers in ordered
    ]
    nodes = [_node(pairs, known, side, medium) for side, medium in _ends(pairs)]
    yield Flow(_("Where they went on"), SWITCHED, [_("From"), _("To")], nodes, links)
    rows = [
        Row(
            _("%(source)s to %(target)s") % {"source": known[source], "target": known[target]},
            [
                Cell(SWITCHED, numbers["switches"], drill=_drill(source, target)),
                repeated(numbers, None, _drill(source, target)),
            ],
        )
        for (source, target), numbers in ordered
    ]
    yield Table(_("What a switch cost the customer"), _("switch"), [SWITCHED, REPEATED], rows, wide=False)


def _ends(pairs: dict[tuple[str, str], Numbers]) -> Iterator[tuple[int, str]]:
    for side in (0, 1):
        yield from ((side, medium) for medium in dict.fromkeys(pair[side] for pair in pairs))


def _node(pairs: dict[tuple[str, str], Numbers], known: dict[str, str], side: int, medium: str) -> Node:
    count = sum(numbers["switches"] for pair, numbers in pairs.items() if pair[side] == medium)
    asked = {"from": medium} if side == 0 else {"medium": medium}
    drill = urlencode({"what": "switches", **asked})
    return Node(
        f"{('from', 'to')[side]}-{medium}", known[medium], side, Cell(SWITCHED, count, drill=drill), hue(medium)
    )


def _drill(source: str, target: str) -> str:
    return urlencode({"what": "switches", "from": source, "medium": target})


def _remarks(now: Found) -> Iterator[Words]:
    lines = []
    if not (now.costs.rates or now.costs.own):
        lines.append(_("No channel has a rate yet: admins set what each costs, in the settings under Costs."))
    if not _sum(now.switches)["switches"]:
        lines.append(_("Nobody went on by another channel in this time: there is nothing to show of switches."))
    if lines:
        yield Words(_("To be said"), lines)


def _sum(found_: Mapping[str, Numbers]) -> Numbers:
    return reduce(add, found_.values(), Numbers())


def _spread(found_: Mapping[str, Spread]) -> Spread:
    return reduce(add, found_.values(), Spread())


def _rated(of: Found) -> Counts:
    return reduce(add, of.rated.values(), Counts())


report = Report(
    key="channels",
    title=gettext_lazy("Channels"),
    says=gettext_lazy("What comes by which channel, how fast, how it is found, what it costs, and who switches."),
    sheet=sheet,
    behind=behind,
    icon="routing",
)
