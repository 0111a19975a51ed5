"""The report of agents: what each did, and in which state they were; and the same for everybody of themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.reports.agents import figures as f
from conversations.reports.agents.behind import behind, of_mine
from conversations.reports.agents.comparing import compares
from conversations.reports.agents.figures import Doing, cell
from conversations.reports.agents.reading import agents_of, doings, mine
from conversations.reports.service.report import CLOCK
from conversations.reports.sheets.sheet import (
    Asked,
    Cell,
    Figure,
    Filter,
    Lines,
    Part,
    Report,
    Row,
    Series,
    Sheet,
    Table,
    Tiles,
    Words,
)
from conversations.reports.streams_service import ENDED, REPLIES
from conversations.reports.tallies.reading import points, read
from conversations.reports.tallies.stream import Numbers

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

AT_A_GLANCE = (
    f.ANSWERED, f.SOLVED, f.WAITED, f.KEPT, f.PASSED, f.ONLINE, f.AWAY, f.WORKED, f.OCCUPANCY, f.CSAT, f.REPEATS
)  # fmt: skip
OF_TABLE = AT_A_GLANCE
STATES: Mapping[str, object] = {
    "online": gettext_lazy("online"),
    "away": gettext_lazy("away"),
    "offline": gettext_lazy("offline"),
}
_NOTHING = gettext_lazy("None of them was here in this time, or answered anybody.")
_NO_ORDER = gettext_lazy(
    "In the order of their names: figures of people say little of who is good. Much of what takes long was hard."
)


def sheet(asked: Asked) -> Sheet:
    agents = agents_of(asked)
    now = doings(asked, agents)
    then = _together(doings(asked, agents, asked.before)) if asked.before else None
    together = _together(now)
    parts: list[Part] = [_tiles(together, then)]
    if not now:
        return Sheet([*parts, Words(_("Nothing yet"), [_NOTHING])])
    known = {key: str(agent) for key, agent in agents.items()}
    return Sheet([*parts, _table(asked, now, together, known), _states(together)])


def sheet_of_mine(asked: Asked) -> Sheet:
    """Nobody sees anybody else's: whatever is asked, it is the one who asks."""
    own, key = mine(asked), str(asked.agent.pk)
    now = doings(own, [key]).get(key, Doing())
    then = doings(own, [key], asked.before).get(key) if asked.before else None
    parts: list[Part] = [_tiles(now, then)]
    if now.is_nothing:
        return Sheet(
            [*parts, Words(_("Nothing yet"), [_("You were not here in this time, nor did you answer anybody.")])]
        )
    return Sheet([*parts, _lines(own, key), _states(now)])


def _together(found: Mapping[str, Doing]) -> Doing:
    together = Doing()
    for each in found.values():
        together = together + each
    return together


def _tiles(now: Doing, then: Doing | None) -> Tiles:
    return Tiles(_("At a glance"), [cell(figure, now, then) for figure in AT_A_GLANCE])


def _table(asked: Asked, found: Mapping[str, Doing], together: Doing, known: Mapping[str, str]) -> Table:
    rows = []
    by = asked.only.get("compare", "")
    is_ranked = bool(by) and compares()
    in_order = sorted(found, key=lambda key: known[key].casefold())
    if is_ranked:
        figure = _COMPARED[by]
        in_order.sort(key=lambda key: cell(figure, found[key]).value or 0, reverse=figure.better >= 0)
    for key in in_order:
        drill = urlencode({"agent": key})
        rows.append(Row(known[key], [cell(figure, found[key], drill=drill) for figure in OF_TABLE]))
    rows.append(Row(_("together"), [cell(figure, together) for figure in OF_TABLE], is_sum=True))
    return Table(_("By agent"), _("agent"), OF_TABLE, rows, says="" if is_ranked else _NO_ORDER)


def _states(together: Doing) -> Table:
    """Time in each state, and away by its reason."""
    there = together.in_state("online") + together.in_state("away")
    rows = []
    for (state, reason), seconds in sorted(
        together.states.items(), key=lambda each: (-_RANK.get(each[0][0], 0), -each[1])
    ):
        label = str(STATES.get(state, state))
        asks = urlencode({"what": "states", "state": state, "reason": reason})
        share = seconds / there if there and state != "offline" else None
        rows.append(
            Row(
                f"{label}: {reason}" if reason else label,
                [Cell(f.TIME, seconds, drill=asks), Cell(f.SHARE, share, drill=asks if share is not None else "")],
            )
        )
    return Table(_("Time in each state"), _("state"), [f.TIME, f.SHARE], rows, wide=False)


_RANK = {"online": 3, "away": 2, "offline": 1}


def _lines(asked: Asked, agent: str) -> Lines:
    at = points(asked)
    ends = [*at[1:], asked.ends]
    answered = read(REPLIES, asked, cut="agent", by=("at",), value=agent)
    solved = read(ENDED, asked, cut="agent", by=("at",), value=agent)
    series = [
        Series(f.ANSWERED.label, _at_each(f.ANSWERED, answered, "replies", at, ends), "email"),
        Series(f.SOLVED.label, _at_each(f.SOLVED, solved, "solved", at, ends), "chat"),
    ]
    return Lines(_("Answered and solved"), f.ANSWERED, at, series)


def _at_each(
    figure: Figure,
    found: Mapping[tuple[object, ...], Numbers],
    name: str,
    begins: Sequence[datetime],
    ends: Sequence[datetime],
) -> list[Cell]:
    cells = []
    for since, until in zip(begins, ends, strict=True):
        count = found.get((since,), Numbers())[name]
        drill = urlencode({"what": figure.key, "since": since.isoformat(), "until": until.isoformat()})
        cells.append(Cell(figure, count, count, drill=drill if count else ""))
    return cells


_COMPARED = {figure.key: figure for figure in (f.ANSWERED, f.SOLVED, f.WAITED, f.KEPT, f.OCCUPANCY, f.CSAT)}


def _orders() -> "list[tuple[str, StrOrPromise]]":
    """None but by name, where the desk does not rank its people."""
    return [(key, figure.label) for key, figure in _COMPARED.items()] if compares() else []


report = Report(
    key="agents",
    title=gettext_lazy("Agents"),
    says=gettext_lazy("What each agent did, how long they were here and away, and how customers found it."),
    sheet=sheet,
    behind=behind,
    filters=(CLOCK, Filter("compare", gettext_lazy("In the order of"), _orders, blank=gettext_lazy("names"))),
    has_media=False,
)
mine_report = Report(
    key="mine",
    title=gettext_lazy("My figures"),
    says=gettext_lazy("What you did, how long you were here, and how customers found it. Nobody else is in it."),
    sheet=sheet_of_mine,
    behind=of_mine,
    filters=(CLOCK,),
    has_media=False,
    is_own=True,
)
