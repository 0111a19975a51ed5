"""Numbers as links and forms carry them: texts, which anybody may have written."""

from collections.abc import Iterable

LONGEST = 18  # digits: what no key, and no column of keys, can be is no number


def whole_number(text: str) -> int | None:
    """A whole one of nought or more; None for anything else."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST else None


def whole_numbers(texts: Iterable[str]) -> list[int]:
    """In their order; what is none is left out."""
    return [number for text in texts if (number := whole_number(text)) is not None]
