"""Cuts a raw message into its MIME parts by offsets, copying no body.

The standard library's parser recurses once per nested part and holds every line of a body; this one
walks a list, stops at fixed limits, and lets a 25 MB attachment stay where it is until it is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .parameters import Parameters, parse_content_header

MAX_DEPTH = 40
MAX_PARTS = 1_000
MAX_HEADERS = 2_000
MAX_HEADER_BYTES = 1_000_000

_HEADER = re.compile(rb"([!-9;-~]+)[ \t]*:[ \t]*")
_KNOWN = (
    rb"(?:return-path|received|delivered-to|x-[a-z-]+|from|to|subject|date|message-id|mime-version|content-type): ?\S"
)
_OPENING = re.compile(rb"\s{1,20}" + _KNOWN, re.I)
_KNOWN_HEADER = re.compile(_KNOWN, re.I)
_FOLD = re.compile(rb"(?:\r\n|\r|\n)+(?=[ \t])")
_GUESSED_BOUNDARY = re.compile(rb"\s*--([^\r\n]{1,200}?)[ \t]*\r?\n[A-Za-z-]+:")


@dataclass(slots=True)
class Part:
    """One MIME entity: its headers, and where its body lies in `raw`."""

    raw: bytes = field(repr=False)
    headers: list[tuple[str, bytes]]
    start: int
    end: int
    default_type: str = "text/plain"
    depth: int = 0
    children: list["Part"] = field(default_factory=list)
    content_type: str = ""
    parameters: Parameters = field(default_factory=dict)
    first: dict[str, bytes] = field(init=False, repr=False)  # of each name, the header that comes first

    def __post_init__(self) -> None:
        self.first = dict(reversed(self.headers))
        value = self.header("content-type")
        declared, self.parameters = parse_content_header(value or b"")
        self.content_type = declared if declared.count("/") == 1 else self.default_type

    @property
    def body(self) -> bytes:
        return self.raw[self.start : self.end]

    @property
    def is_multipart(self) -> bool:
        return self.content_type.startswith("multipart/")

    def header(self, name: str) -> bytes | None:
        """The first header of that (lower-case) name, unfolded."""
        return self.first.get(name)

    def all_headers(self, name: str) -> list[bytes]:
        return [value for key, value in self.headers if key == name]


def parse_structure(raw: bytes) -> Part:
    """The tree of `raw`, at most MAX_DEPTH deep and MAX_PARTS wide; what lies beyond stays one leaf."""
    root = read_entity(raw, 0, len(raw))
    waiting, count = [root], 1
    while waiting:
        part = waiting.pop()
        if not part.is_multipart or part.depth >= MAX_DEPTH:
            continue
        for start, end in _sections(part, MAX_PARTS - count):
            child = read_entity(raw, start, end, default_type=_default_type(part))
            child.depth = part.depth + 1
            part.children.append(child)
            count += 1
        waiting.extend(part.children)
    return root


def walk(root: Part) -> Iterator[Part]:
    """Every part, in document order."""
    waiting = [root]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(part.children))


def read_entity(raw: bytes, start: int, end: int, *, default_type: str = "text/plain") -> Part:
    headers, body_start = _read_headers(raw, start, end)
    return Part(raw, headers, body_start, end, default_type)


def _default_type(part: Part) -> str:
    # RFC 2046, 5.1.5: in a digest, a part without a type is a message.
    return "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"


def _read_headers(raw: bytes, start: int, end: int) -> tuple[list[tuple[str, bytes]], int]:
    headers: list[tuple[str, bytes]] = []
    position, limit = start, min(end, start + MAX_HEADER_BYTES)
    while position < limit and len(headers) < MAX_HEADERS:
        line_end, following = _line(raw, position, end)
        if line_end == position:
            # An entity may open with its blank line: it has no headers. Some mailboxes put one above them.
            if headers or start or not _OPENING.match(raw):
                return headers, following
            position = following
            continue
        match = _HEADER.match(raw, position, line_end)
        if match is None:
            if _is_envelope_line(raw, position) and not headers:
                position = following
                continue
            # A line that is no header, among headers: a relay or a prankster put it there.
            is_fold = bool(headers) and raw[position : position + 1] in (b" ", b"\t")
            if is_fold or (headers or start == 0) and _KNOWN_HEADER.match(raw, following):
                position = following
                continue
            return headers, position
        value_end, following = line_end, following
        while following < limit and raw[following : following + 1] in (b" ", b"\t"):
            continued, after = _line(raw, following, end)
            # A line of blanks is a fold in mail of old; where a body follows, it ends the headers.
            if not raw[following:continued].strip() and not _looks_like_header(raw, after, end):
                break
            value_end, following = continued, after
        value = _FOLD.sub(b"", raw[match.end() : value_end]).strip()
        headers.append((match[1].decode("ascii").lower(), value))
        position = following
    return headers, min(position, end)


def _looks_like_header(raw: bytes, position: int, end: int) -> bool:
    return raw[position : position + 1] in (b" ", b"\t") or _HEADER.match(raw, position, end) is not None


def _is_envelope_line(raw: bytes, position: int) -> bool:
    return raw.startswith((b"From ", b">From "), position)


def _line(raw: bytes, position: int, end: int) -> tuple[int, int]:
    """Where the line at `position` ends, and where the next one starts."""
    newline = raw.find(b"\n", position, end)
    if newline < 0:
        lone = raw.find(b"\r", position, end)
        return (lone, lone + 1) if lone >= 0 else (end, end)
    lone = raw.find(b"\r", position, newline)
    if lone < 0 or lone == newline - 1:
        return (lone if lone >= 0 else newline), newline + 1
    if raw[lone:newline].strip(b"\r") == b"":
        return lone, newline + 1
    return lone, lone + 1


def _sections(part: Part, limit: int) -> list[tuple[int, int]]:
    """Start and end of each part between the boundary lines of a multipart."""
    boundary = part.parameters.get("boundary", "").rstrip().encode("utf-8", "surrogateescape")
    sections = _between(part, boundary, limit) if boundary else []
    if not sections:
        guess = _GUESSED_BOUNDARY.match(part.raw, part.start, part.end)
        sections = _between(part, guess[1], limit) if guess else []
    return sections


def _between(part: Part, boundary: bytes, limit: int) -> list[tuple[int, int]]:
    raw, end, marker = part.raw, part.end, b"--" + boundary
    sections: list[tuple[int, int]] = []
    opened: int | None = None
    position = part.start
    while (at := raw.find(marker, position, end)) >= 0:
        position = at + len(marker)
        if at > part.start and raw[at - 1] not in b"\r\n":
            continue
        is_last = raw.startswith(b"--", position)
        line_end, following = _line(raw, position + 2 * is_last, end)
        if raw[position + 2 * is_last : line_end].strip():
            continue
        if opened is not None:
            sections.append((opened, max(opened, _before_newline(raw, at))))
        opened = None if is_last else following
        position = max(position, following - 1)
        # After its last boundary a multipart is over; what follows is an epilogue.
        if is_last and sections or len(sections) >= limit:
            break
    if opened is not None and len(sections) < limit and opened < end:
        sections.append((opened, end))
    return sections


def _before_newline(raw: bytes, at: int) -> int:
    # RFC 2046, 5.1.1: the line break before a boundary belongs to the boundary.
    if raw[at - 2 : at] == b"\r\n":
        return at - 2
    return at - 1 if raw[at - 1 : at] in (b"\n", b"\r") else at
