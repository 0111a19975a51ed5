"""Has the workers do something at once. The sweeps come to all of it too: a broker that is gone costs only seconds."""

from datetime import datetime, timedelta

import structlog
from celery import current_app
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

SOON = timedelta(minutes=1)


def queue_event(raw_id: int) -> None:
    """Has a kept event processed."""
    _soon("integrations.inbound.process", raw_id)


def queue_batch(raw_id: int) -> None:
    """As `queue_event`, of a tracker's batch."""
    _soon("integrations.inbound.process_batch", raw_id)


def queue_reread(reread_id: int) -> None:
    _soon("integrations.inbound.reread", reread_id)


def queue_file(attachment_id: int) -> None:
    _soon("integrations.inbound.fetch_file", attachment_id)


def queue_backfill(backfill_id: int) -> None:
    _soon("integrations.inbound.backfill", backfill_id)


def queue_delivery(*, delivery_id: int, due_at: datetime, **kwargs: object) -> None:
    """Listens to conversations.outbound.outbox.delivery_queued. What is due later than soon is left to the sweep: a
    broker would hand a task out again and again that waits longer than its visibility timeout."""
    if due_at - timezone.now() < SOON:
        _soon("integrations.outbound.deliver", delivery_id, wait=max(0.0, (due_at - timezone.now()).total_seconds()))


def _soon(task: str, number: int, *, wait: float = 0.0) -> None:
    """`wait` in seconds."""
    try:
        current_app.send_task(task, (number,), countdown=wait, retry=False)
    except (BrokerError, RedisError, OSError):
        log.warning("the broker is gone: left to the sweep", task=task, number=number)
