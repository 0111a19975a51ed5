"""Details that a line tells beside those of the guard: why, in what state, what is wanted, which size. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from conversations.bots.acts import Line
from conversations.bots.hearing.detail_words import DETAILS, SIZE, SIZES
from conversations.bots.memory import Kept, Need
from conversations.handoff.value_words import NOT_BEFORE

# What each deed takes of them; a word that means something to one means nothing to another.
TAKES: Mapping[str, Mapping[Need, frozenset[str]]] = {
    "return": {
        Need.REASON: frozenset(value for value, _words in DETAILS[Need.REASON]),
        Need.CONDITION: frozenset(value for value, _words in DETAILS[Need.CONDITION]),
        Need.WISH: frozenset({"refund", "exchange"}),
    },
    "delivery": {Need.WISH: frozenset({"later", "neighbour", "safe_place"})},
}
SIZED = frozenset({"return", "stock"})
# Of one matter alone: with another, they are told anew.
PASSING = frozenset({Need.ITEM, Need.REASON, Need.CONDITION, Need.WISH, Need.SIZE, Need.PRODUCT, Need.SHOP, Need.DATE})
BEFORE = 26  # signs in which a "not" denies what follows


def details_of(lines: Iterable[Line], deed: str) -> dict[str, Kept]:
    """The last word on each."""
    found: dict[str, Kept] = {}
    for line in lines:
        text = line.text[:2000].replace("’", "'")
        for need, value in _of(text, deed):
            found[str(need)] = Kept(value, line.source)
    return found


def size_in(text: str) -> str:
    """ "in L", "a large": as shops write it; "" for none."""
    sizes = [each["size"] for each in SIZE.finditer(text) if not _is_denied(text, each.start("size"))]
    return SIZES.get(sizes[-1].lower(), sizes[-1]) if sizes else ""


def _of(text: str, deed: str) -> Iterator[tuple[Need, str]]:
    for need, wanted in TAKES.get(deed, {}).items():
        hits = [
            value
            for value, words in DETAILS[need]
            if value in wanted and any(not _is_denied(text, each.start()) for each in words.finditer(text))
        ]
        if hits:
            yield need, hits[0]
    if deed in SIZED and (size := size_in(text)):
        yield Need.SIZE, size
        if deed == "return" and _fits_not_but(text):
            yield Need.WISH, "exchange"


def _fits_not_but(text: str) -> bool:
    """ "It is too small, I need it in L": a size after what is wrong with it is the one that is wanted."""
    misfits = [words for value, words in DETAILS[Need.REASON] if value.startswith("too")]
    wrong = [each.end() for words in misfits for each in words.finditer(text)]
    money = next(words for value, words in DETAILS[Need.WISH] if value == "refund")
    last = [each.start("size") for each in SIZE.finditer(text)][-1]
    return bool(wrong) and min(wrong) < last and not money.search(text)


def _is_denied(text: str, start: int) -> bool:
    before = text[max(0, start - BEFORE) : start]
    found = list(NOT_BEFORE.finditer(before))
    return bool(found) and not any(sign in before[found[-1].end() :] for sign in ",.;:!?")
