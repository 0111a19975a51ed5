"""How does the customer feel? From -1, angry, to 1, glad; None where nobody could tell from the words.

English by the VADER lexicon (Hutto & Gilbert 2014); in other languages just by the signs that all of them share.
"""

import re
from functools import cache

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

MOST_SIGNS = 2000
SIGNS = re.compile(r"[\u2639\u263a\u2764\U0001f300-\U0001f64f\U0001f680-\U0001faff]")


def mood_of(text: str, language: str) -> float | None:
    if language not in ("", "en"):
        text = " ".join(SIGNS.findall(text))
    if not text.strip():
        return None
    found = _lexicon().polarity_scores(text[:MOST_SIGNS])
    return None if found["neu"] == 1.0 else float(found["compound"])


@cache
def _lexicon() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()
