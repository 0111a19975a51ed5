"""How many went from where to where, as marks: boxes in columns, and ribbons between them as thick as they are many."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from conversations.reports.sheets.charts import HALF, WIDE, clipped, hues_of
from conversations.reports.sheets.marks import Box, Drawing, Label, Mark, Ribbon
from conversations.reports.sheets.sheet import Flow, Link, Node
from conversations.reports.sheets.written import shown

BOX, GAP, TOP, ROOM, FOOT = 12.0, 16.0, 30.0, 36.0, 24.0
LEAST = 2.0  # of a box, however few it stands for
LINE = 12.0  # of the words beside it
BESIDE = 150.0  # for the words right of the last column


def drawn(flow: Flow) -> Drawing:
    width = WIDE if flow.wide else HALF
    by_column: dict[int, list[Node]] = defaultdict(list)
    for node in flow.nodes:
        by_column[node.column].append(node)
    most = max((len(each) for each in by_column.values()), default=0)
    height = max(160.0, TOP + most * ROOM + FOOT)
    boxes = dict(_boxes(by_column, width, height, len(flow.columns)))
    hues = dict(zip((each.key for each in flow.nodes), hues_of([each.hue for each in flow.nodes]), strict=True))
    marks = [*_heads(flow, width), *_ribbons(flow, boxes, hues), *_nodes(flow, boxes, hues)]
    foot = max((y + max(tall, LINE) for _at, y, tall in boxes.values()), default=height)
    return Drawing(width, min(height, foot + FOOT), tuple(marks))


def _size(node: Node) -> float:
    return float(node.cell.value or 0)


def _x(column: int, columns: int, width: float) -> float:
    return round(2 + (width - BESIDE - BOX) * column / max(1, columns - 1), 1)


def _boxes(
    by_column: Mapping[int, list[Node]], width: float, height: float, columns: int
) -> Iterator[tuple[str, tuple[float, float, float]]]:
    """Of each node: x, y, height. One scale for all columns."""
    room = min((height - TOP - FOOT - (GAP + LEAST) * len(nodes) for nodes in by_column.values()), default=0.0)
    most = max((sum(map(_size, nodes)) for nodes in by_column.values()), default=0.0) or 1.0
    for column, nodes in by_column.items():
        y = TOP
        for node in sorted(nodes, key=_size, reverse=True):
            tall = max(LEAST, room * _size(node) / most)
            yield node.key, (_x(column, columns, width), round(y, 1), round(tall, 1))
            y += tall + GAP


def _ribbons(flow: Flow, boxes: Mapping[str, tuple[float, float, float]], hues: Mapping[str, str]) -> Iterator[Mark]:
    """Only those that go on to the right; the table has the others as well."""
    sizes = {node.key: _size(node) for node in flow.nodes}
    names = {node.key: str(node.label) for node in flow.nodes}
    left, came = defaultdict[str, float](float), defaultdict[str, float](float)
    ways = [each for each in flow.links if each.source in boxes and each.target in boxes]
    for way in sorted(ways, key=lambda each: (boxes[each.source][1], boxes[each.target][1])):
        (x, y, tall), (to_x, to_y, to_tall) = boxes[way.source], boxes[way.target]
        if to_x <= x or not way.cell.value:
            continue
        thick = _thick(way, tall, sizes[way.source])
        says = f"{names[way.source]} → {names[way.target]}: {shown(way.cell)}"
        into = min(came[way.target], max(0.0, to_tall - thick))
        yield Ribbon(
            x + BOX, round(y + left[way.source], 1), to_x, round(to_y + into, 1), thick, hues[way.source], says
        )
        left[way.source] += thick
        came[way.target] += thick


def _thick(way: Link, tall: float, size: float) -> float:
    return round(max(0.8, tall * float(way.cell.value or 0) / (size or 1.0)), 1)


def _heads(flow: Flow, width: float) -> Iterator[Mark]:
    for number, head in enumerate(flow.columns):
        yield Label(_x(number, len(flow.columns), width), 14, clipped(str(head), 26))


def _nodes(flow: Flow, boxes: Mapping[str, tuple[float, float, float]], hues: Mapping[str, str]) -> Iterator[Mark]:
    for node in flow.nodes:
        x, y, tall = boxes[node.key]
        said = f"{node.label} {shown(node.cell)}"
        yield Box(x, y, BOX, tall, hues[node.key], 0, said)
        yield Label(x + BOX + 6, round(y + max(tall / 2, 4) + 4, 1), clipped(said, 26), "start", hues[node.key], True)
