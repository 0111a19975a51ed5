"""What stands in an event of X's beside its envelope, for whoever debugs: `manage.py parse_webhook x`."""

from conversations.envelopes import InboundMessage
from integrations.adapters.base import Understood
from integrations.adapters.reading import inner, payload, words
from integrations.models import RawEvent


def told(raw: RawEvent, envelope: Understood) -> dict[str, object]:
    """Pure."""
    found = payload(raw)
    kind = words(inner(found, "data").get("event_type")) or next((key for key in found if key.endswith("_events")), "")
    said: dict[str, object] = {"event": kind or raw.kind}
    if isinstance(envelope, InboundMessage):
        said["message_id"] = envelope.external_id.removeprefix("dm:")
    return said
