"""Builds the packet out of what is written down: what the bot kept, did and heard, and what the customer's own words
say. Nothing in it is made up: each line is a value that somebody gave, with the message that it came from."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from conversations.bots.deeds import DEEDS
from conversations.bots.memory import Heard, Memory, Need, Step, memory_of
from conversations.handoff import goals
from conversations.handoff.given import told_in
from conversations.handoff.packet import Fact, Guess, Mood, NextStep, Packet, Tried
from conversations.models import BotDeed, BotTalk, Conversation, Message, Topic
from conversations.models.deed import DeedState
from conversations.models.message import MessageKind
from conversations.models.moment import Moment
from customers.models import Identity

MOST_SIGNS = 400  # of a question that is quoted
_ORDER = (
    Need.ORDER, Need.ITEM, Need.PRODUCT, Need.SIZE, Need.DEVICE, Need.WISH, Need.REASON, Need.CONDITION, Need.DATE,
    Need.SHOP, Need.ADDRESS, Need.PHOTO, Need.PHONE, Need.EMAIL,
)  # fmt: skip
_ENDED = {
    DeedState.DONE: "done",
    DeedState.REFUSED: "refused",
    DeedState.UNCERTAIN: "uncertain",
    DeedState.DOING: "uncertain",  # a worker died over it
}


def build(talk: BotTalk, *, at: datetime) -> Packet:
    """What goes along out of this talk, as it stands `at` that moment. A handful of queries."""
    return packet_for(talk.conversation, talk, at=at)


def packet_for(conversation: Conversation, talk: BotTalk | None, *, at: datetime) -> Packet:
    """Also where no bot ever spoke: then of what the customer wrote alone."""
    memory = memory_of(talk.state) if talk else Memory()
    told = _told(conversation, memory)
    topic, runner_up = _guesses(talk, memory)
    goal, source = goals.sentence(conversation, memory, topic, told, first=talk.first_id if talk else None)
    return Packet(
        goal=goal,
        goal_source=source,
        topic=topic,
        runner_up=runner_up,
        told=told,
        not_asked=_not_asked(memory, told),
        proof=memory.proof,
        proven_by=_address(memory.proven_by),
        order=next((fact.value for fact in told if fact.label == "order"), ""),
        page=_page(conversation, at),
        tried=(*map(_tried, memory.steps), *_other_deeds(talk, memory)),
        moods=tuple(Mood(heard.source, heard.mood) for heard in memory.heard if heard.mood is not None),
        language=_language(conversation, talk, memory),
        open_question=_open_question(memory),
        team=conversation.team_id,
        next_step=_next_step(memory),
        first=talk.first_id if talk else None,
        last=_last(conversation, at),
    )


def _told(conversation: Conversation, memory: Memory) -> tuple[Fact, ...]:
    """All that the bot kept, and what the thread and the profile say beside it."""
    kept = [
        Fact(need, slot.value, slot.source, "" if slot.where == "customer" else slot.where, slot.shown)
        for need, slot in memory.slots.items()
        if need != Need.CODE  # which proved who they are, and is nobody's to read
    ]
    return tuple(sorted([*kept, *_beside(conversation, kept, memory)], key=_place))


def _beside(conversation: Conversation, kept: Sequence[Fact], memory: Memory) -> Iterator[Fact]:
    known = {(fact.label, plain(words)) for fact in kept for words in (fact.value, fact.shown)}
    of_profile: set[str] = set()
    for each in told_in(conversation):
        need = each.slot.value
        if (need, plain(each.value)) in known:
            continue
        if each.where:  # of the profile: the first, where they said none themselves
            if need in memory.slots or need in of_profile:
                continue
            of_profile.add(need)
        elif need in memory.slots and (memory.slots[need].source or 0) >= (each.source or 0):
            continue  # the bot has taken it for what it kept
        yield Fact(need, each.value, each.source, each.where)


def _place(fact: Fact) -> int:
    """As people read it: what it is about, what they want, how they are reached. What nobody knows comes last."""
    return _ORDER.index(Need(fact.label)) if fact.label in _ORDER else len(_ORDER)


def plain(value: str) -> str:
    """By which two ways of writing the same are known."""
    return "".join(sign for sign in value.casefold() if sign.isalnum())


def _guesses(talk: BotTalk | None, memory: Memory) -> tuple[Guess | None, Guess | None]:
    """What it is about: the talk's topic where it has one, else what a line was taken for most surely."""
    heard = [each for each in memory.heard if each.topic is not None]
    ofit = [each for each in heard if talk and each.topic == talk.topic_id]
    best = max(ofit or heard, key=lambda each: each.certainty, default=None)
    if best is None:
        return (Guess(talk.topic_id, talk.topic.name, 0.0), None) if talk and talk.topic else (None, None)
    names = dict(Topic.objects.filter(pk__in=filter(None, [best.topic, best.next_topic])).values_list("pk", "name"))
    return _guess(best.topic, best.certainty, names), _guess(best.next_topic, best.next_certainty, names)


def _guess(topic: int | None, certainty: float, names: dict[int, str]) -> Guess | None:
    return Guess(topic, names[topic], certainty) if topic in names else None


def _not_asked(memory: Memory, told: Sequence[Fact]) -> tuple[str, ...]:
    """What the deed needs that nobody has said."""
    deed = DEEDS.get(memory.task)
    known = {fact.label for fact in told}
    return tuple(str(need) for need in deed.needs if need not in known) if deed else ()


def _tried(step: Step) -> Tried:
    return Tried(step.what, step.result, step.source, step.about)


def _other_deeds(talk: BotTalk | None, memory: Memory) -> Iterable[Tried]:
    """Those of which the bot had not written down the end, such as one whose worker died."""
    if talk is None or talk.pk is None:
        return
    written = {step.what for step in memory.steps}
    for deed in BotDeed.objects.filter(talk=talk).order_by("created_at", "pk"):
        if deed.what not in written:
            yield Tried(deed.what, _ENDED[DeedState(deed.state)], None, deed.error)


def _address(identity: int | None) -> str:
    found = Identity.objects.filter(pk=identity).first() if identity else None
    return found.label if found else ""


def _page(conversation: Conversation, at: datetime) -> str:
    """That they had open when they wrote last, if they were on the site."""
    said = Moment.objects.filter(message__conversation=conversation, message__created_at__lte=at).exclude(page={})
    page = said.order_by("-message__created_at").values_list("page", flat=True).first() or {}
    return str(page.get("title") or page.get("url") or "")[:MOST_SIGNS]


def _language(conversation: Conversation, talk: BotTalk | None, memory: Memory) -> str:
    heard: Sequence[Heard] = [each for each in memory.heard if each.language]
    return (heard[-1].language if heard else "") or (talk.language if talk else "") or conversation.language


def _open_question(memory: Memory) -> Fact | None:
    """What the bot asked last and nobody answered."""
    if not memory.waits_for or memory.question is None:
        return None
    text = Message.objects.filter(pk=memory.question).values_list("text", flat=True).first()
    return Fact(memory.waits_for, _question_in(text)[:MOST_SIGNS], memory.question) if text else None


def _question_in(text: str) -> str:
    """The last sentence of it that asks; all of it where none does."""
    asked = re.findall(r"[^.!?。？\n]*[?？]", text)
    return asked[-1].strip() if asked else text


def _next_step(memory: Memory) -> NextStep | None:
    """What stood right before the end: the deed with its values that was not done."""
    if memory.task not in DEEDS:
        return None
    values = {need: slot.value for need, slot in memory.slots.items() if need != Need.CODE}
    return NextStep(text="", deed=memory.task, values=values)


def _last(conversation: Conversation, at: datetime) -> int | None:
    said = conversation.messages.filter(created_at__lte=at).exclude(kind__in=[MessageKind.NOTE, MessageKind.SYSTEM])
    return said.order_by("-created_at", "-pk").values_list("pk", flat=True).first()
