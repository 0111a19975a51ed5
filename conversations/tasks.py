"""The doors through which Celery walks in: each calls one function and may run twice."""

from celery import shared_task

from conversations import leftovers, refreshing
from conversations.actions import states
from conversations.live import webpush


@shared_task(name="conversations.wake_snoozed")
def wake_snoozed() -> None:
    states.wake_snoozed()


@shared_task(name="conversations.clear_unsent")
def clear_unsent() -> None:
    leftovers.clear_unsent()


@shared_task(name="conversations.web_push", expires=600)
def web_push(message_id: int) -> None:
    """Whoever runs it twice shows one notification twice over: the browser replaces what has the same tag."""
    webpush.wake(message_id)


@shared_task(name="conversations.refresh_profiles", expires=60)
def refresh_profiles() -> None:
    refreshing.refresh()


@shared_task(name="conversations.fill_segments", expires=3600)
def fill_segments() -> None:
    """What comes true by the clock alone, such as ninety days without an order."""
    refreshing.fill_segments()
