"""An XLSX as a stream: rows go into the archive as they come, and out as it is written; nothing is kept.

ECMA-376 part 1, SpreadsheetML: strings stand in their cells ("inlineStr"), so that no table of them is needed before
the rows; the list of sheets is the last thing written. A sheet ends at the rows that spreadsheets can open, and well
before the 2 GiB at which its part of the archive would need another form; what follows goes on in a further sheet.
"""

import io
import zipfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from conversations.reports.sheets.cells import Value, plain

MOST_ROWS, MOST_BYTES, LONGEST = 1_048_576, 1_500_000_000, 32_767
PIECE = 64 * 1024
STYLES = {"": 0, "head": 1, "moment": 2, "share": 3}
EPOCH = datetime(1899, 12, 30)  # day 0 of every spreadsheet's calendar since 1 March 1900

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = f"""{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="10" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""  # noqa: E501  one line of a form


@dataclass(frozen=True)
class Styled:
    """A number that is written in a way of its own: "share" is 0 to 1, shown in per cent."""

    value: Value
    style: str


Entry = Value | Styled


@dataclass(frozen=True)
class Page:
    """`rows`, of which the first is the heads; it is gone through once."""

    name: str
    rows: Iterable[Sequence[Entry]]


class _Sink(io.RawIOBase):
    """Takes what the archive writes, until it is fetched; it cannot go back, so the archive does not."""

    def __init__(self) -> None:
        self.kept = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        assert isinstance(piece, bytes | bytearray | memoryview)
        self.kept += piece
        return len(piece)

    def fetched(self) -> bytes:
        found = bytes(self.kept)
        self.kept.clear()
        return found


def streamed(pages: Iterable[Page]) -> Iterator[bytes]:
    sink, names = _Sink(), list[str]()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for page in pages:
            rows = iter(page.rows)
            head, row = next(rows, None), None
            while True:
                names.append(_named(page.name, names))
                row = yield from _sheet(archive, sink, len(names), head, row, rows)
                if row is None:
                    break
        for name, text in _rest(names):
            archive.writestr(name, text)
    yield sink.fetched()


def _sheet(
    archive: zipfile.ZipFile,
    sink: _Sink,
    number: int,
    head: Sequence[Entry] | None,
    first: Sequence[Entry] | None,
    rows: Iterator[Sequence[Entry]],
) -> Generator[bytes, None, Sequence[Entry] | None]:
    """One sheet, up to what one can hold. Returns the row with which the next one begins."""
    written, count = 0, 0
    with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as file:
        file.write(
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1"'
            ' topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'.encode()
        )
        if head is not None:
            file.write(_row([_headed(each) for each in head]))
            count = 1
        left = first
        while (row := left if left is not None else next(rows, None)) is not None:
            left = None
            text = _row(row)
            if count >= MOST_ROWS or written + len(text) > MOST_BYTES:
                left = row
                break
            file.write(text)
            count, written = count + 1, written + len(text)
            if len(sink.kept) >= PIECE:
                yield sink.fetched()
        file.write(b"</sheetData></worksheet>")
    yield sink.fetched()
    return left


def _headed(entry: Entry) -> Styled:
    return Styled(entry.value if isinstance(entry, Styled) else entry, "head")


def _row(row: Sequence[Entry]) -> bytes:
    return f"<row>{''.join(map(_cell, row))}</row>".encode()


def _cell(entry: Entry) -> str:
    value, style = (entry.value, entry.style) if isinstance(entry, Styled) else (entry, "")
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c s="{STYLES[style]}"><v>{value!r}</v></c>'
    if isinstance(value, datetime):
        return f'<c s="{STYLES["moment"]}"><v>{(value - EPOCH).total_seconds() / 86_400!r}</v></c>'
    text = escape(plain(value)[:LONGEST])
    return f'<c s="{STYLES[style]}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _named(name: str, taken: Sequence[str]) -> str:
    """As sheets can be called: 31 characters, none of []:*?/\\, and none twice."""
    clean = "".join(" " if each in "[]:*?/\\" else each for each in name).strip(" '") or "Sheet"
    known = {each.casefold() for each in taken}
    number, found = 1, clean[:31].rstrip()
    while found.casefold() in known:
        number += 1
        found = f"{clean[: 31 - len(f' {number}')].rstrip()} {number}"
    return found


def _rest(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, names, strict=True)
    )
    yield "xl/styles.xml", _STYLES
    book = f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
    yield "xl/workbook.xml", f"{_HEAD}{book}"
    ways = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    ways += f'<Relationship Id="rId{len(names) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    relations = f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    yield "xl/_rels/workbook.xml.rels", f"{relations}{ways}</Relationships>"
    book = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    yield "_rels/.rels", f"{relations}{book}</Relationships>"
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for number in numbers
    )
    yield (
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{parts}</Types>',
    )
