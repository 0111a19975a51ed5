"""Signs a call to X as our account: OAuth 2.0 with tokens that are renewed, or the four keys of OAuth 1.0a.

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code: an access token lasts two hours, and a
refresh token buys the next pair once. So whoever renews them holds the connector's row, and writes the new pair down
before it is used: two workers do not spend the same refresh token.
"""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from oauthlib.oauth1 import Client

from integrations.adapters.base import CredentialError
from integrations.adapters.media.x.faults import X
from integrations.adapters.reading import words
from integrations.models import Connector

SERVER = "https://api.x.com"
EARLY = 120.0  # seconds before its end at which a token is renewed
OAUTH1 = "oauth1"
FOUR = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")


def server_of(connector: Connector) -> str:
    return str(settings.LOCAL and connector.settings.get("api_url") or SERVER).rstrip("/")


def signed(connector: Connector, method: str, url: str, params: Mapping[str, str] | None = None) -> dict[str, str]:
    """The Authorization header. Raises CredentialError."""
    if connector.settings.get("auth") == OAUTH1:
        return _signed_by_four(connector, method, url, params or {})
    return {"Authorization": f"Bearer {access_token(connector)}"}


def access_token(connector: Connector) -> str:
    """One that lasts a while still. Raises AdapterError."""
    known = connector.secrets
    if known.get("access_token") and not _is_over(known):
        return known["access_token"]
    with transaction.atomic():
        held = Connector.objects.select_for_update(of=("self",), no_key=True).get(pk=connector.pk)
        known = held.secrets
        if not known.get("access_token") or _is_over(known):
            known = held.secrets = _renewed(connector, known)
            held.save(update_fields=["sealed"])
    connector.sealed = held.sealed
    return known["access_token"]


def forget(connector: Connector) -> None:
    """X refused the access token before its time: the next call asks for a new one."""
    known, before = connector.secrets, bytes(connector.sealed)
    if known.get("refresh_token"):
        connector.secrets = {**known, "access_ends": "0"}
        Connector.objects.filter(pk=connector.pk, sealed=before).update(sealed=connector.sealed)


def _is_over(known: Mapping[str, str]) -> bool:
    """Without a refresh token, what there is is all there is."""
    return bool(known.get("refresh_token")) and float(known.get("access_ends") or 0) < time.time() + EARLY


def _renewed(connector: Connector, known: dict[str, str]) -> dict[str, str]:
    """A confidential app signs in with its secret, a public one names itself. Raises AdapterError."""
    if not known.get("refresh_token"):
        raise CredentialError(_("This connector has no access token: an admin can enter it."))
    said = {"grant_type": "refresh_token", "refresh_token": known["refresh_token"]}
    said |= {"client_id": known.get("client_id", "")}
    given: dict[str, Any] = {"data": said}
    if known.get("client_secret"):
        given["auth"] = (known.get("client_id", ""), known["client_secret"])
    found = X.json(X.ask("POST", f"{server_of(connector)}/2/oauth2/token", **given))
    token, seconds = words(found.get("access_token"), 2000), words(found.get("expires_in")) or "7200"
    if not token:
        raise CredentialError(_("X gave no access token: an admin can sign in again."), said=str(sorted(found)))
    renewed = {"access_token": token, "access_ends": str(time.time() + float(seconds))}
    return {**known, **renewed, "refresh_token": words(found.get("refresh_token"), 2000) or known["refresh_token"]}


def _signed_by_four(connector: Connector, method: str, url: str, params: Mapping[str, str]) -> dict[str, str]:
    """https://docs.x.com/fundamentals/authentication/oauth-1-0a/authorizing-a-request: of JSON and multipart bodies
    nothing is signed, of the address all of it."""
    known = connector.secrets
    if not all(known.get(name) for name in FOUR):
        raise CredentialError(_("One of the four keys is missing: an admin can enter it."))
    client = Client(*(known[name] for name in FOUR))
    _uri, headers, _body = client.sign(f"{url}?{urlencode(params)}" if params else url, http_method=method)
    return {"Authorization": str(headers["Authorization"])}
