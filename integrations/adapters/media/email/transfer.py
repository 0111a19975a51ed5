"""Undoes Content-Transfer-Encoding, for wrong and broken ones too."""

import binascii
import re

from .uuencode import decode_uuencoded

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")
_END_OF_BASE64 = re.compile(rb"={1,2}\s*\r?\n(?=[^\s=])")
_COUNTED_FROM = 256_000


def transfer_encoding(value: bytes | None) -> str:
    """`base64`, `quoted-printable`, `uuencode` or `identity`, for whatever the header says."""
    name = (value or b"").decode("ascii", "replace").strip().lower()
    if "base64" in name:
        return "base64"
    if name.startswith(("quoted", "qp", '"quoted')):
        return "quoted-printable"
    return "uuencode" if name in ("x-uuencode", "uuencode", "uue", "x-uue") else "identity"


def decode_transfer(data: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return _decode_base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if encoding == "uuencode":
        return decode_uuencoded(data)
    return data


def decode_within(raw: bytes, start: int, end: int, encoding: str) -> bytes:
    """The same of a part that stays where it is: of a large file in base64, nothing but what it becomes is made."""
    if encoding == "base64" and _is_plain_base64(raw, start, end):
        try:
            return binascii.a2b_base64(memoryview(raw)[start:end])
        except binascii.Error:
            pass  # padded wrongly
    return decode_transfer(raw[start:end], encoding)


def _is_plain_base64(raw: bytes, start: int, end: int) -> bool:
    """Nothing foreign among its letters, and padding at the end alone."""
    if _NOT_BASE64.search(raw, start, end):
        return False
    padding = raw.find(b"=", start, end)
    return padding < 0 or (end - padding < 1_000 and not raw[padding:end].strip(b"=\r\n\t "))


def decoded_size(raw: bytes, start: int, end: int, encoding: str) -> int:
    """How long the part is when decoded; a large one is counted, not decoded."""
    if encoding == "identity":
        return end - start
    if encoding == "base64" and end - start > _COUNTED_FROM:
        blanks = sum(raw.count(blank, start, end) for blank in (b"\r", b"\n", b" ", b"\t"))
        padding = raw.count(b"=", max(start, end - 8), end)
        return (end - start - blanks - padding) * 3 // 4
    return len(decode_transfer(raw[start:end], encoding))


def _decode_base64(data: bytes) -> bytes:
    try:
        return binascii.a2b_base64(data, strict_mode=True)
    except binascii.Error:
        pass
    # A list's footer in plain text may stand below the encoded part.
    ended = _END_OF_BASE64.search(data)
    footer = b""
    if ended is not None and _NOT_BASE64.search(data, ended.end()):
        data, footer = data[: ended.end()], data[ended.end() :]
    if len(_NOT_BASE64.findall(data[:4_000])) * 20 > min(len(data), 4_000):
        return data + footer
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    clean = clean[: len(clean) - 1] if len(clean) % 4 == 1 else clean
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4)) + (b"\n" + footer if footer else b"")
