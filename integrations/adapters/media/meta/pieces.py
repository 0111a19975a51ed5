"""A long text in parts that a messenger takes, cut where nobody minds."""

import unicodedata

JOINER, EMOJI_LOOK, KEYCAP = "\u200d", "\ufe0f", "\u20e3"


def pieces(text: str, *, characters: int = 0, octets: int = 0) -> list[str]:
    """In parts of at most so many characters, or bytes of UTF-8; cut between words where there are any, and never
    within a sign that is made of several (an emoji with a colour, a letter with its accent)."""
    found, rest = [], text.strip()
    while rest:
        end = _longest(rest, characters, octets)
        if end < len(rest):
            end = _between_words(rest, end)
        found.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return found


def _longest(text: str, characters: int, octets: int) -> int:
    if characters:
        return min(len(text), characters)
    return len(text.encode()[:octets].decode(errors="ignore"))


def _between_words(text: str, end: int) -> int:
    for mark in ("\n\n", "\n", ". ", " "):
        at = text.rfind(mark, end // 2, end)
        if at > 0:
            return at + len(mark)
    cut = end
    while cut > 1 and _belongs_to(text[cut - 1], text[cut]):
        cut -= 1
    return cut if cut > 1 else end


def _belongs_to(former: str, sign: str) -> bool:
    is_tone = "\U0001f3fb" <= sign <= "\U0001f3ff"
    is_mark = unicodedata.combining(sign) > 0 or sign in (JOINER, EMOJI_LOOK, KEYCAP)
    return is_mark or is_tone or former == JOINER
