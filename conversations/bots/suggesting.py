"""Examples offered from the desk's own past: the first words of conversations that a person named, or nobody knew.

What somebody said to an offer is kept, so that none comes twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from conversations.bots import teaching
from conversations.bots.languages import language_of
from conversations.models import Conversation, Message, Topic, TopicExample, TopicVerdict
from conversations.models.conversation import TEACHES
from conversations.models.message import MessageKind

if TYPE_CHECKING:
    from deskapp.models import User

PAGE = 12
LONGEST = 600  # of an example: a question is at the beginning, and four bytes a sign still fit an index


@dataclass(frozen=True)
class Offer:
    """`topic`: what a person said it is about, or the likeliest; None before anything is taught. `is_said`: a person
    said so."""

    conversation: Conversation
    text: str
    topic: Topic | None
    is_said: bool


@dataclass(frozen=True)
class Offers:
    offers: list[Offer]
    after: int  # the key that the next page begins behind; 0 on the last


def offers(agent: "User", *, after: int = 0) -> Offers:
    """The newest first, of what this agent may see. What begins without words, such as a call, is not offered."""
    found = _open(agent).select_related("customer", "topic").order_by("-pk")
    rows = list((found.filter(pk__lt=after) if after else found)[: PAGE + 1])
    words, taught = first_words([row.pk for row in rows[:PAGE]]), teaching.taught()
    made = [_offer(row, words[row.pk], taught) for row in rows[:PAGE] if words.get(row.pk)]
    return Offers(made, rows[PAGE - 1].pk if len(rows) > PAGE else 0)


def _open(agent: "User") -> QuerySet[Conversation]:
    answered = TopicVerdict.objects.filter(conversation=OuterRef("pk"))
    wrote = Message.objects.filter(conversation=OuterRef("pk"), kind=MessageKind.INBOUND, is_automatic=False).exclude(
        text=""
    )
    return Conversation.objects.visible_to(agent).filter(TEACHES).filter(~Exists(answered), Exists(wrote))


def _offer(conversation: Conversation, text: str, taught: teaching.Taught | None) -> Offer:
    if conversation.topic:
        return Offer(conversation, text, conversation.topic, is_said=True)
    return Offer(conversation, text, teaching.likeliest(text, taught)[0] if taught else None, is_said=False)


def first_words(conversations: Sequence[int]) -> dict[int, str]:
    """By conversation, the first thing that its customer wrote, on one line."""
    said = Message.objects.filter(conversation__in=conversations, kind=MessageKind.INBOUND, is_automatic=False)
    rows = said.exclude(text="").order_by("conversation", "created_at", "pk").distinct("conversation")
    return {pk: one_line(text) for pk, text in rows.values_list("conversation", "text")}


def one_line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:LONGEST]


def offered(agent: "User", pk: int) -> Conversation | None:
    return _open(agent).filter(pk=pk).first()


@transaction.atomic
def take(conversation: Conversation, topic: Topic, *, by: "User") -> TopicExample | None:
    """Its first words are an example of the topic. None where somebody has answered before."""
    text = first_words([conversation.pk]).get(conversation.pk, "")
    if not text or not _answer(conversation, by, is_taken=True):
        return None
    language = language_of(text, known=conversation.language)[:12]
    facts = {"language": language, "conversation": conversation}
    return TopicExample.objects.get_or_create(topic=topic, text=text, defaults=facts)[0]


@transaction.atomic
def refuse(conversation: Conversation, *, by: "User") -> bool:
    return _answer(conversation, by, is_taken=False)


def _answer(conversation: Conversation, by: "User", *, is_taken: bool) -> bool:
    defaults = {"is_taken": is_taken, "by": by}
    return TopicVerdict.objects.get_or_create(conversation=conversation, defaults=defaults)[1]
