"""Policies, hours or whose they are have changed: the deadlines of everything that is not solved are worked out anew.

One row says so; a task walks the conversations batch by batch and goes on where a worker died. It begins when every
process has forgotten the policies of before. Of what is past already nobody is told: it was late by another promise.
"""

from collections.abc import Collection
from datetime import timedelta

import structlog
from celery import current_app
from django.db import models, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from conversations import promises, sla
from conversations.live.push import push_row
from conversations.models import Conversation, Recount, SlaPolicy, Status

log = structlog.get_logger(__name__)

TASK = "conversations.recount_deadlines"
SETTLED = timedelta(seconds=promises.KEPT + 0.5)
AT_ONCE = 100
MOST = 5000  # conversations of one task: others want their turn


def ask() -> None:
    """Call in the transaction of a change of policies."""
    promises.forget()
    transaction.on_commit(promises.forget)
    Recount.objects.update_or_create(pk=1, defaults={"asked_at": timezone.now(), "begun_at": None, "done_at": None})
    transaction.on_commit(_ask, robust=True)


def ask_if_any() -> None:
    """Call in the transaction of a change of hours, or of whose they are: without a policy it is nothing."""
    if SlaPolicy.objects.exists():
        ask()


OF_CUSTOMERS = frozenset({"tier", "value", "segment", "attribute", "language"})  # what policies ask of them


def of_customers(customers: Collection[int]) -> int:
    """Their figures or segments have changed: another policy may hold. At once, and only where a policy asks that."""
    if not OF_CUSTOMERS & promises.book().fields:
        return 0
    theirs = list(concerned().filter(customer__in=customers).order_by("pk").values_list("pk", flat=True))
    for pk in theirs:
        _reckon_one(pk)
    return len(theirs)


@transaction.atomic
def _reckon_one(pk: int) -> None:
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True).select_related("customer")
    if row := rows.filter(pk=pk).first():  # else it was erased in between
        _reckon(row)


def _ask() -> None:
    try:
        current_app.send_task(TASK, countdown=SETTLED.total_seconds(), retry=False)
    except (BrokerError, RedisError, OSError):
        log.warning("the broker is gone: the deadlines are left to the sweep")


def under_way() -> Recount | None:
    return Recount.objects.filter(pk=1, done_at=None).first()


def walk() -> int:
    """How many were reckoned. One worker at a time; beat comes too, and finds nothing to do most often."""
    counted = 0
    while counted < MOST and (batch := _batch()) is not None:
        counted += batch
    return counted


@transaction.atomic
def _batch() -> int | None:
    """None where there is nothing to do, or another worker does it."""
    waiting = Recount.objects.filter(pk=1, done_at=None, asked_at__lte=timezone.now() - SETTLED)
    recount = waiting.select_for_update(no_key=True, skip_locked=True).first()
    if recount is None:
        return None
    if recount.begun_at is None:
        promises.forget()
        recount.begun_at, recount.cursor, recount.counted = timezone.now(), 0, 0
        recount.total = concerned().count()
    rows = concerned().filter(pk__gt=recount.cursor).order_by("pk").select_related("customer")
    batch = list(rows.select_for_update(of=("self",), no_key=True)[:AT_ONCE])
    for conversation in batch:
        _reckon(conversation)
    recount.counted += len(batch)
    recount.cursor = batch[-1].pk if batch else recount.cursor
    recount.done_at = timezone.now() if len(batch) < AT_ONCE else None
    recount.save()
    return len(batch)


def concerned() -> "models.QuerySet[Conversation]":
    """What has deadlines, or may get some."""
    return Conversation.objects.here().exclude(status=Status.RESOLVED)


def _reckon(conversation: Conversation) -> None:
    before = (conversation.due_at, conversation.at_risk_at, conversation.is_late)
    sla.refresh(conversation, hushed=True)
    if before != (conversation.due_at, conversation.at_risk_at, conversation.is_late):
        push_row(conversation)
