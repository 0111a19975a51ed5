"""The attachments of Messenger and Instagram, each as words, files and details.

…/messenger-platform/webhooks/webhook-events/messages (image, audio, video, file, sticker, reel, post, fallback,
template, location) and …/instagram-messaging/webhooks (share, ig_post, ig_reel, story_mention). A story is gone after a
day, and Meta does not allow that it is kept: only its address is, which ends with it (…/features/story-mention).
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from conversations.envelopes import InboundAttachment, MessageDetails
from integrations.adapters.reading import inner, rows, words

Json = dict[str, Any]
LONGEST = 20_000  # characters
FILES = {"image": "image/jpeg", "video": "video/mp4", "audio": "audio/mp4", "file": "application/octet-stream"}
FILES |= {"sticker": "image/png"}
THUMBS = {"369239263222822", "369239343222814", "369239383222810"}  # Messenger's own 👍, in three sizes


@dataclass(frozen=True)
class Said:
    text: str
    attachments: tuple[InboundAttachment, ...] = ()
    details: MessageDetails = field(default_factory=lambda: MessageDetails())


def said_in(message: Json) -> Said:
    """Said honestly where there is nothing that the desk can show."""
    lines, files, details = [words(message.get("text"), LONGEST)], list[InboundAttachment](), MessageDetails()
    for attachment in _once(rows(message, "attachments")):
        _take(attachment, lines, files, details)
    text = "\n".join(line for line in lines if line)
    if not text and not files and not details:
        text = _("Sent something that Meta does not hand on, such as a GIF or a poll.")
    return Said(text, tuple(files), details)


def _once(attachments: list[Json]) -> list[Json]:
    """While Meta changes over, a sticker comes as an image, too."""
    stickers = {_sticker(each) for each in attachments if each.get("type") == "sticker"}
    return [each for each in attachments if each.get("type") != "image" or _sticker(each) not in stickers - {""}]


def _sticker(attachment: Json) -> str:
    return words(inner(attachment, "payload").get("sticker_id"))


def _take(attachment: Json, lines: list[str], files: list[InboundAttachment], details: MessageDetails) -> None:
    kind, given = words(attachment.get("type")), inner(attachment, "payload")
    url = words(given.get("url"), 4000)
    if _sticker(attachment) in THUMBS:
        lines.append("👍")
    elif kind in FILES and url:
        ours = "sticker" if _sticker(attachment) else kind
        name = words(given.get("title"), 200) if kind == "file" else ""
        files.append(InboundAttachment(name, FILES[kind], 0, source={"url": url}, kind=ours))
    elif kind == "story_mention":
        details["story"] = url
        lines.append(_("Mentioned you in their story."))
    elif kind == "location":
        _place(given, lines, details)
    else:
        lines.append(_link(kind, attachment, given, url))


def _place(given: Json, lines: list[str], details: MessageDetails) -> None:
    spot = inner(given, "coordinates")
    details["place"] = [float(words(spot.get(name)) or "nowhere") for name in ("lat", "long")]
    lines.append(_("Shared a location."))


def _link(kind: str, attachment: Json, given: Json, url: str) -> str:
    """A post, a reel, a page: what it is called and where it is; its pictures belong to whoever made it."""
    title = words(given.get("title")) or words(attachment.get("title"))
    url = url or words(attachment.get("url") or attachment.get("URL"), 4000)
    what = _SHARED.get(kind, "")
    told = " ".join(part for part in (title, url) if part)
    if told:
        return f"{_(what)}: {told}" if what else told
    return _("Sent something that Meta does not hand on%(kind)s.") % {"kind": f" ({kind[:40]})" if kind else ""}


_SHARED = {
    "share": gettext_noop("Shared a post"),
    "ig_post": gettext_noop("Shared a post"),
    "post": gettext_noop("Shared a post"),
    "ig_reel": gettext_noop("Shared a reel"),
    "reel": gettext_noop("Shared a reel"),
}
