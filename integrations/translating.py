"""Translates by the connector that an admin has connected: the first that works."""

from collections.abc import Sequence

import structlog
from django.utils.translation import gettext as _

from conversations.helping.translating import CannotTranslateError, Translated
from integrations import health
from integrations.adapters import ADAPTERS, adapter_named
from integrations.adapters.base import AdapterError, CredentialError
from integrations.adapters.translators.base import Translates
from integrations.models import Connector

log = structlog.get_logger(__name__)

TRANSLATORS = [name for name, path in ADAPTERS.items() if ".translators." in path]


def who() -> str:
    """The name of the connector that would be asked; "" where there is none."""
    one = _first()
    return one.name if one else ""


def translate(texts: Sequence[str], source: str, target: str) -> Translated:
    """Raises CannotTranslateError in words for the agent."""
    one = _first()
    if one is None:
        raise CannotTranslateError(_("No translator is connected."))
    adapter: Translates = adapter_named(one.adapter)  # type: ignore[assignment]  # as TRANSLATORS says
    try:
        found = adapter.translate(one, texts, source=source, target=target)
    except CredentialError as error:
        health.broken(one, str(error))
        raise CannotTranslateError(str(error)) from error
    except AdapterError as error:
        log.info("nothing was translated", connector=one.pk, error=str(error), said=error.said[:400])
        raise CannotTranslateError(str(error)) from error
    return Translated(tuple(found), one.name)


def _first() -> Connector | None:
    well = Connector.objects.filter(adapter__in=TRANSLATORS, is_active=True, is_draft=False)
    return well.filter(paused_at=None, broken_at=None).order_by("pk").first()
