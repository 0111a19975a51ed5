"""Does what a brain said: deeds first, each under its own key, then all words at once under the lease; or hands over.

An answer is void where the customer wrote after what the brain had read: then it is thought again. What a deed came to
is told in any case, since it was done.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.bots import doing, flood, waking
from conversations.bots.acts import Answer, Asked, Do, Finish, HandOver, Say
from conversations.bots.holding import Held, held, held_under
from conversations.bots.memory import Memory
from conversations.bots.reading import asked_of
from conversations.bots.telling import finish, hand_over, leave, tell
from conversations.models.handoff import HandoffReason

DEED_TAKES = timedelta(seconds=90)  # a shop is asked over the net
AGAIN = timedelta(seconds=3)  # another worker is at the same deed


@dataclass(frozen=True)
class Result:
    """What is to be said and done, with every deed behind it."""

    says: tuple[Say, ...]
    memory: Memory
    hand_over: HandOver | None = None
    is_finished: bool = False
    goes_on: bool = False  # it is thought again at once
    is_done: bool = False  # a deed was done: it is told, whatever they wrote meanwhile


def carry_out(key: uuid.UUID, answer: Answer, *, asked: Asked | None = None) -> bool:
    """False where nobody wants to hear it any more, or it is thought again. `asked`: what the brain was asked, where
    the caller knows it."""
    if not any(isinstance(act, Do) for act in answer.acts):
        return _say(key, answer, asked)
    asked = _open(key, asked)
    if asked is None:
        return False
    asked = _in_their_language(asked, answer.memory)
    result = _result(asked, answer)
    if result is None:
        _come_back(key)
        return False
    return _settle(key, asked, answer, result)


def _in_their_language(asked: Asked, memory: Memory) -> Asked:
    """As the brain heard it now: what deeds say follows a change of language at once."""
    heard = memory.heard[-1].language if memory.heard else ""
    return replace(asked, language=heard or asked.language)


@transaction.atomic
def give_up(key: uuid.UUID, why: HandOver) -> bool:
    found = held_under(key)
    if found is None:
        return False
    pass_on(found, why)
    return True


def pass_on(found: Held, why: HandOver) -> None:
    """To people, with the lines that wait read, so that the packet ends with them."""
    asked = asked_of(found.conversation, found.talk)
    hand_over(found, asked, (), asked.memory, why)


@transaction.atomic
def _say(key: uuid.UUID, answer: Answer, asked: Asked | None) -> bool:
    """Words alone, without a deed: looked at and said in one."""
    found = _held(key, asked)
    if found is None or _is_behind(found):
        return False
    asked = _in_their_language(asked or _asked_then(found), answer.memory)
    result = _result(asked, answer)
    assert result is not None  # which only a deed can be
    _put_into_words(found, asked, answer, result)
    return True


def _open(key: uuid.UUID, asked: Asked | None) -> Asked | None:
    """What was asked, if the answer still holds; nobody else comes for it while its deeds are done."""
    until = timezone.now() + DEED_TAKES
    if asked and waking.keeps(asked.conversation, key, term=asked.term, until=until):
        return asked
    return _open_under_lock(key, asked, until)


@transaction.atomic
def _open_under_lock(key: uuid.UUID, asked: Asked | None, until: datetime) -> Asked | None:
    found = _held(key, asked)
    if found is None or _is_behind(found):
        return None
    found.turn.due_at = until
    found.turn.save(update_fields=["due_at"])
    return asked or _asked_then(found)


def _held(key: uuid.UUID, asked: Asked | None) -> Held | None:
    return held(asked.conversation, key=key) if asked else held_under(key)


def _asked_then(found: Held) -> Asked:
    return asked_of(found.conversation, found.talk, until=found.turn.read_until)


def _is_behind(found: Held) -> bool:
    """They wrote meanwhile, and do not write without end: it is thought again, as soon as they are quiet."""
    if not found.has_news:
        return False
    now = timezone.now()
    if now - found.turn.asked_at > waking.LONGEST:
        return False
    found.turn.tries -= 1  # nothing failed
    waking.put_back(found.turn, due_at=now + waking.QUIET)
    return True


def _result(asked: Asked, answer: Answer) -> Result | None:
    """None where another worker is at the same deed: it is come back to."""
    says: list[Say] = []
    memory, passes, is_finished, goes_on, is_done = answer.memory, None, False, False, False
    for act in answer.acts:
        if isinstance(act, Say):
            says.append(act)
        elif isinstance(act, HandOver):
            passes = act
        elif isinstance(act, Finish):
            is_finished = True
        else:
            done = doing.do(asked, act, memory)
            if done is None:
                return None
            says += done.says
            memory, passes, goes_on, is_done = done.memory, passes or done.hand_over, done.goes_on, True
        if passes or goes_on:
            break
    return Result(tuple(each for each in says if each.text.strip()), memory, passes, is_finished, goes_on, is_done)


@transaction.atomic
def _settle(key: uuid.UUID, asked: Asked, answer: Answer, result: Result) -> bool:
    found = _held(key, asked)
    if found is None:
        return False  # people have the word: what was done stands in the log, and in the packet
    if not result.is_done and _is_behind(found):
        return False
    _put_into_words(found, asked, answer, result)
    return True


def _put_into_words(found: Held, asked: Asked, answer: Answer, result: Result) -> None:
    if answer.helped is not None:
        doing.note_verdict(asked.memory.question, helped=answer.helped)
    goes_nowhere = not (result.hand_over and result.is_done) and not result.goes_on
    if goes_nowhere and flood.is_told_already(asked, answer, result.says, misunderstood=found.talk.misunderstood):
        leave(found, asked, result.memory if answer.understood else asked.memory)
        return
    found.talk.misunderstood = 0 if answer.understood else found.talk.misunderstood + 1
    if passes := result.hand_over or _limit(found, asked, result):
        says = result.says if result.hand_over else ()
        hand_over(found, asked, says, result.memory, passes)
    elif result.is_finished:
        finish(found, asked, result.says, result.memory)
    else:
        tell(found, asked, result.says, result.memory, goes_on=result.goes_on)


def _limit(found: Held, asked: Asked, result: Result) -> HandOver | None:
    """Why it goes no further: whoever is not understood, or told the same again and again, is passed to people."""
    bot = found.talk.bot
    if bot and found.talk.misunderstood >= bot.most_misunderstood:
        return HandOver(HandoffReason.MISUNDERSTOOD)
    if not (result.says or result.is_finished or result.goes_on):
        return HandOver(HandoffReason.BRAIN, _("It had nothing to say."))
    if _goes_round(asked, result.says):
        return HandOver(HandoffReason.LIMIT, _("It was about to say the same for the third time."))
    return None


def _goes_round(asked: Asked, says: Sequence[Say]) -> bool:
    ours = [line.text.strip() for line in asked.lines if line.who == "bot"]
    return any(ours[-6:].count(say.text.strip()) >= 2 for say in says)


@transaction.atomic
def _come_back(key: uuid.UUID) -> None:
    """Another worker is at the same deed: the turn is looked at again when that has ended."""
    if found := held_under(key):
        waking.put_back(found.turn, due_at=timezone.now() + AGAIN)
