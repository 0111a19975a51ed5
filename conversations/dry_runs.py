"""Tries a rule on what has happened: what it would have done, and why not elsewhere. Nothing of the past is touched.

The customer's words, their mood and the moment are as they were then. What was changed since (language, tags, priority,
team, topic, orders) is known as it stands today, which the page says.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from celery import current_app
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from conversations.bots.mood import mood_of
from conversations.conditions import holds
from conversations.models import Activity, Conversation, DryRun, DryRunHit, Message, Rule, SurveyResponse
from conversations.models.message import MessageKind
from conversations.models.rule import RuleEventKind
from conversations.routing.facts import Matter
from conversations.routing.snapshot import World
from conversations.rule_matters import matters_of
from conversations.rule_words import code_of, why_not
from conversations.rules import OF_VERBS
from conversations.surveys.answering import rating_of

if TYPE_CHECKING:
    from deskapp.models import User

log = structlog.get_logger(__name__)

State = DryRun.State
STRETCH = 20.0  # seconds of one task
LEASE = timedelta(minutes=2)
AT_ONCE = 200
MOST_HITS = 1000  # that are kept one by one
MOST_WORDS = 4000


@dataclass(frozen=True)
class Moment:
    """`key` is the one of the row that it is told by: a message, an activity, a conversation."""

    key: int
    conversation: int
    at: datetime


@dataclass(frozen=True)
class Said:
    """What the customer had said by a moment: the last three texts, the newest first."""

    subject: str
    texts: list[str]


def start(rule: Rule, *, days: int, by: "User") -> DryRun:
    """On the last so many days. One at a time for each rule: who asks again has the one that is under way."""
    now = timezone.now()
    body = {"event": rule.event, "after_minutes": rule.after_minutes, "conditions": rule.conditions}
    with transaction.atomic():
        Rule.objects.select_for_update(no_key=True).get(pk=rule.pk)
        if known := rule.dry_runs.filter(state__in=[State.WAITING, State.RUNNING]).first():
            return known
        one = DryRun.objects.create(
            rule=rule, body={**body, "actions": rule.actions}, since=now - timedelta(days=days), until=now, by=by
        )
        transaction.on_commit(lambda: ask(one.pk), robust=True)
    return one


def stop(one: DryRun) -> bool:
    under_way = DryRun.objects.filter(pk=one.pk, state__in=[State.WAITING, State.RUNNING])
    return bool(under_way.update(state=State.STOPPED, finished_at=timezone.now()))


def ask(pk: int) -> None:
    """Has a worker go on with it, beside the work that customers wait for."""
    try:
        current_app.send_task("conversations.dry_run", (pk,), queue="reports", retry=False)
    except (BrokerError, RedisError, OSError):
        log.warning("the broker is gone: the dry run is left to the sweep", dry_run_id=pk)


def due() -> list[int]:
    """Those that wait, and those whose worker died."""
    waiting = DryRun.objects.filter(state__in=[State.WAITING, State.RUNNING], due_at__lte=timezone.now())
    return list(waiting.order_by("due_at").values_list("pk", flat=True)[:20])


def run(pk: int, *, seconds: float = STRETCH) -> DryRun:
    """A stretch of it. A worker that dies loses a batch at most, which is done again by the next."""
    until = time.monotonic() + seconds
    one = DryRun.objects.get(pk=pk)
    if one.state == State.WAITING:
        _begin(one)
    while one.state == State.RUNNING:
        is_whole = _batch_or_end(one)
        one.refresh_from_db()
        if is_whole:
            _finish(one)
        elif time.monotonic() >= until:
            DryRun.objects.filter(pk=pk, state=State.RUNNING).update(due_at=timezone.now())
            ask(pk)
            break
    one.refresh_from_db()
    return one


def _begin(one: DryRun) -> None:
    waiting = DryRun.objects.filter(pk=one.pk, state=State.WAITING)
    waiting.update(state=State.RUNNING, total=_moments(one).count(), due_at=timezone.now() + LEASE)
    one.refresh_from_db()


def _finish(one: DryRun) -> None:
    running = DryRun.objects.filter(pk=one.pk, state=State.RUNNING)
    running.update(state=State.DONE, total=F("done"), finished_at=timezone.now())


def _batch_or_end(one: DryRun) -> bool:
    """Where something breaks it ends and says so: the next try would break at the same place."""
    try:
        return _batch(one)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("a dry run broke", dry_run_id=one.pk)
        running = DryRun.objects.filter(pk=one.pk, state=State.RUNNING)
        said = _("Something broke, so it was stopped: %(error)s.") % {"error": type(error).__name__}
        running.update(state=State.STOPPED, error=said, finished_at=timezone.now())
        return True


@transaction.atomic
def _batch(one: DryRun) -> bool:
    """Whether that was the last. How far it is stands with what was found, in one transaction."""
    row = DryRun.objects.select_for_update(no_key=True).get(pk=one.pk)
    if row.state != State.RUNNING:
        return True
    rows = _moments(row).filter(pk__gt=row.last).order_by("pk")[:AT_ONCE]
    moments = [Moment(*each) for each in rows.values_list("pk", _COLUMNS[rows.model], "happened")]
    if not moments:
        return True
    hits, misses = _looked_at(row, moments)
    room = max(0, MOST_HITS - row.hits)
    DryRunHit.objects.bulk_create(
        DryRunHit(dry_run=row, conversation_id=each.conversation, at=each.at) for each in hits[:room]
    )
    row.misses = dict(Counter(row.misses) + misses)
    row.hits, row.done, row.last = row.hits + len(hits), row.done + len(moments), moments[-1].key
    row.due_at = timezone.now() + LEASE
    row.save(update_fields=["misses", "hits", "done", "last", "due_at"])
    return len(moments) < AT_ONCE


def _looked_at(one: DryRun, moments: Sequence[Moment]) -> tuple[list[Moment], "Counter[str]"]:
    conditions = one.body["conditions"]
    world = World(timezone.now())
    known = matters_of(sorted({each.conversation for each in moments}), world)
    said, ratings = _said(moments), _ratings(one, moments)
    hits, misses = [], Counter[str]()
    for each in moments:
        matter = _as_it_was(known[each.conversation], each, one, said[each.key], world)
        matter = replace(matter, rating=ratings.get(each.key, matter.rating))
        if holds(conditions, matter):
            hits.append(each)
        else:
            misses[code_of(why_not(conditions, matter))] += 1
    return hits, misses


def _ratings(one: DryRun, moments: Sequence[Moment]) -> dict[int, float]:
    """What was answered at these very moments, where it is an answer that the rule listens to."""
    if one.body["event"] != RuleEventKind.RATED:
        return {}
    rows = SurveyResponse.objects.filter(pk__in=[each.key for each in moments]).select_related("ask__version")
    return {row.pk: rating for row in rows if (rating := rating_of(row)) is not None}


def _as_it_was(matter: Matter, moment: Moment, one: DryRun, said: Said, world: World) -> Matter:
    waited = one.body["after_minutes"] or 0
    is_waiting = one.body["event"] == RuleEventKind.WAITING
    moods = (mood_of(text, matter.language) for text in said.texts)
    return replace(
        matter,
        at=moment.at,
        since=moment.at - timedelta(minutes=waited) if is_waiting else None,
        words="\n".join([said.subject, *said.texts])[:MOST_WORDS],
        mood=next((mood for mood in moods if mood is not None), None),
        is_open=world.is_open(world.channels.get(matter.channel or 0), matter.team, moment.at),
    )


def _said(moments: Sequence[Moment]) -> dict[int, Said]:
    """By the moment's key."""
    keys = {each.conversation for each in moments}
    subjects = dict(Conversation.objects.filter(pk__in=keys).values_list("pk", "subject"))
    said: dict[int, list[tuple[datetime, str]]] = {}
    theirs = Message.objects.filter(conversation__in=keys, kind=MessageKind.INBOUND, is_automatic=False)
    texts = theirs.order_by("-created_at", "-pk").values_list("conversation", "created_at", Left("text", MOST_WORDS))
    for key, at, text in texts:
        said.setdefault(key, []).append((at, text))
    return {
        each.key: Said(subjects[each.conversation], _by_then(said.get(each.conversation, []), each)) for each in moments
    }


def _by_then(said: Sequence[tuple[datetime, str]], moment: Moment) -> list[str]:
    return [text for at, text in said if at <= moment.at][:3]


_COLUMNS: dict[type[Model], str] = {
    Conversation: "pk",
    Message: "conversation",
    Activity: "conversation",
    SurveyResponse: "conversation",
}
_VERBS = {event: [verb for verb, its in OF_VERBS.items() if its == event] for event in set(OF_VERBS.values())}


def _moments(
    one: DryRun,
) -> "QuerySet[Conversation] | QuerySet[Message] | QuerySet[Activity] | QuerySet[SurveyResponse]":
    """The rows by which such an event is told, with the moment it `happened`; nothing of spam."""
    event, span = one.body["event"], (one.since, one.until)
    here = Conversation.objects.here()
    if event == RuleEventKind.ARRIVED:
        return here.filter(created_at__range=span, last_inbound_at__isnull=False).annotate(happened=F("created_at"))
    if event == RuleEventKind.RATED:
        rated = SurveyResponse.objects.filter(conversation__in=here, answered_at__range=span)
        return rated.annotate(happened=F("answered_at"))
    if event in _VERBS:
        told = Activity.objects.filter(verb__in=_VERBS[event], created_at__range=span, conversation__in=here)
        return told.annotate(happened=F("created_at"))
    said = Message.objects.filter(conversation__in=here, is_automatic=False).annotate(happened=F("created_at"))
    if event == RuleEventKind.WROTE:
        theirs = said.filter(kind=MessageKind.INBOUND, created_at__range=span)
        before = said.filter(kind=MessageKind.INBOUND, conversation=OuterRef("conversation"))
        return theirs.filter(Exists(before.filter(created_at__lt=OuterRef("created_at"))))
    ours = said.filter(kind=MessageKind.OUTBOUND)
    if event == RuleEventKind.ANSWERED:
        return ours.filter(created_at__range=span)
    return _silences(one, said)


def _silences(one: DryRun, said: "QuerySet[Message]") -> "QuerySet[Message]":
    """The messages after which nobody said anything for as long as the rule waits: the customer's first one since our
    last answer where they wait, ours where it is quiet."""
    after = timedelta(minutes=one.body["after_minutes"] or 0)
    is_waiting = one.body["event"] == RuleEventKind.WAITING
    kinds = (MessageKind.INBOUND, MessageKind.OUTBOUND)
    theirs, ours = kinds if is_waiting else kinds[::-1]
    found = said.filter(kind=theirs, created_at__range=(one.since - after, one.until - after))
    found = found.annotate(happened=F("created_at") + after)
    replied = Message.objects.filter(conversation=OuterRef("conversation"), is_automatic=False)
    soon = replied.filter(created_at__gt=OuterRef("created_at"), created_at__lte=OuterRef("happened"))
    found = found.exclude(Exists(soon.filter(kind=ours) if is_waiting else soon.filter(kind__in=kinds)))
    if not is_waiting:
        return found
    last = replied.filter(created_at__lt=OuterRef("created_at"), kind__in=kinds).order_by("-created_at", "-pk")
    return found.annotate(before=Subquery(last.values("kind")[:1])).filter(Q(before=None) | Q(before=ours))
