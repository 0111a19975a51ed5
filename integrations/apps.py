"""The integrations app: listens for queued deliveries."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        from conversations.outbound.outbox import delivery_queued
        from integrations.tasks import queue_delivery

        delivery_queued.connect(queue_delivery, dispatch_uid="integrations.queue_delivery")
