"""The doors through which Celery walks in: each calls one function and may run twice."""

import structlog
from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from conversations import leftovers, mentions, refreshing, silent_carts
from conversations.actions import orders, states
from conversations.inbound import early
from conversations.live import webpush
from conversations.live.customers import push_customer
from conversations.models import OrderAct
from customers import privacy, retention, suggestions

log = structlog.get_logger(__name__)


@shared_task(name="conversations.wake_snoozed")
def wake_snoozed() -> None:
    states.wake_snoozed()


@shared_task(name="conversations.clear_unsent")
def clear_unsent() -> None:
    leftovers.clear_unsent()


@shared_task(name="conversations.drop_early_changes")
def drop_early_changes() -> None:
    """The messages that they wait for are ones that we do not keep."""
    early.drop_old()


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


@shared_task(name="conversations.erase")
def erase_asked() -> None:
    """Every erasure that is under way; what has to be waited for is looked at again by beat."""
    privacy.carry_on_all()


@shared_task(name="conversations.retain", expires=3600 * 12)
def retain() -> None:
    dropped = retention.carry_out()
    log.info("retention carried out", **{f"dropped_{kind}": rows for kind, rows in dropped.items()})


def erase_soon() -> None:
    """After commit; beat is the net for a broker that is gone."""
    transaction.on_commit(_erase_soon, robust=True)


def _erase_soon() -> None:
    try:
        erase_asked.apply_async(retry=False)
    except (BrokerError, RedisError, OSError):
        log.warning("the broker is gone: the erasure is left to the sweep")


@shared_task(name="conversations.leave_silent_carts", expires=60)
def leave_silent_carts() -> None:
    silent_carts.leave()


@shared_task(name="conversations.suggest", expires=60)
def suggest() -> None:
    """Who may be whom: of everybody of whom something is new."""
    mentions.note_new()
    push_customer(suggestions.sweep())


@shared_task(name="conversations.give_up_on_order_acts", expires=60)
def give_up_on_order_acts() -> None:
    orders.give_up_on_the_dead(OrderAct.objects.all())
