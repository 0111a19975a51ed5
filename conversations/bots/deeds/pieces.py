"""Which pieces of an order go back: read from a button or from words, named for people, and what is left to send."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conversations.bots.deeds.deed import Choice
from customers.models import Order, Return
from customers.models.order import ReturnStatus

ALL = "all"
OFFERED = 6
ENDED = (ReturnStatus.REFUSED, ReturnStatus.CLOSED)
_WRITTEN = re.compile(r"\d{1,6}(?:x\d{1,6})?(?:\+\d{1,6}(?:x\d{1,6})?){0,499}")  # longer numbers are no places
_EVERYTHING = re.compile(
    r"\b(?:everything|all(?:\s+of\s+(?:it|them)|\s+(?:two|three|pieces|items))|both|alles|beide[sn]?|tout(?:es|e)?|tous|les\s+deux|todo|todos|ambos|tutt[oie]|entrambi|wszystk[oi]e?|oba|alt\s+sammen|alt|begge|allemaal)\b",
    re.IGNORECASE,
)
_NO_NAMES = {"one", "size", "the", "and", "und", "eine", "une", "una", "een"}  # which stand in names of goods, too


@dataclass(frozen=True)
class Piece:
    line: int  # its place among the order's lines
    quantity: int


def left_of(order: Order) -> dict[int, int]:
    """By line: how many of it are not on a return already; lines of which none is are left out."""
    left = {place: int(line.get("quantity", 1)) for place, line in enumerate(order.lines)}
    returns = Return.objects.filter(order=order).exclude(status__in=ENDED).values_list("lines", flat=True)
    coming = [line for lines in returns for line in lines]
    for line in sorted(coming, key=lambda line: not line.get("line_id")):  # who names its line takes of no other
        _take(order, left, line)
    return {place: count for place, count in left.items() if count > 0}


def _take(order: Order, left: dict[int, int], line: Mapping[str, object]) -> None:
    """Of the line that it names; where only the goods are named, of their lines one after the other."""
    count = int(str(line.get("quantity", 1)))
    for place in _lines_of(order, line):
        taken = min(count, left[place])
        left[place] -= taken
        count -= taken


def _lines_of(order: Order, line: Mapping[str, object]) -> list[int]:
    for names in (("line_id",), ("sku",), ("product_id", "variant"), ("name", "variant")):
        wanted = [str(line.get(name) or "") for name in names]
        found = [
            place for place, each in enumerate(order.lines) if [str(each.get(name) or "") for name in names] == wanted
        ]
        if wanted[0] and found:
            return found
    return []


def meant(said: str, order: Order, left: Mapping[int, int]) -> tuple[Piece, ...]:
    """As a button says it ("0", "1x3", "0+1x3", "all"), by their names, or as the only ones there are; () where that
    is not clear. By its name, a line is all that is left of it: the question whether to says how many."""
    said = said.strip().casefold()
    if said == ALL:
        return tuple(Piece(place, count) for place, count in left.items())
    if _WRITTEN.fullmatch(said):
        return _written(said, left)
    named = [place for place in left if _own_words(order, place, left) & _words(said)]
    if named:
        return tuple(Piece(place, left[place]) for place in named)
    if _EVERYTHING.search(said):
        return tuple(Piece(place, count) for place, count in left.items())
    alone = [Piece(place, count) for place, count in left.items()]
    return (alone[0],) if len(alone) == 1 and alone[0].quantity == 1 else ()


def written(pieces: Sequence[Piece]) -> str:
    """As `meant` reads it."""
    return "+".join(f"{each.line}x{each.quantity}" if each.quantity > 1 else str(each.line) for each in pieces)


def named(order: Order, pieces: Sequence[Piece]) -> str:
    """ "3 × Otter Hiking Socks, 40–43; Lapwing Beanie"."""
    return "; ".join(_count(each.quantity) + _name(order, each.line) for each in pieces)


def choices(order: Order, left: Mapping[int, int]) -> list[Choice]:
    """Each line, of several of one kind also one alone; and all of it."""
    found: list[Choice] = []
    for place, count in left.items():
        for quantity in dict.fromkeys((count, 1)):
            piece = Piece(place, quantity)
            shown = _name(order, place) if count == 1 else f"{quantity} × {_name(order, place)}"
            found.append(Choice(written([piece]), shown=shown))
    found = list({choice.shown: choice for choice in reversed(found)}.values())[::-1]  # of two lines alike, the first
    whole = [Choice(ALL, key="return_all")] if len(left) > 1 else []
    return [*found[: OFFERED - len(whole)], *whole]


def _written(said: str, left: Mapping[int, int]) -> tuple[Piece, ...]:
    """None of it, where one of them is not left, or not so many."""
    parts = [part.partition("x") for part in said.split("+")]
    pieces = [Piece(int(place), int(count or 1)) for place, _times, count in parts]
    is_there = all(0 < each.quantity <= left.get(each.line, 0) for each in pieces)
    return tuple(pieces) if is_there and len({each.line for each in pieces}) == len(pieces) else ()


def _own_words(order: Order, place: int, left: Mapping[int, int]) -> set[str]:
    """Of its name, those that no line of other goods has."""
    others = [_words(_name(order, other)) for other in left if _name(order, other) != _name(order, place)]
    return _words(_name(order, place)).difference(*others)


def _words(text: str) -> set[str]:
    """Long enough to name a thing; one or many of it."""
    return {word.rstrip("s") for word in re.findall(r"\w+", text.casefold()) if len(word) > 2} - _NO_NAMES


def _name(order: Order, place: int) -> str:
    line = order.lines[place]
    return ", ".join(filter(None, [str(line.get("name", "")), str(line.get("variant", ""))]))


def _count(quantity: int) -> str:
    return f"{quantity} × " if quantity > 1 else ""
