"""What Meta has of the talks of a page or an account: of each, the twenty newest messages.

developers.facebook.com/documentation/business-messaging/messenger-platform/conversations (a page's talks, and an
account's with platform=instagram), …/docs/graph-api/reference/conversation (“the 20 most recent messages”),
…/docs/graph-api/reference/page/conversations (no paging by time), …/docs/graph-api/reference/message (attachments).
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from conversations.models import Message
from integrations.adapters.about import Compared
from integrations.adapters.media.heard import digest_of
from integrations.adapters.media.meta.graph import ask, is_instagram_login
from integrations.adapters.media.meta.hearing import own_ids
from integrations.adapters.reading import inner, moment, rows, words
from integrations.adapters.shops.base import Page
from integrations.inbound.arrival import Arrival
from integrations.models import Connector

Json = dict[str, Any]

AT_ONCE, OF_EACH = 25, 20
PAUSE = 1.0  # agents want the app's limits, too
SAID = "id,created_time,from,to,message,attachments{mime_type,name,image_data,video_data,file_url}"
FIELDS = f"id,updated_time,messages.limit({OF_EACH}){{{SAID}}}"
PAST = "past"


def pages(
    connector: Connector, cursor: Mapping[str, object], since: datetime | None, until: datetime | None
) -> Iterator[Page]:
    """What people wrote, as webhooks would have told it; what we wrote is left out. Raises AdapterError."""
    after = words(cursor.get("after"), 2000)
    where = "me" if is_instagram_login(connector) else words(connector.settings.get("page_id"))
    asked = {"platform": connector.adapter, "fields": FIELDS, "limit": str(AT_ONCE)}
    while True:
        more = {"after": after} if after else {}
        found = ask(connector, "GET", f"{where}/conversations", params={**asked, **more})
        talks = rows(found, "data")
        after = words(inner(inner(found, "paging"), "cursors").get("after"), 2000) if _goes_on(found) else ""
        is_last = not after or not talks or (since is not None and _time(talks[-1], "updated_time") < since)
        said = [each for talk in reversed(talks) for each in reversed(rows(inner(talk, "messages"), "data"))]
        wanted = [each for each in said if _is_wanted(connector, each, since, until)]
        arrivals = tuple(_arrival(connector, each) for each in wanted)
        yield Page(arrivals, None if is_last else {"after": after}, pause=PAUSE)
        if is_last:
            return


def reconcile(connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
    names = {
        each.message_id.removeprefix(f"{PAST}:")
        for page in pages(connector, {}, since, until)
        for each in page.arrivals
    }
    here = Message.objects.filter(channel=connector.channel, external_id__in=names).count()
    yield Compared(_("Messages from customers, of each talk the newest twenty"), len(names), here)


def _goes_on(found: Json) -> bool:
    return bool(inner(found, "paging").get("next"))


def _is_wanted(connector: Connector, said: Json, since: datetime | None, until: datetime | None) -> bool:
    at, writer = _time(said, "created_time"), words(inner(said, "from").get("id"))
    is_theirs = bool(writer) and writer not in own_ids(connector)
    return is_theirs and (since is None or at >= since) and (until is None or at < until)


def _time(found: Json, name: str) -> datetime:
    return moment(words(found.get(name)), name)


def _arrival(connector: Connector, said: Json) -> Arrival:
    owner = words(connector.settings.get("account_id" if connector.adapter == "instagram" else "page_id"))
    message: Json = {"mid": words(said.get("id"), 400)}
    if text := words(said.get("message"), 20_000):
        message["text"] = text
    if files := [_file(each) for each in rows(inner(said, "attachments"), "data")]:
        message["attachments"] = files
    talk = {
        "sender": {"id": words(inner(said, "from").get("id"))},
        "recipient": {"id": owner},
        "timestamp": int(_time(said, "created_time").timestamp() * 1000),
        "message": message,
    }
    kind = "page" if connector.adapter == "messenger" else "instagram"
    told = {"object": kind, "entry": [{"id": owner, "time": talk["timestamp"], "messaging": [talk]}]}
    return Arrival(f"{PAST}:{message['mid']}", digest_of(told), json.dumps(told).encode(), PAST)


def _file(attachment: Json) -> Json:
    for name, kind in (("image_data", "image"), ("video_data", "video")):
        if url := words(inner(attachment, name).get("url"), 4000):
            return {"type": kind, "payload": {"url": url}}
    kind = "audio" if words(attachment.get("mime_type")).startswith("audio/") else "file"
    title = words(attachment.get("name"), 200)
    return {"type": kind, "payload": {"url": words(attachment.get("file_url"), 4000), "title": title}}
