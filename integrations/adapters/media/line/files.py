"""Files in a push: LINE fetches a picture, a film or a sound from our signed address; of any other it gets the link.

https://developers.line.biz/en/reference/messaging-api/#image-message (JPEG or PNG, 10 MB), #video-message (MP4, 200),
#audio-message (M4A, 200, with its length), all by https, and what is seen with a preview of at most 1 MB; so since
https://developers.line.biz/ja/news/2020/05/12/messaging-api-update-may-2020/
"""

from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import gettext as _

from conversations.models import Attachment
from integrations.adapters.base import AdapterError
from integrations.lending import lent_address

MB = 1024 * 1024
PICTURES, FILMS, SOUNDS = ("image/jpeg", "image/png"), ("video/mp4",), ("audio/mp4", "audio/x-m4a", "audio/m4a")
LARGEST_PICTURE, LARGEST_PREVIEW, LARGEST_FILM = 10 * MB, MB, 200 * MB
READ = 64 * 1024  # bytes at a time, of a sound
LONGEST_ADDRESS = 2000

Json = dict[str, Any]


def bubbles_of(files: list[Attachment]) -> tuple[list[Json], list[str]]:
    """The messages, and lines for the text of those that LINE shows no other way. Raises AdapterError."""
    if files and not settings.SITE_URL.startswith("https://") and not settings.LOCAL:
        words = _("LINE fetches files only from a desk whose address begins with https://.")
        raise AdapterError(words, permanent=True)
    bubbles, links = [], []
    for file in files:
        if bubble := _bubble(file):
            bubbles.append(bubble)
        else:
            links.append(f"{file.name}: {lent_address(file)}")
    return bubbles, links


def _bubble(file: Attachment) -> Json | None:
    address = lent_address(file)
    if len(address) > LONGEST_ADDRESS:
        return None
    if file.content_type in PICTURES and file.size <= LARGEST_PICTURE:
        preview = address if file.size <= LARGEST_PREVIEW else _preview()
        return {"type": "image", "originalContentUrl": address, "previewImageUrl": preview}
    if file.content_type in FILMS and file.size <= LARGEST_FILM:
        return {"type": "video", "originalContentUrl": address, "previewImageUrl": _preview()}
    if file.content_type in SOUNDS and file.size <= LARGEST_FILM and (lasts := _milliseconds(file)):
        return {"type": "audio", "originalContentUrl": address, "duration": lasts}
    return None


def _preview() -> str:
    """What stands there until they touch it: we make no smaller pictures."""
    return settings.SITE_URL + static("line/preview.png")


def _milliseconds(file: Attachment) -> int:
    """Of an M4A: its movie header (ISO 14496-12, “mvhd”) has the length, and the units in a second. 0 where it has no
    such header that can be read."""
    held = b""
    with file.file.open("rb") as opened:
        while part := opened.read(READ):
            held = held[-40:] + part
            at = held.find(b"mvhd")
            if at >= 0:
                return _length(held[at + 4 :] + opened.read(40))
    return 0


def _length(header: bytes) -> int:
    """After its version and flags, two times stand before the two numbers: of 4 bytes each, or of 8 in version 1."""
    wide = 8 if header[:1] == b"\x01" else 4
    start = 4 + 2 * wide
    scale = int.from_bytes(header[start : start + 4])
    length = int.from_bytes(header[start + 4 : start + 4 + wide])
    return round(length * 1000 / scale) if scale and len(header) >= start + 4 + wide else 0
