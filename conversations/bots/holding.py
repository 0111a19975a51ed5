"""The turn as it stands, under lock: its conversation, its talk and its row, or that it is nobody's any more."""

import uuid
from dataclasses import dataclass

from django.db.models import F

from conversations.bots import waking
from conversations.models import BotTalk, BotTurn, Conversation
from conversations.models.lease import Holder


@dataclass
class Held:
    """Good until the end of the transaction in which it was found. `quiet_since`: the line after which they had written
    nothing when that was asked; with the conversation locked, they still have not."""

    conversation: Conversation
    talk: BotTalk
    turn: BotTurn
    quiet_since: int | None = None


# Read after the lock is ours, never beside it: joined to the row that is locked, it would be as it was before the wait.
_LEASE = {"holder": F("conversation__lease__holder"), "term": F("conversation__lease__term")}


def held(conversation_id: int, *, key: uuid.UUID | None = None) -> Held | None:
    """Locks the conversation. None where the bot has not the word, nothing waits for it or, with a `key`, another is
    at it."""
    conversation = _locked(conversation_id, *(() if key else ("customer",)))  # who begins tells a brain of them
    if conversation is None:
        return None
    turn = BotTurn.objects.filter(pk=conversation_id).annotate(**_LEASE).first()
    if turn is None or (key is not None and turn.key != key):
        return None
    talk = talk_of(conversation)
    if talk is None or (turn.holder, turn.term) != (Holder.BOT, talk.term):  # type: ignore[attr-defined]
        waking.forget(conversation)
        return None
    return Held(conversation, talk, turn)


def held_under(key: uuid.UUID) -> Held | None:
    """The same, for who has nothing but its key."""
    place = BotTurn.objects.filter(key=key).values_list("pk", flat=True).first()
    return held(place, key=key) if place else None


def talk_of(conversation: Conversation) -> BotTalk | None:
    """The one that goes on."""
    return BotTalk.objects.filter(conversation=conversation, ended_at=None).select_related("bot").first()


def _locked(pk: int, *beside: str) -> Conversation | None:
    rows = Conversation.objects.select_related(*beside) if beside else Conversation.objects.all()
    return rows.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
