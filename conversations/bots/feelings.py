"""How a customer feels over a talk: what each line says of it, and whether it is falling."""

from collections.abc import Sequence

from conversations.bots.hearing import Signs
from conversations.bots.memory import Heard
from conversations.bots.mood import mood_of

ANGRY = -0.85
LOW = -0.4  # of two lines in a row
FALL = 0.8  # from the best of a talk to below nought
FELL_TO = -0.3


def mood_said(text: str, language: str, signs: Signs) -> float | None:
    """The lexicon's word, and that of anger where it is worse."""
    mood = mood_of(text, language)
    return min(ANGRY, mood or 0.0) if signs.is_angry else mood


def is_falling(heard: Sequence[Heard]) -> bool:
    """Two low lines in a row, or from good to bad. One line that names a fault is no mood."""
    moods = [each.mood for each in heard if each.mood is not None]
    if len(moods) < 2 or heard[-1].mood is None:
        return False
    last, before = moods[-1], moods[-2]
    if last <= LOW and before <= LOW and last <= before + 0.1:
        return True
    return last <= FELL_TO and max(moods) - last >= FALL and len(moods) >= 3
