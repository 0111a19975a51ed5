"""Reads the headers of a message: subject, date, ids and addresses."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from .addresses import parse_addresses
from .charsets import decode_encoded_words, decode_header_bytes, without_controls
from .parsed import Address
from .structure import Part

# Longer ones are an attack or a mailing to everybody; what is cut is still in the raw message.
MAX_TEXT = 20_000
MAX_ADDRESSES_TEXT = 200_000

_ID = re.compile(r"<\s*([^<>\s]+(?:\s+[^<>\s]+)*?)\s*>")
_BARE_ID = re.compile(r"[^\s<>,;\"()]+@[^\s<>,;\"()]+")
_DELIVERY_HEADERS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")


def header_text(part: Part, name: str, limit: int = MAX_TEXT) -> str:
    """The first header of that name as readable text on one line; "" where there is none."""
    value = part.header(name)
    return _readable(value, part, limit) if value else ""


def header_texts(part: Part, name: str) -> list[str]:
    return [_readable(value, part, MAX_TEXT) for value in part.all_headers(name)]


def _readable(value: bytes, part: Part, limit: int) -> str:
    text = decode_encoded_words(decode_header_bytes(value[:limit], part.parameters.get("charset", "")))
    return without_controls(" ".join(text.split()))


def addresses(part: Part, name: str) -> tuple[Address, ...]:
    """Every address of every header of that name, groups flattened."""
    found: list[Address] = []
    for value in part.all_headers(name)[:20]:
        text = decode_header_bytes(value[:MAX_ADDRESSES_TEXT], part.parameters.get("charset", ""))
        found += parse_addresses(text)
    return tuple(found)


def first_address(part: Part, name: str) -> Address | None:
    """The first of them that has an address; else the first name."""
    found = addresses(part, name)
    return next((address for address in found if address.email), found[0] if found else None)


def message_id(part: Part) -> str:
    value = header_text(part, "message-id") or header_text(part, "x-message-id")
    return next(iter(ids_in(value)), value.strip("<> "))


def in_reply_to(part: Part) -> str:
    return next(iter(ids_in(header_text(part, "in-reply-to"))), "")


def references(part: Part) -> tuple[str, ...]:
    return tuple(ids_in(header_text(part, "references", 60_000)))


def ids_in(text: str) -> list[str]:
    """Message ids in a header, without brackets; unbracketed ones where no other is there."""
    found = [re.sub(r"\s+", "", match) for match in _ID.findall(text)]
    return found or _BARE_ID.findall(text)


def sent_at(part: Part) -> datetime | None:
    """The Date header; taken for UTC where it names no zone; None where it is no date."""
    value = header_text(part, "date", 200)
    parsed = parsedate_tz(value) if value else None
    if parsed is None:
        return _iso_date(value)
    try:
        seconds = parsed[9]
        zone = timezone(timedelta(seconds=seconds)) if seconds else UTC
        return datetime(*parsed[:6], tzinfo=zone)
    except (ValueError, OverflowError):
        return None


def _iso_date(value: str) -> datetime | None:
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def delivered_to(part: Part) -> tuple[str, ...]:
    """The addresses that the receiving server delivered to, in the order of its headers."""
    found: dict[str, None] = {}
    for name in _DELIVERY_HEADERS:
        for value in header_texts(part, name):
            found.update(dict.fromkeys(match.lower() for match in _BARE_ID.findall(value)))
    return tuple(found)
