"""Takes down what a customer told: details with the message each came from, a later word over an earlier one. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from conversations.bots.acts import Asked, Line
from conversations.bots.codes import CODE
from conversations.bots.memory import Kept, Memory, Need
from conversations.bots.words import TABLES
from conversations.handoff import guard, slots
from conversations.handoff.asking_words import Slot
from conversations.handoff.slots import Said
from conversations.handoff.value_words import ORDER_CODE, WRONG

MOST_LINES = 20  # of the customer's that are read again: what was taken back is taken back


def taken(asked: Asked, known: Iterable[tuple[str, Kept]]) -> tuple[Memory, dict[str, str]]:
    """The memory with what they told, and what they told otherwise than before, by Need."""
    memory = asked.memory
    told = _told(asked)
    fresh = {line.source for line in asked.new}
    gone = _taken_back(asked, told)
    kept = {need: slot for need, slot in memory.slots.items() if need not in gone}
    changed = {
        need: each.value
        for need, each in told.items()
        if need in kept and need != Need.PHOTO and each.source in fresh and kept[need].value != each.value
    }
    around = {need: each for need, each in [*known, *_page(asked)] if need not in kept}
    return replace(memory, slots={**around, **kept, **told}), changed


def _taken_back(asked: Asked, told: dict[str, Kept]) -> set[str]:
    """ "The number I gave was wrong", with no other in its place."""
    if not any(WRONG.search(line.text[:2000]) for line in asked.new):
        return set()
    fresh = {line.source for line in asked.new}
    before = [line for line in asked.lines if line.source not in fresh]
    return set(_told(replace(asked, lines=tuple(before), new=()))) - set(told)


def _told(asked: Asked) -> dict[str, Kept]:
    lines = [line for line in asked.lines if line.who == "customer"][-MOST_LINES:]
    found: dict[str, Kept] = {}
    for each in slots.given(_said(asked, lines)):
        if each.slot is Slot.DATE and each.facet:
            continue  # when it was bought, or came: not the day that is asked for
        found.setdefault(str(each.slot), Kept(each.value, each.source))
    return found


def _said(asked: Asked, lines: list[Line]) -> list[Said]:
    """Each with what was asked right before it: by the memory for what is new, by our words for what is older."""
    first = asked.new[0].source if asked.new else None
    said, answering, is_code = [], frozenset[Slot](), False
    wanted = {line.source for line in lines}
    for line in asked.lines:
        if line.who != "customer":
            answering, is_code = frozenset(each.slot for each in guard.asks(line.text)), _asks_code(line.text)
        elif is_code and CODE.search(line.text):
            continue  # its digits are no order, and no number to ring
        elif line.source in wanted:
            own = _waited(asked.memory) if line.source == first else frozenset()
            said.append(Said(line.source, line.text, line.images, own or answering))
            answering = frozenset()
    return said


def _asks_code(text: str) -> bool:
    return any(words in text for words in _code_words())


@cache
def _code_words() -> frozenset[str]:
    keys = ("prove_code_sent", "prove_code_wrong", "prove_code_unread", "ask_code")
    return frozenset(table[key] for table in TABLES.values() for key in keys)


def _waited(memory: Memory) -> frozenset[Slot]:
    return frozenset({Slot(memory.waits_for)}) if memory.waits_for in set(Slot) else frozenset()


def _page(asked: Asked) -> list[tuple[str, Kept]]:
    """The order whose page they had open."""
    found = ORDER_CODE.search(asked.page)
    return [(str(Need.ORDER), Kept(found[1], None, "page"))] if found else []
