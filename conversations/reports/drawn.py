"""Conversations that began, per half hour: stacked bars by medium, a mark for what is usual, and the table behind."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from conversations.reports.facts import SLOT, SLOTS, Board, Scope
from conversations.templatetags.desk import hue

WIDTH, HEIGHT, LEFT, TOP, FLOOR = 560.0, 247.0, 30.0, 10.0, 225.0
BAR, GAP = 24.0, 1.5
LINES = 5  # above the axis
HUES = ("email", "chat", "phone", "messaging", "social", "web")  # from below


@dataclass(frozen=True)
class Bar:
    hue: str
    x: float
    y: float
    height: float


@dataclass(frozen=True)
class Column:
    """One half hour. `usual` is None where nobody knows; `mark` is where its line is drawn."""

    slot: int
    at: datetime
    x: float
    bars: tuple[Bar, ...]
    counts: tuple[tuple[str, int], ...]  # by hue, in their order
    total: int
    usual: float | None
    mark: float

    @property
    def epoch(self) -> int:
        return int(self.at.timestamp())


@dataclass(frozen=True)
class Chart:
    columns: tuple[Column, ...]
    hues: tuple[str, ...]  # that occur
    lines: tuple[tuple[float, int], ...]
    most: int
    has_usual: bool


def chart(board: Board, scope: Scope) -> Chart:
    counts: list[dict[str, int]] = [{} for _slot in range(SLOTS)]
    for each in board.today.begun:
        if each.team in scope and 0 <= each.slot < SLOTS:
            which = hue(each.medium)
            counts[each.slot][which] = counts[each.slot].get(which, 0) + each.count
    usual = _usual(board, scope)
    top = _top(max([1.0, *(sum(slot.values()) for slot in counts), *usual]))
    hues = tuple(name for name in HUES if any(name in slot for slot in counts))
    columns = tuple(
        _column(number, board.today.chart_begins + number * SLOT, slot, hues, usual[number] if usual else None, top)
        for number, slot in enumerate(counts)
    )
    lines = tuple((_y(top * line / LINES, top), top * line // LINES) for line in range(LINES + 1))
    return Chart(columns, hues, lines, max(column.total for column in columns), bool(usual))


def _usual(board: Board, scope: Scope) -> list[float]:
    if not board.usual.weeks:
        return []
    found = [0.0] * SLOTS
    for (slot, team), count in board.usual.begun.items():
        if team in scope and 0 <= slot < SLOTS:
            found[slot] += count
    return found


def _column(
    slot: int, at: datetime, counts: dict[str, int], hues: Iterable[str], usual: float | None, top: int
) -> Column:
    x = LEFT + (WIDTH - LEFT) * (slot + 0.5) / SLOTS - BAR / 2
    bars, below = [], 0
    for name in hues:
        if count := counts.get(name, 0):
            y = _y(below + count, top)
            bars.append(Bar(name, round(x, 1), y, round(max(0.8, _y(below, top) - y - GAP), 1)))
            below += count
    told = tuple((name, counts.get(name, 0)) for name in hues)
    return Column(slot, at, round(x, 1), tuple(bars), told, below, usual, _y(usual or 0.0, top))


def _y(count: float, top: int) -> float:
    return round(FLOOR - (FLOOR - TOP) * count / top, 1)


def _top(most: float) -> int:
    """The next round number of which a fifth is whole."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if most <= LINES * step * factor:
                return LINES * step * factor
        step *= 10
