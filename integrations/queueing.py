"""Has the workers do something at once. The sweeps come to all of it too: a broker that is gone costs only seconds."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

SOON = timedelta(minutes=1)
LOST_AFTER = 5  # seconds
BUSY = 0.3  # seconds until a brain that others ask is tried again


def lane(way: str, number: int) -> str:
    """The queue of a connector or a channel. A worker takes from each of its queues in turn (kombu's round robin), so
    that who has thousands waiting does not keep the others waiting too."""
    return f"{way}.{number % settings.LANES}"


def queue_event(raw_id: int, connector_id: int) -> None:
    """Has a kept event processed."""
    _soon("integrations.inbound.process", raw_id, queue=lane("inbound", connector_id))


def queue_events(connector_id: int) -> None:
    """Has what a connector has kept worked off. While a task waits that nobody has begun, no other is needed: it will
    see all that was kept before it began. One that got lost is forgotten after a while, and the sweep comes too."""
    try:
        is_first = cache.add(_waiting(connector_id), 1, timeout=LOST_AFTER)
    except (RedisError, OSError):
        is_first = True
    if is_first:
        _soon("integrations.inbound.process_kept", connector_id, queue=lane("inbound", connector_id))


def begun(connector_id: int) -> None:
    """The task of `queue_events` has begun: whatever is kept from now on asks for another one."""
    try:
        cache.delete(_waiting(connector_id))
    except (RedisError, OSError):
        return


def _waiting(connector_id: int) -> str:
    return f"{settings.REDIS_PREFIX}:kept:{connector_id}"


def queue_batch(raw_id: int) -> None:
    """As `queue_event`, of a tracker's batch."""
    _soon("integrations.inbound.process_batch", raw_id)


def queue_reread(reread_id: int) -> None:
    _soon("integrations.inbound.reread", reread_id)


def queue_file(attachment_id: int, channel_id: int) -> None:
    """Has a file fetched that a message named. As it waits for nobody, it stands in the lane of what is said there."""
    _soon("integrations.inbound.fetch_file", attachment_id, queue=lane("inbound", channel_id))


def queue_name(identity_id: int) -> None:
    """Has a provider asked who that is."""
    _soon("integrations.inbound.name", identity_id)


def queue_seen(conversation_id: int) -> None:
    """Has customers told that they were read. As it may be lost, the next look at the thread tells them."""
    _soon("integrations.outbound.tell_seen", conversation_id)


def queue_templates(connector_id: int) -> None:
    """Has the provider's templates read now."""
    _soon("integrations.sync_templates_of", connector_id)


def queue_backfill(backfill_id: int) -> None:
    _soon("integrations.inbound.backfill", backfill_id)


def queue_import(import_id: int) -> None:
    """Has a file brought in, or what it made taken away, for a stretch."""
    _soon("integrations.import", import_id)


def queue_export(export_id: int) -> None:
    _soon("integrations.export", export_id)


def queue_trial(trial_id: int) -> None:
    """Has a test of a connection, or a comparison with the provider, done."""
    _soon("integrations.trial", trial_id)


def queue_look_after(connector_id: int) -> None:
    """Has the admins told of what broke."""
    _soon("integrations.look_after", connector_id)


def queue_work_off(connector_id: int) -> None:
    """Has what was kept while it was paused processed, the oldest first."""
    _soon("integrations.inbound.work_off", connector_id)


def queue_reaction(*, reaction_id: int, **kwargs: object) -> None:
    """Listens to conversations.outbound.reactions.reaction_queued."""
    _soon("integrations.outbound.react", reaction_id)


def queue_webhook(*, call_id: int, due_at: datetime, **kwargs: object) -> None:
    """Listens to conversations.outbound.calling_out.webhook_queued; what is due later is left to the sweep."""
    if due_at - timezone.now() < SOON:
        wait = max(0.0, (due_at - timezone.now()).total_seconds())
        _soon("integrations.outbound.call_webhook", call_id, wait=wait)


def queue_delivery(*, delivery_id: int, channel_id: int, due_at: datetime, **kwargs: object) -> None:
    """Listens to conversations.outbound.outbox.delivery_queued. What is due later than soon is left to the sweep: a
    broker would hand a task out again and again that waits longer than its visibility timeout."""
    if due_at - timezone.now() < SOON:
        wait = max(0.0, (due_at - timezone.now()).total_seconds())
        _soon("integrations.outbound.deliver", delivery_id, wait=wait, queue=lane("outbound", channel_id))


def queue_brain(*, key: UUID, until: datetime, **kwargs: object) -> None:
    """Listens to conversations.bots.turn.brain_asked. Where the broker is gone, the turn finds it silent."""
    _ask_brain(key, until)


def queue_brain_again(key: UUID, until: datetime) -> None:
    """Others are asking it: a moment later."""
    _ask_brain(key, until, wait=BUSY)


def _ask_brain(key: UUID, until: datetime, *, wait: float = 0.0) -> None:
    try:
        current_app.send_task(
            "integrations.brains.ask", (str(key), until.isoformat()), countdown=wait, queue="bots", retry=False
        )
    except (BrokerError, RedisError, OSError):
        log.warning("the broker is gone: a brain is not asked", key=str(key))


def _soon(task: str, number: int, *, wait: float = 0.0, queue: str | None = None) -> None:
    """`wait` in seconds; without a `queue`, it is the task's own."""
    try:
        current_app.send_task(task, (number,), countdown=wait, queue=queue, retry=False)
    except (BrokerError, RedisError, OSError):
        log.warning("the broker is gone: left to the sweep", task=task, number=number)
