"""Days, times and sums as the customer's language writes them, within words that are not the desk's own."""

from datetime import date, datetime, time
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency

LOCALES = {"en": "en_GB", "no": "nb"}


def day(at: date | datetime, language: str) -> str:
    """ "2 December" """
    return str(format_date(at, "d MMMM", locale=_locale(language)))


def weekday(at: date, language: str) -> str:
    """ "Monday" """
    return str(format_date(at, "EEEE", locale=_locale(language)))


def day_named(at: date, language: str) -> str:
    """ "Monday 2 December" """
    return f"{weekday(at, language)} {day(at, language)}"


def clock(at: time, language: str) -> str:
    """ "9:00", "24:00" is midnight."""
    return str(format_time(at, "HH:mm", locale=_locale(language)))


def money(amount: Decimal, currency: str, language: str) -> str:
    return str(format_currency(amount, currency, locale=_locale(language)))


def _locale(language: str) -> Locale:
    code = language.partition("-")[0].lower()
    try:
        return Locale.parse(LOCALES.get(code, code))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")
