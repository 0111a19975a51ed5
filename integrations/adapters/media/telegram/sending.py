"""Hands a message to Telegram: its text in pieces, its files each in their own way, several together as an album.

https://core.telegram.org/bots/api#sendmessage, #sendphoto and the others of its kind, #sendmediagroup (2 to 10 files),
#replyparameters, #inlinekeyboardbutton (callback_data of 1 to 64 bytes), #setmessagereaction.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, OutboundMessage, OutboundReaction
from conversations.models import Delivery
from integrations.adapters.base import AdapterError, UncertainError
from integrations.adapters.media.attached import Attached, attached
from integrations.adapters.media.telegram import api
from integrations.adapters.media.telegram.rich import LONGEST, LONGEST_CAPTION, length, pieces, rich
from integrations.adapters.reading import words
from integrations.models import Connector

LARGEST_PHOTO = 10_000_000
MOST_IN_ALBUM = 10
LONGEST_DATA = 64  # bytes
_SINGLE = {"photo": "sendPhoto", "video": "sendVideo", "audio": "sendAudio", "voice": "sendVoice"}
_SINGLE |= {"animation": "sendAnimation", "document": "sendDocument"}
_ALBUM = {"photo": "seen", "video": "seen", "audio": "audio", "document": "document"}  # what goes together

Fields = dict[str, Any]


@dataclass
class Step:
    """One call that leaves one message, or an album."""

    method: str
    fields: Fields
    files: dict[str, tuple[str, bytes, str]] = field(default_factory=dict)


def send(connector: Connector, message: OutboundMessage) -> DeliveryReport:
    """Raises UncertainError where a part has gone out and the rest has not: nothing may be sent twice."""
    chat = chat_of(message)
    steps = list(_steps(message))
    if not steps:
        raise AdapterError(_("There is nothing in it to send."), permanent=True)
    if answered := _number(message.answers, chat):
        reply = {"message_id": answered, "allow_sending_without_reply": True}
        steps[0].fields["reply_parameters"] = reply
    first = ""
    for step in steps:
        try:
            number = _done(connector, chat, step)
        except AdapterError as error:
            if not first:
                raise
            words_ = _("A part of it has arrived, the rest has not: %(reason)s") % {"reason": error}
            uncertain = UncertainError(words_, said=error.said)
            uncertain.external_id = first
            raise uncertain from error
        first = first or f"{chat}:{number}"
    return DeliveryReport(Delivery.Status.SENT, external_id=first)


def react(connector: Connector, reaction: OutboundReaction) -> None:
    """A bot has one on each message: a new one takes the place of the last, none takes it off."""
    chat, _colon, number = reaction.external_id.rpartition(":")
    emoji = [{"type": "emoji", "emoji": reaction.emoji}] if reaction.emoji else []
    if not number.isdecimal() or ":" in chat:
        raise AdapterError(_("Telegram takes no reaction to this message."), permanent=True)
    api.call(connector, "setMessageReaction", {"chat_id": chat, "message_id": int(number), "reaction": emoji})


def chat_of(message: OutboundMessage) -> str:
    """A public answer goes to the group in which they named the bot; everything else to them alone. Raises
    AdapterError."""
    if not message.is_public:
        return message.to
    chat = message.answers.partition(":")[0]
    if not chat.startswith("-"):  # groups have negative numbers
        raise AdapterError(_("A public answer answers a message in a group: choose which one."), permanent=True)
    return chat


def _number(answers: str, chat: str) -> int:
    """Of the message in this chat that it answers; 0 for none, and for an album, which has many."""
    where, _colon, number = answers.rpartition(":")
    return int(number) if where == chat and number.isdecimal() else 0


def _steps(message: OutboundMessage) -> Iterator[Step]:
    files, text = attached(message), message.text.strip()
    batches = list(_batches(files))
    # Below an album no button can stand, and what is too long for a caption goes ahead of the files.
    apart = len(files) > 1 and bool(message.buttons) or length(text) > LONGEST_CAPTION
    if text and (apart or not files):
        yield from _texts(message, text)
        text = ""
    for kind, batch in batches:
        step = _file(kind, batch[0]) if len(batch) == 1 else _album(batch)
        if text:
            _caption(step, _written(message, text))
            text = ""
        if len(files) == 1 and not apart:
            step.fields |= _keyboard(message)
        yield step


def _texts(message: OutboundMessage, text: str) -> Iterator[Step]:
    """Formatted where one message holds it; a longer one goes in pieces, as plain text."""
    if length(text) <= LONGEST:
        yield Step("sendMessage", {**_written(message, text), **_keyboard(message)})
        return
    parts = pieces(text)
    for part in parts[:-1]:
        yield Step("sendMessage", {"text": part})
    yield Step("sendMessage", {"text": parts[-1], **_keyboard(message)})


def _written(message: OutboundMessage, text: str) -> Fields:
    formatted = rich(message.html) if message.html else ""
    return {"text": formatted, "parse_mode": "HTML"} if formatted else {"text": text}


def _caption(step: Step, written: Fields) -> None:
    """Of an album, its first file's: programs show it below them all."""
    caption = {"caption": written["text"]} | {key: value for key, value in written.items() if key != "text"}
    if step.method == "sendMediaGroup":
        step.fields["media"][0] |= caption
    else:
        step.fields |= caption


def _keyboard(message: OutboundMessage) -> Fields:
    """Each button says its words when it is pressed; of long words, as many as fit."""
    rows = [[{"text": words_, "callback_data": _fitting(words_)}] for words_ in message.buttons if words_.strip()]
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}


def _fitting(text: str) -> str:
    return text.encode()[:LONGEST_DATA].decode(errors="ignore")


def _batches(files: list[Attached]) -> Iterator[tuple[str, list[Attached]]]:
    """Files that go together, in the agent's order, at most ten at a time."""
    for _which, run in groupby(enumerate(files), key=lambda each: _lane(*each)):
        batch = [file for _index, file in run]
        for start in range(0, len(batch), MOST_IN_ALBUM):
            yield kind_of(batch[start]), batch[start : start + MOST_IN_ALBUM]


def _lane(index: int, file: Attached) -> tuple[str, int]:
    lane = _ALBUM.get(kind_of(file), "")
    return (lane, 0) if lane else ("alone", index)


def kind_of(file: Attached) -> str:
    """https://core.telegram.org/bots/api#sending-files: what a program shows or plays; else it is a document."""
    kind = file.content_type
    if kind in ("image/jpeg", "image/png", "image/webp") and len(file.body) <= LARGEST_PHOTO:
        return "photo"
    if kind in ("audio/ogg", "audio/opus"):
        return "voice"
    if kind in ("audio/mpeg", "audio/mp4", "audio/x-m4a"):
        return "audio"
    return {"image/gif": "animation", "video/mp4": "video"}.get(kind, "document")


def _file(kind: str, file: Attached) -> Step:
    return Step(_SINGLE[kind], {}, {kind: (file.name, file.body, file.content_type)})


def _album(batch: list[Attached]) -> Step:
    media = [{"type": kind_of(file), "media": f"attach://file{index}"} for index, file in enumerate(batch)]
    files = {f"file{index}": (file.name, file.body, file.content_type) for index, file in enumerate(batch)}
    return Step("sendMediaGroup", {"media": media}, files)


def _done(connector: Connector, chat: str, step: Step) -> str:
    """The number of the message, of an album that of its first."""
    fields = {"chat_id": chat, **step.fields}
    if step.files:
        fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
    result = api.call(connector, step.method, fields, files=step.files or None, changes=True)
    if isinstance(result, list):
        result = result[0] if result else {}
    number = words(result.get("message_id")) if isinstance(result, dict) else ""
    if not number:
        raise UncertainError(_("Telegram did not say under which number it has the message."), said=str(result)[:400])
    return number
