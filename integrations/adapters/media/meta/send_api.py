"""Sends on Messenger and Instagram by the Send API, which both share.

developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages and …/reference/send-api
(messaging_type, tags, reply_to, quick_replies), …/send-messages/sender-actions (react, mark_seen, typing_on),
…/messenger-platform/reference/attachment-upload-api, …/business-messaging/instagram-messaging/features/send-message.
Within 24 hours it is a RESPONSE; to the end of the seventh day a person may still answer, with the tag HUMAN_AGENT.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, OutboundMessage, OutboundReaction
from conversations.models import Attachment, Delivery
from integrations.adapters.base import AdapterError
from integrations.adapters.media.attached import Attached, attached
from integrations.adapters.media.meta.graph import NAMES, ask, is_instagram_login
from integrations.adapters.media.meta.pieces import pieces
from integrations.adapters.media.meta.progress import send_each
from integrations.adapters.media.meta.talk import OURS
from integrations.adapters.reading import words
from integrations.lending import lent_address
from integrations.models import Connector

Json = dict[str, Any]
MB = 1024 * 1024
STANDARD = timedelta(hours=24)
BUTTONS, TITLE = 13, 20


@dataclass(frozen=True)
class Takes:
    """What one of the two carries. `kinds`: how a type of file goes, and up to how many bytes."""

    characters: int = 0
    octets: int = 0
    kinds: tuple[tuple[str, str, int], ...] = ()  # (type or its beginning, “image” …, bytes)


# “Attachments … 25 MB”, images 8 MB (…/reference/attachment-upload-api); “2000 characters” (…/reference/send-api).
MESSENGER = Takes(
    characters=2000,
    kinds=(
        ("image/jpeg", "image", 8 * MB),
        ("image/png", "image", 8 * MB),
        ("image/gif", "image", 8 * MB),
        ("video/", "video", 25 * MB),
        ("audio/", "audio", 25 * MB),
        ("", "file", 25 * MB),
    ),
)
# “Must be UTF-8 and be less than 1000 bytes”; …/features/attachment-upload has the kinds.
INSTAGRAM = Takes(
    octets=999,
    kinds=(
        ("image/jpeg", "image", 8 * MB),
        ("image/png", "image", 8 * MB),
        ("image/gif", "image", 8 * MB),
        ("video/mp4", "video", 25 * MB),
        ("video/ogg", "video", 25 * MB),
        ("video/x-msvideo", "video", 25 * MB),
        ("video/quicktime", "video", 25 * MB),
        ("video/webm", "video", 25 * MB),
        ("audio/aac", "audio", 25 * MB),
        ("audio/mp4", "audio", 25 * MB),
        ("audio/x-m4a", "audio", 25 * MB),
        ("audio/wav", "audio", 25 * MB),
        ("audio/x-wav", "audio", 25 * MB),
        ("application/pdf", "file", 25 * MB),
    ),
)
TAKES = {"messenger": MESSENGER, "instagram": INSTAGRAM}


def send(connector: Connector, message: OutboundMessage) -> DeliveryReport:
    """Raises AdapterError or UncertainError."""
    takes = TAKES[connector.adapter]
    files = [_uploaded(connector, takes, file) for file in attached(message)]
    texts: list[Json] = [
        {"text": part} for part in pieces(message.text, characters=takes.characters, octets=takes.octets)
    ]
    if message.buttons:
        texts = texts or [{"text": _("Please choose:")}]
        texts[-1]["quick_replies"] = _quick_replies(message.buttons)
    bodies = [*texts, *files]
    if not bodies:
        raise AdapterError(_("There is nothing in it to send."), permanent=True)
    names = send_each(message.delivery_id, [partial(_post, connector, message, body) for body in bodies])
    return DeliveryReport(Delivery.Status.SENT, names[0])


def react(connector: Connector, reaction: OutboundReaction) -> None:
    given: Json = {"message_id": reaction.external_id}
    if reaction.emoji:
        given["reaction"] = _reaction(connector, reaction.emoji)
    action = "react" if reaction.emoji else "unreact"
    _act(connector, reaction.to, action, given)


def seen(connector: Connector, to: str) -> None:
    _act(connector, to, "mark_seen")


def _act(connector: Connector, to: str, action: str, given: Json | None = None) -> None:
    body: Json = {"recipient": {"id": to}, "sender_action": action}
    if given:
        body["payload"] = given
    ask(connector, "POST", _path(connector, "messages"), json=body)


def _reaction(connector: Connector, emoji: str) -> str:
    """Instagram knows “love” alone (…/instagram-messaging/features/send-message). Raises AdapterError."""
    if connector.adapter == "messenger":
        return emoji
    if emoji.startswith("❤"):
        return "love"
    raise AdapterError(_("Instagram takes only a heart as a reaction."), permanent=True)


def _quick_replies(buttons: tuple[str, ...]) -> list[Json]:
    """Longer titles would be cut: the whole words come back as the payload. Raises AdapterError for too many."""
    if len(buttons) > BUTTONS:
        raise AdapterError(_("At most 13 choices can be shown."), permanent=True)
    return [{"content_type": "text", "title": title[:TITLE], "payload": title[:1000]} for title in buttons]


def _uploaded(connector: Connector, takes: Takes, file: Attached) -> Json:
    """The message that carries it. Raises AdapterError where there is no way for such a file."""
    kind, content_type = _kind_of(connector, takes, file)
    if is_instagram_login(connector):  # …/instagram-api-with-instagram-login/messaging-api: by its address alone
        return {"attachment": {"type": kind, "payload": {"url": lent_address(Attachment.objects.get(pk=file.pk))}}}
    attachment = {"attachment": {"type": kind, "payload": {"is_reusable": True}}}
    fields = {"message": json.dumps(attachment)}
    if connector.adapter == "instagram":
        fields["platform"] = "instagram"
    given = {"filedata": (file.name, file.body, content_type)}
    found = ask(connector, "POST", _path(connector, "message_attachments"), data=fields, files=given)
    return {"attachment": {"type": kind, "payload": {"attachment_id": words(found.get("attachment_id"))}}}


def _kind_of(connector: Connector, takes: Takes, file: Attached) -> tuple[str, str]:
    content_type = file.content_type.partition(";")[0].strip().lower()
    found = next(((kind, most) for begins, kind, most in takes.kinds if content_type.startswith(begins)), None)
    told = {"name": file.name, "kind": content_type, "where": NAMES[connector.adapter]}
    if found is None:
        raise AdapterError(_("%(where)s does not carry files like “%(name)s” (%(kind)s).") % told, permanent=True)
    kind, most = found
    if len(file.body) > most:
        words_ = _("“%(name)s” is too large: %(where)s takes up to %(most)s MB.")
        raise AdapterError(words_ % {**told, "most": most // MB}, permanent=True)
    return kind, content_type


def _post(connector: Connector, message: OutboundMessage, body: Json, number: int) -> str:
    said: Json = {"recipient": {"id": message.to}, "message": body, **_allowed(message)}
    if connector.adapter == "messenger":  # it comes back with the echo
        said["message"] = {**body, "metadata": f"{OURS}:{message.key}"}
    if message.answers and number == 0:
        said["reply_to"] = {"mid": message.answers}
    found = ask(connector, "POST", _path(connector, "messages"), json=said, changes=True)
    name = words(found.get("message_id"), 400)
    if not name:
        words_ = _("%(where)s did not say under which name it took the message.")
        raise AdapterError(words_ % {"where": NAMES[connector.adapter]}, said=str(found)[:400])
    return name


def _allowed(message: OutboundMessage) -> Json:
    """By when the customer last wrote: nobody but a person may answer after a day."""
    if message.heard_at and timezone.now() - message.heard_at > STANDARD:
        return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    return {"messaging_type": "RESPONSE"}


def _path(connector: Connector, edge: str) -> str:
    """Of the page that the token is for, or of the account that signed in by itself."""
    name = "account_id" if is_instagram_login(connector) else "page_id"
    return f"{words(connector.settings.get(name)) or 'me'}/{edge}"
