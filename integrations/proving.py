"""Asks providers that call us, and are not asked for news, whether they know our key still: one that was taken back is
told of within two minutes, and not only when somebody answers."""

import structlog
from django.utils import timezone

from integrations import health, turns
from integrations.adapters import ADAPTERS, adapter_named
from integrations.adapters.base import AdapterError, CredentialError, Proves
from integrations.models import Connector

log = structlog.get_logger(__name__)


def due() -> list[int]:
    """Every connector that can be asked and is at work, also a broken one: it may have been mended at the provider."""
    names = [name for name in ADAPTERS if hasattr(adapter_named(name), "prove")]
    at_work = Connector.objects.filter(adapter__in=names, is_active=True, is_draft=False, paused_at=None)
    return list(at_work.order_by("pk").values_list("pk", flat=True))


def prove(pk: int) -> None:
    """Whether it works is written down only where the provider says so: one that is away says nothing of our key."""
    connector = Connector.objects.select_related("channel").filter(pk=pk, is_active=True, is_draft=False).first()
    if connector is None:
        return
    adapter: Proves = adapter_named(connector.adapter)  # type: ignore[assignment]  # as `due` has asked
    try:
        adapter.prove(connector)
    except CredentialError as error:
        health.broken(connector, str(error))
    except AdapterError as error:
        log.info("a key was not proven", connector=pk, error=str(error), said=error.said[:400])
    else:
        Connector.objects.filter(pk=pk).update(checked_at=timezone.now())
        if connector.broken_at:
            health.mended(connector)
            turns.wake(connector)
