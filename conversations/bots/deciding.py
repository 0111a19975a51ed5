"""Decides what a bot answers. Pure: the same lines, memory and knowledge give the same answer; the order is the rule.

First what no bot may answer, then the answer to its own last question, then a new matter, then what is under way.
"""

from dataclasses import replace

from conversations.bots import leaving, matters, working
from conversations.bots.acts import Answer, Asked
from conversations.bots.draft import Draft
from conversations.bots.feelings import mood_said
from conversations.bots.hearing import hear
from conversations.bots.knowing import Known
from conversations.bots.memory import Heard, Need
from conversations.bots.taking import taken
from conversations.bots.words import spoken


def decide(asked: Asked, known: Known, text: str, language: str) -> Answer:
    """`text`: the new lines as one; `language`: that it is written in."""
    asked = replace(asked, language=spoken(language) or asked.language)
    memory, changed = taken(asked, known.profile.items())
    signs = hear(text, language)
    draft = Draft(asked, known, signs, text, spoken(language) or "en", memory, changed=changed)
    _note(draft, language)
    working.note(draft, asked.new)
    for rule in RULES:
        if rule(draft, language):
            break
    draft.memory = replace(draft.memory, instructions="")  # taken up, by now
    return draft.answer()


def _note(draft: Draft, language: str) -> None:
    """What was heard, for the packet and for the mood over the talk; all new lines count as read."""
    if not draft.asked.new:
        return
    whole = draft.known.guessed.whole
    is_about = matters.is_sure(draft, whole) if draft.signs.asks_person else matters.is_likely(draft)
    topic = whole.first if is_about else None
    heard = Heard(
        source=draft.asked.new[-1].source,
        topic=topic.pk if topic else None,
        certainty=round(whole.certainty, 3) if topic else 0.0,
        next_topic=whole.second.pk if topic and whole.second else None,
        next_certainty=round(whole.next_certainty, 3) if topic else 0.0,
        mood=mood_said(draft.text, language, draft.signs),
        language=spoken(language) or language,
    )
    read = max(draft.memory.read_until, heard.source)
    draft.memory = replace(draft.memory, heard=(*draft.memory.heard, heard), read_until=read)


def _leaves(draft: Draft, language: str) -> bool:
    return leaving.leaves(draft, language)


def _has_no_words(draft: Draft, _language: str) -> bool:
    """A voice note, a picture or faces alone. A picture that was asked for is an answer."""
    if not draft.asked.new or draft.signs.has_words:
        return False
    new = draft.asked.new
    if draft.memory.waits_for == Need.PHOTO and any(line.images for line in new):
        return False
    if _nods(draft) and (draft.memory.waits_for or draft.memory.steps):
        return False
    has_files = any(line.files for line in new)
    key = "cannot_hear" if any(line.is_voice for line in new) else "cannot_see_file" if has_files else "only_signs"
    if any(line.images for line in new):
        key = "cannot_see"
    draft.understood = False
    leaving.say_again(draft, key)
    return True


def _nods(draft: Draft) -> bool:
    return any(sign in draft.text for sign in "👍👌✅🙏👎❌🚫😊🙂❤♥😀😃🥰")


def _wanted_by_an_agent(draft: Draft, _language: str) -> bool:
    return matters.collect(draft)


def _answers(draft: Draft, _language: str) -> bool:
    """To what the bot asked last."""
    return matters.answers(draft)


def _courtesy(draft: Draft, _language: str) -> bool:
    return matters.courtesy(draft)


def _new_matter(draft: Draft, _language: str) -> bool:
    return matters.take_up(draft)


def _goes_on(draft: Draft, _language: str) -> bool:
    """The task under way, with what they told by the way."""
    deed = draft.known.deeds.get(draft.memory.task)
    if deed is None:
        return False
    is_new = any(kept.source in {line.source for line in draft.asked.new} for kept in draft.memory.slots.values())
    if not (is_new or working.CODE.search(draft.text) or not draft.asked.new):
        return False
    working.go_on(draft, deed)
    return True


def _does_not_understand(draft: Draft, _language: str) -> bool:
    if not draft.asked.new:
        matters.what_for(draft)
    elif draft.memory.waits_for or leaving.is_last_time(draft):
        leaving.say_again(draft, "say_again")
    else:
        draft.understood = False
        matters.what_for(draft, "say_again")
    return True


RULES = (_leaves, _has_no_words, _wanted_by_an_agent, _answers, _courtesy, _new_matter, _goes_on, _does_not_understand)
