"""Compares what the provider has of a period with what came in here: “412 there, 412 here”."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Protocol

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from integrations.adapters import adapter_named
from integrations.adapters.about import Compared, Step
from integrations.inbound.backfill import can_be_read
from integrations.models import Connector

# Of those whose past cannot be read by asking: why, and what there is instead.
NO_PAST: dict[str, Promise] = {
    # core.telegram.org/bots/api#getting-updates
    "telegram": gettext_lazy(
        "Telegram keeps no list that a bot may read. What comes while the desk is away waits there for 24 hours, and"
        " comes by itself then."
    ),
    # developers.line.biz/en/docs/messaging-api/receiving-messages (webhook redelivery)
    "line": gettext_lazy(
        "LINE has no list of what people wrote. It sends again what the desk missed, where webhook redelivery is"
        " switched on in the LINE Developers Console."
    ),
    # …/whatsapp/business-phone-number/message-history tells of deliveries alone
    "whatsapp": gettext_lazy(
        "WhatsApp's Cloud API has no list of what customers wrote. Meta sends again what the desk did not take, for up"
        " to seven days."
    ),
    "bandwidth": gettext_lazy(
        "Bandwidth keeps who wrote when, and no words: a period can be compared, and not be read again."
    ),
    "esp": gettext_lazy(
        "A mail service keeps no mails that it has handed on. It sends again what the desk did not take; for how long"
        " is its own affair."
    ),
    "asterisk": gettext_lazy(
        "Its past is in its own call records: name the CSV file in the form above, and it is read from the beginning."
    ),
    "freeswitch": gettext_lazy(
        "FreeSWITCH sends a call's record again where the desk did not take it (retries), and keeps a file of it where"
        " err-log-dir says so, which can be sent by hand."
    ),
    "calls": gettext_lazy("Only the source itself has its past: it can send it again, and what is here stays once."),
    "sms": gettext_lazy("Only the source itself has its past: it can send it again, and what is here stays once."),
    "api": gettext_lazy("Only the source itself has its past: it can send it again, and what is here stays once."),
    "segment": gettext_lazy("Only the source itself has its past: it can send it again, and what is here stays once."),
    "orders": gettext_lazy(
        "A till's past comes as a file, by manage.py import_orders; a shop of your own sends its orders again."
    ),
    "libretranslate": gettext_lazy("A translator has no past that the desk could want."),
    "deepl": gettext_lazy("A translator has no past that the desk could want."),
    "rasa": gettext_lazy("It thinks, and keeps nothing of its own: the talk is in the thread."),
    "bot_webhook": gettext_lazy("It thinks, and keeps nothing of its own: the talk is in the thread."),
    "bot_framework": gettext_lazy("It thinks, and keeps nothing of its own: the talk is in the thread."),
    "openai": gettext_lazy("It thinks, and keeps nothing of its own: the talk is in the thread."),
    "chat": gettext_lazy("The chat is the desk's own: it has no past anywhere else."),
    "form": gettext_lazy("The form is the desk's own: it has no past anywhere else."),
}

PERIOD = timedelta(days=7)  # where none is named


class Reconciles(Protocol):
    """What an adapter has whose provider can be asked what it had."""

    def reconcile(self, connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
        """Raises AdapterError."""
        ...


def can_reconcile(adapter: str) -> bool:
    return hasattr(adapter_named(adapter), "reconcile")


def why_no_past(adapter: str) -> Promise | str:
    """ "" for what can be read."""
    return "" if can_be_read(adapter) else NO_PAST.get(adapter, "")


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
