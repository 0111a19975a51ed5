"""The doors through which Celery walks in: each calls one function and may run twice."""

from datetime import datetime, timedelta

import structlog
from celery import Task, shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from integrations.adapters.media.chat import by_mail, leftovers
from integrations.inbound.process import process, survives
from integrations.inbound.together import process_with_next
from integrations.models import RawEvent
from integrations.outbound import deliver

log = structlog.get_logger(__name__)

SOON = timedelta(minutes=1)


@shared_task(name="integrations.inbound.process")
def process_raw_event(raw_id: int) -> None:
    process_with_next(raw_id)


@shared_task(name="integrations.inbound.sweep")
def sweep_raw_events() -> None:
    """Certainty beside speed: whatever is kept and not processed, oldest first."""
    for raw_id in RawEvent.objects.filter(state=RawEvent.State.KEPT).order_by("id").values_list("pk", flat=True)[:500]:
        if survives(raw_id):
            process(raw_id)


@shared_task(name="integrations.outbound.deliver")
def deliver_one(delivery_id: int) -> None:
    deliver.deliver(delivery_id)


@shared_task(name="integrations.outbound.sweep")
def sweep_deliveries() -> None:
    deliver.give_up_on_the_dead()
    for delivery_id in deliver.due():
        deliver_one.delay(delivery_id)


@shared_task(name="integrations.outbound.chat_by_mail")
def sweep_unread_chats() -> None:
    by_mail.sweep()


@shared_task(name="integrations.chat.clear_unsent")
def clear_unsent_chat_files() -> None:
    leftovers.clear_unsent()


def queue_event(raw_id: int) -> None:
    """Has a kept event processed at once. The sweep comes to it too: a broker that is gone costs seconds, no mail."""
    _soon(process_raw_event, raw_id)


def queue_delivery(*, delivery_id: int, due_at: datetime, **kwargs: object) -> None:
    """Listens to conversations.outbound.outbox.delivery_queued. What is due later than soon is left to the sweep: a
    broker would hand a task out again and again that waits longer than its visibility timeout."""
    if due_at - timezone.now() < SOON:
        _soon(deliver_one, delivery_id, wait=max(0.0, (due_at - timezone.now()).total_seconds()))


def _soon(task: Task, number: int, *, wait: float = 0.0) -> None:
    """`wait` in seconds."""
    try:
        task.apply_async((number,), countdown=wait, retry=False)
    except (BrokerError, RedisError, OSError):
        log.warning("the broker is gone: left to the sweep", task=task.name, number=number)
