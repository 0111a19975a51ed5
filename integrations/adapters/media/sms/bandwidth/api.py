"""Bandwidth's messaging API: https://dev.bandwidth.com/docs/messaging, and how it is signed in to.

https://dev.bandwidth.com/docs/account/credentials: a user and a password, or a client whose token lasts an hour.
"""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from integrations.adapters.base import CredentialError
from integrations.adapters.calling import Answer, RefusedError
from integrations.adapters.media.provider import Provider
from integrations.adapters.media.sms.bandwidth.faults import FAULTS
from integrations.models import Connector

HOSTS = ("messaging.bandwidth.com",)
TOKENS = "https://api.bandwidth.com/api/v1/oauth2/token"
MESSAGES = "https://messaging.bandwidth.com"
MARGIN = 120  # seconds before its end in which a token is not used any more


def _code(refused: RefusedError) -> tuple[str, ...]:
    """{"type": "request-validation", "description": …}"""
    found = refused.json
    return (str(found.get("type", "")), str(refused.status)) if isinstance(found, dict) else (str(refused.status),)


BANDWIDTH = Provider("Bandwidth", FAULTS, _code)


def account(connector: Connector) -> str:
    return str(connector.settings.get("account_id", ""))


def simulated(connector: Connector) -> str:
    return str(connector.settings.get("api_url", "")) if settings.LOCAL else ""


def ask(connector: Connector, method: str, path: str, said: Any = None, *, changes: bool = False) -> Answer:
    """`path` below the account's. Raises AdapterError."""
    base = simulated(connector) or MESSAGES
    given: dict[str, Any] = signing_in(connector)
    if said is not None:
        given["json"] = said
    return BANDWIDTH.ask(method, f"{base}/api/v2/users/{account(connector)}/{path}", changes=changes, **given)


def signing_in(connector: Connector) -> dict[str, Any]:
    """What a call is given so that Bandwidth knows us."""
    user, password = str(connector.settings.get("api_user", "")), connector.secrets.get("api_password", "")
    if not (user and password):
        raise CredentialError(_("The user or the password of Bandwidth's API is missing."))
    if connector.settings.get("auth") != "client":
        return {"auth": (user, password)}
    return {"headers": {"Authorization": f"Bearer {_token(connector, user, password)}"}}


def _token(connector: Connector, client: str, secret: str) -> str:
    """Kept for as long as it lasts, for all workers."""
    key = f"bandwidth:{connector.pk}:{client}"
    if known := cache.get(key):
        return str(known)
    base = simulated(connector)
    url = f"{base}/api/v1/oauth2/token" if base else TOKENS
    data = {"grant_type": "client_credentials"}
    found = BANDWIDTH.json(BANDWIDTH.ask("POST", url, auth=(client, secret), data=data))
    token, lasts = str(found.get("access_token", "")), int(found.get("expires_in") or 0)
    if lasts > MARGIN:
        cache.set(key, token, lasts - MARGIN)
    return token
