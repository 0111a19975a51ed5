"""The doors through which Celery walks in: each calls one function and may run twice."""

from celery import shared_task

from conversations.actions import states


@shared_task(name="conversations.wake_snoozed")
def wake_snoozed() -> None:
    states.wake_snoozed()
