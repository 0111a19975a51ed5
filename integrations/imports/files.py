"""A file as it is uploaded: unpacked where it is packed, measured meanwhile, and looked at to guess what it is.

What unpacks to more than LARGEST, or by more than a real text does, is a bomb and refused before it fills the disk.
"""

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from typing_extensions import Buffer

LARGEST_UPLOAD = 60 * 1024 * 1024  # as deskapp.body_limit lets in
LARGEST = 1024 * 1024 * 1024  # unpacked
MOST_PACKED = 120  # times: text packs to a tenth, a bomb to a thousandth
ALLOWANCE = 8 * 1024 * 1024  # bytes that may be packed however well
LOOKED_AT = 400_000  # bytes of the beginning by which a file is guessed
BLOCK = 256 * 1024
MOST_COLUMNS = 400
LONGEST_CELL = 200_000  # characters
LONGEST_LINE = 4_000_000
DELIMITERS = ",;\t|"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "windows-1252",
    "iso-8859-15",
    "windows-1250",
    "windows-1251",
    "shift_jis",
)


class RefusedError(ValueError):
    """The file cannot be taken, in words for who uploaded it."""


@dataclass(frozen=True)
class Guess:
    form: str  # "csv", "mbox" or "desk"
    encoding: str = ""
    delimiter: str = ""


def unpacked(file: IO[bytes], name: str) -> Iterator[bytes]:
    """Its bytes, block by block. Raises RefusedError."""
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    try:
        if start == b"PK\x03\x04":
            yield from _of_zip(file)
        elif start[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=file) as inner:
                yield from _counted(inner, _length(file))
        elif start[:4] in (b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf"):
            raise RefusedError(_("This archive is empty or of a kind that is not known. Pack one file as .zip or .gz."))
        else:
            yield from _counted(file, 0)
    except (zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile, NotImplementedError, RuntimeError) as error:
        raise RefusedError(_("“%(name)s” is a broken archive: %(why)s") % {"name": name, "why": error}) from None


def _of_zip(file: IO[bytes]) -> Iterator[bytes]:
    with zipfile.ZipFile(file) as archive:
        inside = [
            each for each in archive.infolist() if not each.is_dir() and not each.filename.startswith("__MACOSX/")
        ]
        if len(inside) != 1:
            words = _("This archive has %(n)s files in it; pack one file alone.") % {"n": len(inside)}
            raise RefusedError(words)
        with archive.open(inside[0]) as inner:
            yield from _counted(inner, _length(file))


def _length(file: IO[bytes]) -> int:
    at = file.tell()
    length = file.seek(0, io.SEEK_END)
    file.seek(at)
    return length


def _counted(inner: "IO[bytes] | gzip.GzipFile", packed: int) -> Iterator[bytes]:
    """Counts what really comes out: what a header says of its size may be a lie."""
    taken = 0
    while block := inner.read(BLOCK):
        taken += len(block)
        if taken > LARGEST:
            raise RefusedError(_("It is larger than %(n)s MB. Part it.") % {"n": LARGEST // 1024 // 1024})
        if packed and taken > ALLOWANCE and taken > packed * MOST_PACKED:
            raise RefusedError(_("This archive unpacks to far more than text does, like a bomb. It was refused."))
        yield block


def guess(start: bytes, name: str) -> Guess:
    """By the first bytes, and by the name only where these do not tell. Raises RefusedError."""
    if not start.strip():
        raise RefusedError(_("This file is empty."))
    lowered = name.lower()
    if start.startswith(b"From ") or (lowered.endswith((".mbox", ".mbx")) and b":" in start[:2000]):
        return Guess("mbox")
    encoding = encoding_of(start)
    text = start.decode(encoding, "replace")
    if text.lstrip("\ufeff \r\n\t")[:1] in ("{", "["):
        return Guess("desk", "utf-8-sig")
    if _is_binary(start, encoding):
        raise RefusedError(_("This is neither a table (CSV), nor a mailbox (mbox), nor a desk's export (JSON)."))
    return Guess("csv", encoding, delimiter_of(text))


def encoding_of(start: bytes) -> str:
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    for odd, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):  # without a mark: every other byte is zero
        if start[:200] and start[odd:200:2].count(0) > len(start[:200]) // 4:
            return encoding
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:  # a letter that is cut at the end of what is looked at is no fault
        if len(start) < LOOKED_AT or error.start < len(start) - 4:
            return "windows-1252"  # as spreadsheets of Western Europe write; another can be picked by hand
    return "utf-8"


def _is_binary(start: bytes, encoding: str) -> bool:
    if encoding.startswith("utf-16"):
        return False
    controls = sum(byte < 32 and byte not in (9, 10, 12, 13, 26, 27) for byte in start[:4000])
    return controls > len(start[:4000]) // 50


def delimiter_of(text: str) -> str:
    """What parts the first lines into the most columns, and each into as many."""
    sample = text.lstrip("\ufeff")[:60_000]
    best, found = (1, 0), ","
    for delimiter in DELIMITERS:
        widths = [len(row) for row in _first_rows(sample, delimiter)]
        if not widths:
            continue
        score = (widths[0], sum(width == widths[0] for width in widths))
        if widths[0] > 1 and score[0] * score[1] > best[0] * best[1]:
            best, found = score, delimiter
    return found


def _first_rows(sample: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if row:
                rows.append(row)
            if len(rows) == 20:
                break
    except csv.Error:
        pass
    return rows


def short_lines(file: IO[str]) -> Iterator[str]:
    """Line by line, without ever holding more than a line may have. Raises RefusedError."""
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
            words = _("A line has more than %(n)s million characters: this is no table.")
            raise RefusedError(words % {"n": LONGEST_LINE // 1_000_000})
        yield line


def lines_of(file: FieldFile, encoding: str) -> IO[str]:
    """A stored file as text; what its encoding does not know shows as a sign that it is wrong, and stops nothing."""
    opened: IO[bytes] = file.storage.open(str(file.name), "rb")
    return io.TextIOWrapper(io.BufferedReader(_Raw(opened), BLOCK), encoding or "utf-8", "replace", newline="")


class _Raw(io.RawIOBase):
    """Whatever the storage gives, as the reader of bytes that text is made of."""

    def __init__(self, opened: IO[bytes]) -> None:
        self.opened = opened

    def readable(self) -> bool:
        return True

    def readinto(self, into: "Buffer") -> int:
        block = self.opened.read(len(memoryview(into)))
        memoryview(into)[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self.opened.close()
        super().close()
