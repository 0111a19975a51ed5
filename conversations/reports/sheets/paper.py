"""A sheet as a PDF: the same parts one below the other, and what its figures mean at the end."""

from collections.abc import Mapping, Sequence

from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from fpdf.enums import Align, TableBordersLayout
from fpdf.fonts import FontFace

from conversations.reports.sheets import charts, flowing
from conversations.reports.sheets.ink import ACCENT, BAD, GOOD, HAIR, INK, META, PAPER, TITLE, Colour, Paper
from conversations.reports.sheets.looking import figures_of
from conversations.reports.sheets.marks import Drawing
from conversations.reports.sheets.sheet import Asked, Bars, Cell, Flow, Heat, Lines, Part, Row, Sheet, Table, Tiles
from conversations.reports.sheets.written import change, give, shown

ACROSS = 4  # tiles in a row
LEVELS: Mapping[str, Colour] = {"good": GOOD, "bad": BAD, "": META}


def pdf(sheet: Sheet, asked: Asked, *, title: str, says: Sequence[str], foot: str) -> bytes:
    """`says`: what was asked, in lines below the title."""
    paper = Paper(foot)
    paper.set_title(title)
    _line(paper, title, size=18, bold=True)
    for each in says:
        _line(paper, each, size=9, colour=META)
    for part in sheet.parts:
        paper.ln(10)
        _part(paper, part, asked)
    paper.ln(12)
    paper.keep(60)
    _line(paper, _("How this is counted"), size=11, bold=True)
    for figure in figures_of(sheet):
        paper.keep(26)
        _line(paper, str(figure.label), size=8, bold=True)
        _line(paper, str(figure.says), size=8, colour=META)
    return bytes(paper.output() or b"")


def _part(paper: Paper, part: Part, asked: Asked) -> None:
    drawing = _drawing(part, asked)
    wide = paper.epw if getattr(part, "wide", True) else paper.epw * 0.62
    if title := str(getattr(part, "title", "")):
        paper.keep(90 if drawing is None else TITLE + paper.height_of(drawing, wide))  # no title without what it is of
        _line(paper, title, size=11, bold=True)
    if says := str(getattr(part, "says", "")):
        _line(paper, says, size=8, colour=META)
    if isinstance(part, Tiles):
        _tiles(paper, part)
    elif isinstance(part, Table):
        heads = [str(part.of), *(str(figure.label) for figure in part.figures)]
        _table(paper, heads, part.rows)
    elif drawing is not None:
        paper.drawing(drawing, wide)
    elif isinstance(part, Bars):
        _bars(paper, part)
    elif isinstance(part, Heat):
        _heat(paper, part)
    else:
        for line in getattr(part, "lines", ()) or [_("Nothing by now.")]:
            _line(paper, str(line), size=9)


def _drawing(part: Part, asked: Asked) -> Drawing | None:
    if isinstance(part, Lines) and part.at and part.series:
        return charts.drawn(part, asked.grain)
    return flowing.drawn(part) if isinstance(part, Flow) and part.links else None


def _line(paper: Paper, text: str, *, size: float, colour: Colour = INK, bold: bool = False) -> None:
    paper.pen(size, colour, bold=bold)
    align = Align.R if get_language_bidi() else Align.L
    paper.set_x(paper.l_margin)
    paper.multi_cell(paper.epw, size * 1.4, text, align=align, new_x="LMARGIN", new_y="NEXT")


def _tiles(paper: Paper, part: Tiles) -> None:
    wide = paper.epw / ACROSS
    for place, cell in enumerate(part.cells):
        if place % ACROSS == 0:
            paper.keep(64)
            top = paper.get_y() + 2
            paper.set_y(top + 60)
        _tile(paper, cell, part.sparks.get(cell.figure.key, ()), paper.l_margin + wide * (place % ACROSS), top)


def _tile(paper: Paper, cell: Cell, values: Sequence[float | None], x: float, top: float) -> None:
    paper.say(x, top + 10, charts.clipped(str(cell.figure.label), 40), size=8, colour=META)
    text = shown(cell)
    paper.say(x, top + 32, text, size=18, bold=True)
    beside = x + paper.get_string_width(text) + 12
    if points := charts.spark(values):
        paper.set_draw_color(*ACCENT)
        paper.set_line_width(1.2)
        paper.polyline([(beside + across * 0.8, top + 14 + down * 0.8) for across, down in points])
    found = change(cell)
    words = " ".join(filter(None, [found.text if found else "", f"({give(cell)})" if give(cell) else ""]))
    paper.say(x, top + 46, charts.clipped(words, 52), size=7.5, colour=LEVELS[found.level if found else ""])


def _table(paper: Paper, heads: Sequence[str], rows: Sequence[Row]) -> None:
    """As wide as its columns need; the heads once more on every page."""
    paper.pen(8)
    paper.set_fill_color(*PAPER)  # cells are filled with what was used last
    paper.set_draw_color(*HAIR)
    paper.set_line_width(0.5)
    count = len(heads) - 1
    share = min(14.0, 72.0 / max(1, count))
    width = min(1.0, (28 + share * count) / 100) * paper.epw
    face = FontFace(emphasis="", color=META)
    with paper.table(
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        col_widths=(28, *[share] * count),
        headings_style=face,
        line_height=13,
        text_align=(Align.L, *[Align.R] * count),
        width=width,
        align=Align.L,
    ) as table:
        table.row(heads)
        for row in rows:
            style = FontFace(emphasis="B") if row.is_sum else None
            table.row([str(row.label), *(_with_change(cell) for cell in row.cells)], style=style)


def _with_change(cell: Cell) -> str:
    found = change(cell)
    return f"{shown(cell)}\n{found.text}" if found else shown(cell)


def _bars(paper: Paper, part: Bars) -> None:
    most = max((charts.value_of(cell) or 0.0 for row in part.rows for cell in row.cells), default=0.0)
    for row in part.rows:
        paper.keep(16)
        y = paper.get_y() + 11
        paper.say(paper.l_margin, y, charts.clipped(str(row.label), 40), size=8)
        for cell in row.cells[:1]:
            long = 300 * (charts.value_of(cell) or 0.0) / most if most else 0.0
            paper.box(paper.l_margin + 190, y - 7, max(0.5, long), 8, row.hue)
            paper.say(paper.l_margin + 560, y, shown(cell), size=8, anchor="end")
        paper.set_y(paper.get_y() + 15)


def _heat(paper: Paper, part: Heat) -> None:
    most = max((charts.value_of(cell) or 0.0 for row in part.rows for cell in row.cells), default=0.0)
    first, wide = 110.0, min(70.0, (paper.epw - 110) / max(1, len(part.columns)))
    paper.keep(40)
    top = paper.get_y()
    for place, column in enumerate(part.columns):
        middle = paper.l_margin + first + wide * (place + 0.5)
        paper.say(middle, top + 10, charts.clipped(str(column), 12), size=7, anchor="middle", colour=META)
    paper.set_y(top + 14)
    for row in part.rows:
        paper.keep(16)
        y = paper.get_y()
        paper.say(paper.l_margin, y + 10, charts.clipped(str(row.label), 24), size=8)
        for place, cell in enumerate(row.cells):
            x = paper.l_margin + first + wide * place
            paper.set_fill_color(*_tint(charts.value_of(cell) or 0.0, most))
            paper.set_draw_color(*HAIR)
            paper.rect(x, y, wide - 2, 13, style="F")
            paper.say(x + wide / 2, y + 10, shown(cell), size=7, anchor="middle")
        paper.set_y(y + 15)


def _tint(value: float, most: float) -> Colour:
    much = 0.32 * value / most if most else 0.0
    red, green, blue = (round(paper + (ink - paper) * much) for paper, ink in zip(PAPER, ACCENT, strict=True))
    return red, green, blue
