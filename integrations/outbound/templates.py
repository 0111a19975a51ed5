"""Reads from the providers which texts they allow beforehand, and keeps them as they have them."""

import structlog
from django.db import transaction
from django.utils import timezone

from conversations.models import MessageTemplate
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, Offers
from integrations.models import Connector

log = structlog.get_logger(__name__)

_AS_OFFERED = ("category", "header", "body", "footer", "is_usable")


def refresh(connector: Connector) -> int:
    """Gives how many may be used now. One that the provider does not name any more stays, and cannot be used. Raises
    AdapterError."""
    adapter = adapter_named(connector.adapter)
    if connector.channel_id is None or not hasattr(adapter, "templates"):
        return 0
    offers: Offers = adapter  # type: ignore[assignment]  # as the line above has asked
    offered = list(offers.templates(connector))
    now = timezone.now()
    with transaction.atomic():
        for each in offered:
            told = {name: getattr(each, name) for name in _AS_OFFERED}
            lists = {"buttons": [dict(button) for button in each.buttons], "examples": list(each.examples)}
            MessageTemplate.objects.update_or_create(
                channel_id=connector.channel_id,
                name=each.name,
                language=each.language,
                defaults={**told, **lists, "seen_at": now},
            )
        known = MessageTemplate.objects.filter(channel_id=connector.channel_id)
        known.filter(seen_at__lt=now).update(is_usable=False)
    return sum(each.is_usable for each in offered)


def refresh_all() -> None:
    for connector in Connector.objects.filter(is_active=True, broken_at=None, paused_at=None).exclude(channel=None):
        try:
            refresh(connector)
        except AdapterError as error:
            log.info("templates could not be read", connector=connector.pk, error=str(error))
