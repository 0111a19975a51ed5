"""Opens winmail.dat, the TNEF package in which Outlook hides attachments ([MS-OXTNEF])."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from .charsets import decode
from .structure import Part

MAX_FILES = 500

_SIGNATURE = 0x223E9F78
_ATT_BODY, _ATT_CODE_PAGE, _ATT_MESSAGE_PROPERTIES = 0x0002800C, 0x00069007, 0x00069003
_ATT_RENDERING, _ATT_TITLE, _ATT_DATA, _ATT_PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
_PR_BODY, _PR_HTML, _PR_DATA, _PR_FILENAME, _PR_LONG_FILENAME = 0x1000, 0x1013, 0x3701, 0x3704, 0x3707
_PR_MIME, _PR_CONTENT_ID, _PR_DISPLAY_NAME = 0x370E, 0x3712, 0x3001
_FIXED_SIZES = {2: 2, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 2, 20: 8, 64: 8, 72: 16}
_STRINGS = (30, 31, 13, 258)


@dataclass(slots=True)
class TnefFile:
    name: str = ""
    content: bytes = b""
    content_type: str = ""
    content_id: str = ""


@dataclass(slots=True)
class TnefPackage:
    text: str = ""
    html: str = ""
    files: list[TnefFile] = field(default_factory=list)


def is_tnef(part: Part) -> bool:
    if part.content_type in ("application/ms-tnef", "application/vnd.ms-tnef"):
        return True
    return part.parameters.get("name", "").lower() == "winmail.dat"


def read_tnef(data: bytes) -> TnefPackage | None:
    """What is in the package; None where it is none or breaks off at once."""
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        return None
    package, charset = TnefPackage(), "cp1252"
    for attribute, value in _attributes(data):
        if attribute == _ATT_CODE_PAGE and len(value) >= 4:
            charset = _code_page(struct.unpack_from("<I", value)[0])
        elif attribute == _ATT_BODY:
            package.text = _string(value, charset)
        elif attribute == _ATT_MESSAGE_PROPERTIES:
            _read_message(package, value, charset)
        elif attribute == _ATT_RENDERING:
            if len(package.files) >= MAX_FILES:
                break
            package.files.append(TnefFile())
        elif package.files:
            _read_file(package.files[-1], attribute, value, charset)
    return package


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = 6
    while position + 9 <= len(data):
        _level, attribute, length = struct.unpack_from("<BII", data, position)
        start = position + 9
        if start + length > len(data):
            return
        yield attribute, data[start : start + length]
        position = start + length + 2


def _read_message(package: TnefPackage, value: bytes, charset: str) -> None:
    for tag, kind, content in _properties(value):
        if tag == _PR_BODY and not package.text:
            package.text = _property_text(kind, content, charset)
        elif tag == _PR_HTML:
            package.html = decode(content, charset).rstrip("\0")


def _read_file(file: TnefFile, attribute: int, value: bytes, charset: str) -> None:
    if attribute == _ATT_TITLE:
        file.name = file.name or _string(value, charset)
    elif attribute == _ATT_DATA:
        file.content = value
    elif attribute == _ATT_PROPERTIES:
        names: dict[int, str] = {}
        for tag, kind, content in _properties(value):
            if tag == _PR_DATA and not file.content:
                # An embedded object begins with the 16 bytes of its interface id.
                file.content = content[16:] if kind == 13 else content
            elif kind in (30, 31):
                names[tag] = _property_text(kind, content, charset)
        file.name = (
            names.get(_PR_LONG_FILENAME) or file.name or names.get(_PR_FILENAME) or names.get(_PR_DISPLAY_NAME, "")
        )
        file.content_type = names.get(_PR_MIME, "").lower()
        file.content_id = names.get(_PR_CONTENT_ID, "").strip("<>")


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(tag, type, value) of each MAPI property, until the list breaks off."""
    if len(data) < 4:
        return
    (count,), position = struct.unpack_from("<I", data), 4
    try:
        for _ in range(min(count, 2_000)):
            kind, tag = struct.unpack_from("<HH", data, position)
            position += 4
            if tag >= 0x8000:
                position = _after_name(data, position)
            is_multiple, kind = bool(kind & 0x1000), kind & 0x0FFF
            values, position = _values(data, position, kind, is_multiple)
            if values:
                yield tag, kind, values[0]
    except struct.error:
        return


def _after_name(data: bytes, position: int) -> int:
    (name_kind,) = struct.unpack_from("<I", data, position + 16)
    if name_kind == 0:
        return position + 24
    (length,) = struct.unpack_from("<I", data, position + 20)
    return position + 24 + _padded(length)


def _values(data: bytes, position: int, kind: int, is_multiple: bool) -> tuple[list[bytes], int]:
    count = 1
    if is_multiple or kind in _STRINGS:
        (count,) = struct.unpack_from("<I", data, position)
        position += 4
    values: list[bytes] = []
    for _ in range(min(count, 1_000)):
        if kind in _STRINGS:
            (length,) = struct.unpack_from("<I", data, position)
            position += 4
        elif kind in _FIXED_SIZES:
            length = _FIXED_SIZES[kind]
        else:
            raise struct.error(f"unknown property type {kind}")
        if position + length > len(data):
            raise struct.error("property beyond the end")
        values.append(data[position : position + length])
        position += _padded(length)
    return values, position


def _padded(length: int) -> int:
    return length + -length % 4


def _property_text(kind: int, content: bytes, charset: str) -> str:
    if kind == 31:
        return content.decode("utf-16-le", "replace").rstrip("\0")
    return _string(content, charset)


def _string(value: bytes, charset: str) -> str:
    return decode(value.rstrip(b"\0"), charset).replace("\r\n", "\n")


def _code_page(number: int) -> str:
    return {65001: "utf-8", 20127: "cp1252", 28591: "cp1252"}.get(number, f"cp{number}")
