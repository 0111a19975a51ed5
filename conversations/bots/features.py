"""A text as hashed n-grams: its words, pairs of words, and what stands inside words, so that typos and endings match.

The hash is CRC-32, which is alike everywhere: a model learnt in one process is read in another.
"""

import re
import unicodedata
import zlib
from collections import Counter

WORDS = re.compile(r"\w+|[^\w\s]")
INSIDE = (3, 4, 5)  # lengths of the parts of words
SPACE = 20  # bits
MOST_SIGNS = 4000  # of a text; the rest says little about what it is about


def features(text: str) -> Counter[int]:
    """Feature → how often. An empty text has none."""
    mask = (1 << SPACE) - 1
    return Counter(zlib.crc32(gram.encode()) & mask for gram in _grams(text))


def _grams(text: str) -> list[str]:
    words = WORDS.findall(unicodedata.normalize("NFKC", text[:MOST_SIGNS]).lower())
    grams = [f"w{word}" for word in words]
    grams += [f"b{first} {second}" for first, second in zip(words, words[1:], strict=False)]
    for word in words:
        framed = f"<{word[:40]}>"
        grams += [framed[at : at + size] for size in INSIDE for at in range(len(framed) - size + 1)]
    return grams
