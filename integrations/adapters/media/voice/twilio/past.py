"""Calls that Twilio had for us, with the lines that they rang: whoever was not heard is told of as they ended."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from integrations.adapters.about import Compared
from integrations.adapters.media.heard import digest_of
from integrations.adapters.media.twilio.api import ask
from integrations.adapters.media.twilio.past import PAST, PAUSE, compared, listed, time_in, within
from integrations.adapters.reading import rows, words
from integrations.adapters.shops.base import Page
from integrations.inbound.arrival import Arrival
from integrations.models import Connector

Json = dict[str, Any]
UNDER_WAY = {"queued", "initiated", "ringing", "in-progress"}


def pages(
    connector: Connector, cursor: Mapping[str, object], since: datetime | None, until: datetime | None
) -> Iterator[Page]:
    """The newest page first. Raises AdapterError."""
    found = listed(connector, "Calls", "StartTime", since, until, words(cursor.get("next"), 4000), _ours(connector))
    for calls, following in found:
        wanted = [each for each in reversed(calls) if _is_over(each) and within(_at(each), since, until)]
        yield Page(
            tuple(_arrival(connector, each) for each in wanted), {"next": following} if following else None, pause=PAUSE
        )


def reconcile(connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
    sids: set[str] = set()
    for calls, _following in listed(connector, "Calls", "StartTime", since, until, to=_ours(connector)):
        sids |= {words(each.get("sid")) for each in calls if _is_over(each) and within(_at(each), since, until)}
    yield compared(connector, _("Calls from customers"), sids)


def _ours(connector: Connector) -> str:
    assert connector.channel is not None
    return connector.channel.address


def _is_over(call: Json) -> bool:
    return words(call.get("direction")) == "inbound" and words(call.get("status")) not in UNDER_WAY


def _at(call: Json) -> datetime | None:
    return time_in(call, "start_time", "date_created")


def _arrival(connector: Connector, call: Json) -> Arrival:
    """As Twilio tells of it, with the lines that it rang: by these one sees whether anybody spoke."""
    sid = words(call.get("sid"))
    legs = rows(ask(connector, "GET", "/Calls.json", [("ParentCallSid", sid), ("PageSize", "50")]), "calls")
    told = {**call, "legs": legs}
    return Arrival(f"{PAST}:{sid}", digest_of(told), json.dumps(told).encode(), PAST)
