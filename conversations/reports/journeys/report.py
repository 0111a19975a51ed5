"""The report of journeys: the flow from place to place, whole ways, where they end in nothing, how long steps take."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conversations.models.journey import JourneyOutcome
from conversations.reports.journeys import behind, counting, figures, filters
from conversations.reports.journeys.counting import Move
from conversations.reports.journeys.places import ENDS, hue, label
from conversations.reports.measures import Counts, value
from conversations.reports.sheets.sheet import (
    Asked,
    Bars,
    Cell,
    Figure,
    Flow,
    Link,
    Node,
    Part,
    Report,
    Row,
    Sheet,
    Table,
    Tiles,
)
from conversations.reports.tallies.reading import points
from conversations.reports.tallies.spreads import Spread
from conversations.reports.tallies.stream import Numbers

MOST_WAYS, MOST_STEPS = 25, 25
SHARES = {figures.SILENT: "silent", figures.BACK: "back", figures.BOUGHT: "bought"}


def sheet(asked: Asked) -> Sheet:
    now = counting.whole(asked)
    parts: Sequence[Part] = (
        _tiles(asked, now),
        _flow(asked),
        _ways(asked),
        _dropped(asked),
        _outcomes(asked, now),
        _steps(asked),
    )
    return Sheet(parts)


def link(**words: object) -> str:
    return urlencode({name.rstrip("_"): each for name, each in words.items()})


def share(figure: Figure, part: int, whole: int, drill: str, before: Numbers | None = None, name: str = "") -> Cell:
    """`name`: of the number and of what it is a share of, in the stretch before."""
    then = before.per(*name.split("/")) if before is not None and name else None
    return Cell(figure, part / whole if whole else None, whole, before=then, drill=drill)


def content(numbers: Numbers, drill: str, figure: Figure = figures.CONTENT, before: Numbers | None = None) -> Cell:
    found = value("csat", Counts(numbers["answers"], good=numbers["good"]))
    then = before.per("good", "answers") if before is not None else None
    if found is None:
        return Cell(figure, None, 0, before=then)
    return Cell(figure, found.value / 100, found.answers, found.give / 100, before=then, drill=drill)


def _shares(asked: Asked) -> dict[Figure, str]:
    """What came of it, as far as the agent may be told."""
    return {figure: outcome for figure, outcome in SHARES.items() if filters.may_ask_for(asked.agent, outcome)}


def _tiles(asked: Asked, now: Numbers) -> Tiles:
    days = counting.whole_by_day(asked)
    then = counting.whole(asked, asked.before) if asked.before else Numbers()
    before = counting.lasted(asked, asked.before).median if asked.before else None
    lasted = counting.lasted(asked)
    line, shares = [days.get(at, Numbers()) for at in points(asked)], _shares(asked)
    return Tiles(
        "",
        (
            Cell(
                figures.JOURNEYS,
                now["journeys"],
                now["journeys"],
                before=then["journeys"] or None,
                drill=link(what="journeys"),
            ),
            *(
                share(
                    figure,
                    now[f"over_{outcome}"],
                    now["over"],
                    link(what="outcome", is_=outcome),
                    then,
                    f"over_{outcome}/over",
                )
                for figure, outcome in shares.items()
            ),
            Cell(figures.LASTED, lasted.median, lasted.count, before=before, drill=link(what="journeys")),
            content(now, link(what="journeys", is_="answered"), before=then),
        ),
        {
            "journeys": [each["journeys"] for each in line],
            **{
                figure.key: [each.per(f"over_{outcome}", "over") for each in line] for figure, outcome in shares.items()
            },
        },
    )


def _flow(asked: Asked) -> Flow:
    """The contact in the middle; where a journey ends, an end in the column after."""
    first, last = filters.reach(asked)
    moves = {move: each["moves"] for move, each in counting.moves(asked).items() if first <= move.position <= last}
    at_place: dict[tuple[int, str], int] = {}
    for move, count in moves.items():
        at = (move.position, move.target)
        at_place[at] = at_place.get(at, 0) + count
    nodes = [
        _node(first, *at, count) for at, count in sorted(at_place.items(), key=lambda each: (each[0][0], -each[1]))
    ]
    links = [_link(move, count) for move, count in sorted(moves.items(), key=lambda each: -each[1]) if move.source]
    shown = {node.key for node in nodes}
    return Flow(
        _("From place to place"),
        figures.WENT,
        [_column(position) for position in range(first, last + 1)],
        nodes,
        [each for each in links if each.source in shown],
        _(
            "Each column is one place further from the contact in the middle. A journey that had fewer places begins "
            "further right. “Went silent” and “Nothing more to do” are where journeys ended."
        ),
    )


def _node(first: int, position: int, place: str, count: int) -> Node:
    drill = link(what="node", at=position, place=place)
    tint = "" if place in ENDS else hue(place)
    return Node(
        f"{position}:{place}", label(place), position - first, Cell(figures.AT_PLACE, count, count, drill=drill), tint
    )


def _link(move: Move, count: int) -> Link:
    drill = link(what="link", at=move.position, from_=move.source, to=move.target)
    return Link(
        f"{move.position - 1}:{move.source}",
        f"{move.position}:{move.target}",
        Cell(figures.WENT, count, count, drill=drill),
    )


def _column(position: int) -> str:
    if not position:
        return _("The contact")
    if position < 0:
        return ngettext("%(n)d place before", "%(n)d places before", -position) % {"n": -position}
    return ngettext("%(n)d place after", "%(n)d places after", position) % {"n": position}


def _ways(asked: Asked) -> Table:
    known, shares = counting.ways(asked, MOST_WAYS), _shares(asked)
    return Table(
        _("The most frequent ways"),
        _("Way"),
        (figures.JOURNEYS, figures.LASTED, *shares, figures.CONTENT),
        [_way(*each, shares) for each in known.first],
        _("Two places before, the contact in brackets, two after: the first %(most)d of %(all)d such ways.")
        % {"most": len(known.first), "all": known.all},
    )


def _way(way: str, numbers: Numbers, lasted: Spread, shares: Mapping[Figure, str]) -> Row:
    drill = link(what="way", way=way)
    cells = [
        Cell(figures.JOURNEYS, numbers["journeys"], numbers["journeys"], drill=drill),
        Cell(figures.LASTED, lasted.median, lasted.count, drill=drill),
        *(
            share(figure, numbers[f"over_{outcome}"], numbers["over"], link(what="way", way=way, is_=outcome))
            for figure, outcome in shares.items()
        ),
        content(numbers, link(what="way", way=way, is_="answered")),
    ]
    return Row(behind.way_of(way), cells, drill)


def _dropped(asked: Asked) -> Table:
    known = {place: each["journeys"] for place, each in counting.dropped(asked).items() if place}
    total = sum(known.values())
    rows = [
        Row(
            label(place),
            (
                Cell(figures.DROPPED, count, count, drill=link(what="dropped", place=place)),
                share(figures.DROPPED_SHARE, count, total, link(what="dropped", place=place)),
            ),
            link(what="dropped", place=place),
            hue(place),
        )
        for place, count in sorted(known.items(), key=lambda each: -each[1])
    ]
    figures_ = (figures.DROPPED, figures.DROPPED_SHARE)
    return Table(_("Where they dropped off"), _("Last place"), figures_, rows, wide=False)


def _outcomes(asked: Asked, now: Numbers) -> Bars:
    told = [each for each in JourneyOutcome if each.value and filters.may_ask_for(asked.agent, each.value)]
    rows = [_outcome(each, now) for each in told if now[f"over_{each.value}"]]
    return Bars(_("What came of it"), figures.OUTCOMES, rows)


def _outcome(outcome: JourneyOutcome, now: Numbers) -> Row:
    count, drill = now[f"over_{outcome.value}"], link(what="outcome", is_=outcome.value)
    return Row(str(outcome.label).capitalize(), (Cell(figures.OUTCOMES, count, count, drill=drill),), drill)


def _steps(asked: Asked) -> Table:
    known = counting.steps(asked, MOST_STEPS)
    return Table(
        _("How long each step takes"),
        _("From → to"),
        (figures.WENT, figures.BETWEEN),
        [_step(*pair, times) for pair, times in known],
        _("The %(most)d most frequent steps, wherever in a journey they are.") % {"most": len(known)},
    )


def _step(source: str, target: str, times: Spread) -> Row:
    drill = link(what="step", from_=source, to=target)
    cells = (
        Cell(figures.WENT, times.count, times.count, drill=drill),
        Cell(figures.BETWEEN, times.median, times.count, drill=drill),
    )
    return Row(f"{label(source)} → {label(target)}", cells, drill)


report = Report(
    "journeys",
    gettext_lazy("Journeys"),
    gettext_lazy("How customers come to a conversation and go on: from place to place, with what came of it."),
    sheet,
    behind.found,
    filters.FILTERS,
    "browse",
)
