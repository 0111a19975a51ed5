"""Calls the Messaging API; LINE's words for what failed, and ours.

https://developers.line.biz/en/reference/messaging-api/#error-responses, #rate-limits, #get-content (a host of its own)
and https://developers.line.biz/en/docs/messaging-api/retrying-api-request/ (409: it has the message already)
"""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.adapters.base import AdapterError, CredentialError, Fetched
from integrations.adapters.calling import Answer, RefusedError
from integrations.adapters.media.download import download
from integrations.adapters.media.provider import Fault, Provider
from integrations.adapters.reading import words
from integrations.models import Connector

SERVER, FILES = "https://api.line.me", "https://api-data.line.me"
ACCEPTED = "409"

FAULTS = {
    "monthly limit": Fault(
        gettext_lazy("What the LINE account's plan includes is used up for this month."),
        is_permanent=False,
        wait=3600.0,
        is_for_all=True,
    ),
    "rate limit": Fault(gettext_lazy("LINE asks the desk to wait."), is_permanent=False, wait=60.0, is_for_all=True),
    "'to'": Fault(gettext_lazy("LINE knows no such person, or they are no friend of the account any more.")),
    "not found": Fault(gettext_lazy("LINE does not have it any more.")),
    "length must be between": Fault(gettext_lazy("It is too long for LINE, which takes 5000 characters.")),
    "retry key is already accepted": Fault(gettext_lazy("LINE has this message already.")),
    "401": Fault(
        gettext_lazy("LINE does not know the channel access token any more. An admin can make a new one."),
        is_credential=True,
    ),
    "403": Fault(gettext_lazy("The LINE account's plan does not allow this."), is_credential=True),
    "404": Fault(gettext_lazy("LINE does not have it any more.")),
    "410": Fault(gettext_lazy("LINE does not have it any more.")),
    "429": Fault(gettext_lazy("LINE asks the desk to wait."), is_permanent=False, wait=60.0, is_for_all=True),
}


def codes(refused: RefusedError) -> tuple[str, ...]:
    found = refused.json if isinstance(refused.json, dict) else {}
    details = found.get("details")
    said = f"{words(found.get('message'))} {details if isinstance(details, list) else ''}".lower()
    return (*(part for part in FAULTS if not part.isdecimal() and part in said), str(refused.status))


LINE = Provider("LINE", FAULTS, codes)


def ask(connector: Connector, method: str, path: str, *, changes: bool = False, **given: Any) -> Answer:
    """`given` as integrations.adapters.calling takes it. Raises AdapterError."""
    headers = {**bearer(connector), **given.pop("headers", {})}
    return LINE.ask(method, server_of(connector, SERVER) + path, changes=changes, headers=headers, **given)


def found(connector: Connector, path: str) -> dict[str, Any]:
    return LINE.json(ask(connector, "GET", path))


def content(connector: Connector, number: str, largest: int) -> Fetched:
    """What somebody sent; LINE keeps it for a while, and works on films first (202, with nothing in it)."""
    url = f"{server_of(connector, FILES)}/v2/bot/message/{number}/content"
    fetched = download(LINE, url, largest=largest, headers=bearer(connector))
    if not fetched.body:
        raise AdapterError(_("LINE is still working on the film."), wait=15.0)
    return Fetched(fetched.body, fetched.content_type, "")


def server_of(connector: Connector, usual: str) -> str:
    return str(settings.LOCAL and connector.settings.get("api_url") or usual).rstrip("/")


def bearer(connector: Connector) -> dict[str, str]:
    """Raises CredentialError where there is no token."""
    token = connector.secrets.get("access_token", "").strip()
    if not token:
        raise CredentialError(_("This connector has no access token: an admin can enter it."))
    return {"Authorization": f"Bearer {token}"}
