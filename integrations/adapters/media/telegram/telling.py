"""What stands in an update beside its envelope, for whoever debugs: `manage.py parse_webhook telegram`."""

from integrations.adapters.base import Understood
from integrations.adapters.media.telegram.parts import attachments_of, place_of, text_of
from integrations.adapters.media.telegram.understanding import handle_of, kind_of
from integrations.adapters.reading import inner, payload, words
from integrations.models import RawEvent


def told(raw: RawEvent, envelope: Understood) -> dict[str, object]:
    """Pure."""
    update = payload(raw)
    found = inner(update, kind_of(update))
    message = inner(found, "message") or found  # of a pressed button, the message below which it stands
    sender = inner(found, "from") or inner(found, "user")
    said: dict[str, object] = {"event": kind_of(update), "message_id": words(message.get("message_id"))}
    said |= {"chat_id": words(inner(message, "chat").get("id")), "chat_type": words(inner(message, "chat").get("type"))}
    if sender:
        handle = handle_of(sender)
        said |= {"sender_id": handle.value, "sender_name": handle.name}
    if kind_of(update) == "message":
        kinds = [file.kind for file in attachments_of(message)]
        kinds += ["location"] if place_of(message) else []
        said |= {"text": text_of(message), "attachment_kinds": kinds}
    return said
