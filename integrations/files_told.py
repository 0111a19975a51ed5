"""The files of a talk, as a brain of another maker is told of them: their kinds and names, and what plain text says.

Never the files themselves: whoever thinks elsewhere needs to know that there is a picture, not to have it.
"""

from dataclasses import replace

from django.db.models import QuerySet

from conversations.bots.acts import Asked, Attached
from conversations.models import Attachment
from conversations.models.message import AUDIO

MOST_NAME, MOST_TEXT = 120, 1500  # characters
LARGEST = 64_000  # bytes of a text that is opened for it
TEXTS = ("text/plain", "text/csv", "text/markdown")


def with_files(asked: Asked) -> Asked:
    """Of lines that have any. What is refused, or not here yet, is named all the same."""
    having = [line.source for line in asked.lines if line.files]
    if not having:
        return asked
    fresh = {line.source for line in asked.new}
    named: dict[int, list[Attached]] = {}
    for file in _files(having):
        assert file.message_id is not None
        named.setdefault(file.message_id, []).append(_attached(file, is_read=file.message_id in fresh))
    lines = tuple(replace(line, named=tuple(named.get(line.source, ()))) for line in asked.lines)
    return replace(asked, lines=lines, new=tuple(line for line in lines if line.source in fresh))


def _files(messages: list[int]) -> QuerySet[Attachment]:
    return Attachment.objects.filter(message__in=messages).order_by("message", "pk")


def _attached(file: Attachment, *, is_read: bool) -> Attached:
    name = " ".join(file.name.replace("“", "").replace("”", "").split())[:MOST_NAME]
    return Attached(_kind(file), name, _text(file) if is_read else "")


def _kind(file: Attachment) -> str:
    if file.kind == "voice":
        return "voice"
    if file.content_type in AUDIO:
        return "sound"
    kind = file.content_type.partition("/")[0]
    return kind if kind in ("image", "video") else "file"


def _text(file: Attachment) -> str:
    if not file.is_whole or file.content_type not in TEXTS or file.size > LARGEST:
        return ""
    try:
        with file.file.open("rb") as opened:
            return str(opened.read(LARGEST).decode("utf-8", "replace")).replace("\x00", "").strip()[:MOST_TEXT]
    except OSError:
        return ""  # it is gone: its name is told
