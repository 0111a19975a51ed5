"""Which details has the customer given? Pure: words and files in, values out, each with where it came from."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from conversations.handoff.asking_words import Slot
from conversations.handoff.facet_words import facet_of
from conversations.handoff.value_words import (
    DATE,
    DEVICE,
    EMAIL,
    NOT_BEFORE,
    ORDER_BARE,
    ORDER_CODE,
    ORDER_NAMED,
    PHONE,
    PHONE_NAMED,
    SIZE_BARE,
    SIZE_NAMED,
    STREETS,
    WRONG,
)

MOST_SIGNS = 20_000  # of one message that are read
SHORT = 60  # signs of a line that answers a question by itself
AROUND = 60  # signs around a date that tell what happened then


@dataclass(frozen=True)
class Said:
    """One message of the customer, the oldest first. `answering`: what the message before it from us asked for."""

    source: int
    text: str
    images: int = 0
    answering: frozenset[Slot] = frozenset()


@dataclass(frozen=True)
class Given:
    """`source` is the message it came from; None where it is known otherwise, as `where` then says."""

    slot: Slot
    value: str
    source: int | None = None
    facet: str = ""
    where: str = ""


@dataclass
class _Found:
    values: list[Given] = field(default_factory=list)

    def add(self, slot: Slot, value: str, source: int, facet: str = "") -> None:
        self.values.append(Given(slot, value.strip(" .,;:!?\n\t"), source, facet))


def given(said: Iterable[Said], *, known: Iterable[Given] = (), ours: frozenset[str] = frozenset()) -> list[Given]:
    """The newest value of each detail first: what the customer wrote last wins, and their words win over what is
    `known` otherwise. `ours`: addresses of the desk, which are nobody's."""
    values: list[Given] = []
    for message in said:
        values = [each for each in values if each.slot not in _taken_back(message)]
        values += [each for each in _of(message, ours) if each.value]
    newest: dict[tuple[Slot, str, str], Given] = {}
    for each in [*reversed(values), *known]:
        key = (each.slot, each.facet, each.value if each.source is None else "")
        newest.setdefault(key, each)
    return list(newest.values())


def _of(message: Said, ours: frozenset[str]) -> list[Given]:
    text = message.text[:MOST_SIGNS].replace("’", "'").replace("\u00a0", " ")
    found = _Found()
    taken: list[tuple[int, int]] = []
    for slot, finder in (
        (Slot.EMAIL, _emails), (Slot.DATE, _dates), (Slot.ORDER, _orders), (Slot.PHONE, _phones),
        (Slot.ADDRESS, _addresses), (Slot.SIZE, _sizes), (Slot.DEVICE, _devices),
    ):  # fmt: skip
        for start, end in finder(text):
            value = text[start:end]
            is_free = slot in (Slot.ADDRESS, Slot.DEVICE) or not any(a < end and start < b for a, b in taken)
            if is_free and not _is_denied(text, start) and value.casefold() not in ours:
                taken.append((start, end))
                found.add(slot, value, message.source, _facet(slot, text, start, end))
    if message.images:
        found.add(Slot.PHOTO, str(message.images), message.source)
    _plain_answer(text, message, found)
    return found.values


def _facet(slot: Slot, text: str, start: int, end: int) -> str:
    """Of a date by the words of its own sentence, of a device by its name."""
    if slot is Slot.DEVICE:
        return facet_of(slot, text[start:end])
    if slot is not Slot.DATE:
        return ""
    head = re.split(r"[.!?\n](?=\s|$)|,\s", text[max(0, start - AROUND) : start])[-1]
    tail = re.split(r"[.!?\n](?=\s|$)|,\s", text[end : end + AROUND])[0]
    return facet_of(slot, head) or facet_of(slot, tail)


def _plain_answer(text: str, message: Said, found: _Found) -> None:
    """ "M" or "the blue Fairphone" says enough where we had just asked for one thing."""
    line = " ".join(text.split())
    asked = message.answering - {each.slot for each in found.values}
    if len(message.answering) != 1 or not asked or not line or len(line) > SHORT or "?" in line:
        return
    (slot,) = asked
    has_digit = any(sign.isdigit() for sign in line)
    if slot in (Slot.ORDER, Slot.PHONE, Slot.ADDRESS) and not has_digit:
        return
    if slot is Slot.SIZE and not SIZE_BARE.search(line):
        return
    if slot in (Slot.PHOTO, Slot.EMAIL, Slot.DATE) or NOT_BEFORE.search(line) or WRONG.search(line):
        return
    found.add(slot, line, message.source)


def _is_denied(text: str, start: int) -> bool:
    """ "not 38 but 40": 38 is none."""
    before = text[max(0, start - 26) : start]
    return any(not re.search(r"[.!?,\n]\s|\b(?:but|sondern|mais|sino|ma|tylko|men|maar|lecz)\b", before[each.end() :])
               for each in NOT_BEFORE.finditer(before))  # fmt: skip


def _taken_back(message: Said) -> set[Slot]:
    """ "The order number I gave was wrong", with no other in its place."""
    sentences = re.split(r"(?<=[.!?\n])\s+", message.text[:MOST_SIGNS])
    return {
        slot for each in sentences for slot, pattern in _NAMES.items() if WRONG.search(each) and pattern.search(each)
    }


def _emails(text: str) -> Iterator[tuple[int, int]]:
    return (each.span() for each in EMAIL.finditer(text))


def _dates(text: str) -> Iterator[tuple[int, int]]:
    return (each.span() for each in DATE.finditer(text))


def _orders(text: str) -> Iterator[tuple[int, int]]:
    spans = [each.span(1) for pattern in (ORDER_NAMED, ORDER_CODE) for each in pattern.finditer(text)]
    bare = ORDER_BARE.fullmatch(text.strip())
    if bare:
        start = text.index(bare.group(1))
        spans.append((start, start + len(bare.group(1))))
    return iter(sorted(set(spans)))


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for each in PHONE.finditer(text):
        digits = sum(sign.isdigit() for sign in each.group())
        is_marked = each.group().lstrip("(").startswith(("+", "0")) or PHONE_NAMED.search(
            text[max(0, each.start() - 45) : each.start()]
        )
        if 8 <= digits <= 15 and is_marked:
            yield each.span()


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    spans = [each.span() for pattern in STREETS for each in pattern.finditer(text)]
    spans.sort(key=lambda span: (span[0], -span[1]))
    last = -1
    for start, end in spans:
        if start >= last:
            yield start, end
            last = end


def _sizes(text: str) -> Iterator[tuple[int, int]]:
    return (each.span("size") for each in SIZE_NAMED.finditer(text))


def _devices(text: str) -> Iterator[tuple[int, int]]:
    return (each.span() for each in DEVICE.finditer(text))


_NAMES = {
    Slot.ORDER: re.compile(r"order|bestel|command|pedido|ordine|zam[óo]wi|ordre|bestil", re.IGNORECASE),
    Slot.ADDRESS: re.compile(r"(?<!mail )(?<!mail-)(?:address|adres|anschrift|direcci|indirizz)", re.IGNORECASE),
    Slot.EMAIL: re.compile(r"e-?mail|e-?post|courriel|correo", re.IGNORECASE),
    Slot.PHONE: re.compile(r"phone|telefon|t[ée]l[ée]phone|tel[ée]fono|handy|mobil|kom[óo]rk|telefoon", re.IGNORECASE),
    Slot.SIZE: re.compile(
        r"\bsize|gr[öo](?:ß|ss)e|taille|pointure|talla|taglia|rozmiar|st[øo]rrelse|\bmaat", re.IGNORECASE
    ),
}
