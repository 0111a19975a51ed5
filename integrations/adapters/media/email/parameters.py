"""Reads Content-Type and Content-Disposition values with their parameters (RFC 2045, 2047, 2231)."""

import re
from urllib.parse import unquote_to_bytes

from .charsets import decode, decode_encoded_words, decode_header_bytes

Parameters = dict[str, str]

_PARAMETER = re.compile(r"""([^\s=;"]{1,80}?)\s?=\s?(?:"((?:[^"\\]|\\.)*)"|"([^"]*)$|([^;]*))""", re.S)
_CONTINUED = re.compile(r"^([^*]+)\*(\d{1,3})?(\*)?$")
_MAX_VALUE = 8_000


def parse_content_header(value: bytes) -> tuple[str, Parameters]:
    """`text/plain; charset=utf-8` as ("text/plain", {"charset": "utf-8"})."""
    if b";" not in value and b"=" not in value:
        return value.decode("ascii", "replace").strip().strip('"').lower(), {}
    text = " ".join(decode_header_bytes(value[:_MAX_VALUE]).split())
    main, separator, rest = text.partition(";")
    if "=" in main:
        # `Content-Disposition: filename=x` and `Content-Type: name="x"`: no main value at all.
        words = main.split(None, 1)
        main, rest = ("", text) if "=" in words[0] else (words[0], text[len(words[0]) :])
    return main.strip().strip('"').lower(), _parameters(rest)


def _parameters(text: str) -> Parameters:
    plain: Parameters = {}
    extended: dict[str, dict[int, tuple[bool, str]]] = {}
    for match in _PARAMETER.finditer(text):
        name = match[1].lower().lstrip(";")
        value = next(group for group in match.groups()[1:] if group is not None)
        value = re.sub(r"\\([\\\"])", r"\1", value) if match[2] is not None else value.strip().rstrip('"')
        continued = _CONTINUED.match(name)
        if continued is None:
            plain.setdefault(name, value)
        else:
            pieces = extended.setdefault(continued[1], {})
            pieces.setdefault(int(continued[2] or 0), (bool(continued[3]) or not continued[2], value))
    decoded = {name: decode_encoded_words(value) for name, value in plain.items()}
    decoded.update({name: _join(pieces) for name, pieces in extended.items()})
    return decoded


def _join(pieces: dict[int, tuple[bool, str]]) -> str:
    """RFC 2231: `name*0*=utf-8''a%20; name*1=b` is one value; all its bytes share one charset."""
    charset, data = "", b""
    has_escapes = False
    for index in sorted(pieces):
        is_escaped, value = pieces[index]
        if index == min(pieces) and is_escaped and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        has_escapes = has_escapes or is_escaped
        data += unquote_to_bytes(value) if is_escaped else value.encode("utf-8", "surrogateescape")
    text = decode(data, charset or "utf-8")
    return text if has_escapes else decode_encoded_words(text)
