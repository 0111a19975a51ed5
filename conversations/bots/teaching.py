"""Teaching: topics are learnt from their examples into a model that every process shares, by the newest row."""

import io
from collections import Counter
from dataclasses import dataclass, fields
from functools import cache

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from conversations.bots import intents, meaning
from conversations.bots.heads import NgramHead, VectorHead
from conversations.bots.intents import Guess, Lesson, Model
from conversations.bots.meaning import Encoder
from conversations.models import Topic, TopicExample, TopicModel

KEEPS = 3  # models; the older ones go
LEAST = 3  # examples of a topic, to be learnt


@dataclass(frozen=True)
class Taught:
    """`topics` by the label that the model gives, which is a Topic's key in words."""

    model: Model
    topics: dict[str, Topic]
    encoder: Encoder | None


# The newest model, and a number that is another as soon as anything of a topic is.
_STAMP = """
select (select max(id) from conversations_topicmodel),
    (select sum(hashtextextended(topic::text, 0)) from conversations_topic as topic where is_active)
"""
_last: dict[str, tuple[object, Taught]] = {}  # what this process has read


def taught() -> Taught | None:
    """The newest model and the active topics, read from the database again only when one of them changed. One query.
    None: nothing was taught yet."""
    with connection.cursor() as cursor:
        cursor.execute(_STAMP)
        newest, _topics = stamp = cursor.fetchone()
    if newest is None:
        return None
    known = _last.get("taught")
    if known is None or known[0] != stamp:
        known = _last["taught"] = (stamp, _taught(newest))
    return known[1]


@cache
def _kept(pk: int) -> Model:
    return unpacked(bytes(TopicModel.objects.values_list("body", flat=True).get(pk=pk)))


def _taught(pk: int) -> Taught:
    if _kept.cache_info().currsize > KEEPS:
        _kept.cache_clear()
    topics = {str(topic.pk): topic for topic in Topic.objects.filter(is_active=True)}
    model = _kept(pk)
    return Taught(model, topics, meaning.encoder() if model.meaning else None)


def likeliest(text: str, taught: Taught, language: str = "") -> tuple[Topic | None, Topic | None, Guess]:
    """What a text would be about and what it would be taken for next, whether or not that is sure enough."""
    guess = taught.model.guess(text, taught.encoder if language in ("", "en") else None)
    return taught.topics.get(guess.label), taught.topics.get(guess.next_label), guess


def teach() -> TopicModel:
    """Learns anew from all examples: a second for hundreds, twenty for ten thousand. Raises TooFewExamplesError."""
    examples = list(TopicExample.objects.filter(topic__is_active=True).order_by("pk").values_list("text", "topic_id"))
    counted = Counter(topic for _text, topic in examples)
    chosen = [(text, str(topic)) for text, topic in examples if counted[topic] >= LEAST]
    started = timezone.now()
    lesson = intents.learn(chosen, encoder=meaning.encoder())
    took = (timezone.now() - started).total_seconds()
    with transaction.atomic():
        row = TopicModel.objects.create(
            body=packed(lesson.model), examples=len(chosen), seconds=took, tried=_tried(lesson)
        )
        keep = TopicModel.objects.order_by("-pk").values_list("pk", flat=True)[:KEEPS]
        TopicModel.objects.exclude(pk__in=list(keep)).delete()
    return row


def _tried(lesson: Lesson) -> list[list[object]]:
    """[text, right topic, found topic, certainty, known?] of what was kept aside to try it on."""
    return [
        [each.text, int(each.wanted), int(each.guess.label), round(each.guess.confidence, 4), each.guess.is_known]
        for each in lesson.tried
    ]


def packed(model: Model) -> bytes:
    """Weights at half precision: they are as good, and half the size."""
    out = io.BytesIO()
    arrays: dict[str, np.ndarray] = {"labels": np.array(model.labels)}
    for part, head in (("ngrams", model.ngrams), ("meaning", model.meaning)):
        for field in fields(head) if head else ():
            value = getattr(head, field.name)
            arrays[f"{part}.{field.name}"] = value if value.dtype == np.int64 else value.astype(np.float16)
    if model.examples is not None:
        arrays["examples"] = model.examples.astype(np.float16)
    arrays["figures"] = np.array([*model.means, *model.spreads, model.least, model.temperature])
    np.savez_compressed(out, **arrays)  # type: ignore[arg-type]
    return out.getvalue()


def unpacked(body: bytes) -> Model:
    with np.load(io.BytesIO(body), allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in kept.files}
    floats = {name: each.astype(np.float32) for name, each in arrays.items() if each.dtype == np.float16}
    ngrams = NgramHead(
        arrays["ngrams.keys"], floats["ngrams.rarity"], floats["ngrams.weights"], floats["ngrams.offset"]
    )
    with_meaning = "meaning.weights" in floats
    head = VectorHead(floats["meaning.weights"], floats["meaning.offset"]) if with_meaning else None
    figures = [float(each) for each in arrays["figures"]]
    labels = tuple(str(label) for label in arrays["labels"])
    means, spreads = (figures[0], figures[1], figures[2]), (figures[3], figures[4], figures[5])
    return Model(labels, ngrams, head, floats.get("examples"), means, spreads, figures[6], figures[7])
