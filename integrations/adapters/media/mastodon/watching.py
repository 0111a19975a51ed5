"""Listens to a Mastodon account: the stream for speed, the list of notifications for certainty.

The list is read from where we stopped whenever the stream opens, and every few minutes, so that nothing falls between;
what the two have in common has one name. An edit is told by the stream or, where that was down, by the date on the post
(https://docs.joinmastodon.org/methods/notifications/#get, …/entities/Status/#edited_at).
"""

import json
import time
from collections.abc import Iterator
from threading import Event as Stop
from typing import Any

from conversations.models import Message
from integrations.adapters.base import AdapterError, CredentialError
from integrations.adapters.media.heard import digest_of
from integrations.adapters.media.mastodon import api, stream
from integrations.adapters.reading import inner, words
from integrations.inbound.arrival import Arrival, News
from integrations.models import Connector

Json = dict[str, Any]

PAGE = 80  # the most that one answer holds
READ_AGAIN = 300.0  # seconds
WITHOUT_STREAM = 20.0  # seconds between two looks at the list, where there is no stream


def watch(connector: Connector, stop: Stop) -> Iterator[News]:
    while not stop.is_set():
        try:
            with stream.opened(connector) as events:
                yield from _followed(connector, events, stop)
        except CredentialError:
            raise
        except AdapterError:
            yield from caught_up(connector)  # raises where the server is away as a whole
            stop.wait(WITHOUT_STREAM)


def _followed(connector: Connector, events: Iterator[stream.Event], stop: Stop) -> Iterator[News]:
    """The line is open before the list is read: what comes meanwhile waits in it."""
    yield from caught_up(connector)
    looked_at = time.monotonic()
    for event in events:
        if stop.is_set():
            return
        found = tuple(_heard(connector, event))
        if found or not event.name:  # a sign of life says that all is well; others' posts say nothing
            yield News(found)
        if time.monotonic() - looked_at > READ_AGAIN:
            yield from caught_up(connector)
            looked_at = time.monotonic()


def caught_up(connector: Connector) -> Iterator[News]:
    """All notifications from the cursor on, oldest first; then, of the newest mentions, what was edited, and what got a
    number before others and was there after them. An account that is connected for the first time begins now, unless
    the admin wants what is there."""
    if not connector.cursor:
        yield News((), {"notification": (first := _begin(connector)), "from": first})
    cursor = dict(connector.cursor)
    while page := sorted(_notifications(connector, min_id=words(cursor.get("notification")) or "0"), key=_number):
        cursor["notification"] = words(page[-1].get("id"))
        yield News(tuple(map(arrival, page)), dict(cursor))
    from_ = int(words(cursor.get("from")) or "0")
    latest = [each for each in _notifications(connector, **{"types[]": "mention"}) if _number(each) > from_]
    edited = [inner(each, "status") for each in latest if inner(each, "status").get("edited_at")]
    yield News((*map(arrival, reversed(latest)), *map(edit, edited)))


def _begin(connector: Connector) -> str:
    if connector.settings.get("start") == "all":
        return "0"
    newest = _notifications(connector, limit="1")
    return words(newest[0].get("id")) if newest else "0"


def _notifications(connector: Connector, **asked: str) -> list[Json]:
    return api.listed(connector, "/api/v1/notifications", {"limit": str(PAGE), **asked})


def arrival(notification: Json) -> Arrival:
    name = f"notification:{words(notification.get('id'))}"
    return Arrival(name, digest_of(name), _bytes(notification), words(notification.get("type"))[:40])


def edit(status: Json) -> Arrival:
    name = f"edit:{words(status.get('id'))}:{words(status.get('edited_at'))}"
    return Arrival(name, digest_of(name), _bytes(status), "status.update")


def _heard(connector: Connector, event: stream.Event) -> Iterator[Arrival]:
    """Other people's posts pass by: of the stream of a whole account, what concerns a message of ours is kept."""
    if event.name == "delete":
        status: Json = {"id": event.data.strip()}
        if _is_known(connector, status):
            name = f"delete:{status['id']}"
            yield Arrival(name, digest_of(name), _bytes(status), "delete")
        return
    if event.name not in ("notification", "status.update"):
        return
    try:
        found = json.loads(event.data)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        yield Arrival("", digest_of(event.data), event.data.encode(), event.name)  # kept, to be set aside
    elif event.name == "notification":
        yield arrival(found)
    elif found.get("edited_at") and _is_known(connector, found):
        yield edit(found)


def _is_known(connector: Connector, status: Json) -> bool:
    """Stored, or kept and not processed yet."""
    name = words(status.get("id"))
    if Message.objects.filter(channel=connector.channel, external_id=name).exists():
        return True
    waiting = connector.raw_events.filter(state="kept", kind="mention")
    return any(f'"{name}"'.encode() in bytes(raw.body) for raw in waiting[:200])


def _number(notification: Json) -> int:
    number = words(notification.get("id"))
    return int(number) if number.isdecimal() else 0


def _bytes(found: Json) -> bytes:
    return json.dumps(found, default=str, ensure_ascii=False).encode()
