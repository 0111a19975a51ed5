"""Who is this? Messenger's and Instagram's webhooks bring ids alone; the names are asked for.

developers.facebook.com/documentation/business-messaging/messenger-platform/identity/user-profile (first_name,
last_name) and …/instagram-messaging/features/user-profile (name, username).
"""

from integrations.adapters.base import AdapterError, AwayError, CredentialError
from integrations.adapters.media.meta.graph import ask
from integrations.adapters.reading import words
from integrations.models import Connector

FIELDS = {"messenger": "first_name,last_name", "instagram": "name,username"}


def name_of(connector: Connector, value: str) -> str:
    """ "" where they show none, or Meta does not tell. Raises AwayError or CredentialError."""
    try:
        found = ask(connector, "GET", value, params={"fields": FIELDS[connector.adapter]})
    except (AwayError, CredentialError):
        raise
    except AdapterError:
        return ""
    if connector.adapter == "messenger":
        told = (words(found.get(name)) for name in ("first_name", "last_name"))
        return " ".join(part for part in told if part)
    return words(found.get("name")) or words(found.get("username"))
