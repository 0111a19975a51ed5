"""Short words of the board: states, and lengths of time as a figure shows them."""

from datetime import timedelta

from django.utils.translation import gettext as _

MINUTE = timedelta(minutes=1)


def isolated(name: str) -> str:
    """A name in a sentence: written from the right, it leaves the sentence as it is (Unicode's FSI and PDI)."""
    return f"\u2068{name}\u2069"


def state_name(state: str) -> str:
    return {"online": _("Online"), "away": _("Away"), "offline": _("Offline")}.get(state, state)


def brief(much: timedelta) -> str:
    """In two units at most: "52 s", "2 min 40 s", "52 min", "1 h 10 min", "3 d 4 h"."""
    seconds = max(0, int(much.total_seconds()))
    if seconds < 60:
        return _("%(n)d s") % {"n": seconds}
    if seconds < 600:
        parts = [_("%(n)d min") % {"n": seconds // 60}, _("%(n)d s") % {"n": seconds % 60} if seconds % 60 else ""]
    elif seconds < 3600:
        parts = [_("%(n)d min") % {"n": seconds // 60}]
    elif seconds < 86_400:
        left = seconds % 3600 // 60
        parts = [_("%(n)d h") % {"n": seconds // 3600}, _("%(n)d min") % {"n": left} if left else ""]
    else:
        left = seconds % 86_400 // 3600
        parts = [_("%(n)d d") % {"n": seconds // 86_400}, _("%(n)d h") % {"n": left} if left else ""]
    return " ".join(part for part in parts if part)


def in_minutes(much: timedelta) -> str:
    """`brief`, without seconds that would change with every look."""
    return brief(much - much % MINUTE if much > MINUTE else much)
