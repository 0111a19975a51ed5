"""The doors through which Celery walks in: each calls one function and may run twice."""

from datetime import datetime
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from conversations.outbound import calling_out
from integrations import (
    brains,
    exporting,
    health,
    health_samples,
    offered,
    proving,
    renewing,
    steering,
    telling_brains,
    trials,
)
from integrations.adapters.media.chat import by_mail, leftovers
from integrations.imports import running as imports
from integrations.inbound import aside, backfill, files, names, rereading
from integrations.inbound.process import process, survives, waiting_of_each
from integrations.inbound.together import process_waiting, process_with_next
from integrations.inbound.tracked import process_tracked
from integrations.outbound import deliver, hooks, react, seen
from integrations.queueing import begun, queue_delivery, queue_event, queue_events, queue_file

MOST_OF_EACH = 200  # events of one connector that a sweep comes for


@shared_task(name="integrations.inbound.process")
def process_raw_event(raw_id: int) -> None:
    if (following := process_with_next(raw_id)) is not None:
        queue_event(*following)


@shared_task(name="integrations.inbound.process_kept")
def process_kept(connector_id: int) -> None:
    """Of a connector whose provider calls us, the oldest first."""
    begun(connector_id)
    if process_waiting(connector_id):
        queue_events(connector_id)


@shared_task(name="integrations.inbound.process_batch")
def process_batch(raw_id: int) -> None:
    """Of a tracker."""
    process_tracked(raw_id)


@shared_task(name="integrations.inbound.sweep")
def sweep_raw_events() -> None:
    """Certainty beside speed: whatever is kept and not processed, the oldest of each connector first."""
    for raw_id in waiting_of_each(MOST_OF_EACH):
        if survives(raw_id):
            process(raw_id)


@shared_task(name="integrations.outbound.deliver")
def deliver_one(delivery_id: int) -> None:
    deliver.deliver(delivery_id)


@shared_task(name="integrations.outbound.sweep")
def sweep_deliveries() -> None:
    deliver.give_up_on_the_dead()
    for delivery_id, channel_id in deliver.due():
        queue_delivery(delivery_id=delivery_id, channel_id=channel_id, due_at=timezone.now())


@shared_task(name="integrations.outbound.react")
def react_one(reaction_id: int) -> None:
    react.react(reaction_id)


@shared_task(name="integrations.outbound.sweep_reactions", expires=60)
def sweep_reactions() -> None:
    for reaction_id in react.due():
        react_one.delay(reaction_id)


@shared_task(name="integrations.outbound.call_webhook")
def call_webhook(call_id: int) -> None:
    hooks.call(call_id)


@shared_task(name="integrations.outbound.sweep_webhooks", expires=60)
def sweep_webhooks() -> None:
    for call_id in calling_out.due():
        call_webhook.delay(call_id)


@shared_task(name="integrations.outbound.chat_by_mail")
def sweep_unread_chats() -> None:
    by_mail.sweep()


@shared_task(name="integrations.chat.clear_unsent")
def clear_unsent_chat_files() -> None:
    leftovers.clear_unsent()


@shared_task(name="integrations.inbound.reread")
def reread_one(reread_id: int) -> None:
    rereading.reread(reread_id)


@shared_task(name="integrations.inbound.fetch_file")
def fetch_file(attachment_id: int) -> None:
    aside.fetch(attachment_id)


@shared_task(name="integrations.inbound.fetch_files", expires=30)
def sweep_files() -> None:
    for attachment_id, channel_id in files.due():
        queue_file(attachment_id, channel_id)


@shared_task(name="integrations.inbound.name")
def ask_name(identity_id: int) -> None:
    names.ask_name(identity_id)


@shared_task(name="integrations.outbound.tell_seen")
def tell_seen(conversation_id: int) -> None:
    seen.tell(conversation_id)


@shared_task(name="integrations.sync_templates", expires=300)
def sync_templates() -> None:
    offered.sync_each()


@shared_task(name="integrations.sync_templates_of")
def sync_templates_of(connector_id: int) -> None:
    offered.sync_each(only=connector_id)


@shared_task(name="integrations.renew")
def renew_credentials() -> None:
    renewing.renew_each()


@shared_task(name="integrations.inbound.backfill")
def backfill_on(backfill_id: int) -> None:
    """A stretch of it; what is left is for the next sweep."""
    backfill.run(backfill_id)


@shared_task(name="integrations.inbound.fetch", expires=60)
def sweep_fetches() -> None:
    """What is to be read in shops and is due: a broker that was gone, a shop that was, a worker that died."""
    for reread_id in rereading.due():
        reread_one.delay(reread_id)
    for backfill_id in backfill.due():
        backfill_on.delay(backfill_id)


@shared_task(name="integrations.brains.ask")
def ask_brain(key: str, until: str) -> None:
    """Of another maker, for one turn of a bot."""
    brains.ask(UUID(key), datetime.fromisoformat(until))


@shared_task(name="integrations.brains.tell", expires=10)
def tell_brains() -> None:
    telling_brains.tell_each()


@shared_task(name="integrations.inbound.work_off")
def work_off(connector_id: int) -> None:
    steering.work_off(connector_id)


@shared_task(name="integrations.import")
def import_on(import_id: int) -> None:
    """A stretch of it; the next task goes on."""
    imports.run(import_id)


@shared_task(name="integrations.export")
def export_on(export_id: int) -> None:
    exporting.run(export_id)


@shared_task(name="integrations.moves", expires=10)
def sweep_moves() -> None:
    """Imports and exports that wait, or whose worker died; and archives whose time is over."""
    for import_id in imports.due():
        import_on.delay(import_id)
    for export_id in exporting.due():
        export_on.delay(export_id)
    exporting.clear()


@shared_task(name="integrations.trial")
def run_trial(trial_id: int) -> None:
    trials.run(trial_id)


@shared_task(name="integrations.look_after", expires=60)
def look_after_connectors(connector_id: int = 0) -> None:
    """Tells the admins what broke, and what is about to expire; whichever connector asked for it."""
    health.tell_admins()


@shared_task(name="integrations.prove", expires=110)
def prove_keys() -> None:
    for connector_id in proving.due():
        prove_key.delay(connector_id)


@shared_task(name="integrations.prove_one", expires=110)
def prove_key(connector_id: int) -> None:
    proving.prove(connector_id)


@shared_task(name="integrations.measure_health", expires=300)
def measure_health() -> None:
    health_samples.measure()
