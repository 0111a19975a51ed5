"""A cell in words, as the reader's language writes it: its value, its change, and "too few" where it says nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from conversations.reports.sheets.sheet import Cell, Unit
from conversations.reports.words import brief
from customers.money import formatted

NOTHING = "–"


@dataclass(frozen=True)
class Change:
    """Against the stretch that it is compared with. `level`: good, bad or neither; `way`: up, down or neither."""

    text: str
    level: str = ""
    way: str = ""


def shown(cell: Cell) -> str:
    if cell.value is None:
        return NOTHING
    return _("too few") if cell.is_too_few else amount(cell, cell.value)


def amount(cell: Cell, value: float | int) -> str:
    return _written(cell.figure.unit, value, cell.currency)


def axis(unit: Unit, value: float, currency: str = "") -> str:
    """In less room: what an axis says."""
    if unit == Unit.MONEY:
        return number_format(round(value), 0, force_grouping=True)
    return _written(unit, value, currency)


def _written(unit: Unit, value: float | int, currency: str) -> str:
    if unit == Unit.SHARE:
        return f"{_number(100 * value, 0 if value == 0 or 0.1 <= value < 0.995 or value == 1 else 1)}%"
    if unit == Unit.SECONDS:
        return brief(timedelta(seconds=round(value)))
    if unit == Unit.MONEY and currency:
        return formatted(Decimal(str(round(value, 2))), currency, get_language() or "en")
    if unit == Unit.DAYS:
        return _("%(n)s days") % {"n": _number(value, 0 if value == round(value) else 1)}
    if unit == Unit.SCORE:
        return _number(value, 1 if abs(value) < 10 else 0)
    return _number(value, 0 if value == round(value) else 1)


def _number(value: float, places: int) -> str:
    return number_format(round(value, places), places, force_grouping=True).replace("-", "−")


def change(cell: Cell) -> Change | None:
    """None where there is nothing to compare it with."""
    now, then = cell.value, cell.before
    if now is None or then is None or cell.is_too_few:
        return None
    if not then:
        return Change(_("none before")) if now else None
    before = amount(cell, then)
    differs, places = _difference(cell, now, then)
    if not round(differs, places) or cell.give is not None and abs(now - then) <= cell.give * 2**0.5:
        return Change(_("about as before: %(before)s") % {"before": before})
    level = {1: "good", -1: "bad", 0: ""}[cell.figure.better * (1 if now > then else -1)]
    much = _signed(differs, places)
    if cell.figure.unit == Unit.SHARE:
        much = _("%(n)s points") % {"n": much}
    elif cell.figure.unit != Unit.SCORE:
        much = f"{much}%"
    way = "up" if now > then else "down"
    return Change(_("%(change)s; %(before)s before") % {"change": much, "before": before}, level, way)


def _difference(cell: Cell, now: float, then: float) -> tuple[float, int]:
    """Shares and scores differ by points; all else by its part in a hundred. With its places."""
    if cell.figure.unit == Unit.SHARE:
        return 100 * (now - then), 1
    if cell.figure.unit == Unit.SCORE:
        return now - then, 1
    return 100 * (now - then) / abs(then), 0


def _signed(value: float, places: int) -> str:
    text = _number(value, places)
    return f"+{text}" if value > 0 else text


def give(cell: Cell) -> str:
    """What the true value may lie off by; "" where nobody says."""
    if cell.give is None or cell.value is None or cell.is_too_few:
        return ""
    if cell.figure.unit == Unit.SHARE:
        return _("give or take %(give)s") % {"give": f"{_number(100 * cell.give, 1)}%"}
    return _("give or take %(give)s") % {"give": amount(cell, cell.give)}


def point(at: datetime, grain: str) -> str:
    """A day, week or month under a chart."""
    return date_format(at, "M Y" if grain == "month" else "j M")


def days(begins: datetime, ends: datetime) -> str:
    """[begins, ends) in days: "3 May to 9 May 2026"."""
    last = ends - timedelta(hours=12)
    if begins.date() == last.date():
        return date_format(begins, "j M Y")
    words = {
        "first": date_format(begins, "j M" if begins.year == last.year else "j M Y"),
        "last": date_format(last, "j M Y"),
    }
    return _("%(first)s to %(last)s") % words
