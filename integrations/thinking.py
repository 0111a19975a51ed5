"""What a brain of another maker thought, as an Answer of the desk's: with what the desk itself heard, and its words.

The desk hears every line, too (conversations.bots.brain): so the packet has the same details, moods and topics whoever
thinks, and who asks for a person, is angry, or speaks of law and danger gets people, whatever that brain would say.
"""

from collections.abc import Mapping
from dataclasses import replace

from conversations.bots.acts import Act, Answer, Asked, Do, HandOver, Say
from conversations.bots.deeds import OFFERED
from conversations.bots.memory import Heard, Kept, Memory
from conversations.bots.words import TABLES, say
from conversations.models import Bot, Team, Topic
from conversations.models.handoff import HandoffReason
from integrations.adapters.bots.saying import untold
from integrations.adapters.bots.thoughts import Thought

# Why the desk hands over before another brain is asked. What it only does not understand itself, that one may.
BEFORE_ALL = frozenset(map(str, (HandoffReason.ASKED, HandoffReason.SERIOUS, HandoffReason.MOOD, HandoffReason.VALUE)))


def is_ours(asked: Asked, own: Answer, *, takes_instructions: bool) -> bool:
    """Whether the desk's own answer stands: a question of its own was asked (a detail, a yes, a code, a step for an
    agent), people come first, or there are neither words nor files that another brain could be told of."""
    memory = asked.memory
    if (memory.task and memory.waits_for) or memory.only_step:
        return True
    if any(isinstance(act, HandOver) and act.reason in BEFORE_ALL for act in own.acts):
        return True
    is_told_nothing = not any(line.text.strip() or line.files for line in asked.new)
    return is_told_nothing and not (takes_instructions and memory.instructions)


def answer_of(asked: Asked, own: Answer, thought: Thought) -> Answer:
    """`own`: what the desk itself would have said; of it, only what it heard is kept."""
    memory = replace(asked.memory, slots=own.memory.slots, heard=own.memory.heard, task="", waits_for="", choices=())
    memory = _with_slots(asked, memory, thought.slots)
    memory = _with_topics(asked, memory, thought)
    acts = tuple(_placed(_fitted(act, asked.buttons), thought.skill) for act in thought.acts)
    for act in acts:
        if isinstance(act, Do):  # the desk goes on with it by itself: what is missing, proof, a yes
            memory = replace(_with_slots(asked, memory, act.values), task=act.deed)
    acts = tuple(_filled(act, own.memory) for act in acts)
    if not memory.wrote_hello:
        acts, memory = _introduced(asked, acts, memory), replace(memory, wrote_hello=True)
    return Answer(acts, memory, thought.understood)


def _with_slots(asked: Asked, memory: Memory, slots: Mapping[str, str]) -> Memory:
    for need, value in slots.items():
        before = memory.slots.get(need)
        if before is None or before.value != value:
            memory = memory.with_slot(need, Kept(value, _source(asked, value)))
    return memory


def _source(asked: Asked, value: str) -> int | None:
    """The last line in which they said it; else the one that was read when it was understood."""
    theirs = [line for line in asked.lines if line.who == "customer"]
    said = next((line.source for line in reversed(theirs) if value.casefold() in line.text.casefold()), None)
    return said or (theirs[-1].source if theirs else None)


def _with_topics(asked: Asked, memory: Memory, thought: Thought) -> Memory:
    """What it is about by that brain's word, where its names are the desk's."""
    names = {name.casefold(): certainty for name, certainty in thought.topics}
    if not names or not asked.new:
        return memory
    keys = {topic.name.casefold(): topic.pk for topic in Topic.objects.filter(is_active=True)}
    known = [(keys[name], certainty) for name, certainty in names.items() if name in keys]
    if not known:
        return memory
    last = memory.heard[-1] if memory.heard else Heard(asked.new[-1].source, language=asked.language)
    (topic, certainty), (runner, next_certainty) = (known + [(None, 0.0)])[:2]
    heard = replace(last, topic=topic, certainty=certainty, next_topic=runner, next_certainty=next_certainty)
    return replace(memory, heard=(*memory.heard[:-1], heard))


def _fitted(act: Act, buttons: int) -> Act:
    """Who answers later does not know what the medium has."""
    if isinstance(act, Say) and len(act.buttons) > buttons:
        return replace(act, text="\n".join([act.text, *(f"• {label}" for label in act.buttons)]), buttons=())
    return act


def _placed(act: Act, skill: str) -> Act:
    """With its team; a deed that the desk does for itself alone is nobody else's to ask for."""
    if isinstance(act, Do) and act.deed not in OFFERED:
        return HandOver(str(HandoffReason.NOT_ALLOWED), act.deed[:80])
    if isinstance(act, HandOver) and skill and act.team is None:
        return replace(act, team=Team.objects.filter(name__iexact=skill).values_list("pk", flat=True).first())
    return act


def _filled(act: Act, memory: Memory) -> Act:
    """With what that brain was not told, such as where a code goes."""
    return replace(act, values={**untold(memory), **act.values}) if isinstance(act, Do) else act


def _introduced(asked: Asked, acts: tuple[Act, ...], memory: Memory) -> tuple[Act, ...]:
    """Its first line says that it is a bot, and how to get a person."""
    language = (memory.heard[-1].language if memory.heard else "") or asked.language
    bot = Bot.objects.filter(pk=asked.bot).values_list("name", flat=True).first() or "Bot"
    leaving = next((act for act in acts if isinstance(act, HandOver)), None)
    first = next((act for act in acts if isinstance(act, Say)), None)
    if leaving and first is None:
        key = f"to_people_{leaving.reason}"
        parting = say(key if key in TABLES["en"] else "to_people_failed", language)
        return (Say(f"{say('hello_short', language, bot=bot)}\n\n{parting}"), *acts)
    hello = say("hello_short" if leaving else "hello", language, bot=bot)
    if first is None:
        return (Say(hello), *acts)
    buttons = first.buttons
    if not leaving and len(buttons) < asked.buttons:
        buttons = (*buttons, say("a_person", language))
    opening = replace(first, text=f"{hello}\n\n{first.text}", buttons=buttons)
    return tuple(opening if act is first else act for act in acts)
