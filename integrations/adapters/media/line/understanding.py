"""What a webhook of LINE's says: https://developers.line.biz/en/reference/messaging-api/#webhook-event-objects.

Several events come in one webhook; one that cannot be read is set aside alone.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from conversations.envelopes import InboundAttachment, InboundMessage, MessageChange, MessageDetails
from customers.facts import ConsentFact
from customers.identify import Handle
from customers.models import Purpose
from customers.models.identity import Kind
from integrations.adapters.base import Aside, Ignored, Understood
from integrations.adapters.reading import inner, needed, payload, rows, words
from integrations.models import Connector, RawEvent

Json = dict[str, Any]

MOST = 20_000  # characters
TYPES = {"image": "image/jpeg", "video": "video/mp4", "audio": "audio/x-m4a", "file": "application/octet-stream"}
NAMES = {"image": "image.jpg", "video": "video.mp4", "audio": "audio.m4a", "file": "file"}


def understood(connector: Connector, raw: RawEvent) -> Iterator[Understood]:
    """Raises ValueError for what LINE does not send."""
    found = payload(raw)
    events = rows(found, "events")
    needed(found, "destination")
    if not events:
        yield Ignored("verify", "LINE looks whether the address answers.")
    for number, event in enumerate(events):
        try:
            said = list(_said(connector, event))
        except ValueError as error:
            if len(events) == 1:
                raise
            yield Aside(number, str(error), json.dumps({**found, "events": [event]}, default=str).encode())
        else:
            yield from said


def _said(connector: Connector, event: Json) -> Iterator[Understood]:
    kind, source = needed(event, "type"), inner(event, "source")
    if source and words(source.get("type")) != "user":
        yield Ignored(kind, "It comes from a group or a room.")
    elif kind in KINDS:
        yield KINDS[kind](connector, event)
    else:
        yield Ignored(kind, "The desk has no use for it.")


def _message(connector: Connector, event: Json) -> Understood:
    said = inner(event, "message")
    kind = needed(said, "type")
    return InboundMessage(
        channel_id=_channel(connector),
        external_id=needed(said, "id"),
        handles=(_handle(event),),
        text=_text(said, kind)[:MOST],
        received_at=_at(event),
        attachments=(_file(said, kind),) if kind in TYPES else (),
        answers=words(said.get("quotedMessageId")),
        details=MessageDetails(place=_place(said)) if _place(said) else MessageDetails(),
    )


def _pressed(connector: Connector, event: Json) -> Understood:
    data = needed(inner(event, "postback"), "data")
    return InboundMessage(
        channel_id=_channel(connector),
        external_id=f"postback:{words(event.get('webhookEventId')) or words(event.get('replyToken'))}",
        handles=(_handle(event),),
        text=data,
        received_at=_at(event),
        details=MessageDetails(button=data),
    )


def _unsent(connector: Connector, event: Json) -> Understood:
    """…#unsend-event: “we recommend that you … delete the message”, in words that its terms make a duty."""
    number = needed(inner(event, "unsend"), "messageId")
    handles = (_handle(event),)
    return MessageChange(_channel(connector), number, "taken_back", _at(event), handles=handles, must_forget=True)


def _friendship(is_friend: bool) -> "Says":
    def says(connector: Connector, event: Json) -> Understood:
        evidence = "Added the account in LINE" if is_friend else "Blocked the account in LINE"
        return ConsentFact(connector.pk, (_handle(event),), Purpose.ANY_MESSAGE, is_friend, _at(event), evidence)

    return says


Says = Callable[[Connector, Json], Understood]
KINDS: dict[str, Says] = {
    "message": _message,
    "postback": _pressed,
    "unsend": _unsent,
    "follow": _friendship(True),
    "unfollow": _friendship(False),
}


def _text(said: Json, kind: str) -> str:
    if kind == "text":
        return words(said.get("text"), MOST)
    if kind == "sticker":
        keywords = said.get("keywords")
        named = ", ".join(map(str, keywords[:3])) if isinstance(keywords, list) else ""
        return words(said.get("text")) or (_("(Sticker: %(words)s)") % {"words": named} if named else _("(Sticker)"))
    if kind == "location":
        place = _place(said)
        named = "\n".join(part for part in (words(said.get("title")), words(said.get("address"))) if part)
        where = _("Location: %(latitude)s, %(longitude)s")
        return named or (where % {"latitude": place[0], "longitude": place[1]} if place else "")
    if kind in TYPES:
        return ""
    return _("They sent something that the desk cannot show (%(kind)s): open LINE to see it.") % {"kind": kind}


def _place(said: Json) -> list[float]:
    try:
        return [float(said["latitude"]), float(said["longitude"])]
    except (KeyError, TypeError, ValueError):
        return []


def _file(said: Json, kind: str) -> InboundAttachment:
    """What is not LINE's own stands at an address of its sender's."""
    provider, size = inner(said, "contentProvider"), said.get("fileSize")
    url = words(provider.get("originalContentUrl"), 2000) if words(provider.get("type")) == "external" else ""
    return InboundAttachment(
        name=words(said.get("fileName"), 255) or NAMES[kind],
        content_type=TYPES[kind],
        size=size if isinstance(size, int) else 0,
        source={"url": url} if url else {"message": needed(said, "id")},
        kind=kind,
    )


def _handle(event: Json) -> Handle:
    return Handle(Kind.LINE, needed(inner(event, "source"), "userId"), source="line")


def _at(event: Json) -> datetime:
    try:
        return datetime.fromtimestamp(int(needed(event, "timestamp")) / 1000, UTC)
    except (OverflowError, OSError):
        raise ValueError("“timestamp” is no time.") from None


def _channel(connector: Connector) -> int:
    assert connector.channel_id is not None
    return connector.channel_id
