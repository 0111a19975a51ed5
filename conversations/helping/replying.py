"""What could be answered: canned replies, articles, and what was answered to others who wanted the same, in one order.

How fitting a text is: a canned reply as it is like what the customer asks now, and more so as it is like what solved
the conversations that are like this one; an article by topic and words; an answer as the conversation it solved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from conversations.bots.languages import language_of
from conversations.bots.shelf import plain
from conversations.canned_words import filled, usable_by
from conversations.handoff.slots import Given
from conversations.helping import learnt
from conversations.helping.alike import Alike
from conversations.helping.fitting import fitted
from conversations.helping.remembering import said_in
from conversations.helping.vectors import by_words
from conversations.models import ArticleText, CannedReply, Conversation, Message
from conversations.models.help import HintKind
from conversations.models.message import MessageKind

if TYPE_CHECKING:
    from conversations.bots.heads import Floats
    from deskapp.models import User

SHOWN = 3
LEAST = 0.16  # worth, below which silence helps more
MOST_CANNED = 300  # that are ranked
LONGEST = 3000  # signs of an answer that is offered
LATEST = 3  # messages of the customer that say what they ask now
OF_ANSWERS, OF_THREAD = 0.9, 0.5  # how much of a canned reply's worth is by what solved others, and by the thread
OF_TOPIC = 0.25  # of an article, where the topic is its own
WORN = 0.8  # of an answer to somebody else: what the team has agreed on comes first


@dataclass(frozen=True)
class Offer:
    """`of` is the key of what it came from, `href` leads there."""

    kind: HintKind
    of: int
    text: str
    title: str
    href: str
    worth: float


def offers(
    conversation: Conversation, agent: "User", alikes: Sequence[Alike], given: Sequence[Given], *, most: int = SHOWN
) -> list[Offer]:
    """The best first, each text once. Only where the customer waits for an answer."""
    asked = asked_now(conversation)
    if not asked:
        return []
    wanted = [asked, *(each.text for each in said_in([conversation.pk]).values())]  # now, and to begin with
    hidden = learnt.refused(conversation, agent)
    found = [
        *_canned(conversation, agent, wanted, alikes),
        *_articles(conversation, wanted),
        *_answers(conversation, agent, alikes, given),
    ]
    found = [each for each in _as_learnt(found, conversation) if (each.kind, each.of) not in hidden]
    best: dict[str, Offer] = {}
    for each in sorted(found, key=lambda each: -each.worth):
        best.setdefault(" ".join(each.text.split()), each)
    return [each for each in best.values() if each.worth >= LEAST and each.text][:most]


def asked_now(conversation: Conversation) -> str:
    """What the customer said since we answered last; "" where they wait for nothing."""
    rows = conversation.messages.filter(kind__in=[MessageKind.INBOUND, MessageKind.OUTBOUND], is_automatic=False)
    newest = rows.order_by("-created_at", "-pk").values_list("kind", "text", "subject")[:LATEST]
    said: list[str] = []
    for kind, text, subject in newest:
        if kind == MessageKind.OUTBOUND:
            break
        said += [text, subject]
    return "\n".join(filter(None, reversed(said)))


def _canned(
    conversation: Conversation, agent: "User", wanted: Sequence[str], alikes: Sequence[Alike]
) -> Iterator[Offer]:
    rows = list(usable_by(agent)[:MOST_CANNED])
    if not rows:
        return
    mine = _units([f"{row.name}\n{row.text}" for row in rows])
    thread = (mine @ _units(wanted).T).max(axis=1)
    solved = [(each.likeness, each.answer.text) for each in alikes if each.answer]
    by_answers = np.zeros(len(rows), np.float32)
    if solved:
        likeness = np.array([like for like, _text in solved], np.float32)
        by_answers = (mine @ _units([text for _like, text in solved]).T * likeness).max(axis=1)
    worth = OF_THREAD * thread + OF_ANSWERS * by_answers
    for row, each in zip(rows, worth, strict=True):
        yield _of_canned(row, float(each), conversation, agent)


def _of_canned(row: CannedReply, worth: float, conversation: Conversation, agent: "User") -> Offer:
    text = filled(row.text, conversation, agent)
    return Offer(HintKind.CANNED, row.pk, text, row.name, f"{reverse('canned_replies')}#canned-{row.pk}", worth)


def _articles(conversation: Conversation, wanted: Sequence[str]) -> Iterator[Offer]:
    """In the customer's language; of another, an agent would have to translate it."""
    language = conversation.language[:2] or "en"
    rows = ArticleText.objects.filter(article__is_active=True, language=language).select_related("article")
    texts = list(rows.order_by("pk")[:MOST_CANNED])
    if not texts:
        return
    likeness = (_units([f"{row.title}\n{row.body[:1000]}" for row in texts]) @ _units(wanted).T).max(axis=1)
    for row, like in zip(texts, likeness, strict=True):
        is_of_topic = conversation.topic_id is not None and row.article.topic_id == conversation.topic_id
        worth = OF_THREAD * float(like) + (OF_TOPIC if is_of_topic else 0.0)
        yield Offer(HintKind.ARTICLE, row.pk, plain(row.body), row.title, "", worth)


def _answers(
    conversation: Conversation, agent: "User", alikes: Sequence[Alike], given: Sequence[Given]
) -> Iterator[Offer]:
    language = conversation.language[:2]
    for each in alikes:
        answer = each.answer
        if answer is None or len(answer.text) > LONGEST:
            continue
        if language and language_of(answer.text, known=language)[:2] != language:
            continue
        text = fitted(answer, each.conversation, conversation, agent, given)
        href = f"{reverse('conversation', args=[each.conversation.pk])}#message-{answer.pk}"
        yield Offer(HintKind.ANSWER, each.conversation.pk, text, _who(answer), href, WORN * each.worth)


def _who(answer: Message) -> str:
    return answer.author.short_name if answer.author else _("Bot") if answer.is_bot else _("The desk")


def _as_learnt(found: Sequence[Offer], conversation: Conversation) -> list[Offer]:
    said: dict[tuple[HintKind, int], float] = {}
    for kind in {each.kind for each in found}:
        of = [each.of for each in found if each.kind == kind]
        said |= {(kind, key): value for key, value in learnt.learnt(kind, of, conversation.topic_id).items()}
    return [replace(each, worth=each.worth + said.get((each.kind, each.of), 0.0)) for each in found]


def _units(texts: Sequence[str]) -> "Floats":
    return np.stack([_unit(text) for text in texts])


@lru_cache(maxsize=4096)
def _unit(text: str) -> "Floats":
    places = by_words(text).astype(np.float32)
    return np.asarray(places / max(float(np.linalg.norm(places)), 1e-6), np.float32)
