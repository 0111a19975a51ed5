"""What is believed of a fact: each function gives the cleaned value, or raises ValueError with the reason in words."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

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
        raise ValueError(_("The %s has no time zone.") % what)
    at = at.astimezone(UTC)
    told = {"what": what, "day": at.strftime("%Y-%m-%d")}
    if at < EARLIEST:
        raise ValueError(_("The %(what)s, %(day)s, is before there were shops like this.") % told)
    if at > timezone.now() + AHEAD:
        raise ValueError(_("The %(what)s, %(day)s, is in the future.") % told)
    return at


def key(value: str, what: str, most: int = 120) -> str:
    """A name that rows are found by: never cut, because two cut names may be the same."""
    value = text(value, most + 1)
    if not value:
        raise ValueError(_("The %s is missing.") % what)
    if len(value) > most:
        raise ValueError(_("The %(what)s is longer than %(most)d characters.") % {"what": what, "most": most})
    return value


def text(value: str, most: int) -> str:
    """PostgreSQL keeps no NUL."""
    return value.replace("\x00", "").strip()[:most]


def one_of(value: str, known: Iterable[str], what: str) -> str:
    if value not in known:
        told = {"value": value[:40], "what": what, "known": ", ".join(known)}
        raise ValueError(_("“%(value)s” is no %(what)s: it is one of %(known)s.") % told)
    return value


def link(url: str) -> str:
    """Only what a browser opens as a page: an agent clicks on it."""
    url = text(url, 501)
    return url if url.startswith(("https://", "http://")) and len(url) <= 500 else ""


def lines(given: Iterable[Line]) -> list[Row]:
    given = list(given)
    if len(given) > MOST_LINES:
        raise ValueError(_("It has more than %d lines.") % MOST_LINES)
    return [_line(each) for each in given]


def _line(line: Line) -> Row:
    if not 0 <= line.quantity <= MOST_PIECES:
        told = {"name": line.name[:60], "pieces": line.quantity}
        raise ValueError(_("“%(name)s”: %(pieces)d is no number of pieces.") % told)
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
