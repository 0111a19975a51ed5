"""Sends to X: a direct message to the customer alone or, where the agent wants it so, a post that answers theirs.

https://docs.x.com/x-api/direct-messages/manage/integrate (one file for each message), …/posts/manage-tweets/integrate,
…/media/quickstart/best-practices (pictures 5 MB, films in pieces), and
https://docs.x.com/fundamentals/counting-characters (280, of which an address counts 23, a wide sign two).
"""

import re
import time
from typing import Any

from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, OutboundMessage
from conversations.models import Delivery
from integrations.adapters.base import AdapterError, UncertainError
from integrations.adapters.media.attached import Attached, attached
from integrations.adapters.media.x import api
from integrations.adapters.media.x.faults import X
from integrations.adapters.reading import inner, words
from integrations.models import Connector

LONGEST_POST = 280
MOST_PICTURES = 4
PIECE = 4_000_000  # bytes of a film that go at once
PATIENCE = 120.0  # seconds for X to work on a film
PICTURES, FILM, MOVING = ("image/jpeg", "image/png", "image/webp"), "video/mp4", "image/gif"
_ADDRESS = re.compile(r"https?://\S+")
_NARROW = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))  # twitter-text, configuration v3

Json = dict[str, Any]


def send(connector: Connector, message: OutboundMessage) -> DeliveryReport:
    files = attached(message)
    if not message.text.strip() and not files:
        raise AdapterError(_("There is nothing in it to send."), permanent=True)
    if strange := next((file for file in files if not _category(file, "dm")), None):
        raise AdapterError(_("X takes pictures and films, not “%(name)s”.") % {"name": strange.name}, permanent=True)
    return _post(connector, message, files) if message.is_public else _direct(connector, message, files)


def _post(connector: Connector, message: OutboundMessage, files: list[Attached]) -> DeliveryReport:
    """Only as an answer to a post: nothing else of the desk's is for everybody."""
    text = message.text.strip()
    if not message.answers or message.answers.startswith("dm:"):
        raise AdapterError(_("A public answer answers a post: choose which one."), permanent=True)
    if weight(text) > int(connector.settings.get("longest_post") or LONGEST_POST):
        raise AdapterError(_("It is longer than the 280 characters of a post."), permanent=True)
    if len(files) > (1 if any(file.content_type not in PICTURES for file in files) else MOST_PICTURES):
        raise AdapterError(_("A post takes four pictures, or one film."), permanent=True)
    said: Json = {"text": text, "reply": {"in_reply_to_tweet_id": message.answers}}
    if files:
        said["media"] = {"media_ids": [_uploaded(connector, file, "tweet") for file in files]}
    found = api.found(connector, "POST", "/2/tweets", changes=True, json=said)
    return DeliveryReport(Delivery.Status.SENT, external_id=_number(found, "id"))


def _direct(connector: Connector, message: OutboundMessage, files: list[Attached]) -> DeliveryReport:
    """Raises UncertainError where a part has gone out and the rest has not: nothing may be sent twice."""
    if not message.to.isdecimal():
        raise AdapterError(_("X knows no such account."), permanent=True)
    path, text, first = f"/2/dm_conversations/with/{message.to}/messages", message.text.strip(), ""
    uploaded = [_uploaded(connector, file, "dm") for file in files]
    for number in range(max(1, len(uploaded))):
        said: Json = {"text": text} if text and number == 0 else {}
        said |= {"attachments": [{"media_id": uploaded[number]}]} if uploaded else {}
        try:
            found = api.found(connector, "POST", path, changes=True, json=said)
        except AdapterError as error:
            if not first:
                raise
            words_ = _("A part of it has arrived, the rest has not: %(reason)s") % {"reason": error}
            uncertain = UncertainError(words_, said=error.said)
            uncertain.external_id = first
            raise uncertain from error
        first = first or f"dm:{_number(found, 'dm_event_id')}"
    return DeliveryReport(Delivery.Status.SENT, external_id=first)


def weight(text: str) -> int:
    """As X counts; an address is 23 however long it is."""
    found = _ADDRESS.findall(text)
    rest = _ADDRESS.sub("", text)
    return 23 * len(found) + sum(1 if any(a <= ord(sign) <= b for a, b in _NARROW) else 2 for sign in rest)


def _category(file: Attached, way: str) -> str:
    kinds = {MOVING: "gif", FILM: "video", **dict.fromkeys(PICTURES, "image")}
    return f"{way}_{kinds[file.content_type]}" if file.content_type in kinds else ""


def _uploaded(connector: Connector, file: Attached, way: str) -> str:
    """Its media id. What was uploaded and never sent is gone in a day."""
    category = _category(file, way)
    if file.content_type in PICTURES:
        given = {"media": (file.name, file.body, file.content_type)}
        said = {"media_category": category, "media_type": file.content_type}
        return _media_id(api.found(connector, "POST", "/2/media/upload", files=given, data=said))
    said_first = {"media_type": file.content_type, "total_bytes": len(file.body), "media_category": category}
    number = _media_id(api.found(connector, "POST", "/2/media/upload/initialize", json=said_first))
    for index, start in enumerate(range(0, len(file.body), PIECE)):
        piece = {"media": (file.name, file.body[start : start + PIECE], "application/octet-stream")}
        path = f"/2/media/upload/{number}/append"
        api.ask(connector, "POST", path, files=piece, data={"segment_index": str(index)})
    _wait_for(connector, number, api.found(connector, "POST", f"/2/media/upload/{number}/finalize"))
    return number


def _wait_for(connector: Connector, number: str, found: Json) -> None:
    """processing_info says when to ask again."""
    ends = time.monotonic() + PATIENCE
    while info := inner(inner(found, "data"), "processing_info"):
        state = words(info.get("state"))
        if state == "succeeded":
            return
        if state == "failed":
            raise AdapterError(_("X could not read the film."), permanent=True, said=str(info)[:400])
        if time.monotonic() > ends:
            raise AdapterError(_("X is still working on the film."), wait=60.0)
        time.sleep(min(float(words(info.get("check_after_secs")) or 1), 10.0))
        found = api.found(connector, "GET", "/2/media/upload", params={"command": "STATUS", "media_id": number})


def _number(found: Json, name: str) -> str:
    """Of what was sent. Raises UncertainError: it is there, and nobody can say where."""
    if number := words(inner(found, "data").get(name)):
        return number
    raise UncertainError(_("X did not say under which number it has it."), said=str(found)[:400])


def _media_id(found: Json) -> str:
    if number := words(inner(found, "data").get("id")):
        return number
    raise AdapterError(_("The answer of %(name)s cannot be read.") % {"name": X.name}, said=str(found)[:400])
