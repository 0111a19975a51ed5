"""What other brains say, as the desk says it: words without markup and within bounds, buttons that a medium has."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from conversations.bots.acts import Act, HandOver, Say
from conversations.bots.memory import Memory, Need
from conversations.models.handoff import HandoffReason
from integrations.adapters.bots.base import MOST_ACTS, MOST_BUTTON, MOST_BUTTONS, MOST_SLOT, MOST_TEXT, RudeError
from integrations.adapters.bots.thoughts import Question

PRESSED = "pressed"  # in the state: what the brain wants to hear for the words on its last buttons
# A brain may not say that people took the word themselves, or that it was given back.
THEIRS = frozenset(HandoffReason.values) - {HandoffReason.STEPPED_IN, HandoffReason.CALLED, HandoffReason.BACK}
NEEDS = frozenset(Need)
UNTOLD = frozenset({"profile", "earlier"})
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,300}>")


def text_of(value: object, who: str) -> str:
    """Raises RudeError for what is no text, or far too much."""
    if not isinstance(value, str):
        raise RudeError(who, f"a text that is {type(value).__name__}")
    if len(value) > MOST_TEXT:
        raise RudeError(who, f"a text of {len(value)} characters")
    return _MARKUP.sub("", plain(value)).strip()


def plain(text: str) -> str:
    """Without what is no sign: control characters, halves of a pair, and what no database takes."""
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs", "Co"))


def known_of(memory: Memory) -> dict[str, str]:
    """Details that a brain is told by Need: not what the desk knows from their profile or from elsewhere, since whoever
    writes may be another, and talk a brain into saying it. The desk puts it in itself where a deed is asked for."""
    return {need: kept.value for need, kept in memory.slots.items() if kept.where not in UNTOLD}


def untold(memory: Memory) -> dict[str, str]:
    return {need: kept.value for need, kept in memory.slots.items() if kept.where in UNTOLD}


def says(most: int, text: str, buttons: Sequence[tuple[str, str]], who: str) -> tuple[Say | None, Mapping[str, str]]:
    """With `buttons` as (the words on it, what the brain wants to hear when it is pressed), up to `most`: where the
    medium has not so many, they stand below the words. Gives what stands for what, too."""
    if len(buttons) > MOST_BUTTONS:
        raise RudeError(who, f"{len(buttons)} buttons")
    named = {text_of(label, who)[:MOST_BUTTON]: plain(value) for label, value in buttons if label.strip()}
    if len(named) > most:
        text = "\n".join(filter(None, [text, *(f"• {label}" for label in named)]))
        return (Say(text) if text else None), named
    if not text and named:
        text = " / ".join(named)
    return (Say(text, tuple(named)) if text else None), named


def as_pressed(question: Question) -> str:
    """What the customer wrote, or what stands behind the button that they pressed."""
    meant = question.state.get(PRESSED)
    text = question.text
    return str(meant.get(text.strip(), text)) if isinstance(meant, Mapping) else text


def within(acts: Sequence[Act], who: str) -> tuple[Act, ...]:
    """Sentences that came apart are one message: a customer reads it at once. Raises RudeError for a flood."""
    joined: list[Act] = []
    for act in acts:
        before = joined[-1] if joined else None
        if isinstance(act, Say) and isinstance(before, Say) and not before.buttons:
            joined[-1] = replace(act, text=f"{before.text}\n\n{act.text}")
        else:
            joined.append(act)
    if len(joined) > MOST_ACTS or any(isinstance(act, Say) and len(act.text) > MOST_TEXT for act in joined):
        raise RudeError(who, f"{len(acts)} messages at once")
    return tuple(joined)


def slots_of(found: object, names: Mapping[str, str]) -> dict[str, str]:
    """Details by Need; `names`: what the brain calls them where that is something else. The rest is its own affair."""
    if not isinstance(found, Mapping):
        return {}
    kept = {}
    for name, value in found.items():
        need = names.get(str(name), str(name).lower())
        if need in NEEDS and isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            kept[need] = plain(str(value)).strip()[:MOST_SLOT]
    return kept


def topics_of(found: object, *, name: str, certainty: str) -> tuple[tuple[str, float], ...]:
    """What it is taken for, the likeliest first."""
    if not isinstance(found, list):
        return ()
    guesses = [(each.get(name), _share(each.get(certainty))) for each in found if isinstance(each, dict)]
    named = [(plain(topic)[:200], share) for topic, share in guesses if isinstance(topic, str) and topic]
    return tuple(sorted(named, key=lambda guess: -guess[1])[:5])


def hand_over(reason: object, detail: object = "") -> HandOver:
    """A reason of which the desk has never heard is the customer's wish: the detail says more."""
    known = str(reason) if str(reason) in THEIRS else str(HandoffReason.ASKED)
    return HandOver(known, " ".join(plain(str(detail or "")).split())[:400])


def a_name(word: str) -> str:
    """A line of such a list. Raises ValueError with a sentence."""
    theirs, _equals, ours = word.partition("=")
    if not theirs or ours not in NEEDS:
        words = _("It is name=detail, with one of these details: %(details)s.")
        raise ValueError(words % {"details": ", ".join(Need)})
    return word


def names_in(words: Sequence[Any]) -> dict[str, str]:
    """ "order_number=order" as a list of an admin's has it."""
    pairs = (str(word).partition("=") for word in words)
    return {theirs: ours for theirs, _equals, ours in pairs if theirs and ours in NEEDS}


def _share(value: object) -> float:
    try:
        return min(1.0, max(0.0, float(value)))  # type: ignore[arg-type]  # what cannot be one raises
    except (TypeError, ValueError):
        return 0.0
