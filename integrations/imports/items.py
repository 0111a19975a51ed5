"""A file item by item, so that one of any length needs little memory: rows of a table, mails of a mailbox, talks of a
desk."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice

from django.utils.translation import gettext as _

from integrations.imports.fields import OWN, SKIP
from integrations.imports.files import LONGEST_CELL, MOST_COLUMNS, RefusedError, lines_of, short_lines
from integrations.models import Import

FORMULA = ("=", "+", "-", "@", "\t", "\r")
MOST_MESSAGES = 5000  # of one conversation
UNREAD = "\ufffd"  # where a letter stood that the encoding does not have


@dataclass(frozen=True)
class Row:
    """Of a table: the cells by what their columns mean."""

    cells: dict[str, list[str]]
    own: dict[str, str] = field(default_factory=dict)  # facts under their columns' names

    def get(self, name: str) -> str:
        return next((cell for cell in self.cells.get(name, []) if cell), "")


@dataclass(frozen=True)
class Item:
    number: int  # of its line in a table, or its place in the file
    rows: tuple[Row, ...] = ()  # of a table: one, or those of one conversation
    body: bytes = b""  # of a mailbox or a desk
    said: tuple[tuple[str, ...], ...] = ()  # as it stands in the table, to be handed back
    wrong: str = ""  # it could not even be read


def items(one: Import) -> Iterator[Item]:
    return READERS[one.form](one)


def columns(one: Import) -> list[str]:
    """The names in the first line of a table. Raises RefusedError."""
    with lines_of(one.file, one.encoding) as file:
        try:
            head = next(csv.reader(short_lines(file), delimiter=one.delimiter or ","), [])
        except csv.Error as error:
            raise RefusedError(_("Its first line cannot be read: %(why)s.") % {"why": error}) from None
    if len(head) > MOST_COLUMNS:
        raise RefusedError(_("It has %(n)s columns; up to %(most)s are read.") % {"n": len(head), "most": MOST_COLUMNS})
    return [name.lstrip("\ufeff").strip()[:80] for name in head]


def rows(one: Import) -> Iterator[Item]:
    """One after the other. A line that is none is an item that says why."""
    csv.field_size_limit(LONGEST_CELL)
    with lines_of(one.file, one.encoding) as file:
        table = csv.reader(short_lines(file), delimiter=one.delimiter or ",")
        is_head = True
        while True:
            number = table.line_num + 1
            try:
                cells = next(table, None)
            except csv.Error as error:
                yield Item(number, wrong=_("This line is no part of a table: %(why)s.") % {"why": error})
                is_head = False
                continue
            if cells is None:
                return
            if not is_head and any(cell.strip() for cell in cells):
                yield _item(one, number, cells)
            is_head = False


def _item(one: Import, number: int, cells: Sequence[str]) -> Item:
    said = (tuple(cells),)
    if len(cells) > len(one.columns):
        words = _("It has %(n)s cells where the first line names %(m)s columns: a quote or a delimiter is amiss.")
        return Item(number, said=said, wrong=words % {"n": len(cells), "m": len(one.columns)})
    if any(UNREAD in cell for cell in cells):
        words = _("It has letters that %(encoding)s does not know. Pick another encoding.")
        return Item(number, said=said, wrong=words % {"encoding": one.encoding})
    found: dict[str, list[str]] = {}
    own: dict[str, str] = {}
    for place, cell in enumerate(cells):
        meaning, value = one.mapping.get(str(place), SKIP), plain(cell)
        if meaning == OWN and value:
            own[one.columns[place]] = value
        elif meaning != SKIP:
            found.setdefault(meaning, []).append(value)
    return Item(number, (Row(found, own),), said=said)


def plain(cell: str) -> str:
    """A cell as one typed it: a quote before what a spreadsheet would compute is the spreadsheet's (see `defused`)."""
    cell = cell.replace("\x00", "").strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell


def defused(cell: str) -> str:
    """For a file that is opened in a spreadsheet: what begins like a formula computes nothing."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def by_conversation(one: Import) -> Iterator[Item]:
    """Rows that follow each other and are of one conversation are one item; one that cannot be read is its own. Of one
    that is too long no more than so much is held at once: each piece of it is set aside."""
    for key, some in groupby(rows(one), key=_conversation):
        if not key:
            yield from some
            continue
        wrong = ""
        for found in _pieces(some):
            if len(found) > MOST_MESSAGES:
                wrong = _("It has more than %(n)s messages.") % {"n": MOST_MESSAGES}
            said = tuple(cells for each in found for cells in each.said)
            yield Item(found[0].number, tuple(row for each in found for row in each.rows), said=said, wrong=wrong)


def _pieces(some: Iterator[Item]) -> Iterator[list[Item]]:
    while found := list(islice(some, MOST_MESSAGES + 1)):
        yield found


def _conversation(item: Item) -> str:
    return item.rows[0].get("conversation") if item.rows and not item.wrong else ""


def of_table(one: Import) -> Iterator[Item]:
    return by_conversation(one) if one.what == Import.What.CONVERSATIONS else rows(one)


# Mailboxes and desks add theirs.
READERS: dict[str, Callable[[Import], Iterator[Item]]] = {"csv": of_table}
