"""How many text messages a text is cut into on its way: a sign outside the old alphabet makes each of them shorter.

3GPP TS 23.038 6.2.1 (the alphabet of 7 bits, and what costs two places) and 6.2.3 (UCS-2); 3GPP TS 23.040 9.2.3.24.1
(what a part of several leaves free). static/js/segments.js counts the same while one types.
"""

from dataclasses import dataclass

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
DOUBLE = "^{}\\[~]|€\f"  # behind an escape
ALONE, PART = 160, 153  # places in one that is alone, and in one of several
ALONE_UNICODE, PART_UNICODE = 70, 67


@dataclass(frozen=True)
class Segments:
    count: int
    places: int  # that the text takes
    is_unicode: bool


def segments_of(text: str) -> Segments:
    """No sign of two places is cut in the middle: such a part has one place less."""
    is_unicode = any(sign not in BASIC and sign not in DOUBLE for sign in text)
    widths = [_width(sign, is_unicode) for sign in text]
    places = sum(widths)
    alone, part = (ALONE_UNICODE, PART_UNICODE) if is_unicode else (ALONE, PART)
    if places <= alone:
        return Segments(1 if places else 0, places, is_unicode)
    count, used = 1, 0
    for width in widths:
        if used + width > part:
            count, used = count + 1, 0
        used += width
    return Segments(count, places, is_unicode)


def _width(sign: str, is_unicode: bool) -> int:
    if is_unicode:
        return 2 if ord(sign) > 0xFFFF else 1
    return 2 if sign in DOUBLE else 1
