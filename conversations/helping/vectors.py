"""A text as a vector of 384 places: by meaning, where the encoder is installed and the text is English, else by words.

A row keeps it twice: a bit for each place, by which the database finds who is near, and a byte for each place, by which
the near ones are put in order.
"""

import math
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conversations.bots.features import MOST_SIGNS, WORDS
from conversations.bots.heads import Floats
from conversations.bots.meaning import PLACES, encoder
from conversations.helping.small_words import SMALL

MEANING, BY_WORDS = "meaning", "words"
ENCODED = 1000  # signs of a text that the encoder reads
LONG = 5  # letters of a word of which parts count, too, for endings and slips of the finger
A_WORD, A_SMALL, A_PAIR, A_PART = 1.0, 0.1, 0.3, 0.5  # what each says
SPREAD = 6  # places that a word touches


@dataclass(frozen=True)
class Vector:
    """`places` are whole numbers from -127 to 127. Vectors of another `model` or, by words, language cannot be
    compared with it."""

    model: str
    language: str
    places: NDArray[np.int8]

    @property
    def bits(self) -> str:
        """As PostgreSQL writes bit(384)."""
        return "".join("1" if place > 0 else "0" for place in self.places)

    @property
    def raw(self) -> bytes:
        return self.places.tobytes()

    def likeness_to(self, others: Sequence[bytes]) -> Floats:
        """The cosine to each, which is kept as `places` in bytes."""
        if not others:
            return np.zeros(0, np.float32)
        rows = np.frombuffer(b"".join(others), np.int8).reshape(len(others), PLACES).astype(np.float32)
        mine = self.places.astype(np.float32)
        lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(mine)
        return np.asarray(rows @ mine / np.maximum(lengths, 1e-6), np.float32)


def model_for(language: str) -> str:
    """What makes the vectors of this language here and now."""
    return MEANING if language in ("", "en") and encoder() is not None else BY_WORDS


def vectors_of(texts: Sequence[tuple[str, str]]) -> list[Vector]:
    """Of texts with their languages, in their order. "" is an unknown language."""
    models = [model_for(language) for _text, language in texts]
    meant = [text[:ENCODED] for (text, _language), model in zip(texts, models, strict=True) if model == MEANING]
    encoded = iter(_encoded(meant))
    return [
        Vector(model, "" if model == MEANING else language, next(encoded) if model == MEANING else by_words(text))
        for (text, language), model in zip(texts, models, strict=True)
    ]


def _encoded(texts: Sequence[str]) -> list[NDArray[np.int8]]:
    found = encoder() if texts else None
    return [_rounded(row) for row in found.encode(texts)] if found else []


def by_words(text: str) -> NDArray[np.int8]:
    """Hashed words and pairs, and parts of long words, each spread over some places with a sign of its own: the cosine
    of two such vectors is about that of the words themselves."""
    total = np.zeros(PLACES, np.float32)
    for gram, weight in _weighed(text).items():
        seed = zlib.crc32(gram.encode())
        for turn in range(SPREAD):
            seed = zlib.crc32(seed.to_bytes(4, "little"), turn)
            total[(seed >> 1) % PLACES] += weight if seed & 1 else -weight
    return _rounded(total)


def _weighed(text: str) -> dict[str, float]:
    """The second time a word says less than the first."""
    words = [word for word in WORDS.findall(text[:MOST_SIGNS].lower()) if word[0].isalnum()]
    often = {(word, A_SMALL if word in SMALL else A_WORD): count for word, count in Counter(words).items()}
    often |= {(pair, A_PAIR): count for pair, count in Counter(zip(words, words[1:], strict=False)).items()}
    inside = Counter(part for word in words if len(word) >= LONG and word not in SMALL for part in _parts(word[:40]))
    often |= {(f"{part}…", A_PART): count for part, count in inside.items()}
    return {str(gram): weight * (1 + math.log(count)) for (gram, weight), count in often.items()}


def _parts(word: str) -> list[str]:
    framed = f"<{word}>"
    return [framed[at : at + LONG] for at in range(len(framed) - LONG + 1)]


def _rounded(places: Floats) -> NDArray[np.int8]:
    largest = float(np.abs(places).max()) or 1.0
    return np.asarray(np.round(places * (127 / largest)), np.int8)
