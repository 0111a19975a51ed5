"""What stands in a notification beside its envelope, for whoever debugs: `manage.py parse_webhook mastodon`."""

from integrations.adapters.base import Understood
from integrations.adapters.reading import inner, payload, words
from integrations.models import RawEvent


def told(raw: RawEvent, envelope: Understood) -> dict[str, object]:
    """Pure."""
    found = payload(raw)
    status = inner(found, "status") or found
    account = inner(found, "account") or inner(status, "account")
    said = {"event": raw.kind or words(found.get("type")), "message_id": words(status.get("id"))}
    return {**said, "visibility": words(status.get("visibility")), "sender_id": words(account.get("acct"))}
