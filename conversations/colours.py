"""Whether words can be read on a colour: contrast as WCAG 2.2 measures it, pure."""

import re

WHITE, INK = "#ffffff", "#14181a"
ENOUGH_FOR_WORDS, ENOUGH_FOR_SHAPES = 4.5, 3.0


def is_colour(text: str) -> bool:
    return re.fullmatch(r"#[0-9a-fA-F]{6}", text) is not None


def contrast(one: str, other: str) -> float:
    """1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def on(colour: str) -> str:
    """The ink that is read better on it."""
    return max((WHITE, INK), key=lambda ink: contrast(ink, colour))


def _luminance(colour: str) -> float:
    shares = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
