"""Turns bytes of any declared, wrongly declared or undeclared charset into text, never failing."""

import binascii
import codecs
import re
from functools import lru_cache

# What senders write, and the wider charset that they mean (the WHATWG's encoding table, mostly).
_MEANT = {
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030", "hz-gb-2312": "hz",
    "euc-cn": "gb18030", "cp936": "gb18030", "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "ksc5601": "cp949",
    "euc-kr": "cp949", "ks_c_5601-1989": "cp949", "korean": "cp949", "shift_jis": "cp932", "shift-jis": "cp932",
    "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932", "ms_kanji": "cp932", "cp943c": "cp932",
    "big5": "big5hkscs", "x-euc-jp": "euc_jp", "x-euc-tw": "big5hkscs", "euc-tw": "big5hkscs",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "iso8859-1": "cp1252", "iso_8859-1": "cp1252",
    "ansi": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman", "mac": "mac_roman", "iso-8859-8-i": "iso-8859-8", "iso-8859-6-i": "iso-8859-6",
    "unicode-1-1-utf-7": "utf-7", "unicode-1-1-utf-8": "utf-8", "utf8mb4": "utf-8", "utf": "utf-8",
    "x-user-defined": "", "unknown-8bit": "", "unknown": "", "x-unknown": "", "default": "", "default_charset": "",
    "us-ascii": "", "ascii": "", "binary": "", "8bit": "", "7bit": "", "none": "", "x-cp1250": "cp1250",
    "x-cp1251": "cp1251", "x-windows-949": "cp949", "windows-949": "cp949", "x-koi8-r": "koi8-r", "ibm-eucjp": "euc_jp",
    "cp-850": "cp850", "dos-850": "cp850", "win-1251": "cp1251", "win1251": "cp1251", "win-1252": "cp1252",
}  # fmt: skip
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,4000}(?:\?(?!=)[^?]{0,400}){0,4})\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SAMPLE = 20_000


@lru_cache(maxsize=512)
def codec_for(charset: str) -> str:
    """The Python codec for a declared charset; "" where none is declared or none is known."""
    name = charset.strip().strip("\"'").split("*")[0].lower().strip()
    name = _MEANT.get(name, _MEANT.get(name.replace("_", "-"), name))
    for candidate in (name, name.replace("windows-", "cp"), name.removeprefix("x-"), name.replace(" ", "-")):
        try:
            info = codecs.lookup(candidate) if candidate else None
        except (LookupError, ValueError):
            continue
        # base64, zip and rot13 are codecs too, and no charsets.
        if info is not None and getattr(info, "_is_text_encoding", True) and info.name not in ("idna", "punycode"):
            return info.name
    return ""


def decode(data: bytes, charset: str = "") -> str:
    """`data` as text: by its declared charset where that can be true, else by a guess."""
    codec = codec_for(charset) if charset else ""
    if not codec:
        return guess(data)
    if codec.startswith("utf-16") or codec.startswith("utf-32") or codec in ("unicode_escape", "raw_unicode_escape"):
        codec = _honest_utf16(data, codec)
    try:
        return data.decode(codec)
    except (UnicodeDecodeError, LookupError, ValueError):
        return _decode_broken(data, codec)


def _honest_utf16(data: bytes, codec: str) -> str:
    """A part that says UTF-16 has zero bytes or a mark in it; else it was converted on its way."""
    return codec if "escape" not in codec and (b"\0" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff")) else "utf-8"


def _decode_broken(data: bytes, codec: str) -> str:
    if codec == "iso2022_jp":
        for wider in ("iso2022_jp_ext", "iso2022_jp_3"):
            try:
                return data.decode(wider)
            except UnicodeDecodeError:
                continue
    if codec != "utf-8":
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    if codec == "cp1252":
        return data.decode("latin-1")
    text = data.decode(codec, "replace")
    lost = text.count("\ufffd")
    # A few broken bytes are damage; many are a wrong label.
    return text if lost * 20 <= max(len(text), 20) and codec != "utf-8" or lost * 50 <= len(text) else guess(data)


def guess(data: bytes) -> str:
    """Text of undeclared bytes: ASCII, ISO-2022, UTF-8, then statistics, then Windows Western."""
    if data.isascii():
        if b"\x1b$" in data or b"\x1b(J" in data:
            return _attempt(data, "iso2022_jp", "iso2022_jp_ext", "iso2022_kr")
        return data.decode("ascii")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") and len(data) % 2 == 0:
        return _attempt(data, "utf-16", "utf-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A mail cut in the middle of its last character is still UTF-8.
        if error.start >= len(data) - 4 and not data[: error.start].isascii():
            return data.decode("utf-8", "replace")
    return _attempt(data, _likely_codec(data), "cp1252", "latin-1")


def _attempt(data: bytes, *codecs_in_order: str) -> str:
    for codec in codecs_in_order:
        try:
            return data.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")


def _likely_codec(data: bytes) -> str:
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return "cp1252"
    high = sum(byte > 127 for byte in data[:_SAMPLE])
    # A handful of high bytes among letters is Western; statistics on so little would invent a script.
    if high * 8 < min(len(data), _SAMPLE):
        return "cp1252"
    best = from_bytes(
        data[:_SAMPLE],
        cp_isolation=["cp1252", "cp932", "gb18030", "big5", "cp949", "euc_jp", "cp1251", "koi8_r", "cp1250"],
    ).best()
    return best.encoding if best is not None else "cp1252"


def decode_header_bytes(value: bytes, charset: str = "") -> str:
    """A raw header value as text, its encoded words still encoded; 8-bit bytes are guessed."""
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii")
    try:
        return value.decode("utf-8") if b"\x1b" not in value else guess(value)
    except UnicodeDecodeError:
        return decode(value, charset)


def decode_encoded_words(text: str) -> str:
    """RFC 2047, leniently: words split inside a character are joined before they are decoded."""
    if "=?" not in text:
        return text
    pieces: list[str] = []
    position, pending, pending_charset = 0, b"", ""
    text = _BETWEEN_WORDS.sub(r"\1", text)
    for match in _ENCODED_WORD.finditer(text):
        charset = match[1].split("*")[0].lower()
        if match.start() > position or charset != pending_charset:
            pieces.append(decode(pending, pending_charset) if pending else "")
            pending = b""
        pieces.append(text[position : match.start()])
        pending += _word_bytes(match[2], match[3])
        pending_charset, position = charset, match.end()
    pieces.append(decode(pending, pending_charset) if pending else "")
    pieces.append(text[position:])
    return "".join(pieces)


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return binascii.a2b_qp(data.replace(b"_", b" ").replace(b"\n", b""), header=False)
    # One word may hold two encoded strings after another: decode up to each padding.
    return b"".join(_base64_bytes(piece) for piece in re.findall(rb"[^=]+", data))


def _base64_bytes(data: bytes) -> bytes:
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    clean = clean[: len(clean) - 1] if len(clean) % 4 == 1 else clean
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def without_controls(text: str) -> str:
    return _CONTROL.sub("", text)
