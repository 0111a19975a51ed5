"""How well topics are told apart: what was tried while learning, and what became of the newest conversations."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from conversations.models import Conversation, Topic, TopicModel

NEWEST = 1000  # conversations that shares are of


@dataclass(frozen=True)
class Mistaken:
    """Texts of one topic that were taken for another's."""

    right: Topic
    found: Topic
    texts: tuple[str, ...]


@dataclass
class Tried:
    """How many texts of a topic were tried, were found and were left to people."""

    asked: int = 0
    found: int = 0
    strangers: int = 0


@dataclass(frozen=True)
class Judged:
    model: TopicModel | None
    by_topic: dict[int, Tried] = field(default_factory=dict)
    mistaken: tuple[Mistaken, ...] = ()  # the most frequent first
    whole: Tried = field(default_factory=Tried)


def judged() -> Judged:
    """Of the model in use; without what is of topics that are gone."""
    model = TopicModel.objects.order_by("-pk").defer("body").first()
    if model is None:
        return Judged(None)
    topics = Topic.objects.in_bulk()
    by_topic: dict[int, Tried] = defaultdict(Tried)
    whole = Tried()
    mistaken: dict[tuple[int, int], list[str]] = defaultdict(list)
    for text, right, found, _certainty, is_known in model.tried:
        if right not in topics or found not in topics:
            continue
        for each in (by_topic[right], whole):
            each.asked += 1
            each.found += right == found and is_known
            each.strangers += not is_known
        if right != found:
            mistaken[right, found].append(text)
    pairs = sorted(mistaken.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    told = tuple(Mistaken(topics[right], topics[found], tuple(texts)) for (right, found), texts in pairs)
    return Judged(model, dict(by_topic), told, whole)


def of_topic(mistaken: Iterable[Mistaken], topic: Topic) -> list[Mistaken]:
    return [each for each in mistaken if topic in (each.right, each.found)]


@dataclass(frozen=True)
class Shares:
    """Of the newest conversations: what nobody could name, and what people named themselves. In per cent."""

    of: int
    unknown: int
    said_by_people: int


def shares() -> Shares:
    newest = Conversation.objects.here().filter(last_inbound_at__isnull=False).order_by("-created_at", "-pk")
    rows = list(newest.values_list("topic", "certainty")[:NEWEST])
    unknown = sum(topic is None for topic, _certainty in rows)
    said = sum(topic is not None and certainty is None for topic, certainty in rows)
    return Shares(len(rows), _percent(unknown, len(rows)), _percent(said, len(rows)))


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
