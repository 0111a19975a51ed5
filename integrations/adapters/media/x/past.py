"""What X has of a period: up to 800 posts that mention us, and the direct messages of 30 days.

https://docs.x.com/x-api/posts/timelines/introduction, https://docs.x.com/x-api/direct-messages/lookup/introduction
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from conversations.models import Message
from integrations.adapters.about import Compared
from integrations.adapters.media.x import api
from integrations.adapters.media.x.events import time_of
from integrations.adapters.media.x.polling import arrival, asked_of
from integrations.adapters.media.x.understanding import DM, MENTION
from integrations.adapters.reading import inner, rows, words
from integrations.adapters.shops.base import Page
from integrations.models import Connector

Json = dict[str, Any]

PAUSE = 5.0  # seconds between two pages: the plan's limits are for agents, too


def pages(
    connector: Connector, cursor: Mapping[str, object], since: datetime | None, until: datetime | None
) -> Iterator[Page]:
    """The posts, then the messages, the newest first; what we have written is left out. Raises AdapterError."""
    kind, token = words(cursor.get("kind")) or MENTION, words(cursor.get("token"))
    while True:
        path, asked = asked_of(connector, kind)
        found = api.found(connector, "GET", path, params={**asked, **({"pagination_token": token} if token else {})})
        data, includes = rows(found, "data"), inner(found, "includes")
        token = words(inner(found, "meta").get("next_token"))
        if not token or (data and since is not None and _at(data[-1]) < since):
            kind_next, token = (DM, "") if kind == MENTION else ("", "")
        else:
            kind_next = kind
        wanted = (each for each in reversed(data) if _is_wanted(connector, each, since, until))
        arrivals = tuple(arrival(kind, each, includes) for each in wanted)
        yield Page(arrivals, {"kind": kind_next, "token": token} if kind_next else None, pause=PAUSE)
        if not kind_next:
            return
        kind = kind_next


def reconcile(connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
    """By the messages themselves: a webhook's event has another name than what the desk asks for."""
    names: dict[str, set[str]] = {MENTION: set(), DM: set()}
    for page in pages(connector, {}, since, until):
        for each in page.arrivals:
            names[each.kind].add(each.message_id.removeprefix(f"{MENTION}:"))
    for what, kind in ((_("Posts that mention us"), MENTION), (_("Direct messages"), DM)):
        here = Message.objects.filter(channel=connector.channel, external_id__in=names[kind])
        yield Compared(what, len(names[kind]), here.count())


def _is_wanted(connector: Connector, said: Json, since: datetime | None, until: datetime | None) -> bool:
    author, at = words(said.get("author_id")) or words(said.get("sender_id")), _at(said)
    if author == words(connector.settings.get("account_id")):
        return False
    return (since is None or at >= since) and (until is None or at < until)


def _at(said: Json) -> datetime:
    return time_of(said.get("created_at"))
