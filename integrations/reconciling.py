"""Compares what the provider has of a period with what came in here: “412 there, 412 here”."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Protocol

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations.adapters import adapter_named
from integrations.adapters.about import Compared, Step
from integrations.models import Connector

PERIOD = timedelta(days=7)  # where none is named


class Reconciles(Protocol):
    """What an adapter has whose provider can be asked what it had."""

    def reconcile(self, connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
        """Raises AdapterError."""
        ...


def can_reconcile(adapter: str) -> bool:
    return hasattr(adapter_named(adapter), "reconcile")


def compared(connector: Connector, since: datetime | None, until: datetime | None) -> Iterator[Step]:
    adapter: Reconciles = adapter_named(connector.adapter)  # type: ignore[assignment]  # who begins it has asked
    until = until or timezone.now()
    began = time.monotonic()
    for each in adapter.reconcile(connector, since or until - PERIOD, until):
        counted = {"what": each.what, "there": each.there, "here": each.here}
        missing, seconds = max(0, each.there - each.here), time.monotonic() - began
        words = _("%(what)s: %(there)s there, %(here)s here.") % counted
        fix = ngettext("%(n)s is missing: read the period again.", "%(n)s are missing: read the period again.", missing)
        yield Step(words, not missing, seconds, fix % {"n": missing} if missing else "")
        began = time.monotonic()
