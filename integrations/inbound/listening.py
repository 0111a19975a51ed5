"""Inbound 1: what a provider hands out on a line that stays open is kept, together with how far the listening has come.

An adapter whose provider does not call us, or not always, has `watch`: long polling, a stream, a file that grows. The
adapter only fetches; here its news are kept, in the transaction that moves the cursor.
"""

from collections.abc import Iterator
from threading import Event
from typing import Protocol

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.adapters import ADAPTERS, adapter_named
from integrations.adapters.base import AdapterError
from integrations.inbound.arrival import News
from integrations.inbound.mailbox import keep
from integrations.models import Connector, RawEvent
from integrations.queueing import queue_event


class Watches(Protocol):
    """What an adapter has that listens on a line of its own. One process at a time does, for each connector."""

    def is_watched(self, connector: Connector) -> bool:
        """Whether this one is to be listened to; another of the same adapter may be called by its provider."""
        ...

    def watch(self, connector: Connector, stop: Event) -> Iterator[News]:
        """What comes, from `connector.cursor` on, until `stop` is set: looks at it every few seconds. Between two news
        it holds nothing that is not kept: the cursor of one is stored before the next is asked for. Yields empty news
        when all is well and nothing came. Raises AdapterError, or CredentialError."""
        ...


def watching_adapters() -> list[str]:
    return [name for name in ADAPTERS if hasattr(adapter_named(name), "watch")]


def is_watched(connector: Connector) -> bool:
    adapter: Watches = adapter_named(connector.adapter)  # type: ignore[assignment]  # of watching_adapters
    return adapter.is_watched(connector)


def listen(connector: Connector, stop: Event) -> Iterator[int]:
    """Keeps what comes and has it processed; says after each round how many things were new to the desk."""
    adapter: Watches = adapter_named(connector.adapter)  # type: ignore[assignment]  # of watching_adapters
    connector.refresh_from_db(fields=["cursor"])
    for news in adapter.watch(connector, stop):
        new = take(connector, news)
        for raw in new:
            queue_event(raw.pk, raw.connector_id)
        yield len(new)
        if stop.is_set():
            return


@transaction.atomic
def take(connector: Connector, news: News) -> list[RawEvent]:
    """Keeps the news and moves the cursor, both or neither; gives the events that are new. Raises AdapterError where
    somebody else has moved the cursor meanwhile: then they have kept these news, too."""
    if news.cursor is not None and news.cursor != connector.cursor:
        from_here = Connector.objects.filter(pk=connector.pk, cursor=connector.cursor)
        if not from_here.update(cursor=dict(news.cursor), checked_at=timezone.now()):
            raise AdapterError(_("Another watcher listens to this connector."))
    kept = [keep(connector, arrival) for arrival in news.arrivals]
    if news.cursor is not None:
        connector.cursor = dict(news.cursor)
    return [raw for raw, is_new in kept if is_new]
