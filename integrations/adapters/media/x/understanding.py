"""What X tells of: direct messages, and posts that mention us; in whichever of its forms they come.

The X Activity API (https://docs.x.com/x-api/activity/event-payloads), the Account Activity API before it
(developer.x.com, “Account Activity data objects”), and what the desk asks for itself (polling.py). Direct messages are
kept as “dm:number”, so that none is taken for a post.
"""

from collections.abc import Callable, Iterator
from typing import Any

from conversations.envelopes import DeliveryReport, InboundMessage, MessageChange
from conversations.models import Delivery
from integrations.adapters.base import Ignored, Understood
from integrations.adapters.media.x.events import channel_of, direct, post, post_of_v1, time_of
from integrations.adapters.reading import inner, needed, payload, rows, words
from integrations.models import Connector, RawEvent

Json = dict[str, Any]

MENTION, DM = "mention", "dm"  # kinds of what we asked for ourselves


def understood(connector: Connector, raw: RawEvent) -> Iterator[Understood]:
    """Raises ValueError for what X does not send."""
    found = payload(raw)
    if raw.kind in (MENTION, DM):
        yield from _asked(connector, found, raw)
    elif inner(found, "data").get("event_type"):
        yield from _activity(connector, inner(found, "data"), raw)
    else:
        yield from _account_activity(connector, found, raw)


def _asked(connector: Connector, found: Json, raw: RawEvent) -> Iterator[Understood]:
    """One thing, with what X told beside it."""
    said, includes = inner(found, "data"), inner(found, "includes")
    if raw.kind == MENTION:
        yield _unless_own(connector, post(connector, said, includes), words(said.get("author_id")))
    else:
        yield _unless_own(connector, direct(connector, said, includes), words(said.get("sender_id")))


def _activity(connector: Connector, event: Json, raw: RawEvent) -> Iterator[Understood]:
    kind, said = needed(event, "event_type"), inner(event, "payload")
    if kind == "post.mention.create":
        author = words(said.get("author_id"))
        yield _unless_own(connector, post(connector, said, inner(event, "includes")), author)
    elif kind in ("dm.received", "dm.sent"):
        yield from _messages(connector, said, raw)
    elif kind == "chat.received":
        yield Ignored(kind, "It is encrypted from end to end: it can be read in X alone.")
    else:
        yield Ignored(kind, "The desk has no use for it.")


def _account_activity(connector: Connector, found: Json, raw: RawEvent) -> Iterator[Understood]:
    """Several things may come in one webhook, all of one kind."""
    owner = words(found.get("for_user_id"))
    if owner and words(connector.settings.get("account_id")) not in ("", owner):
        yield Ignored("for_user_id", "It is of another account.")
        return
    kinds = [kind for kind in KINDS if found.get(kind)]
    if not kinds:
        known = next((key for key in found if key not in ("for_user_id", "users", "apps")), "")
        if not known:
            raise ValueError("There is no event in it.")
        yield Ignored(known, "The desk has no use for it.")
    for kind in kinds:
        yield from KINDS[kind](connector, found, raw)


def _messages(connector: Connector, found: Json, raw: RawEvent) -> Iterator[Understood]:
    users = inner(found, "users")
    ours = words(found.get("for_user_id")) or words(connector.settings.get("account_id"))
    for event in rows(found, "direct_message_events"):
        if words(event.get("type")) != "message_create":
            yield Ignored(words(event.get("type")), "The desk has no use for it.")
            continue
        create = inner(event, "message_create")
        said = inner(create, "message_data")
        flat = {"id": event.get("id"), "sender_id": create.get("sender_id"), "text": said.get("text")}
        flat |= {"created_at": event.get("created_timestamp") or raw.received_at.isoformat()}
        flat |= {"media": inner(inner(said, "attachment"), "media"), "urls": inner(said, "entities").get("urls")}
        flat |= {"pressed": inner(said, "quick_reply_response").get("metadata")}
        if words(flat["sender_id"]) == ours:
            yield Ignored("dm.sent", "It is a message of our own.")
        else:
            yield direct(connector, flat, {"users": users})


def _posts(connector: Connector, found: Json, raw: RawEvent) -> Iterator[Understood]:
    ours = words(found.get("for_user_id"))
    for each in rows(found, "tweet_create_events"):
        author = words(inner(each, "user").get("id_str"))
        if author == ours:
            yield Ignored("tweet_create_events", "It is a post of our own.")
        elif each.get("retweeted_status"):
            yield Ignored("tweet_create_events", "Somebody passed a post on: nothing to answer.")
        else:
            yield post_of_v1(connector, each)


def _deleted(connector: Connector, found: Json, raw: RawEvent) -> Iterator[Understood]:
    for each in rows(found, "tweet_delete_events"):
        number = needed(inner(each, "status"), "id")
        yield MessageChange(channel_of(connector), number, "taken_back", time_of(each.get("timestamp_ms")))


def _read(connector: Connector, found: Json, raw: RawEvent) -> Iterator[Understood]:
    for each in rows(found, "direct_message_mark_read_events"):
        number = f"dm:{needed(each, 'last_read_event_id')}"
        yield DeliveryReport(Delivery.Status.READ, external_id=number)


Says = Callable[[Connector, Json, RawEvent], Iterator[Understood]]
KINDS: dict[str, Says] = {
    "direct_message_events": _messages,
    "tweet_create_events": _posts,
    "tweet_delete_events": _deleted,
    "direct_message_mark_read_events": _read,
}


def _unless_own(connector: Connector, message: InboundMessage, author: str) -> Understood:
    ours = words(connector.settings.get("account_id"))
    return Ignored("echo", "It is of our own account.") if author and author == ours else message
