"""What is believed of a fact: each function gives the cleaned value, or raises ValueError with the reason in words."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from customers.facts import Line, Shipment
from customers.money import sum_of

Row = dict[str, object]

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before any shop's computer; what is older is a clock that was never set
AHEAD = timedelta(days=1)  # as far as a shop's clock may run ahead of ours
MOST_LINES, MOST_SHIPMENTS = 500, 50
MOST_PIECES = 1_000_000


def moment(at: datetime, what: str) -> datetime:
    """`what` names the date in the reason."""
    if timezone.is_naive(at):
        raise ValueError(f"The {what} has no time zone.")
    at = at.astimezone(UTC)
    if at < EARLIEST:
        raise ValueError(f"The {what}, {at:%Y-%m-%d}, is before there were shops like this.")
    if at > timezone.now() + AHEAD:
        raise ValueError(f"The {what}, {at:%Y-%m-%d}, is in the future.")
    return at


def key(value: str, what: str, most: int = 120) -> str:
    """A name that rows are found by: never cut, because two cut names may be the same."""
    value = text(value, most + 1)
    if not value:
        raise ValueError(f"The {what} is missing.")
    if len(value) > most:
        raise ValueError(f"The {what} is longer than {most} characters.")
    return value


def text(value: str, most: int) -> str:
    """PostgreSQL keeps no NUL."""
    return value.replace("\x00", "").strip()[:most]


def one_of(value: str, known: Iterable[str], what: str) -> str:
    if value not in known:
        raise ValueError(f"“{value[:40]}” is no {what}: it is one of {', '.join(known)}.")
    return value


def link(url: str) -> str:
    """Only what a browser opens as a page: an agent clicks on it."""
    url = text(url, 501)
    return url if url.startswith(("https://", "http://")) and len(url) <= 500 else ""


def lines(given: Iterable[Line]) -> list[Row]:
    given = list(given)
    if len(given) > MOST_LINES:
        raise ValueError(f"It has more than {MOST_LINES} lines.")
    return [_line(each) for each in given]


def _line(line: Line) -> Row:
    if not 0 <= line.quantity <= MOST_PIECES:
        raise ValueError(f"“{line.name[:60]}”: {line.quantity} is no number of pieces.")
    words = {name: text(value, 300) for name, value in asdict(line).items() if isinstance(value, str)}
    return {**words, "quantity": line.quantity, "price": str(sum_of(line.price))} | {
        "image": link(line.image),
        "url": link(line.url),
    }


def shipments(given: Iterable[Shipment]) -> list[Row]:
    return [_shipment(each) for each in list(given)[:MOST_SHIPMENTS]]


def _shipment(shipment: Shipment) -> Row:
    words: Row = {name: text(str(value), 200) for name, value in asdict(shipment).items()}
    return words | {"url": link(shipment.url)}
