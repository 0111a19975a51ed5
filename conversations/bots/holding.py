"""The turn as it stands, under lock: its conversation, its talk and its row, or that it is nobody's any more."""

import uuid
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet

from conversations.bots import waking
from conversations.handoff.lease import lines_of
from conversations.models import BotTalk, BotTurn, Conversation
from conversations.models.lease import Holder
from conversations.prepared import Rows, blank, restored

_TURN = {field.attname: f"turn_{field.attname}" for field in BotTurn._meta.concrete_fields}


@dataclass
class Held:
    """Good until the end of the transaction in which it was found. `has_news`: the customer wrote after what the turn
    had read; with the conversation locked, they write nothing more."""

    conversation: Conversation
    talk: BotTalk
    turn: BotTurn
    has_news: bool


def held(conversation_id: int, *, key: uuid.UUID | None = None) -> Held | None:
    """Locks the conversation. None where the bot has not the word, nothing waits for it or, with a `key`, another is
    at it."""
    conversation = (_LOCKED if key else _LOCKED_WITH_CUSTOMER).first(conversation_id)
    if conversation is None:
        return None
    # Read after the lock is ours, never beside it: joined to the row that is locked, it would be as before the wait.
    talk = _TALK.first(conversation_id)
    turn = _turn_of(talk) if talk else BotTurn.objects.filter(pk=conversation_id).first()
    if turn is None or (key is not None and turn.key != key):
        return None
    if talk is None or not _has_the_word(talk):
        waking.forget(conversation)
        return None
    return Held(conversation, talk, turn, talk.has_news)  # type: ignore[attr-defined]


def seen(conversation_id: int) -> Held | None:
    """As it stands now, without a lock: whoever acts on it looks again. None where nothing waits for a bot that has the
    word."""
    talk = _TALK_BESIDE.first(conversation_id)
    turn = _turn_of(talk) if talk else None
    if talk is None or turn is None or not _has_the_word(talk):
        return None
    return Held(talk.conversation, talk, turn, talk.has_news)  # type: ignore[attr-defined]


def held_under(key: uuid.UUID) -> Held | None:
    """The same, for who has nothing but its key."""
    place = BotTurn.objects.filter(key=key).values_list("pk", flat=True).first()
    return held(place, key=key) if place else None


def talk_of(conversation: Conversation) -> BotTalk | None:
    """The one that goes on."""
    return BotTalk.objects.filter(conversation=conversation, ended_at=None).select_related("bot").first()


def _has_the_word(talk: BotTalk) -> bool:
    return (talk.holder, talk.lease_term) == (Holder.BOT, talk.term)  # type: ignore[attr-defined]


def _turn_of(talk: BotTalk) -> BotTurn | None:
    columns = {name: getattr(talk, shown) for name, shown in _TURN.items()}
    return restored(BotTurn, columns) if columns["conversation_id"] else None


def _talks() -> "QuerySet[BotTalk]":
    """The one that goes on, with the lease, the turn, and whether the customer wrote after what that had read."""
    theirs = lines_of(OuterRef("conversation"))  # type: ignore[arg-type]  # a reference stands for a key
    news = theirs.filter(pk__gt=OuterRef("conversation__bot_turn__read_until"))
    beside = {shown: F(f"conversation__bot_turn__{name}") for name, shown in _TURN.items()}
    beside |= {"holder": F("conversation__lease__holder"), "lease_term": F("conversation__lease__term")}
    rows = BotTalk.objects.filter(conversation=blank(0), ended_at=None).select_related("bot")
    return rows.annotate(**beside, has_news=Exists(news))


def _locked() -> "QuerySet[Conversation]":
    return Conversation.objects.select_for_update(of=("self",), no_key=True).filter(pk=blank(0))


_TALK = Rows(_talks)
_TALK_BESIDE = Rows(lambda: _talks().select_related("bot", "conversation__customer"))
_LOCKED = Rows(_locked)
_LOCKED_WITH_CUSTOMER = Rows(lambda: _locked().select_related("customer"))  # who begins tells a brain of them
