"""`bench guard`: of questions for what the customer has already told, how many are noticed, and how many false alarms
there are, in eight languages; and what one draft costs.

Planted: every answer of a language before every question for it. Innocent: sentences that only mention a detail, and
questions for what was not told. `later`: questions that were written afterwards to judge the guard's words.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from conversations.handoff import guard, slots
from conversations.handoff.asking_words import Slot
from conversations.handoff.slots import Said
from deskapp.bench.dialogues import Words
from deskapp.bench.dialogues.english_german import DE, EN
from deskapp.bench.dialogues.french_spanish import ES, FR
from deskapp.bench.dialogues.italian_polish import IT, PL
from deskapp.bench.dialogues.norwegian_dutch import NL, NO
from deskapp.bench.machine import Figures

LANGUAGES: dict[str, Words] = {"en": EN, "de": DE, "fr": FR, "es": ES, "it": IT, "pl": PL, "no": NO, "nl": NL}


@dataclass(frozen=True)
class Dialogue:
    """`expected`: the answer that the line must show; "" where there must be none."""

    language: str
    said: tuple[Said, ...]
    draft: str
    slot: Slot
    expected: str


def run(*, say: Callable[[str], None], **options: object) -> Figures:
    kinds = {"planted": list(planted()), "later": list(planted(later=True)), "innocent": list(innocent())}
    kinds["not_told"] = list(not_told())
    figures: Figures = {f"{kind}_dialogues": len(each) for kind, each in kinds.items()}
    for kind, dialogues in kinds.items():
        rate = share(dialogues)
        figures[f"{kind}_{'caught' if kind in ('planted', 'later') else 'alarms'}_percent"] = rate
        for language in LANGUAGES:
            say(f"{kind} {language}: {share([each for each in dialogues if each.language == language])} %\n")
    quiet = kinds["innocent"] + kinds["not_told"]
    figures["false_alarms_percent"] = share(quiet)
    drafts = [each.draft for dialogues in kinds.values() for each in dialogues]
    figures["us_per_draft"] = _micros(lambda: [guard.asks(draft) for draft in drafts], len(drafts))
    told = [each.said for each in kinds["planted"]]
    figures["us_per_dialogue_read"] = _micros(lambda: [slots.given(said) for said in told], len(told))
    return figures


def planted(*, later: bool = False) -> Iterator[Dialogue]:
    for language, words in LANGUAGES.items():
        for slot in Slot:
            for told, value in words.told[slot]:
                for draft in (words.later if later else words.asked)[slot]:
                    yield Dialogue(language, _said((told,), slot), draft, slot, value)


def innocent() -> Iterator[Dialogue]:
    """Everything was told, so that any question would be a repeat."""
    for language, words in LANGUAGES.items():
        everything = tuple(words.told[slot][0][0] for slot in Slot)
        for slot, draft in words.innocent:
            yield Dialogue(language, _said(everything, Slot.PHOTO), draft, slot, "")


def not_told() -> Iterator[Dialogue]:
    """One thing was told, and each of the others is asked for."""
    for language, words in LANGUAGES.items():
        for slot in Slot:
            for other in Slot:
                if other is not slot:
                    for draft in (*words.asked[other], *words.later[other]):
                        yield Dialogue(language, _said((words.told[slot][-1][0],), slot), draft, other, "")


def shown(dialogue: Dialogue) -> list[tuple[Slot, str]]:
    found = guard.repeats(dialogue.draft, slots.given(dialogue.said))
    return [(each.asked.slot, each.given.value) for each in found]


def alarmed(dialogue: Dialogue) -> bool:
    """Of planted ones: with the right answer."""
    found = shown(dialogue)
    return (dialogue.slot, dialogue.expected) in found if dialogue.expected else bool(found)


def share(dialogues: list[Dialogue]) -> float:
    return round(100 * sum(map(alarmed, dialogues)) / len(dialogues), 2)


def _said(texts: tuple[str, ...], slot: Slot) -> tuple[Said, ...]:
    last = len(texts) - 1
    return tuple(Said(at + 1, text, int(at == last and slot is Slot.PHOTO)) for at, text in enumerate(texts))


def _micros(act: Callable[[], object], times: int) -> float:
    started = time.process_time()
    act()
    return round((time.process_time() - started) / times * 1e6, 1)
