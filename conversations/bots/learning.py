"""When topics are learnt anew: once, however often it is asked, and at once where words are to be forgotten.

One row says so; a task learns and writes how it went, which the screen of topics shows. Beat asks again for a broker
that was gone and a worker that died.
"""

from collections.abc import Iterable
from datetime import timedelta

import structlog
from celery import current_app
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from conversations.bots import teaching
from conversations.bots.intents import TooFewExamplesError
from conversations.models import TopicExample, TopicLesson, TopicModel

log = structlog.get_logger(__name__)

TASK = "conversations.learn_topics"
GIVEN_UP_AFTER = timedelta(minutes=10)  # a worker that is at it for so long has died
ONLY = 1  # the key of the one row
FEW, FAILED = "few", "failed"

_DIGEST = """
select coalesce(md5(string_agg(e.topic_id || ':' || md5(e.text), ',' order by e.id)), '')
from conversations_topicexample e join conversations_topic t on t.id = e.topic_id where t.is_active
"""


@transaction.atomic
def ask(*, forgets: bool = False) -> TopicLesson:
    """Asked while it is under way, it is done once more only if the examples have changed since it began."""
    TopicLesson.objects.get_or_create(pk=ONLY)
    lesson = TopicLesson.objects.select_for_update(no_key=True).get(pk=ONLY)
    is_at_it = lesson.begun_at is not None and lesson.begun_at > timezone.now() - GIVEN_UP_AFTER
    if lesson.asked_at is None and (forgets or not is_at_it or lesson.of != digest()):
        lesson.asked_at = timezone.now()
    lesson.forgets = lesson.forgets or forgets
    lesson.save()
    transaction.on_commit(_ask, robust=True)
    return lesson


def _ask() -> None:
    try:
        current_app.send_task(TASK, retry=False)
    except (BrokerError, RedisError, OSError):
        log.warning("the broker is gone: learning topics is left to the sweep")


def digest() -> str:
    """Of all examples that count: whether they are those that were learnt."""
    with connection.cursor() as cursor:
        cursor.execute(_DIGEST)
        (found,) = cursor.fetchone()
    return str(found)


def lesson() -> TopicLesson:
    return TopicLesson.objects.filter(pk=ONLY).first() or TopicLesson(pk=ONLY)


def run() -> int:
    """Learns as long as somebody waits for it, and says how often that was. Two workers at once: one finds nothing."""
    done = 0
    while _begin():
        _learn()
        done += 1
    return done


def _begin() -> bool:
    now = timezone.now()
    waits = Q(asked_at__isnull=False, begun_at=None) | Q(begun_at__lt=now - GIVEN_UP_AFTER)
    mine = TopicLesson.objects.filter(waits, pk=ONLY)
    return bool(mine.update(begun_at=now, asked_at=None, of=digest()))


def _learn() -> None:
    trouble = FAILED
    try:
        _teach()
        trouble = ""
    except TooFewExamplesError:
        trouble = FEW
    finally:
        done = TopicLesson.objects.filter(pk=ONLY)
        done.update(begun_at=None, done_at=timezone.now(), trouble=trouble)


def _teach() -> None:
    """Where words are to be forgotten, no earlier model stays, not even when there is too little to learn a new one."""
    forgets = TopicLesson.objects.filter(pk=ONLY, forgets=True).exists()
    earlier = list(TopicModel.objects.values_list("pk", flat=True)) if forgets else []
    try:
        teaching.teach()
    finally:
        if forgets:
            _drop(earlier)


@transaction.atomic
def _drop(models: list[int]) -> None:
    TopicModel.objects.filter(pk__in=models).delete()
    TopicLesson.objects.filter(pk=ONLY, asked_at=None).update(forgets=False)


def forget(conversations: Iterable[int]) -> int:
    """Call in the transaction in which these go: the examples taken from them are deleted, no model shows them, and
    what was learnt of them is learnt anew. Says how many examples there were."""
    rows = TopicExample.objects.filter(conversation__in=list(conversations))
    texts = set(rows.values_list("text", flat=True))
    if not texts:
        return 0
    for model in TopicModel.objects.select_for_update(no_key=True).order_by("pk").defer("body"):
        model.tried = [each for each in model.tried if each[0] not in texts]
        model.save(update_fields=["tried"])
    count = rows.delete()[0]
    ask(forgets=True)
    return count
