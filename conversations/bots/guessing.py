"""What a bot takes a customer's words to be about: topics, first and next, of the whole and of its parts.

Two witnesses: the model that the desk's own examples taught, which is the less sure of a text the fewer of its n-grams
it has ever met; and, for what a deed does, the words by which customers of eight languages ask for it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from conversations.bots import teaching
from conversations.bots.features import features
from conversations.bots.hearing import without_hello
from conversations.bots.hearing.matter_words import CUES, DEEDS_OF, NOT_A_DEED, RATHER
from conversations.bots.intents import Model
from conversations.models import Topic

LEAST_WORDS = 3  # of a sentence that has a matter of its own
MOST_PARTS = 8
SURE_PART = 0.75  # of a sentence, from which it counts as a matter beside others
CUE = 0.5  # weight of the words for a deed beside the model's
CUE_ALONE = 0.8  # certainty of them, where nothing was taught
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+|;\s+")
_AND = re.compile(r",?\s+(?:and|und|et|y|e|i|oraz|og|en)\s+|,\s+", re.IGNORECASE)


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
    """Of one turn. `several`: topics that different sentences are surely about, where that is more than one; `cues`:
    matters whose words are heard, whether or not the desk has a topic for them."""

    whole: Guess = Guess()
    several: tuple[Topic, ...] = ()
    cues: tuple[str, ...] = ()


def guess(text: str, language: str, taught: teaching.Taught | None, topics: Mapping[int, Topic]) -> Guessed:
    """`topics`: the active ones, by key."""
    if not text.strip():
        return Guessed()
    text = without_hello(text)
    whole, cues = _guess(text, language, taught, topics), tuple(cues_in(text))
    sentences = [each for each in _SENTENCE.split(text) if len(each.split()) >= LEAST_WORDS][-MOST_PARTS:]
    sentences = [part for each in sentences for part in _halves(each)]
    if len(sentences) < 2:
        return Guessed(whole, cues=cues)
    parts = [(_guess(each, language, taught, topics), len(cues_in(each)) == 1) for each in sentences]
    sure = [part.first for part, is_named in parts if part.first and _is_sure(part, is_named=is_named)]
    several = tuple(dict.fromkeys(sure))
    return Guessed(whole, several if len(several) > 1 else (), cues)


def cues_in(text: str) -> list[str]:
    """The matters whose words are in it, without those that another of them only sounds like."""
    if NOT_A_DEED.search(text):
        return []
    found = [matter for matter, words in CUES.items() if words.search(text)]
    beaten = {other for pair, winner in RATHER.items() for other in pair if set(pair) <= set(found) and other != winner}
    return [matter for matter in found if matter not in beaten]


def _halves(sentence: str) -> list[str]:
    """The sentence, or its parts where one asks for this *and* another for that, each by words of its own."""
    if len(cues_in(sentence)) < 2:
        return [sentence]
    parts = [each for each in _AND.split(sentence) if len(each.split()) >= LEAST_WORDS]
    named = [each for each in parts if len(cues_in(each)) == 1]
    return named if len({cues_in(each)[0] for each in named}) > 1 else [sentence]


def _is_sure(part: Guess, *, is_named: bool) -> bool:
    return part.is_known and part.certainty >= (CUE if is_named else SURE_PART)


def _guess(text: str, language: str, taught: teaching.Taught | None, topics: Mapping[int, Topic]) -> Guess:
    learnt = _learnt(text, language, taught) if taught else Guess()
    cues = cues_in(text)
    if len(cues) != 1:
        return learnt
    named = _topic_of(cues[0], topics, learnt)
    if named is None:  # it is asked for by its words, and nothing that the desk has taught is about it
        return replace(learnt, certainty=learnt.certainty * CUE, next_certainty=learnt.next_certainty * CUE)
    return _blended(learnt, named, is_taught=taught is not None)


def _learnt(text: str, language: str, taught: teaching.Taught) -> Guess:
    first, second, found = teaching.likeliest(text, taught, language)
    met = _met(text, taught.model) if taught.model.meaning is None or language not in ("", "en") else 1.0
    return Guess(first, found.confidence * met, second, found.next_confidence * met, found.is_known)


def _met(text: str, model: Model) -> float:
    """Which share of the text's n-grams was in any example."""
    counted = features(text)
    columns, _values = model.ngrams.row(counted)
    return len(columns) / (len(counted) or 1)


def _topic_of(cue: str, topics: Mapping[int, Topic], learnt: Guess) -> Topic | None:
    """The topic about which the bot does that; of several, the one that the model likes best."""
    deeds = DEEDS_OF[cue]
    fits = [topic for topic in topics.values() if topic.bot_does in deeds]
    for liked in (learnt.first, learnt.second):
        if liked and any(topic.pk == liked.pk for topic in fits):
            return liked
    return min(fits, key=lambda topic: (deeds.index(topic.bot_does), topic.pk), default=None)


def _blended(learnt: Guess, named: Topic, *, is_taught: bool) -> Guess:
    """Where both say the same, it is surer; where they do not, both are in question."""
    if not is_taught or learnt.first is None:
        return Guess(named, CUE_ALONE, None, 0.0, is_known=True)
    scores = {learnt.first: learnt.certainty}
    if learnt.second:
        scores[learnt.second] = learnt.next_certainty
    scores = {topic: score * (1 - CUE) for topic, score in scores.items()}
    scores[named] = scores.get(named, 0.0) + CUE
    first, second = (sorted(scores, key=lambda topic: -scores[topic]) + [None])[:2]
    assert first is not None
    return Guess(first, scores[first], second, scores[second] if second else 0.0, is_known=True)
