"""In which language a bot answers: as they wrote, told of short lines and of mixed ones by the small words in them."""

import re
from collections import Counter

from conversations.bots.hearing.small_words import DANISH, LETTERS, NORWEGIAN, WORDS
from conversations.bots.languages import language_of
from conversations.bots.words import LANGUAGES, spoken

_SCRIPTS = (
    ("\u0370", "\u03ff", "el"), ("\u0400", "\u04ff", "ru"), ("\u0590", "\u05ff", "he"), ("\u0600", "\u06ff", "ar"),
    ("\u0900", "\u097f", "hi"), ("\u0e00", "\u0e7f", "th"), ("\u3040", "\u30ff", "ja"), ("\u4e00", "\u9fff", "zh"),
    ("\uac00", "\ud7af", "ko"),
)  # fmt: skip
FEW = 40  # signs, below which the small words decide before anything else
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def tongue_of(text: str, known: str) -> str:
    """ISO 639-1; `known` where the words do not tell."""
    known = spoken(known) or known
    words = [word.lower() for word in _WORD.findall(text[:2000].replace("’", "'"))]
    if not words:
        return known
    if script := _script(text):
        return script
    small = _counted(words, text)
    told = language_of(text, known="")
    if told in ("da", "sv") and _is_norwegian(words, known):
        told = "no"
    if len(text) < FEW or told in ("", known):
        return _by_small_words(small, known, told)
    if spoken(told) and known and small[known] > small[spoken(told)]:
        return known  # two languages in one line: the one that most of it is in
    return spoken(told) or told


def _counted(words: list[str], text: str) -> Counter[str]:
    """How many small words of each language there are, and twice for letters that no other has."""
    signs = set(text.lower())
    return Counter(
        {
            language: sum(word in WORDS[language] for word in words) + 2 * bool(signs & set(LETTERS.get(language, "")))
            for language in LANGUAGES
        }
    )


def _script(text: str) -> str:
    """Of letters that no language of ours is written in: enough of them say which it is, however short it is."""
    letters = [sign for sign in text[:500] if sign.isalpha()]
    foreign = Counter(code for sign in letters for first, last, code in _SCRIPTS if first <= sign <= last)
    if not foreign or foreign.total() * 2 <= len(letters):
        return ""
    return "ja" if "ja" in foreign else foreign.most_common(1)[0][0]


def _by_small_words(small: Counter[str], known: str, told: str) -> str:
    """The most of them, where it is clear; of as many, what the letters in all say."""
    if told and not spoken(told) and small[known] < 2:
        return told
    (first, most), (_second, next_most) = small.most_common(2)
    if not most:
        return known or told
    if most > next_most and (most >= 2 or not spoken(known)):
        return first
    if known:
        return known
    return told if spoken(told) and small[spoken(told)] == most else first


def _is_norwegian(words: list[str], known: str) -> bool:
    norwegian, danish = (sum(word in each for word in words) for each in (NORWEGIAN, DANISH))
    return norwegian > danish or (known == "no" and norwegian >= danish)
