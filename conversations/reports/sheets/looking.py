"""What stands in a sheet, whatever its parts: its cells, its figures, and whether anything was counted at all."""

from collections.abc import Iterator

from conversations.reports.sheets.sheet import Bars, Cell, Figure, Flow, Heat, Lines, Part, Sheet, Table, Tiles


def cells_of(part: Part) -> Iterator[Cell]:
    if isinstance(part, Tiles):
        yield from part.cells
    elif isinstance(part, Table | Bars | Heat):
        yield from (cell for row in part.rows for cell in row.cells)
    elif isinstance(part, Lines):
        yield from (cell for series in part.series for cell in series.cells)
    elif isinstance(part, Flow):
        yield from (node.cell for node in part.nodes)
        yield from (link.cell for link in part.links)


def figures_of(sheet: Sheet) -> list[Figure]:
    """Each once, in the order in which they stand there: whose definitions are to be had."""
    known: dict[str, Figure] = {}
    for part in sheet.parts:
        for figure in _figures(part):
            known.setdefault(figure.key, figure)
    return list(known.values())


def _figures(part: Part) -> Iterator[Figure]:
    if isinstance(part, Table):
        yield from part.figures
    elif isinstance(part, Lines | Bars | Heat | Flow):
        yield part.figure
    yield from (cell.figure for cell in cells_of(part))


def is_empty(sheet: Sheet) -> bool:
    """No number anywhere but nought."""
    return not any(cell.value for part in sheet.parts for cell in cells_of(part))
