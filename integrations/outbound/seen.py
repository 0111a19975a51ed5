"""Tells customers, by their own messenger, that an agent has read what they wrote."""

import structlog
from django.core.cache import cache

from conversations.models import Message
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, Sees
from integrations.models import Connector

log = structlog.get_logger(__name__)

REMEMBERED = 3 * 24 * 3600  # seconds: until then the same message is not told of again


def tell(conversation_id: int) -> None:
    """Of each channel that it was said on, the newest message: marking it marks those before it."""
    newest = Message.objects.filter(conversation=conversation_id, kind=Message.Kind.INBOUND).exclude(external_id="")
    newest = newest.order_by("channel", "-created_at", "-pk").distinct("channel")
    for message in newest.select_related("identity"):
        connector = Connector.objects.filter(channel=message.channel_id, is_active=True).first()
        if connector and message.identity and _tells(connector):
            _tell(connector, message, message.identity.value)


def _tells(connector: Connector) -> bool:
    is_well = connector.paused_at is None and connector.broken_at is None
    return is_well and hasattr(adapter_named(connector.adapter), "seen") and connector.settings.get("marks_read", True)


def _tell(connector: Connector, message: Message, to: str) -> None:
    """Not tried again: the next look at the thread does."""
    if not cache.add(f"seen:{message.pk}", 1, REMEMBERED):
        return
    sees: Sees = adapter_named(connector.adapter)  # type: ignore[assignment]  # as `_tells` has asked
    try:
        sees.seen(connector, message.external_id, to)
    except AdapterError as error:
        cache.delete(f"seen:{message.pk}")
        log.info("not marked as read", message=message.pk, error=str(error), said=error.said[:400])
