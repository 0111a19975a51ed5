"""The bot's turn: the customer wrote, so read, think, and act, or hand over; one turn at a time, and never silence.

Steps, each committed by itself: `asked` writes down that the bot must speak; `run` claims that under a key and has a
brain think; `heard`, with the conversation locked, takes the brain's answer, and conversations.bots.acting does what
it says. A key that was claimed anew, a lease that was taken and lines that came meanwhile make an answer void. Whatever
dies on the way is found by the sweep.
"""

import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.bots import acting, brain, waking
from conversations.bots.acts import Answer, Asked, HandOver
from conversations.bots.holding import Held, held, seen, talk_of
from conversations.bots.reading import asked_of, newest_of
from conversations.live.push import show_typing
from conversations.models import Bot, BotTalk, BotTurn, Message, Status
from conversations.models.handoff import HandoffReason

log = structlog.get_logger(__name__)

# Sent with key, asked and until after commit; integrations listens, has another brain think, and answers by `heard`.
brain_asked = Signal()

OWN_TAKES = timedelta(seconds=20)  # after which a worker that thinks is taken for dead
MOST_TRIES = 3
LONG = 1.0  # seconds that turns of one task may take together


@dataclass(frozen=True)
class Question:
    key: uuid.UUID
    asked: Asked


def asked(messages: Iterable[Message]) -> None:
    """Of messages that were recorded and routed just now: where the bot has the word, it must speak soon. Call with
    their conversations locked."""
    for message in messages:
        if message.conversation.status == Status.PENDING and not message.is_automatic:
            waking.wake(message.conversation, heard_at=message.created_at)


def run(conversation_id: int) -> None:
    """Has the bot answer what waits there and is due. Several workers may do this at once: one of them does it."""
    question = _claim(conversation_id)
    if question is None:
        return
    try:
        answer = brain.think(question.asked)
    except (OperationalError, InterfaceError):
        raise  # the sweep has it thought again
    except Exception:
        log.exception("the bot could not think", conversation=conversation_id)
        fail(question.key, _("Its own brain broke over it."))
        return
    acting.carry_out(question.key, answer, asked=question.asked)


def run_each(conversations: Sequence[int]) -> None:
    """One after another. One that breaks is left to the sweep, alone; where one takes long, others come for more."""
    began = time.monotonic()
    for number, pk in enumerate(conversations):
        if time.monotonic() - began > LONG:
            for each in conversations[number:]:
                waking.come(each, timezone.now())
            return
        try:
            run(pk)
        except Exception:
            log.exception("a turn of the bot's broke, and is left to the sweep", conversation=pk)
            close_old_connections()


def heard(key: uuid.UUID, answer: Answer) -> bool:
    """Does what a brain says, if it is still wanted: False where it came too late. The same answer twice is one."""
    return acting.carry_out(key, answer)


def fail(key: uuid.UUID, why: str) -> bool:
    """The brain that was asked is down, slow, silent or rude: people have the word. `why` is in the desk's words."""
    return acting.give_up(key, HandOver(HandoffReason.BRAIN, why))


def question_of(key: uuid.UUID) -> Asked | None:
    """What the brain that holds this key was asked; None where nobody wants to know any more."""
    found = BotTurn.objects.filter(key=key).select_related("conversation__customer").first()
    talk = talk_of(found.conversation) if found else None
    return asked_of(found.conversation, talk, until=found.read_until) if found and talk else None


def _claim(conversation_id: int) -> Question | None:
    """The turn, where it is due and nothing is to be done but to think. Nothing is locked for that: whoever speaks
    afterwards looks again, and a turn that is not as it was seen is not claimed."""
    found = seen(conversation_id)
    if found is None or not _is_ours(found):
        return _begin(conversation_id) if BotTurn.objects.filter(pk=conversation_id).exists() else None
    if found.turn.due_at > timezone.now():
        return None  # the task that comes then is on its way
    told = asked_of(found.conversation, found.talk)
    if not (told.new or told.memory.instructions or told.memory.only_step):
        return _begin(conversation_id)
    until = timezone.now() + OWN_TAKES
    key = waking.claim_as_seen(found.turn, read_until=newest_of(told), until=until)
    return Question(key, told) if key else None


def _is_ours(found: Held) -> bool:
    """The desk's own brain thinks, and nothing speaks against it."""
    bot = found.talk.bot
    return bot is not None and bot.brain == Bot.Brain.OWN and _why_not(found.talk, found.turn) is None


@transaction.atomic
def _begin(conversation_id: int) -> Question | None:
    """Claims the turn, where it is due, with its conversation locked. Only of the desk's own brain is the question
    given back: another is asked after the commit."""
    found = held(conversation_id)
    if found is None or found.turn.due_at > timezone.now():
        return None  # the task that comes then is on its way
    conversation, talk, turn = found.conversation, found.talk, found.turn
    if why := _why_not(talk, turn):
        acting.pass_on(found, why)
        return None
    told = asked_of(conversation, talk)
    if not (told.new or told.memory.instructions or told.memory.only_step):
        waking.forget(conversation)  # it was taken back, or split off
        return None
    turn.read_until = newest_of(told)
    assert talk.bot is not None
    if talk.bot.brain == Bot.Brain.CONNECTOR:
        _ask_another(turn, told, patience=timedelta(seconds=talk.bot.patience))
        show_typing(conversation, talk)
        return None
    claimed = waking.claimed(turn, until=timezone.now() + OWN_TAKES)
    assert claimed.key is not None
    return Question(claimed.key, told)


def _ask_another(turn: BotTurn, told: Asked, *, patience: timedelta) -> None:
    until = timezone.now() + patience
    key = waking.claimed(turn, until=until).key
    waking.come(turn.pk, until)  # to find it silent
    transaction.on_commit(lambda: brain_asked.send_robust(Bot, key=key, asked=told, until=until), robust=True)


def _why_not(talk: BotTalk, turn: BotTurn) -> HandOver | None:
    if talk.bot is None or not talk.bot.is_active:
        return HandOver(HandoffReason.BRAIN, _("It was switched off."))
    if turn.taken_at and talk.bot.brain == Bot.Brain.CONNECTOR:
        seconds = {"seconds": talk.bot.patience}
        return HandOver(HandoffReason.BRAIN, _("Its brain said nothing for %(seconds)d seconds.") % seconds)
    if turn.tries >= MOST_TRIES:
        return HandOver(HandoffReason.BRAIN, _("It came to no end, however often it was tried."))
    if talk.turns >= talk.bot.most_turns:
        return HandOver(HandoffReason.LIMIT, _("%(turns)d turns, and no end.") % {"turns": talk.turns})
    return None
