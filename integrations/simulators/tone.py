"""What simulated calls sound like: a tone that comes and goes as speech does, in a file that any browser plays."""

import math
import wave
from io import BytesIO

RATE = 4000  # samples a second, of eight bits: a quarter of a megabyte for a minute


def spoken(seconds: int, *, pitch: int = 220) -> bytes:
    """A WAV of this length."""
    moments = [at / RATE for at in range(RATE)]
    second = bytes(round(128 + 40 * _loudness(at) * math.sin(math.tau * pitch * at)) for at in moments)
    file = BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(1)
        written.setframerate(RATE)
        written.writeframes(second * max(seconds, 1))
    return file.getvalue()


def _loudness(at: float) -> float:
    """Of one second: a word, a short one, a breath."""
    for begins, ends in ((0.0, 0.45), (0.55, 0.75)):
        if begins < at < ends:
            return math.sin(math.pi * (at - begins) / (ends - begins))
    return 0.0
