"""A direct message or a post of X's as an envelope: words, pictures, who wrote it, what it answers.

https://docs.x.com/x-api/fundamentals/data-dictionary (Post, User, Media), developer.x.com, “Message Create Object”.
"""

import mimetypes
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from conversations.envelopes import InboundAttachment, InboundMessage, MessageDetails
from customers.identify import Handle
from customers.models.identity import Kind
from integrations.adapters.reading import inner, moment, needed, rows, words
from integrations.models import Connector

Json = dict[str, Any]

MOST = 100_000  # characters
TYPES = {"photo": "image/jpeg", "video": "video/mp4", "animated_gif": "video/mp4"}


def direct(connector: Connector, said: Json, includes: Json) -> InboundMessage:
    """As GET /2/dm_events has it; `media` and `urls` are of the older form. Raises ValueError."""
    media = [said["media"]] if said.get("media") else _media(said, includes)
    urls = said.get("urls") if isinstance(said.get("urls"), list) else inner(said, "entities").get("urls")
    text = _spelled(words(said.get("text"), MOST), urls, media)
    pressed = words(said.get("pressed"))
    return InboundMessage(
        channel_id=channel_of(connector),
        external_id=f"dm:{needed(said, 'id')}",
        handles=(handle_of(needed(said, "sender_id"), includes),),
        text=text,
        received_at=time_of(said.get("created_at")),
        attachments=tuple(map(_file, media)),
        details=MessageDetails(button=pressed) if pressed else MessageDetails(),
    )


def post(connector: Connector, said: Json, includes: Json) -> InboundMessage:
    """A Post of API v2. Raises ValueError."""
    media = _media(said, includes)
    text = words(inner(said, "note_tweet").get("text"), MOST) or words(said.get("text"), MOST)
    answered = (words(each.get("id")) for each in rows(said, "referenced_tweets") if each.get("type") == "replied_to")
    return InboundMessage(
        channel_id=channel_of(connector),
        external_id=needed(said, "id"),
        handles=(handle_of(needed(said, "author_id"), includes),),
        text=_spelled(unescape(text), inner(said, "entities").get("urls"), media),
        received_at=time_of(said.get("created_at")),
        attachments=tuple(map(_file, media)),
        language=_language(said.get("lang")),
        answers=next(answered, ""),
        is_public=True,
    )


def post_of_v1(connector: Connector, said: Json) -> InboundMessage:
    """As the Account Activity API has it: the whole text and all pictures of a long one stand apart. Raises
    ValueError."""
    whole = inner(said, "extended_tweet") or said
    text = words(whole.get("full_text"), MOST) or words(whole.get("text"), MOST)
    entities = inner(whole, "extended_entities") or inner(whole, "entities")
    media, user = rows(entities, "media"), inner(said, "user")
    return InboundMessage(
        channel_id=channel_of(connector),
        external_id=needed(said, "id_str"),
        handles=(handle_of(needed(user, "id_str"), {"users": {needed(user, "id_str"): user}}),),
        text=_spelled(unescape(text), inner(whole, "entities").get("urls"), media),
        received_at=time_of(said.get("timestamp_ms") or said.get("created_at")),
        attachments=tuple(map(_file, media)),
        language=_language(said.get("lang")),
        answers=words(said.get("in_reply_to_status_id_str")),
        is_public=True,
    )


def handle_of(number: str, includes: Json) -> Handle:
    """Users come as a list, or as a map of which each may stand under “data”."""
    users = includes.get("users")
    if isinstance(users, Mapping):
        user = inner(dict(users), number)
        user = inner(user, "data") or user
    else:
        user = next((each for each in rows(includes, "users") if words(each.get("id")) == number), {})
    name, called = words(user.get("name")), words(user.get("username")) or words(user.get("screen_name"))
    shown = f"{name} (@{called})" if name and called and name != called else name or (f"@{called}" if called else "")
    return Handle(Kind.X, number, name=shown, source="x")


def time_of(value: object) -> datetime:
    """Milliseconds, ISO 8601, or “Thu Apr 06 15:24:15 +0000 2017”. Raises ValueError."""
    told = words(value)
    if told.isdecimal():
        return datetime.fromtimestamp(int(told) / 1000, UTC)
    if "+0000" in told and told[:3].isalpha():
        day, month, number, clock, zone, year = told.split()
        return parsedate_to_datetime(f"{day}, {number} {month} {year} {clock} {zone}")
    return moment(told, "created_at")


def channel_of(connector: Connector) -> int:
    assert connector.channel_id is not None
    return connector.channel_id


def _media(said: Json, includes: Json) -> list[Json]:
    keys = inner(said, "attachments").get("media_keys") or []
    return [each for each in rows(includes, "media") if each.get("media_key") in keys]


def _file(media: Json) -> InboundAttachment:
    """Of a film the variant with the most bits a second."""
    kind = words(media.get("type"))
    found = inner(media, "video_info").get("variants") or media.get("variants") or []
    films = [each for each in found if isinstance(each, dict) and each.get("content_type") == "video/mp4"]
    best = max(films, key=lambda each: int(words(each.get("bitrate") or each.get("bit_rate")) or 0), default={})
    url = words(best.get("url"), 2000) or words(media.get("media_url_https"), 2000) or words(media.get("url"), 2000)
    name = urlsplit(url).path.rpartition("/")[2]
    return InboundAttachment(
        name=name or kind or "file",
        content_type=mimetypes.guess_type(name)[0] or TYPES.get(kind, "application/octet-stream"),
        size=0,
        source={"url": url},
        kind=kind,
    )


def _spelled(text: str, urls: object, media: list[Json]) -> str:
    """Addresses as they are, not as X cut them; without that of a picture, which is shown itself."""
    for each in urls if isinstance(urls, list) else []:
        if isinstance(each, dict) and words(each.get("url")):
            shown = words(each.get("expanded_url"), 2000)
            is_picture = "/photo/" in shown or "/video/" in shown or "/messages/media/" in shown
            text = text.replace(words(each.get("url")), "" if is_picture and media else shown)
    for each in media:
        if words(each.get("url")).startswith("https://t.co/"):
            text = text.replace(words(each.get("url")), "")
    return text.strip()


def _language(value: object) -> str:
    told = words(value)
    return told[:12] if told not in ("und", "qme", "zxx") and not told.startswith("q") else ""
