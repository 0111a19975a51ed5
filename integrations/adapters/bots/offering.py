"""The deeds that another brain may ask for: those that the desk's own topics may name, and no others."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from conversations.bots.deeds import OFFERED

Json = dict[str, Any]


def deeds_offered(only: Iterable[str] | None = None) -> list[Json]:
    """With what each needs; `only` these keys, all where that is None."""
    chosen = set(OFFERED) if only is None else set(only)
    return [
        {"deed": key, "name": str(deed.name), "needs": [str(need) for need in deed.needs]}
        for key, deed in OFFERED.items()
        if key in chosen
    ]


def a_deed(word: str) -> str:
    """A line of a list of an admin's. Raises ValueError with a sentence."""
    if word not in OFFERED:
        raise ValueError(_("It is one of %(words)s.") % {"words": ", ".join(OFFERED)})
    return word
