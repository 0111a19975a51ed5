"""Reads a postal address that somebody typed: street, postcode and town, and the country where something tells it."""

import re
from functools import cache

from babel import Locale

from conversations.bots.deeds.wording import LOCALES

LONGEST = 200
LANGUAGES = ("en", "de", "fr", "es", "it", "pl", "no", "nl")
# The form of the postcode, and the country that alone writes it so.
FORMS = (
    (re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b", re.IGNORECASE), "GB"),
    (re.compile(r"\b(\d{4} ?[A-Z]{2})\b(?=[\s,]+\w|$)"), "NL"),
    (re.compile(r"\b(\d{2}-\d{3})\b"), "PL"),
    (re.compile(r"\b(?:[A-Z]{1,3}-)?(\d{4,5})\b(?=[ ,]+[^\W\d])"), ""),
)
_APART = re.compile(r"\s*[,;\n]+\s*")


def read(text: str) -> dict[str, str] | None:
    """{"street", "city", "postcode", "country"}, the last one "" where nothing tells it; None where a part is missing,
    since no parcel is sent to half an address."""
    text = text.strip()[:LONGEST]
    for form, country in FORMS:
        for found in reversed(list(form.finditer(text))):
            if read_ := _around(text, found, country):
                return read_
    return None


def in_one_line(address: dict[str, str]) -> str:
    parts = [address["street"], f"{address['postcode']} {address['city']}", address["country"]]
    if address["country"] == "GB":
        parts = [address["street"], f"{address['city']} {address['postcode']}", "GB"]
    return ", ".join(part for part in parts if part)


def _around(text: str, found: "re.Match[str]", country: str) -> dict[str, str] | None:
    before = [part for part in _APART.split(text[: found.start()]) if part]
    after = [part.strip(" .") for part in _APART.split(text[found.end() :]) if part.strip(" .")]
    named = _country(after[-1]) if after else ""
    after = after[:-1] if named else after
    if after:
        city, street = after[0], before
    else:  # the town before its postcode, as in Britain
        city, street = (before[-1], before[:-1]) if len(before) > 1 else ("", before)
    line = ", ".join(street).strip()
    city = city.strip()
    if not city or not re.search(r"[^\W\d]", city) or not re.search(r"\d", line) or not re.search(r"[^\W\d]", line):
        return None
    return {"street": line, "city": city, "postcode": " ".join(found[1].upper().split()), "country": named or country}


def _country(word: str) -> str:
    return _countries().get(word.strip(" .").casefold(), "")


@cache
def _countries() -> dict[str, str]:
    """Their names in all languages of ours, and their codes."""
    names: dict[str, str] = {"uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "great britain": "GB"}
    for language in LANGUAGES:
        for code, name in Locale.parse(LOCALES.get(language, language)).territories.items():
            if len(code) == 2 and code.isalpha():
                names.setdefault(str(name).casefold(), code)
                names.setdefault(code.casefold(), code)
    return names
