"""Reads the day that somebody names, in eight languages: by date, by month's name, or by the day of the week."""

import re
from datetime import date, timedelta
from functools import cache

from babel import Locale

from conversations.bots.deeds.wording import LOCALES

ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
NUMERIC = re.compile(r"\b(\d{1,2})[./](\d{1,2})\.?(?:[./]?(\d{4}|\d{2}))?(?!\d)")
DAY_FIRST = re.compile(r"\b(\d{1,2})(?:\.|st|nd|rd|th|er|º|°)?\s+(?:de\s+|of\s+)?([^\W\d]{3,})", re.IGNORECASE)
MONTH_FIRST = re.compile(r"\b([^\W\d]{3,})\s+(\d{1,2})(?:st|nd|rd|th)?\b", re.IGNORECASE)
WORD = re.compile(r"[^\W\d]{3,}")


def read(text: str, language: str, *, today: date) -> date | None:
    """The next such day; None where none is named. "12/1" is the twelfth of January, as everywhere in Europe."""
    text = text.casefold()
    if found := ISO.search(text):
        return _made(int(found[1]), int(found[2]), int(found[3]))
    if found := NUMERIC.search(text):
        return _next(int(found[1]), int(found[2]), found[3], today)
    months, weekdays = _words(language.partition("-")[0].lower())
    for found in DAY_FIRST.finditer(text):
        if month := months.get(found[2]):
            return _next(int(found[1]), month, None, today)
    for found in MONTH_FIRST.finditer(text):
        if month := months.get(found[1]):
            return _next(int(found[2]), month, None, today)
    named = next((weekdays[word] for word in WORD.findall(text) if word in weekdays), None)
    return None if named is None else today + timedelta(days=(named - today.weekday() - 1) % 7 + 1)


def _next(day: int, month: int, year: str | None, today: date) -> date | None:
    if year:
        return _made(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this = _made(today.year, month, day)
    return this if this and this >= today else _made(today.year + 1, month, day)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@cache
def _words(language: str) -> tuple[dict[str, int], dict[str, int]]:
    """Months and days of the week by their names, in the language and in English."""
    months: dict[str, int] = {}
    weekdays: dict[str, int] = {}
    for code in dict.fromkeys((language, "en")):
        try:
            locale = Locale.parse(LOCALES.get(code, code))
        except ValueError:
            continue
        for form in ("format", "stand-alone"):
            for number, name in locale.months[form]["wide"].items():
                months.setdefault(str(name).casefold(), number)
            for number, name in locale.days[form]["wide"].items():
                weekdays.setdefault(str(name).casefold(), number)
    return months, weekdays
