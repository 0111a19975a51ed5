"""What came from a Mastodon server says: https://docs.joinmastodon.org/entities/Notification/ and …/entities/Status/.

A post that mentions us is a message: for everybody (“public”, “unlisted”), for followers, or for us alone (“direct”).
"""

import mimetypes
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from conversations.envelopes import InboundAttachment, InboundMessage, MessageChange, MessageDetails
from customers.identify import Handle
from customers.models.identity import Kind
from integrations.adapters.base import Ignored, Understood
from integrations.adapters.media.mastodon.reading import without_mention, words_of
from integrations.adapters.reading import inner, moment, needed, payload, rows, words
from integrations.models import Connector, RawEvent

Json = dict[str, Any]

PUBLIC = ("public", "unlisted")
MOST = 200_000  # characters
WHY = {
    "favourite": "Somebody liked a post of ours: nothing to answer.",
    "reblog": "Somebody passed a post of ours on: nothing to answer.",
    "follow": "Somebody follows us: nothing to answer.",
}
TYPES = {"image": "image/jpeg", "gifv": "video/mp4", "video": "video/mp4", "audio": "audio/mpeg"}


def understood(connector: Connector, raw: RawEvent) -> Iterator[Understood]:
    """Raises ValueError for what no server sends."""
    found = payload(raw)
    if raw.kind == "delete":
        yield _taken_back(connector, found, raw)
    elif raw.kind == "status.update":
        yield _edited(connector, found)
    elif found.get("type") == "mention":
        yield _mentioned(connector, inner(found, "status"))
    else:
        kind = needed(found, "type")
        yield Ignored(kind, WHY.get(kind, "The desk has no use for it."))


def _mentioned(connector: Connector, status: Json) -> Understood:
    if is_own(connector, status):
        return Ignored("mention", "It is a post of our own.")
    text, files = text_of(connector, status), tuple(map(_file, rows(status, "media_attachments")))
    return InboundMessage(
        channel_id=_channel(connector),
        external_id=needed(status, "id"),
        handles=(handle_of(connector, inner(status, "account")),),
        text=text,
        received_at=moment(needed(status, "created_at"), "created_at"),
        attachments=files,
        language=words(status.get("language"))[:12],
        answers=words(status.get("in_reply_to_id")),
        is_public=words(status.get("visibility")) in PUBLIC,
        details=MessageDetails(page=words(status.get("url"), 2000)) if status.get("url") else MessageDetails(),
    )


def _edited(connector: Connector, status: Json) -> Understood:
    if is_own(connector, status):
        return Ignored("status.update", "It is a post of our own.")
    return MessageChange(
        channel_id=_channel(connector),
        external_id=needed(status, "id"),
        kind="edited",
        at=moment(needed(status, "edited_at"), "edited_at"),
        text=text_of(connector, status),
        handles=(handle_of(connector, inner(status, "account")),),
    )


def _taken_back(connector: Connector, found: Json, raw: RawEvent) -> Understood:
    at: datetime = raw.received_at
    return MessageChange(_channel(connector), needed(found, "id"), "taken_back", at)


def text_of(connector: Connector, status: Json) -> str:
    """The warning before it, its words, and what it asks in a poll."""
    ours = words(connector.settings.get("account"))
    text = without_mention(words_of(words(status.get("content"), MOST)), ours, ours.partition("@")[0])
    parts = [_("(%(warning)s)") % {"warning": warning}] if (warning := words(status.get("spoiler_text"))) else []
    parts += [text] if text else []
    parts += ["\n".join(f"- {words(each.get('title'))}" for each in rows(inner(status, "poll"), "options"))]
    return "\n\n".join(part for part in parts if part)[:MOST]


def handle_of(connector: Connector, account: Json) -> Handle:
    """The server of an account of our own server is left out of its name. Raises ValueError."""
    name = needed(account, "acct").lower()
    if "@" not in name:
        name = f"{name}@{domain_of(connector)}"
    return Handle(Kind.MASTODON, name, name=words(account.get("display_name")), source="mastodon")


def domain_of(connector: Connector) -> str:
    """As `check` noted it; it may be another than the server's own name."""
    told = words(connector.settings.get("domain"))
    return told or (urlsplit(str(connector.settings.get("site", ""))).hostname or "")


def is_own(connector: Connector, status: Json) -> bool:
    ours = words(connector.settings.get("account_id"))
    return bool(ours) and words(inner(status, "account").get("id")) == ours


def _file(media: Json) -> InboundAttachment:
    """https://docs.joinmastodon.org/entities/MediaAttachment/: of a picture that this server does not keep, there is
    only the address on the other one."""
    url, kind = words(media.get("url"), 2000) or words(media.get("remote_url"), 2000), words(media.get("type"))
    name = urlsplit(url).path.rpartition("/")[2]
    return InboundAttachment(
        name=name or kind or "file",
        content_type=mimetypes.guess_type(name)[0] or TYPES.get(kind, "application/octet-stream"),
        size=0,
        source={"url": url},
        kind=kind,
    )


def _channel(connector: Connector) -> int:
    assert connector.channel_id is not None
    return connector.channel_id
