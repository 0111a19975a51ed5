"""Signing in to a mailbox of Google or Microsoft: the authorisation-code flow with PKCE (RFC 7636) and state.

https://developers.google.com/identity/protocols/oauth2/web-server: access_type=offline and prompt=consent, or there is
no refresh token. https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow: offline_access, for the
same.
"""

import base64
import hashlib
import secrets as randomness
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from integrations.adapters.base import AdapterError
from integrations.adapters.media.email import oauth
from integrations.models import Connector

AUTHORISE = {
    "google": "https://accounts.google.com/o/oauth2/v2/auth",
    "microsoft": "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
}
SCOPES = {"google": "https://mail.google.com/", **oauth.SCOPES}
MORE = {"google": {"access_type": "offline", "prompt": "consent"}, "microsoft": {"response_mode": "query"}}
NAMES = {"google": "Google", "microsoft": "Microsoft"}


@dataclass(frozen=True)
class Begun:
    """What is to be remembered in the session until they come back, and where they are sent."""

    state: str
    verifier: str
    address: str


def begin(connector: Connector) -> Begun:
    """Raises AdapterError where the client's id is missing."""
    provider = _provider(connector)
    client_id = connector.secrets.get("client_id", "")
    if not client_id:
        raise AdapterError(_("Enter the client id and secret first, and save."))
    state, verifier = randomness.token_urlsafe(32), randomness.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_address(),
        "scope": SCOPES[provider],
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "login_hint": str(connector.settings.get("username", "")),
        **MORE[provider],
    }
    return Begun(state, verifier, f"{_address(connector, 'authorize_url', AUTHORISE[provider])}?{urlencode(asked)}")


def finish(connector: Connector, code: str, verifier: str) -> None:
    """Trades the code for a refresh token, and seals it. Raises AdapterError in the admin's words."""
    provider = _provider(connector)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_address(),
        "code_verifier": verifier,
        **{name: connector.secrets[name] for name in ("client_id", "client_secret") if connector.secrets.get(name)},
    }
    name = NAMES[provider]
    try:
        answer = httpx.post(_address(connector, "token_url", oauth.PROVIDERS[provider]), data=form, timeout=20)
        told = answer.json() if answer.status_code == 200 else {}
    except (httpx.HTTPError, ValueError) as error:
        raise AdapterError(_("The sign-in service of %(name)s does not answer.") % {"name": name}) from error
    if answer.status_code != 200:
        words = _("%(name)s refused the sign-in: look at the client id, its secret and the redirect address.")
        raise AdapterError(words % {"name": name}, said=answer.text[:1000])
    refresh = told.get("refresh_token") if isinstance(told, dict) else ""
    if not refresh:
        raise AdapterError(_("%(name)s gave no lasting access: sign in again, and allow all of it.") % {"name": name})
    oauth.forget(connector)
    connector.secrets = {**connector.secrets, "refresh_token": str(refresh)}
    connector.save(update_fields=["sealed"])


def redirect_address() -> str:
    return settings.SITE_URL + reverse("connector_signed_in")


def _provider(connector: Connector) -> str:
    provider = str(connector.settings.get("auth", ""))
    if provider not in AUTHORISE:
        raise AdapterError(_("This mailbox signs in with a name and a password."))
    return provider


def _address(connector: Connector, setting: str, usual: str) -> str:
    """A provider of one's own stands in only on one's own machine."""
    named = str(connector.settings.get(setting, "")) if settings.LOCAL else ""
    return named or usual.format(tenant=connector.settings.get("tenant", "common"))
