"""Which details does a draft ask the customer for? Pure: the words alone decide, in any of eight languages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from conversations.handoff.asking_words import Slot, Tongue
from conversations.handoff.facet_words import facet_of
from conversations.handoff.more_asking_words import TONGUES
from conversations.handoff.question_words import LEAD, OF_PAPERS, ON_PURPOSE, TRAIL
from conversations.handoff.slots import Given

MOST_SIGNS = 8000  # of a draft that are read
FAR = 90  # signs between a request and what it requests
BESIDE = 20  # signs between "which" and its noun
BEFORE, AFTER = 28, 40  # signs around a noun that say that another one is meant

_SENTENCE = re.compile(r"(?<=[.!?…])(?<!\b[Nn]o\.)(?<!\b[Nn]r\.)(?<!\b[Tt]el\.)(?<!\bca\.)\s+|\n+|;\s+")
_QUOTED = re.compile(r"^\s*>.*$", re.MULTILINE)
_OPENED = re.compile(r"^[\s¿¡\"'«„“(–—-]+")


@dataclass(frozen=True)
class Asked:
    """`facet` narrows it: of dates "bought" or "arrived", of devices "browser"; "" asks for any."""

    slot: Slot
    facet: str
    sentence: str


@dataclass(frozen=True)
class Repeat:
    """A question whose answer is there already."""

    asked: Asked
    given: Given


@dataclass(frozen=True)
class _Read:
    requests: re.Pattern[str]
    which: re.Pattern[str]
    apart: re.Pattern[str]
    breaks: re.Pattern[str]
    anew: re.Pattern[str]
    nouns: dict[Slot, re.Pattern[str]]
    direct: dict[Slot, re.Pattern[str]]


def repeats(draft: str, given: list[Given]) -> list[Repeat]:
    """What `draft` asks for though it is in `given`, each detail once, in the order of asking. A sentence that names
    the answer asks whether it is right, and repeats nothing."""
    found: dict[Slot, Repeat] = {}
    for asked in asks(draft):
        answer = _answer(asked, given)
        if answer and asked.slot not in found and not _names(asked.sentence, answer):
            found[asked.slot] = Repeat(asked, answer)
    return list(found.values())


def asks(draft: str) -> list[Asked]:
    """Questions and requests for details; statements about them are none."""
    found = []
    for sentence in _sentences(draft):
        if ON_PURPOSE.search(sentence):
            continue
        slots = _slots_in(sentence)
        found += [Asked(slot, facet_of(slot, sentence), sentence) for slot in Slot if slot in slots]
    return found


def _sentences(draft: str) -> list[str]:
    text = _QUOTED.sub("", draft[:MOST_SIGNS]).replace("’", "'").replace("\u00a0", " ")
    return [clean for part in _SENTENCE.split(text) if (clean := " ".join(_OPENED.sub("", part).split()))]


def _slots_in(sentence: str) -> set[Slot]:
    """An e-mail address is no address, in whichever language it is read."""
    found = {slot for tongue in _tongues() for slot, _at in _direct(sentence, tongue)}
    named = {each for tongue in _tongues() for each in _named(sentence, tongue)}
    mails = [span for slot, span, _is_asked in named if slot is Slot.EMAIL]
    for slot, (start, end), is_asked in named:
        is_mail = slot is Slot.ADDRESS and any(a < end and start < b for a, b in mails)
        if is_asked and not is_mail:
            found.add(slot)
    return found


def _named(sentence: str, tongue: _Read) -> Iterator[tuple[Slot, tuple[int, int], bool]]:
    """Each detail that is named, where, and whether it is asked for."""
    nouns = [(slot, noun) for slot, pattern in tongue.nouns.items() for noun in pattern.finditer(sentence)]
    if not nouns:
        return
    requests = [each.end() for each in tongue.requests.finditer(sentence)]
    whiches = [each.end() for each in tongue.which.finditer(sentence)] if "?" in sentence or requests else []
    for slot, noun in nouns:
        is_asked = any(-8 <= noun.start() - end <= BESIDE for end in whiches)
        is_asked = is_asked or _is_fragment(noun, sentence)
        if not is_asked and not _is_apart(noun, sentence, tongue):
            is_asked = any(_reaches(end, noun.start(), sentence, tongue) for end in requests)
        yield slot, noun.span(), is_asked and not _is_another(slot, noun, sentence, tongue)


def _is_fragment(noun: re.Match[str], sentence: str) -> bool:
    return bool(LEAD.fullmatch(sentence, 0, noun.start()) and TRAIL.fullmatch(sentence, noun.end()))


def _direct(sentence: str, tongue: _Read) -> Iterator[tuple[Slot, int]]:
    for slot, direct in tongue.direct.items():
        found = direct.search(sentence)
        if found and ("?" in sentence or tongue.requests.search(sentence)) and not tongue.anew.search(sentence):
            yield slot, found.start()


def _reaches(end: int, start: int, sentence: str, tongue: _Read) -> bool:
    """From a request to a noun, in one clause; a noun that the end of the request covers is what it asks for."""
    if start < end:
        return end - start <= FAR
    return start - end <= FAR and not tongue.breaks.search(sentence, end, start)


def _is_apart(noun: re.Match[str], sentence: str, tongue: _Read) -> bool:
    return any(each.end() >= noun.start() > each.start() for each in tongue.apart.finditer(sentence, 0, noun.start()))


def _is_another(slot: Slot, noun: re.Match[str], sentence: str, tongue: _Read) -> bool:
    around = (max(0, noun.start() - BEFORE), min(len(sentence), noun.end() + AFTER))
    if slot is Slot.PHOTO and OF_PAPERS.search(sentence, noun.end(), min(len(sentence), noun.end() + AFTER)):
        return True
    return bool(tongue.anew.search(sentence, *around))


def _answer(asked: Asked, given: list[Given]) -> Given | None:
    fits = [each for each in given if each.slot is asked.slot and (not asked.facet or each.facet == asked.facet)]
    return fits[0] if fits else None


def _names(sentence: str, answer: Given) -> bool:
    """By its letters and digits alone: "HF 48213" names "HF-48213"."""
    bare = _bare(answer.value)
    return bool(bare) and answer.slot is not Slot.PHOTO and _is_in(bare, answer, sentence)


def _is_in(bare: str, answer: Given, sentence: str) -> bool:
    if len(bare) > 3:
        return bare in _bare(sentence)
    return re.search(rf"(?<!\w){re.escape(answer.value)}(?!\w)", sentence, re.IGNORECASE) is not None


def _bare(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


@cache
def _tongues() -> tuple[_Read, ...]:
    return tuple(_compiled(tongue) for tongue in TONGUES.values())


def _compiled(tongue: Tongue) -> _Read:
    def read(pattern: str) -> re.Pattern[str]:
        return re.compile(pattern, re.IGNORECASE)

    return _Read(
        requests=read(tongue.requests),
        which=read(tongue.which),
        apart=read(tongue.apart),
        breaks=read(tongue.breaks),
        anew=read(tongue.anew),
        nouns={slot: read(pattern) for slot, pattern in tongue.nouns.items()},
        direct={slot: read(pattern) for slot, pattern in tongue.direct.items()},
    )
