"""The doors through which Celery walks into this room: each calls one function and may run twice."""

import structlog
from celery import shared_task

from customers import partitions

log = structlog.get_logger(__name__)


@shared_task(name="customers.make_months", expires=3600)
def make_months() -> None:
    if made := partitions.make_ahead():
        log.info("months of events made", months=made)
