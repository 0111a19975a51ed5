"""Outbound 3, where there is no provider: what is sent as soon as it is stored, because who reads it reads our rows."""

import time
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from integrations.adapters import adapter_named
from integrations.models import Connector

NOTED_EACH = timedelta(seconds=10)

# Not where the channel is shut, nor where something that was said before has not gone: it keeps its place.
_OPEN = """
select connector.id, connector.adapter
from integrations_connector as connector
where connector.channel_id = %(channel)s and connector.is_active and not connector.is_draft
    and connector.paused_at is null and connector.broken_at is null and connector.failures = 0
    and not exists (
        select from conversations_delivery as earlier
        where earlier.conversation_id = %(conversation)s and earlier.channel_id = %(channel)s
            and earlier.status in ('queued', 'sending')
            and (earlier.status = 'sending' or earlier.tries > 0 or earlier.due_at <= clock_timestamp()))
"""

_noted: dict[int, float] = {}  # by connector, when this process last wrote down that something went


def takes_at_once(channel: int, conversation: int) -> bool:
    """For conversations.outbound.outbox: whether it is sent by being stored. Call in the transaction that stores it."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"channel": channel, "conversation": conversation})
        found = cursor.fetchone()
    if found is None or not getattr(adapter_named(found[1]), "stored_is_sent", False):
        return False
    transaction.on_commit(lambda: _note(found[0]), robust=True)
    return True


def _note(connector: int) -> None:
    """The row is one for all that goes, so it is not written for each (integrations.inbound.process.note_arrival)."""
    if time.monotonic() - _noted.get(connector, -1e9) < NOTED_EACH.total_seconds():
        return
    now = timezone.now()
    stale = Q(last_out_at=None) | Q(last_out_at__lt=now - NOTED_EACH)
    Connector.objects.filter(stale, pk=connector).update(last_out_at=now)
    _noted[connector] = time.monotonic()
