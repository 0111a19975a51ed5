"""The parts of a message in Telegram: its words, its files, its place. https://core.telegram.org/bots/api#message"""

from typing import Any

from django.utils.translation import gettext as _

from conversations.envelopes import InboundAttachment
from integrations.adapters.reading import inner, rows, words

Json = dict[str, Any]

MOST = 100_000  # characters
# What the desk shows by its name alone: there is nothing that a bot could fetch.
UNSHOWN = ("story", "game", "paid_media", "giveaway", "invoice", "checklist", "gift", "unique_gift", "passport_data")
TYPES = {
    "photo": "image/jpeg",
    "video": "video/mp4",
    "voice": "audio/ogg",
    "audio": "audio/mpeg",
    "document": "application/octet-stream",
    "sticker": "image/webp",
    "animation": "video/mp4",
    "video_note": "video/mp4",
}


def text_of(message: Json) -> str:
    """What was written; else what was shared, in words; "" for what only tells of the chat."""
    said = words(message.get("text"), MOST) or words(message.get("caption"), MOST)
    return said or _shared(message)


def attachments_of(message: Json) -> tuple[InboundAttachment, ...]:
    """Files are fetched later, by their file_id. Of a photo the largest size; an animation stands there a second time,
    as a document, for old programs."""
    found = []
    for kind in TYPES:
        if kind == "document" and message.get("animation"):
            continue
        file = _largest(rows(message, kind)) if kind == "photo" else inner(message, kind)
        if file and words(file.get("file_id")):
            found.append(_attachment(kind, file, words(message.get("message_id"))))
    return tuple(found)


def place_of(message: Json) -> list[float]:
    """Latitude and longitude; [] for none."""
    place = inner(message, "location") or inner(inner(message, "venue"), "location")
    try:
        return [float(place["latitude"]), float(place["longitude"])]
    except (KeyError, TypeError, ValueError):
        return []


def _attachment(kind: str, file: Json, number: str) -> InboundAttachment:
    size = file.get("file_size")
    return InboundAttachment(
        name=words(file.get("file_name"), 255) or _name(kind, file),
        content_type=words(file.get("mime_type")) or _type(kind, file),
        size=size if isinstance(size, int) else 0,
        source={"file_id": words(file.get("file_id"))},
        content_id=f"{number}@telegram" if number else "",  # tells the parts of an album apart
        kind=kind,
    )


def _largest(sizes: list[Json]) -> Json:
    def area(size: Json) -> int:
        width, height = size.get("width"), size.get("height")
        return width * height if isinstance(width, int) and isinstance(height, int) else 0

    return max(sizes, key=area, default={})


def _type(kind: str, file: Json) -> str:
    """https://core.telegram.org/bots/api#sticker"""
    if kind == "sticker" and file.get("is_animated"):
        return "application/x-tgsticker"
    return "video/webm" if kind == "sticker" and file.get("is_video") else TYPES[kind]


def _name(kind: str, file: Json) -> str:
    if kind == "sticker":
        return f"{words(file.get('set_name')) or kind}.{'tgs' if file.get('is_animated') else 'webp'}"
    endings = {"photo": "jpg", "video": "mp4", "voice": "ogg", "audio": "mp3", "animation": "mp4", "video_note": "mp4"}
    return f"{kind}.{endings[kind]}" if kind in endings else kind


def _shared(message: Json) -> str:
    venue, card, poll = inner(message, "venue"), inner(message, "contact"), inner(message, "poll")
    if venue:
        return "\n".join(part for part in (words(venue.get("title")), words(venue.get("address"))) if part)
    if place := place_of(message):
        return _("Location: %(latitude)s, %(longitude)s") % {"latitude": place[0], "longitude": place[1]}
    if card:
        name = " ".join(part for part in (words(card.get("first_name")), words(card.get("last_name"))) if part)
        return "\n".join(part for part in (name, words(card.get("phone_number"))) if part)
    if poll:
        options = [f"- {words(each.get('text'))}" for each in rows(poll, "options")]
        return "\n".join([words(poll.get("question")), *options])
    if dice := words(inner(message, "dice").get("emoji")):
        return f"{dice} {words(inner(message, 'dice').get('value'))}"
    if emoji := words(inner(message, "sticker").get("emoji")):
        return emoji
    unshown = next((kind for kind in UNSHOWN if message.get(kind)), "")
    words_ = _("They sent something that the desk cannot show (%(kind)s): open Telegram to see it.")
    return words_ % {"kind": unshown} if unshown else ""
