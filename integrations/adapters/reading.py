"""Reads what a provider sent: exact money, and each value as what it should be, else a ValueError that names it."""

import json
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.models import RawEvent

MOST_TEXT = 500


def payload(raw: RawEvent) -> dict[str, Any]:
    """The JSON object of the event. Raises ValueError for anything else: no version of a provider sends that."""
    found = read_json(bytes(raw.body))
    if not isinstance(found, dict):
        raise ValueError("It is not a JSON object.")
    return found


def read_json(body: bytes) -> Any:
    """Decimals stay exact. Raises ValueError; also for NaN, which JSON does not have (RFC 8259 6)."""
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_none_such)
    except RecursionError:
        raise ValueError("It is nested too deep.") from None
    except UnicodeDecodeError as error:  # admins read it: in words, not by a Python name
        raise ValueError(f"It is not UTF-8: byte {error.start} cannot be read.") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"It is not JSON: {error}.") from None


def _none_such(word: str) -> None:
    raise ValueError(f"“{word}” is not JSON.")


def words(value: object, most: int = MOST_TEXT) -> str:
    """Text or number as text; "" for nothing and for what is neither."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return ""
    return str(value).strip()[:most]


def needed(found: dict[str, Any], name: str) -> str:
    value = words(found.get(name))
    if not value:
        raise ValueError(f"“{name}” is missing.")
    return value


def money(value: object, name: str) -> Decimal:
    """Nothing is nought. Whether a sum can be true is for customers.money to say."""
    if value is None or value == "":
        return Decimal(0)
    try:
        return Decimal(words(value) or "nothing")
    except InvalidOperation:
        raise ValueError(f"“{name}” is no sum of money: {str(value)[:40]}.") from None


def pieces(value: object, name: str) -> int:
    try:
        return int(words(value) or "0")
    except ValueError:
        raise ValueError(f"“{name}” is no number of pieces: {str(value)[:40]}.") from None


def moment(value: object, name: str) -> datetime:
    """ISO 8601; a time without a zone is UTC, as WooCommerce's “_gmt” fields are."""
    try:
        at = datetime.fromisoformat(words(value))
    except ValueError:
        raise ValueError(f"“{name}” is no date: {str(value)[:40]}.") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def newest(*moments: object) -> datetime:
    """Of those that are there. Raises ValueError where none is."""
    found = [moment(value, "updated_at") for value in moments if value]
    if not found:
        raise ValueError("“updated_at” is missing.")
    return max(found)


def rows(found: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The list of objects under this name; [] for none. Raises ValueError for what is no such list."""
    value = found.get(name) or []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError(f"“{name}” is no list.")
    return value


def inner(found: dict[str, Any], name: str) -> dict[str, Any]:
    value = found.get(name)
    return value if isinstance(value, dict) else {}
