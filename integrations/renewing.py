"""Renews credentials that end, where the provider gives a new one for the old."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from integrations.adapters import ADAPTERS, adapter_named
from integrations.adapters.base import AdapterError, Renews
from integrations.models import Connector

log = structlog.get_logger(__name__)

AHEAD = timedelta(days=30)


def renew_each() -> None:
    """Those that end within a month. One that cannot be renewed is told of by its end (integrations.health)."""
    names = [name for name in ADAPTERS if hasattr(adapter_named(name), "renewed")]
    ending = Connector.objects.filter(adapter__in=names, is_active=True, expires_at__lt=timezone.now() + AHEAD)
    for connector in ending:
        try:
            _renew(connector.pk)
        except AdapterError as error:
            log.warning("a credential was not renewed", connector=connector.pk, error=str(error), said=error.said[:400])


@transaction.atomic
def _renew(pk: int) -> None:
    """The row is locked, so that no admin's new token is overwritten."""
    connector = Connector.objects.select_for_update().get(pk=pk)
    renews: Renews = adapter_named(connector.adapter)  # type: ignore[assignment]  # as `renew_each` has asked
    found = renews.renewed(connector)
    if found is not None:
        connector.secrets = {**connector.secrets, "access_token": found[0]}
        connector.expires_at = timezone.now() + found[1]
        connector.save(update_fields=["sealed", "expires_at"])
