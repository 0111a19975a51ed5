"""A deed, as the turn does it: known and agreed to, once for the lines that asked for it, and put into words."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import structlog
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from conversations.bots import deeds
from conversations.bots.acts import Asked, Do, HandOver, Say
from conversations.bots.deeds import Choice, Deed, Outcome, Prospect, Words
from conversations.bots.memory import Kept, Memory, Step
from conversations.bots.reading import newest_of
from conversations.bots.words import say
from conversations.bots.working import said_before
from conversations.models import ArticleVerdict, BotTalk
from conversations.models.handoff import HandoffReason
from conversations.prepared import Rows, blank

log = structlog.get_logger(__name__)

DEED_KEYS = uuid.UUID("6d0f3f0e-5a0b-4b43-9a55-0a4d0c7d4b1e")
_TALK = Rows(lambda: BotTalk.objects.select_related("bot").filter(pk=blank(0)))
_RESULTS: Mapping[str, Literal["done", "refused", "failed", "uncertain"]] = {
    "done": "done", "refused": "refused", "failed": "failed", "uncertain": "uncertain",
}  # fmt: skip


@dataclass(frozen=True)
class Done:
    """What is to be said of it, and what the bot knows afterwards."""

    says: tuple[Say, ...]
    memory: Memory
    hand_over: HandOver | None = None
    goes_on: bool = False


def do(asked: Asked, act: Do, memory: Memory) -> Done | None:
    """Call outside any transaction. None where another worker is at it right now."""
    deed = deeds.DEEDS.get(act.deed)
    if deed is None:
        return Done((), memory, HandOver(HandoffReason.NOT_ALLOWED, act.deed[:80]))
    is_agreed = not deed.asks_first or _is_agreed(asked, deed, act)
    if not is_agreed:
        found = deeds.prospect(deed, asked, act.values)
        if found.state in ("ask", "confirm"):
            return _asking(asked, deed, found, memory)
    try:
        outcome = _outcome(asked, deed, act, is_agreed=is_agreed)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("a deed of the bot broke", deed=deed.key, conversation=asked.conversation)
        return Done((), memory, HandOver(HandoffReason.FAILED, str(deed.name)))
    return None if outcome.result == "under_way" else _told(asked, deed, outcome, memory)


def note_verdict(message: int | None, *, helped: bool) -> None:
    """What they said to “did this help?”, of the message that showed the article."""
    ArticleVerdict.objects.filter(message=message).update(helped=helped, at=timezone.now())


def _outcome(asked: Asked, deed: Deed, act: Do, *, is_agreed: bool) -> Outcome:
    [talk] = _TALK.find(asked.talk)
    if talk.ended_at is not None:
        return Outcome("refused")  # a person has the word
    talk.language = asked.language[:12]
    key = uuid.uuid5(DEED_KEYS, f"{asked.talk} {deed.key} {newest_of(asked)}")
    return deeds.do(talk, deed, act.values, key, is_agreed=is_agreed)


def _is_agreed(asked: Asked, deed: Deed, act: Do) -> bool:
    """They were told what would be done, and asked whether to: this very deed, with these values, and none beside them
    that it takes. Digits of a code are no yes: what was asked for before they had proven who they are, is shown to them
    first."""
    before = asked.memory
    if before.waits_for != "confirm" or before.task != act.deed:
        return False
    known = {str(need): kept.value for need, kept in before.slots.items()}
    return all(known.get(str(need), "") == act.values.get(str(need), "") for need in deed.needs)


def _asking(asked: Asked, deed: Deed, found: Prospect, memory: Memory) -> Done:
    """A brain that forgot to ask: the turn does."""
    waits_for = "confirm" if found.state == "confirm" else found.need
    text = _words(found.said, asked.language) or say(f"ask_{found.need}", asked.language)
    last = newest_of(asked)
    slots = {need: memory.slots.get(need, Kept(value, last)) for need, value in found.values.items()}
    slots |= {need: Kept(value, last) for need, value in found.values.items() if slots[need].value != value}
    memory = replace(memory, slots={**memory.slots, **slots})
    return Done(*_asked((text,), deed, waits_for, found.choices, asked.language, memory))


def _asked(
    texts: Sequence[str], deed: Deed, waits_for: str, choices: Sequence[Choice], language: str, memory: Memory
) -> tuple[tuple[Say, ...], Memory]:
    """The last of the texts is the question, with its answers to press."""
    shown = [each.shown or say(each.key, language) for each in choices]
    values = [each.value for each in choices]
    if waits_for == "confirm":
        shown, values = [say("do_it", language), say("leave_it", language)], ["yes", "no"]
    says = (*map(Say, texts[:-1]), Say(texts[-1], tuple(shown)))
    return says, replace(memory, task=deed.key, waits_for=waits_for, choices=tuple(values))


def _told(asked: Asked, deed: Deed, outcome: Outcome, memory: Memory) -> Done:
    texts = [text for each in outcome.said if (text := _words(each, asked.language))]
    if outcome.result == "asks":
        texts = texts or [say(f"ask_{outcome.waits_for}", asked.language)]
        return Done(*_asked(texts, deed, outcome.waits_for, outcome.choices, asked.language, memory))
    says, passes = tuple(map(Say, texts)), None
    if outcome.result == "refused" and not outcome.hand_over:
        says, passes = _refused(asked, deed, outcome, texts)
    if result := _RESULTS.get(outcome.result):
        memory = memory.with_step(Step(deed.key, result, newest_of(asked), outcome.about))
    memory = replace(memory, waits_for=outcome.waits_for)
    passes = HandOver(outcome.hand_over, outcome.about) if outcome.hand_over else passes
    if passes is None and outcome.result in ("failed", "uncertain"):
        passes = HandOver(HandoffReason.FAILED, outcome.about or str(deed.name))
    return Done(says, memory, passes, outcome.goes_on)


def _refused(
    asked: Asked, deed: Deed, outcome: Outcome, texts: Sequence[str]
) -> tuple[tuple[Say, ...], HandOver | None]:
    """Why, and a person to press; where they were told the same before, the person at once."""
    if any(said_before(asked, text) for text in texts):
        passes = HandOver(HandoffReason.NOT_ALLOWED, outcome.about or str(deed.name))
        return (Say(say("to_people_not_helped", asked.language)),), passes
    person = (say("a_person", asked.language),) if asked.buttons else ()
    return (*map(Say, texts[:-1]), *(Say(text, person) for text in texts[-1:])), None


def _words(said: Words | None, language: str) -> str:
    return say(said.key, language, **said.values) if said else ""
