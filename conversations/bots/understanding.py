"""What routing understands of several conversations at once: topic, language and mood, from the customer's last words.

A topic that a person set stays; what is understood is kept on the conversation, where lists, rules and reports read it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog

from conversations.bots import teaching
from conversations.bots.languages import language_of
from conversations.bots.mood import mood_of
from conversations.models import Conversation, Topic
from conversations.updating import update_each

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Understood:
    """`topic` is the name of a Topic or ""; certainties are 0 to 1."""

    topic: str = ""
    certainty: float = 0.0
    complexity: int = 1
    next_topic: str = ""
    next_certainty: float = 0.0


def understand_each(said: Iterable[tuple[Conversation, Sequence[str]]]) -> dict[int, Understood]:
    """By conversation, each with `topic` and `customer` at hand and what its customer said, the newest first. What is
    new of them is written by one statement."""
    taught, found, changed = teaching.taught(), {}, []
    for conversation, words in said:
        before = (conversation.topic_id, conversation.certainty, conversation.mood, conversation.language)
        try:
            found[conversation.pk] = _understand(conversation, [text for text in words if text.strip()], taught)
        except Exception:  # of one customer's words: nobody else is to wait for them
            log.exception("words could not be understood", conversation=conversation.pk)
            found[conversation.pk] = as_kept(conversation)
        if before != (conversation.topic_id, conversation.certainty, conversation.mood, conversation.language):
            changed.append(conversation)
    update_each(changed, ["topic", "certainty", "mood", "language"])
    return found


def as_kept(conversation: Conversation) -> Understood:
    """What was understood of it before, and nothing read anew. A topic that a person said is certain."""
    topic, certainty = conversation.topic, conversation.certainty
    return Understood(topic.name, 1.0 if certainty is None else certainty, topic.complexity) if topic else Understood()


def likeliest_first(conversation: Conversation, topics: Sequence[Topic]) -> list[Topic]:
    """The two that its subject and its beginning are likest to, and the others as they stood."""
    taught = teaching.taught()
    words = "\n".join(filter(None, [conversation.subject, conversation.snippet]))
    if taught is None or not words.strip():
        return list(topics)
    first, following, _guess = teaching.likeliest(words, taught, conversation.language)
    likely = [topic for topic in (first, following) if topic in topics]
    return [*likely, *(topic for topic in topics if topic not in likely)]  # type: ignore[list-item]


def _understand(conversation: Conversation, words: Sequence[str], taught: teaching.Taught | None) -> Understood:
    if words:
        known = conversation.language or conversation.customer.language
        conversation.language = language_of("\n".join(reversed(words)), known=known)[:12]
        mood = mood_of(words[0], conversation.language)
        conversation.mood = conversation.mood if mood is None else mood
    is_said_by_person = conversation.topic is not None and conversation.certainty is None
    if is_said_by_person or taught is None or not (words or conversation.subject):
        return as_kept(conversation)
    return _guess(conversation, [text for text in (conversation.subject, *words) if text.strip()], taught)


def _guess(conversation: Conversation, words: Sequence[str], taught: teaching.Taught) -> Understood:
    guess = taught.model.guess_all(words, taught.encoder if conversation.language in ("", "en") else None)
    following = taught.topics.get(guess.next_label)
    topic = taught.topics.get(guess.label) if guess.is_known else None
    conversation.topic, conversation.certainty = topic, guess.confidence if topic else None
    return Understood(
        topic.name if topic else "",
        guess.confidence if topic else 0.0,
        topic.complexity if topic else 1,
        following.name if following else "",
        guess.next_confidence,
    )
