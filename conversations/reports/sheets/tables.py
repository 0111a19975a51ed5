"""A sheet, and the rows behind a number, as tables: for CSV one of all its numbers, for a workbook a page a part."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.reports.sheets import charts
from conversations.reports.sheets.cells import Value, of_csv, value_of
from conversations.reports.sheets.linked import leads_of
from conversations.reports.sheets.looking import figures_of
from conversations.reports.sheets.sheet import (
    Asked,
    Bars,
    Behind,
    Cell,
    Figure,
    Flow,
    Heat,
    Lines,
    Part,
    Sheet,
    Table,
    Tiles,
    Unit,
)
from conversations.reports.sheets.workbook import Entry, Page, Styled

if TYPE_CHECKING:
    from deskapp.models import User

CHUNK = 2000
UNITS = {Unit.SECONDS: gettext_lazy("seconds"), Unit.DAYS: gettext_lazy("days")}  # of numbers that do not say it
MARK = "\ufeff"  # by which spreadsheets tell UTF-8


class Echo:
    """Where a csv.writer writes to, that is to give back the line."""

    def write(self, line: str) -> str:
        return line


def as_csv(rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    out = csv.writer(Echo())
    yield MARK.encode()
    for row in rows:
        yield str(out.writerow([of_csv(each) for each in row])).encode()


def long(sheet: Sheet, asked: Asked) -> Iterator[list[Value]]:
    """Every number of a sheet in a line of its own."""
    heads = (_("part"), _("row"), _("column"), _("figure"), _("value"), _("unit"), _("currency"), _("before"))
    yield [*heads, _("rows"), _("give or take"), _("too few")]
    for part in sheet.parts:
        for row, column, cell in _cells(part, asked):
            told = None if cell.is_too_few else cell.value
            start: list[Value] = [str(getattr(part, "title", "")), row, column, str(cell.figure.label), told]
            yield [*start, str(cell.figure.unit), cell.currency, cell.before, cell.rows, cell.give, cell.is_too_few]


def _cells(part: Part, asked: Asked) -> Iterator[tuple[str, str, Cell]]:
    if isinstance(part, Tiles):
        yield from (("", "", cell) for cell in part.cells)
    elif isinstance(part, Table | Bars):
        yield from ((str(row.label), "", cell) for row in part.rows for cell in row.cells)
    elif isinstance(part, Heat):
        for row in part.rows:
            for column, cell in zip(part.columns, row.cells, strict=True):
                yield str(row.label), str(column), cell
    elif isinstance(part, Lines):
        for series in part.series:
            for at, cell in zip(part.at, series.cells, strict=True):
                yield str(series.label), at.astimezone(asked.zone).date().isoformat(), cell
    elif isinstance(part, Flow):
        names = {node.key: str(node.label) for node in part.nodes}
        for link in part.links:
            yield names.get(link.source, link.source), names.get(link.target, link.target), link.cell


def pages(sheet: Sheet, asked: Asked) -> Iterator[Page]:
    for part in sheet.parts:
        if rows := list(_page(part, asked)):
            yield Page(str(getattr(part, "title", "")) or _("Figures"), rows)
    heads: list[Entry] = [_("Figure"), _("How this is counted")]
    said: list[list[Entry]] = [[str(each.label), str(each.says)] for each in figures_of(sheet)]
    yield Page(_("Definitions"), [heads, *said])


def _page(part: Part, asked: Asked) -> Iterator[Sequence[Entry]]:
    if isinstance(part, Tiles):
        yield [_("Figure"), _("Value"), _("Unit"), _("Before")]
        for cell in part.cells:
            yield [str(cell.figure.label), entry(cell), unit(cell), _number(cell, cell.before)]
    elif isinstance(part, Table | Bars):
        yield from _columned(part)
    elif isinstance(part, Heat):
        yield [capfirst(str(part.of)), *map(str, part.columns)]
        yield from ([str(row.label), *map(entry, row.cells)] for row in part.rows)
    elif isinstance(part, Lines):
        yield [_("From"), *(_headed(str(series.label), part.figure, series.cells) for series in part.series)]
        for at, _text, cells in charts.table(part, asked.grain):
            yield [value_of(at, asked.zone), *map(entry, cells)]
    elif isinstance(part, Flow):
        yield [_("From"), _("To"), _headed(str(part.figure.label), part.figure, [link.cell for link in part.links])]
        yield from ([row, column, entry(cell)] for row, column, cell in _cells(part, asked))
    else:
        yield [str(part.title)]
        yield from ([str(line)] for line in part.lines)


def _columned(part: Table | Bars) -> Iterator[Sequence[Entry]]:
    """Money of several currencies has them in a column of its own; else they stand in the head."""
    figures = part.figures if isinstance(part, Table) else [part.figure]
    columns = [[row.cells[number] for row in part.rows] for number in range(len(figures))]
    mixed = [len(_currencies(cells)) > 1 for cells in columns]
    heads: list[Entry] = [capfirst(str(part.of)) if isinstance(part, Table) else ""]
    for figure, cells, is_mixed in zip(figures, columns, mixed, strict=True):
        heads += [_headed(str(figure.label), figure, cells), *([_("Currency")] if is_mixed else [])]
    yield heads
    for row in part.rows:
        line: list[Entry] = [str(row.label)]
        for cell, is_mixed in zip(row.cells, mixed, strict=True):
            line += [entry(cell), *([cell.currency] if is_mixed else [])]
        yield line


def entry(cell: Cell) -> Entry:
    return _("too few") if cell.is_too_few and cell.value is not None else _number(cell, cell.value)


def _number(cell: Cell, value: float | int | None) -> Entry:
    return Styled(value, "share") if cell.figure.unit == Unit.SHARE else value


def unit(cell: Cell) -> str:
    return cell.currency if cell.figure.unit == Unit.MONEY else str(UNITS.get(cell.figure.unit, ""))


def _currencies(cells: Iterable[Cell]) -> list[str]:
    return list(dict.fromkeys(cell.currency for cell in cells if cell.currency and cell.value is not None))


def _headed(label: str, figure: Figure, cells: Iterable[Cell]) -> str:
    """With what its numbers are in, where they are in one."""
    found = _currencies(cells) if figure.unit == Unit.MONEY else [str(UNITS.get(figure.unit, ""))]
    return f"{label} ({found[0]})" if len(found) == 1 and found[0] else label


def behind(found: Behind, agent: "User", zone: ZoneInfo) -> Iterator[list[Value]]:
    """All rows, by a cursor of the server's: as many as there are cost no more memory than a few. Conversations and
    customers by their keys, where this agent may open them."""
    yield [_("When"), *(str(column.label) for column in found.columns), _("Conversation"), _("Customer")]
    rows = found.rows.order_by(f"-{found.at}", "-pk").iterator(chunk_size=CHUNK)
    while some := list(islice(rows, CHUNK)):
        for row, leads in zip(some, leads_of(agent, found, some), strict=True):
            cells = [value_of(column.take(row), zone) for column in found.columns]
            yield [value_of(getattr(row, found.at), zone), *cells, *leads]
