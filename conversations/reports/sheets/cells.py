"""What stands in a spreadsheet's cell: words that are no formula, numbers as numbers, moments as moments."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

FORMULAS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"  # the wide ones are the same to some spreadsheets
UNWRITABLE = {code: None for code in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000))}

Value = str | int | float | bool | datetime | None


def plain(text: str) -> str:
    """What a spreadsheet takes for words: a customer's “=…” is no formula."""
    return f"'{text}" if text[:1] in FORMULAS and text else text


def value_of(given: object, zone: ZoneInfo) -> Value:
    """A moment by the clock of `zone`, and without it, as spreadsheets have them."""
    if isinstance(given, datetime):
        return (given.astimezone(zone) if given.tzinfo else given).replace(tzinfo=None)
    if isinstance(given, date):
        return datetime(given.year, given.month, given.day)
    if given is None or isinstance(given, bool | int | float):
        return given
    if isinstance(given, Decimal):
        return float(given)
    return str(given).translate(UNWRITABLE)


def of_csv(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return plain(value) if isinstance(value, str) else str(value)
