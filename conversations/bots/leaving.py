"""When a bot gives the word to people, and what it tells the customer then; and what it says before it does."""

from dataclasses import replace

from conversations.bots.draft import Draft, Option
from conversations.bots.feelings import is_falling
from conversations.bots.words import spoken
from conversations.models.handoff import HandoffReason

SAME = 3  # times that they wrote the very same


def leaves(draft: Draft, language: str) -> bool:
    """Whether it is nothing for a bot, whatever it is about."""
    found = _why(draft, language) if draft.asked.new else None
    if found is None:
        return False
    reason, detail = found
    draft.memory = replace(draft.memory, choices=())
    draft.hand_over(reason, detail)
    return True


def say_again(draft: Draft, key: str) -> None:
    """Asks to say it in other words; the next time, a person."""
    draft.understood = False
    if is_last_time(draft):
        draft.hand_over(HandoffReason.MISUNDERSTOOD)
        return
    if draft.memory.waits_for:
        draft.say(key)  # the question stands
        return
    person = (Option("person", draft.words("a_person")),) if draft.asked.buttons and draft.memory.wrote_hello else ()
    draft.ask(draft.words(key), "", person)


def is_last_time(draft: Draft) -> bool:
    return draft.known.misunderstood + 1 >= draft.known.most_misunderstood


def _why(draft: Draft, language: str) -> tuple[HandoffReason, str] | None:
    signs, known = draft.signs, draft.known
    if signs.is_serious:
        return HandoffReason.SERIOUS, signs.is_serious
    if signs.asks_person and not signs.asks_what:
        return HandoffReason.ASKED, ""
    if language and not _speaks(draft, language):
        return HandoffReason.LANGUAGE, language
    if known.people_first:
        return HandoffReason.VALUE, known.people_first
    if signs.is_angry or is_falling(draft.memory.heard):
        return HandoffReason.MOOD, ""
    if _repeats(draft):
        return HandoffReason.LIMIT, ""
    return None


def _speaks(draft: Draft, language: str) -> bool:
    ours = spoken(language)
    return bool(ours) and (not draft.known.languages or ours in draft.known.languages)


def _repeats(draft: Draft) -> bool:
    """The very same, again and again: another machine, or nobody who is helped by the answer. Who says yes to one deed
    after another is helped."""
    if draft.signs.is_plain or draft.memory.waits_for == "confirm":
        return False
    theirs = [" ".join(line.text.casefold().split()) for line in draft.asked.lines if line.who == "customer"]
    last = theirs[-1] if theirs else ""
    return len(last) > 3 and theirs[-6:].count(last) >= SAME
