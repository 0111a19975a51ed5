"""What is it about? Learnt from examples, blended of two heads, and honest: what it does not know, it says.

A text is a stranger when it scores low against everything learnt: the largest logit of the head over meaning, the
largest margin of the head over n-grams and the likeness to the nearest example, each as it stands among texts that were
kept aside while learning. The confidence is the probability at the temperature that fits those texts best.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from conversations.bots.features import features
from conversations.bots.heads import (
    Floats,
    Ints,
    NgramHead,
    VectorHead,
    fit_ngrams,
    fit_vectors,
    softmax,
)
from conversations.bots.meaning import Encoder

BLEND = 0.65  # of the head over meaning, where there is one
ASIDE = 0.2  # of the examples, to learn how sure to be
LETS_GO = 0.05  # of good texts, when no stranger is known: so many are handed to a person
STRANGERS = 0.1  # how many of what comes are thought to be strangers, when some are known
FEW = 3000  # examples, below which a misspelt twin of each is learnt, too
TEMPERATURES = (0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0)


class TooFewExamplesError(ValueError):
    """Two labels with an example each are the least that can be told apart."""


@dataclass(frozen=True)
class Guess:
    """`confidence` and `next_confidence` from 0 to 1. `is_known`: not a stranger."""

    label: str
    confidence: float
    next_label: str
    next_confidence: float
    is_known: bool


@dataclass(frozen=True)
class Model:
    labels: tuple[str, ...]
    ngrams: NgramHead
    meaning: VectorHead | None = None
    examples: Floats | None = None  # vectors of the examples, n × d
    means: tuple[float, ...] = (0.0, 0.0, 0.0)  # of the three signs of a stranger
    spreads: tuple[float, ...] = (1.0, 1.0, 1.0)
    least: float = -1e9  # score, below which a text is a stranger
    temperature: float = 1.0

    def guess(self, text: str, encoder: Encoder | None = None) -> Guess:
        return self.guess_all([text], encoder)

    def guess_all(self, texts: Sequence[str], encoder: Encoder | None = None) -> Guess:
        """One guess for all that somebody wrote: the mean of the probabilities is surer than any last message."""
        vectors = encoder.encode(texts) if encoder and self.meaning else None
        return self.guessed([self.weighed(text, _at(vectors, n)) for n, text in enumerate(texts)])

    def guessed(self, each: "Sequence[tuple[Floats, float]]") -> Guess:
        chances = np.mean([chance for chance, _score in each], axis=0)
        order = np.argsort(-chances)
        first, second = int(order[0]), int(order[min(1, len(order) - 1)])
        is_known = max(score for _chance, score in each) >= self.least
        return Guess(self.labels[first], float(chances[first]), self.labels[second], float(chances[second]), is_known)

    def weighed(self, text: str, vector: Floats | None) -> tuple[Floats, float]:
        """The probability of each label, and how little of a stranger it is."""
        logits, signs = self.logits(text, vector)
        return softmax(logits / self.temperature), self.score(signs)

    def score(self, signs: Sequence[float]) -> float:
        pairs = zip(signs, self.means, self.spreads, strict=True)
        return float(sum((sign - mean) / (spread or 1.0) for sign, mean, spread in pairs))

    def logits(self, text: str, vector: Floats | None) -> tuple[Floats, tuple[float, float, float]]:
        """Log-probabilities of both heads, blended; and the three signs."""
        ngrams = self.ngrams.logits(text)
        top = np.partition(ngrams, -2)[-2:]
        margin = float(top[1] - top[0])
        if vector is None or self.meaning is None or self.examples is None:
            return np.log(softmax(ngrams) + 1e-6), (0.0, margin, float(top[1]))
        meaning = self.meaning.logits(vector)
        blended = BLEND * np.log(softmax(meaning) + 1e-6) + (1 - BLEND) * np.log(softmax(ngrams) + 1e-6)
        return blended, (float(meaning.max()), margin, float((self.examples @ vector).max()))


@dataclass(frozen=True)
class Tried:
    """One of the examples that were kept aside, and what was found."""

    text: str
    wanted: str
    guess: Guess


@dataclass(frozen=True)
class Lesson:
    model: Model
    tried: tuple[Tried, ...]


def learn(
    examples: Sequence[tuple[str, str]],
    *,
    strangers: Sequence[str] = (),
    encoder: Encoder | None = None,
    vectors: Floats | None = None,
) -> Lesson:
    """`examples` are (text, label); `strangers`, texts that belong to none; `vectors`, those of the examples if known.

    The same examples in the same order give the same model. A part of each label's examples is kept aside at first, to
    learn how sure to be; `tried` says what was found of it.
    """
    labels = tuple(sorted({label for _text, label in examples}))
    if len(labels) < 2:
        raise TooFewExamplesError
    number = {label: n for n, label in enumerate(labels)}
    texts, wanted = [text for text, _label in examples], np.array([number[label] for _text, label in examples])
    if vectors is None and encoder is not None:
        vectors = encoder.encode(texts)
    kept, aside = _apart(wanted)
    model = replace(_fit(texts, wanted, vectors, labels, kept), labels=labels)
    model = _tuned(model, [texts[n] for n in aside], wanted[aside], None if vectors is None else vectors[aside])
    model = _guarded(model, texts, wanted, vectors, aside, strangers, encoder)
    tried = tuple(
        Tried(texts[n], labels[wanted[n]], model.guessed([model.weighed(texts[n], _at(vectors, int(n)))]))
        for n in aside
    )
    whole = _fit(texts, wanted, vectors, labels, np.arange(len(texts)))
    return Lesson(replace(model, ngrams=whole.ngrams, meaning=whole.meaning, examples=whole.examples), tried)


def _apart(wanted: Ints) -> tuple[Ints, Ints]:
    """Every label keeps at least half of its examples, and all if it has one."""
    chance = np.random.default_rng(1)
    aside: list[int] = []
    for label in np.unique(wanted):
        mine = chance.permutation(np.flatnonzero(wanted == label))
        aside += mine[: min(round(len(mine) * ASIDE + 0.3), len(mine) // 2)].tolist()
    chosen = np.array(sorted(aside), np.int64)
    return np.setdiff1d(np.arange(len(wanted)), chosen), chosen


def _fit(texts: Sequence[str], wanted: Ints, vectors: Floats | None, labels: tuple[str, ...], kept: Ints) -> Model:
    counted = [features(texts[n]) for n in kept]
    targets = wanted[kept]
    if len(texts) < FEW:
        counted += [features(_misspelt(texts[n], int(n))) for n in kept]
        targets = np.concatenate([targets, targets])
    ngrams = fit_ngrams(counted, targets, len(labels))
    if vectors is None:
        return Model(labels, ngrams)
    return Model(labels, ngrams, fit_vectors(vectors[kept], wanted[kept], len(labels)), vectors[kept])


def _misspelt(text: str, seed: int) -> str:
    """One slip of the finger in every fifteen signs: two swapped, one left out, one doubled."""
    chance = random.Random(seed)  # noqa: S311 - the same every time, on purpose
    signs = list(text)
    for _slip in range(max(1, len(signs) // 15)):
        at = chance.randrange(max(1, len(signs) - 1))
        slip = chance.choice(["swap", "drop", "double"])
        if slip == "swap" and at + 1 < len(signs):
            signs[at], signs[at + 1] = signs[at + 1], signs[at]
        elif slip == "drop" and len(signs) > 3:
            del signs[at]
        elif signs:
            signs.insert(at, signs[at])
    return "".join(signs)


def _tuned(model: Model, texts: Sequence[str], wanted: Ints, vectors: Floats | None) -> Model:
    """The temperature at which what was kept aside is the least surprising."""
    if not len(texts):
        return model
    logits = np.array([model.logits(text, _at(vectors, n))[0] for n, text in enumerate(texts)])
    right = np.arange(len(texts))

    def surprise(temperature: float) -> float:
        return -float(np.log(softmax(logits / temperature)[right, wanted] + 1e-9).mean())

    return replace(model, temperature=min(TEMPERATURES, key=surprise))


def _guarded(
    model: Model,
    texts: Sequence[str],
    wanted: Ints,
    vectors: Floats | None,
    aside: Ints,
    strangers: Sequence[str],
    encoder: Encoder | None,
) -> Model:
    """The three signs as they stand among texts kept aside, and the score that parts them from strangers."""
    if not len(aside):
        return model
    found = [model.logits(texts[n], _at(vectors, int(n))) for n in aside]
    signs = np.array([each for _logits, each in found])
    means, spreads = tuple(map(float, signs.mean(0))), tuple(float(each) or 1.0 for each in signs.std(0))
    model = replace(model, means=means, spreads=spreads)
    good = np.array([model.score(each) for each in signs])
    if not strangers:
        return replace(model, least=float(np.quantile(good, LETS_GO)))
    theirs = encoder.encode(strangers) if encoder and model.meaning else None
    bad = np.array([model.score(model.logits(text, _at(theirs, n))[1]) for n, text in enumerate(strangers)])
    right = np.array([int(logits.argmax()) for logits, _signs in found]) == wanted[aside]

    def worth(least: float) -> float:
        return (1 - STRANGERS) * float((right & (good >= least)).mean()) + STRANGERS * float((bad < least).mean())

    return replace(model, least=max(sorted({*good.tolist(), *bad.tolist()}), key=worth))


def _at(vectors: Floats | None, n: int) -> Floats | None:
    return None if vectors is None else vectors[n]
