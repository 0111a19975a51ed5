"""Inbound 2, where a shop asks for something: to be read again, or that a privacy law be heeded."""

from django.db import transaction
from django.utils import timezone

from customers.models import Order
from integrations.adapters.shops.asks import Partial, PrivacyRequest
from integrations.inbound.privacy_requests import heed_privacy
from integrations.models import Connector, Reread
from integrations.queueing import queue_reread


def heed(connector: Connector, asked: Partial | PrivacyRequest) -> None:
    """Call inside a transaction."""
    if isinstance(asked, Partial):
        _read_again(connector, asked)
    else:
        heed_privacy(connector, asked)


def _read_again(connector: Connector, partial: Partial) -> None:
    """Several webhooks about one order in a second are one reading."""
    if partial.only_if_held and not _is_held(connector, partial):
        return
    now = timezone.now()
    row, _made = Reread.objects.update_or_create(
        connector=connector,
        kind=partial.kind,
        external_id=partial.external_id[:200],
        defaults={"asked_at": now, "due_at": now, "tries": 0, "error": ""},
    )
    transaction.on_commit(lambda: queue_reread(row.pk), robust=True)


def _is_held(connector: Connector, partial: Partial) -> bool:
    """Or is about to be, for all we know."""
    about = {"external_id": partial.external_id}
    held = Order.objects.filter(source=connector.pk, status=Order.Status.HELD, **about)
    return held.exists() or Reread.objects.filter(connector=connector, kind=partial.kind, **about).exists()
