"""Messages that Twilio had for us: read anew, as far back as the account keeps them; each is known by its SID."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from conversations.models import Medium
from integrations.adapters.about import Compared
from integrations.adapters.media.heard import digest_of
from integrations.adapters.media.twilio.api import VERSION, ask, base
from integrations.adapters.media.twilio.past import PAST, PAUSE, compared, listed, time_in, within
from integrations.adapters.reading import rows, words
from integrations.adapters.shops.base import Page
from integrations.inbound.arrival import Arrival
from integrations.models import Connector

Json = dict[str, Any]


def pages(
    connector: Connector, cursor: Mapping[str, object], since: datetime | None, until: datetime | None
) -> Iterator[Page]:
    """The newest page first, and the oldest of each page first. Raises AdapterError."""
    found = listed(connector, "Messages", "DateSent", since, until, words(cursor.get("next"), 4000), _ours(connector))
    for messages, following in found:
        wanted = [each for each in reversed(messages) if _is_theirs(each) and within(_at(each), since, until)]
        arrivals = tuple(_arrival(connector, each) for each in wanted)
        yield Page(arrivals, {"next": following} if following else None, pause=PAUSE)


def reconcile(connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
    sids: set[str] = set()
    for messages, _following in listed(connector, "Messages", "DateSent", since, until, to=_ours(connector)):
        sids |= {words(each.get("sid")) for each in messages if _is_theirs(each) and within(_at(each), since, until)}
    yield compared(connector, _("Messages from customers"), sids)


def _ours(connector: Connector) -> str:
    assert connector.channel is not None
    prefix = "whatsapp:" if connector.channel.medium == Medium.WHATSAPP else ""
    return prefix + connector.channel.address


def _is_theirs(message: Json) -> bool:
    return words(message.get("direction")) == "inbound"


def _at(message: Json) -> datetime | None:
    return time_in(message, "date_sent", "date_created")


def _arrival(connector: Connector, message: Json) -> Arrival:
    """In the words of a webhook, by which it is understood; its files are asked for by themselves."""
    sid, at = words(message.get("sid")), _at(message)
    told = {
        "MessageSid": sid,
        "From": words(message.get("from")),
        "To": words(message.get("to")),
        "Body": words(message.get("body"), 20_000),
        "SmsStatus": "received",
        "DateSent": at.isoformat() if at else "",
        **(_files(connector, sid) if words(message.get("num_media")) not in ("", "0") else {}),
    }
    headers = {"content_type": "application/json"}
    return Arrival(f"{PAST}:{sid}", digest_of(told), json.dumps(told).encode(), PAST, headers)


def _files(connector: Connector, sid: str) -> dict[str, str]:
    """https://www.twilio.com/docs/messaging/api/media-resource#read-multiple-media-resources"""
    found = rows(ask(connector, "GET", f"/Messages/{sid}/Media.json"), "media_list")
    told = {"NumMedia": str(len(found))}
    for number, file in enumerate(found):
        account = f"{base(connector)}/{VERSION}/Accounts/{connector.settings.get('account_sid', '')}"
        told[f"MediaUrl{number}"] = f"{account}/Messages/{sid}/Media/{words(file.get('sid'))}"
        told[f"MediaContentType{number}"] = words(file.get("content_type"))
    return told
