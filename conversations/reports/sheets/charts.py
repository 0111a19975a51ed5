"""Lines and stacked bars over time, as marks: each series has a hue, a shape and a name where it ends."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from conversations.reports.sheets.marks import HUES, Box, Dot, Drawing, Key, Label, Line, Mark, Rule
from conversations.reports.sheets.scales import steps
from conversations.reports.sheets.sheet import Cell, Lines
from conversations.reports.sheets.written import axis, point, shown

WIDE, HALF, HEIGHT = 1100.0, 540.0, 250.0
LEFT, RIGHT, TOP, FLOOR = 52.0, 128.0, 10.0, 216.0
APART = 13.0  # between two names at the ends of lines
LONGEST = 18  # characters of such a name, with its value
MOST_TICKS = {True: 12, False: 6}


def drawn(lines: Lines, grain: str) -> Drawing:
    width = WIDE if lines.wide else HALF
    hues = hues_of([each.hue for each in lines.series])
    marks = [*_grid(lines, width, lines.grain or grain)]
    marks += _bars(lines, hues, width) if lines.bars else _lines(lines, hues, width)
    keys = tuple(Key(str(each.label), hues[number], number, not lines.bars) for number, each in enumerate(lines.series))
    if _compares(lines):
        keys += (Key(_("before"), "web", 2, True),)
    kinds = tuple(dict.fromkeys((hue, number) for number, hue in enumerate(hues))) if lines.bars else ()
    return Drawing(width, HEIGHT, tuple(marks), keys if len(keys) > 1 else (), kinds)


def hues_of(given: Sequence[str]) -> list[str]:
    """Their own, and of the others whichever nobody has."""
    free = iter([hue for hue in HUES if hue not in given] * (1 + len(given)))
    return [hue or next(free, "web") for hue in given]


def value_of(cell: Cell) -> float | None:
    return None if cell.value is None or cell.is_too_few else float(cell.value)


def _compares(lines: Lines) -> bool:
    return len(lines.series) == 1 and not lines.bars and any(cell.before is not None for cell in lines.series[0].cells)


def _values(lines: Lines) -> list[float]:
    columns = [[value_of(cell) or 0.0 for cell in each.cells] for each in lines.series]
    if lines.bars:
        return [sum(column) for column in zip(*columns, strict=True)]
    known = [value for each in lines.series for cell in each.cells if (value := value_of(cell)) is not None]
    known += [float(lines.target)] if lines.target is not None else []
    if _compares(lines):
        known += [float(cell.before) for cell in lines.series[0].cells if cell.before is not None]
    return known


def _steps(lines: Lines) -> list[float]:
    return steps(_values(lines), lines.figure.unit, from_nought=lines.bars)


def _grid(lines: Lines, width: float, grain: str) -> Iterator[Mark]:
    marks = _steps(lines)
    currency = next((cell.currency for each in lines.series for cell in each.cells if cell.currency), "")
    for step in marks:
        y = _y(step, marks)
        yield Rule(LEFT - 6, y, width - RIGHT + 6, y, "axis" if step == marks[0] else "grid")
        yield Label(LEFT - 10, y + 4, axis(lines.figure.unit, step, currency), "end")
    if lines.target is not None:
        y = _y(lines.target, marks)
        yield Rule(LEFT - 6, y, width - RIGHT + 6, y, "target")
    every = -(-len(lines.at) // MOST_TICKS[lines.wide]) or 1
    for number, at in enumerate(lines.at):
        if number % every == 0:
            yield Label(_x(lines, number, width), HEIGHT - 12, point(at, grain), "middle")


def _lines(lines: Lines, hues: Sequence[str], width: float) -> Iterator[Mark]:
    marks, ends = _steps(lines), list[tuple[float, float, str, str, int]]()
    if _compares(lines):
        before = [None if cell.before is None else float(cell.before) for cell in lines.series[0].cells]
        yield from (Line(each, "web", 2, True) for each in _stretches(lines, before, marks, width))
    for number, series in enumerate(lines.series):
        stretches = _stretches(lines, [value_of(cell) for cell in series.cells], marks, width)
        for each in stretches:
            yield Line(each, hues[number], number) if len(each) > 1 else Dot(*each[0], hues[number], number)
        if stretches:
            last = next(cell for cell in reversed(series.cells) if value_of(cell) is not None)
            yield Dot(*stretches[-1][-1], hues[number], number)
            said = shown(last)
            name = f"{clipped(str(series.label), LONGEST - 1 - len(said))} {said}"
            ends.append((*stretches[-1][-1], name, hues[number], number))
    yield from _names(ends, width)


def _names(ends: Sequence[tuple[float, float, str, str, int]], width: float) -> Iterator[Mark]:
    """They cover neither each other nor what stands under the axis."""
    in_order = sorted(ends, key=lambda each: each[1])
    at = [each[1] for each in in_order]
    for number in range(1, len(at)):
        at[number] = max(at[number], at[number - 1] + APART)
    below = FLOOR + APART
    for number in reversed(range(len(at))):
        at[number] = below = min(at[number], below - APART)
    for y, (_at, _y, text, hue, _kind) in zip(at, in_order, strict=True):
        yield Label(width - RIGHT + 10, round(y + 4, 1), text, "start", hue, True)


def clipped(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _stretches(
    lines: Lines, values: Sequence[float | None], marks: Sequence[float], width: float
) -> list[tuple[tuple[float, float], ...]]:
    """Where nothing is known, the line ends; it goes on where something is known again."""
    found: list[list[tuple[float, float]]] = [[]]
    for number, value in enumerate(values):
        if value is None:
            found.append([])
        else:
            found[-1].append((_x(lines, number, width), _y(value, marks)))
    return [tuple(each) for each in found if each]


def _bars(lines: Lines, hues: Sequence[str], width: float) -> Iterator[Mark]:
    marks = _steps(lines)
    room = (width - LEFT - RIGHT) / max(1, len(lines.at))
    bar = min(40.0, room * 0.7)
    for place in range(len(lines.at)):
        below, x = 0.0, round(_x(lines, place, width) - bar / 2, 1)
        for number, series in enumerate(lines.series):
            if value := value_of(series.cells[place]):
                y, foot = _y(below + value, marks), _y(below, marks)
                says = f"{series.label}: {shown(series.cells[place])}"
                yield Box(x, y, round(bar, 1), round(max(0.8, foot - y - 0.8), 1), hues[number], number, says)
                below += value


def _x(lines: Lines, place: int, width: float) -> float:
    room, count = width - LEFT - RIGHT, len(lines.at)
    if lines.bars or count < 2:
        return round(LEFT + room * (place + 0.5) / max(1, count), 1)
    return round(LEFT + room * place / (count - 1), 1)


def _y(value: float, marks: Sequence[float]) -> float:
    return round(FLOOR - (FLOOR - TOP) * (value - marks[0]) / ((marks[-1] - marks[0]) or 1.0), 1)


def spark(values: Sequence[float | None]) -> tuple[tuple[float, float], ...]:
    """Of 96 by 24; nothing, where there are not two."""
    known = [each for each in values if each is not None]
    if len(known) < 2:
        return ()
    low, spread = min(known), (max(known) - min(known)) or 1.0
    step = 90.0 / max(1, len(values) - 1)
    return tuple(
        (round(3 + number * step, 1), round(21 - (each - low) / spread * 18, 1))
        for number, each in enumerate(values)
        if each is not None
    )


def table(lines: Lines, grain: str) -> Iterator[tuple[datetime, str, list[Cell]]]:
    """The same, point by point."""
    for place, at in enumerate(lines.at):
        yield at, point(at, lines.grain or grain), [series.cells[place] for series in lines.series]
