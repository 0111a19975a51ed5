"""Asks X for news where the app's plan has no webhooks: posts that mention us, and direct messages.

https://docs.x.com/x-api/posts/timelines/quickstart/user-mention-quickstart (since_id, up to 800 posts),
https://docs.x.com/x-api/direct-messages/lookup/quickstart (30 days; newest first, without a lower bound).
"""

import json
from collections.abc import Iterator
from threading import Event
from typing import Any

from integrations.adapters.base import AdapterError
from integrations.adapters.media.heard import digest_of
from integrations.adapters.media.x import api
from integrations.adapters.media.x.understanding import DM, MENTION
from integrations.adapters.reading import inner, rows, words
from integrations.inbound.arrival import Arrival, News
from integrations.models import Connector

Json = dict[str, Any]

SECONDS = 90.0  # between two looks: fifteen minutes allow each app some tens of them, by its plan
MOST_PAGES = 40
MENTIONS = {
    "max_results": "100",
    "tweet.fields": "created_at,author_id,lang,entities,attachments,referenced_tweets,note_tweet",
    "expansions": "author_id,attachments.media_keys",
    "user.fields": "name,username",
    "media.fields": "url,variants,type",
}
MESSAGES = {
    "max_results": "100",
    "event_types": "MessageCreate",
    "dm_event.fields": "created_at,sender_id,text,attachments,entities",
    "expansions": "sender_id,attachments.media_keys",
    "user.fields": "name,username",
    "media.fields": "url,variants,type",
}


def watch(connector: Connector, stop: Event) -> Iterator[News]:
    seconds = float(connector.settings.get("poll_seconds") or SECONDS)
    while not stop.is_set():
        yield from looked(connector)
        stop.wait(seconds)


def looked(connector: Connector) -> Iterator[News]:
    """The posts, then the messages: each with the cursor behind the newest. Who is connected begins now."""
    for kind in (MENTION, DM):
        path, asked = asked_of(connector, kind)
        after = connector.cursor.get(kind)
        if after is None:
            newest = rows(api.found(connector, "GET", path, params={**asked, "max_results": "5"}), "data")
            yield News((), {**connector.cursor, kind: str(max(map(_id, newest), default=0))})
            continue
        found = sorted(_behind(connector, kind, path, asked, int(words(after) or 0)), key=lambda each: _id(each[0]))
        moved = {**connector.cursor, kind: str(_id(found[-1][0]))} if found else None
        yield News(tuple(arrival(kind, said, includes) for said, includes in found), moved)


def _behind(connector: Connector, kind: str, path: str, asked: Json, after: int) -> Iterator[tuple[Json, Json]]:
    """All that is newer, with what was told beside it; page by page, the newest first."""
    asked = {**asked, "since_id": str(after)} if kind == MENTION and after else dict(asked)
    for _page in range(MOST_PAGES):
        found = api.found(connector, "GET", path, params=asked)
        page = rows(found, "data")
        if not page and found.get("errors"):
            raise AdapterError(str(found["errors"])[:400])
        yield from ((each, inner(found, "includes")) for each in page if _id(each) > after)
        token = words(inner(found, "meta").get("next_token"))
        if not token or any(_id(each) <= after for each in page):
            return
        asked["pagination_token"] = token


def asked_of(connector: Connector, kind: str) -> tuple[str, dict[str, str]]:
    """The path, and what to ask there. Raises AdapterError."""
    if kind == DM:
        return "/2/dm_events", MESSAGES
    account = words(connector.settings.get("account_id"))
    account = account or words(inner(api.found(connector, "GET", "/2/users/me"), "data").get("id"))
    return f"/2/users/{account}/mentions", MENTIONS


def arrival(kind: str, said: Json, includes: Json) -> Arrival:
    name = f"{kind}:{_id(said)}"
    body = json.dumps({"data": said, "includes": includes}, default=str).encode()
    return Arrival(name, digest_of(name), body, kind)


def _id(found: Json) -> int:
    number = words(found.get("id"))
    return int(number) if number.isdecimal() else 0
