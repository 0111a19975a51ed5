"""What a bot takes a customer's words to be about: topics, first and next, of the whole and of its parts."""

import re
from dataclasses import dataclass

from conversations.bots import teaching
from conversations.bots.hearing import without_hello
from conversations.models import Topic

LEAST_WORDS = 3  # of a sentence that has a matter of its own
MOST_PARTS = 8
SURE_PART = 0.75  # of a sentence, from which it counts as a matter beside others
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+|;\s+")


@dataclass(frozen=True)
class Guess:
    """`first` and `second` are Topics with their certainty from 0 to 1; `is_known`: no stranger to what was taught."""

    first: Topic | None = None
    certainty: float = 0.0
    second: Topic | None = None
    next_certainty: float = 0.0
    is_known: bool = False


@dataclass(frozen=True)
class Guessed:
    """Of one turn. `several`: topics that different sentences are surely about, where that is more than one."""

    whole: Guess = Guess()
    several: tuple[Topic, ...] = ()


def guess(text: str, language: str, taught: teaching.Taught | None) -> Guessed:
    if taught is None or not text.strip():
        return Guessed()
    text = without_hello(text)
    whole = _guess(text, language, taught)
    sentences = [each for each in _SENTENCE.split(text[:4000]) if len(each.split()) >= LEAST_WORDS][:MOST_PARTS]
    if len(sentences) < 2:
        return Guessed(whole)
    parts = [_guess(each, language, taught) for each in sentences]
    sure = [each.first for each in parts if each.is_known and each.certainty >= SURE_PART and each.first]
    several = tuple(dict.fromkeys(sure))
    return Guessed(whole, several if len(several) > 1 else ())


def _guess(text: str, language: str, taught: teaching.Taught) -> Guess:
    first, second, found = teaching.likeliest(text, taught, language)
    return Guess(first, found.confidence, second, found.next_confidence, found.is_known)
