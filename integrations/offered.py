"""Keeps the templates of each channel as its provider has them: allowed there, changed there, and only read here."""

import structlog
from django.db import transaction
from django.utils import timezone

from conversations.envelopes import OfferedTemplate
from conversations.models import MessageTemplate
from integrations import health
from integrations.adapters import ADAPTERS, adapter_named
from integrations.adapters.base import AdapterError, CredentialError, Offers
from integrations.models import Connector

log = structlog.get_logger(__name__)

_FIELDS = ["category", "header", "body", "footer", "buttons", "examples", "is_usable", "seen_at"]


def sync(connector: Connector) -> int:
    """Reads them all, and gives how many there are. What the provider has no more is gone here, too. Raises
    AdapterError."""
    offers: Offers = adapter_named(connector.adapter)  # type: ignore[assignment]  # as `sync_each` has asked
    offered = list(offers.templates(connector))
    now, channel = timezone.now(), connector.channel
    if channel is None:
        return 0
    rows = {(each.name, each.language): _row(channel.pk, each) for each in offered if each.name and each.body}
    for row in rows.values():
        row.seen_at = now
    with transaction.atomic():
        MessageTemplate.objects.bulk_create(
            rows.values(), update_conflicts=True, unique_fields=["channel", "name", "language"], update_fields=_FIELDS
        )
        MessageTemplate.objects.filter(channel=channel, seen_at__lt=now).delete()
    return len(rows)


def sync_each(*, only: int | None = None) -> None:
    """Of every connector that is well, or of this one; one whose provider is away keeps what it had."""
    names = [name for name in ADAPTERS if hasattr(adapter_named(name), "templates")]
    well = Connector.objects.filter(adapter__in=names, is_active=True, paused_at=None, broken_at=None, is_draft=False)
    for connector in (well.filter(pk=only) if only else well).select_related("channel"):
        try:
            sync(connector)
        except CredentialError as error:
            health.broken(connector, str(error))
        except AdapterError as error:
            log.info("templates were not read", connector=connector.pk, error=str(error), said=error.said[:400])


def _row(channel_id: int, offered: OfferedTemplate) -> MessageTemplate:
    return MessageTemplate(
        channel_id=channel_id,
        name=offered.name,
        language=offered.language,
        category=offered.category,
        header=offered.header,
        body=offered.body,
        footer=offered.footer,
        buttons=[dict(button) for button in offered.buttons],
        examples=list(offered.examples),
        is_usable=offered.is_usable,
    )
