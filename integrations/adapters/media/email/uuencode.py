"""Finds and decodes files that stand uuencoded inside a text."""

import binascii
import re

_BLOCK = re.compile(
    r"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?\n((?:[ -`]{1,90}\r?\n)*?)(?:`? *\r?\n)?end[ \t]*(?:\r?\n|\Z)",
    re.M,
)


def cut_uuencoded(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text without its uuencoded blocks, and each block as (file name, content)."""
    if "begin" not in text or "\nend" not in text:
        return text, []
    found: list[tuple[str, bytes]] = []

    def keep(match: re.Match[str]) -> str:
        content = _decode_lines(match[2].encode("ascii", "replace"))
        if not content:
            return match[0]
        found.append((match[1].strip(), content))
        return ""

    return _BLOCK.sub(keep, text), found


def decode_uuencoded(data: bytes) -> bytes:
    """A body whose whole transfer encoding is uuencode."""
    start = re.search(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", data, re.M)
    return _decode_lines(data[start.end() :] if start else data)


def _decode_lines(data: bytes) -> bytes:
    decoded = bytearray()
    for line in data.splitlines():
        if line.strip() in (b"end", b"`", b""):
            continue
        decoded += _decode_line(line)
    return bytes(decoded)


def _decode_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some encoders pad a line beyond what its first character says.
        needed = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:needed])
        except binascii.Error:
            return b""
