"""sipgate's history of calls, compared and read again.

https://api.sipgate.com/v2/doc and github.com/sipgate-io/sipgateio-node, lib/history (types, directions, from, to,
offset, limit; items and totalCount). It names calls by ids of its own, of which nobody says that its pushes have them:
a call is known by its number and its time as well.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.models import Message
from customers.handles import normalise
from customers.models.identity import Kind
from integrations.adapters.about import Compared
from integrations.adapters.media import phones
from integrations.adapters.media.heard import digest_of
from integrations.adapters.media.voice.sipgate.api import SIPGATE, ask
from integrations.adapters.reading import moment, rows, words
from integrations.adapters.shops.base import Page
from integrations.inbound.arrival import Arrival
from integrations.models import Connector

Json = dict[str, Any]

PAST = "past"
AT_ONCE = 100
PAUSE = 0.5
NEAR = timedelta(minutes=2)  # between what a push and the history take for the beginning of one call
RESTS = timedelta(minutes=10)  # a call of the last minutes may go on


def pages(
    connector: Connector, cursor: Mapping[str, object], since: datetime | None, until: datetime | None
) -> Iterator[Page]:
    """What is here already is left out. Raises AdapterError."""
    at = words(cursor.get("offset"))
    offset = int(at) if at.isdecimal() else 0
    until = min(until or timezone.now(), timezone.now() - RESTS)
    while True:
        calls, total = _listed(connector, since, until, offset)
        offset += len(calls)
        is_last = not calls or offset >= total
        new = tuple(_arrival(each) for each in reversed(calls) if not is_here(connector, each))
        yield Page(new, None if is_last else {"offset": offset}, pause=PAUSE)
        if is_last:
            return


def reconcile(connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
    there, here, offset = 0, 0, 0
    until = min(until, timezone.now() - RESTS)
    while True:
        calls, total = _listed(connector, since, until, offset)
        offset += len(calls)
        there += len(calls)
        here += sum(is_here(connector, each) for each in calls)
        if not calls or offset >= total:
            break
    yield Compared(_("Calls from customers"), there, here)


def is_here(connector: Connector, call: Json) -> bool:
    at = at_of(call)
    calls = Message.objects.filter(channel=connector.channel, kind=Message.Kind.CALL)
    named = Q(external_id__in=[each for each in (words(call.get("callId")), words(call.get("id"))) if each])
    near = Q(details__call__number=_number(connector, call), created_at__range=(at - NEAR, at + NEAR))
    return calls.filter(named | near).exists()


def at_of(call: Json) -> datetime:
    return moment(words(call.get("created")), "created")


def _number(connector: Connector, call: Json) -> str:
    source = phones.with_plus(words(call.get("source")))
    try:
        return normalise(Kind.PHONE, source, region=str(connector.settings.get("region", "")) or None)
    except ValueError:
        return source


def _listed(
    connector: Connector, since: datetime | None, until: datetime | None, offset: int
) -> tuple[list[Json], int]:
    asked = [("types", "CALL"), ("directions", "INCOMING"), ("directions", "MISSED_INCOMING")]
    asked += [("from", _written(since))] if since else []
    asked += [("to", _written(until))] if until else []
    asked += [("offset", str(offset)), ("limit", str(AT_ONCE))]
    found = SIPGATE.json(ask(connector, "GET", f"history?{urlencode(asked)}"))
    total = words(found.get("totalCount"))
    return rows(found, "items"), int(total) if total.isdecimal() else 0


def _arrival(call: Json) -> Arrival:
    name = words(call.get("callId")) or words(call.get("id"))
    return Arrival(f"{PAST}:{name}", digest_of(call), json.dumps(call, default=str).encode(), PAST)


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
