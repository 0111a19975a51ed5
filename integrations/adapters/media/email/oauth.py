"""XOAUTH2: short-lived tokens from a refresh token, for the mailboxes of Google and Microsoft."""

import hashlib
import time
from typing import Any

import httpx
from django.utils.translation import gettext as _

from integrations.adapters.base import AdapterError, CredentialError
from integrations.models import Connector

# https://developers.google.com/identity/protocols/oauth2/web-server#offline
# https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#refresh-the-access-token
PROVIDERS = {
    "google": "https://oauth2.googleapis.com/token",
    "microsoft": "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
}
SCOPES = {
    "microsoft": "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access"
}
CREDENTIAL = ("invalid_grant", "invalid_client", "unauthorized_client")  # RFC 6749 5.2: trying again cannot help
EARLY_SECONDS = 120  # a token is not used in its last minutes

_tokens: dict[str, tuple[str, float]] = {}  # of this process: an access token is made again at no cost


def access_token(connector: Connector) -> str:
    """A token that is good for some minutes at least. Raises AdapterError with what an admin can do."""
    key = _key(connector)
    token, good_until = _tokens.get(key, ("", 0.0))
    if time.time() < good_until:
        return token
    answer = _refresh(connector)
    token = str(answer["access_token"])
    good_until = time.time() + float(answer.get("expires_in", 3600)) - EARLY_SECONDS
    _keep_rotated(connector, str(answer.get("refresh_token", "")))
    _tokens[_key(connector)] = (token, good_until)
    return token


def forget(connector: Connector) -> None:
    """The server did not take the token: the next one is asked for."""
    _tokens.pop(_key(connector), None)


def sign_in_line(user: str, token: str) -> str:
    """https://developers.google.com/gmail/imap/xoauth2-protocol: base64 is up to the caller."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"


def _key(connector: Connector) -> str:
    return hashlib.sha256(f"{connector.pk}:{connector.secrets.get('refresh_token', '')}".encode()).hexdigest()


def _refresh(connector: Connector) -> dict[str, Any]:
    provider = str(connector.settings["auth"])
    tenant = str(connector.settings.get("tenant", "common"))
    url = str(connector.settings.get("token_url") or PROVIDERS[provider].format(tenant=tenant))
    secrets = connector.secrets
    form = {"grant_type": "refresh_token", "refresh_token": secrets.get("refresh_token", "")}
    form |= {name: secrets[name] for name in ("client_id", "client_secret") if secrets.get(name)}
    if scope := SCOPES.get(provider):
        form["scope"] = scope
    name = provider.capitalize()
    try:
        answer = httpx.post(url, data=form, timeout=20)
    except httpx.HTTPError as error:
        words = _("The sign-in service of %(name)s does not answer. The desk tries again.") % {"name": name}
        raise AdapterError(words, said=str(error)) from error
    if answer.status_code != 200 or "access_token" not in answer.text:
        is_ours = any(word in answer.text for word in CREDENTIAL)
        raise (CredentialError if is_ours else AdapterError)(_refused(name, answer), said=answer.text[:1000])
    return dict(answer.json())


def _refused(name: str, answer: httpx.Response) -> str:
    if "invalid_grant" in answer.text:
        words = _("%(name)s no longer accepts the sign-in of this mailbox (withdrawn or expired): connect it again.")
    elif "invalid_client" in answer.text or "unauthorized_client" in answer.text:
        words = _("%(name)s does not know this client id and secret: look at them in the settings of the mailbox.")
    else:
        words = _("The sign-in service of %(name)s refused with %(code)s. The desk tries again.")
    return words % {"name": name, "code": answer.status_code}


def _keep_rotated(connector: Connector, refresh_token: str) -> None:
    """Microsoft hands out a new refresh token with each use, and the old one runs out."""
    if refresh_token and refresh_token != connector.secrets.get("refresh_token"):
        connector.secrets = {**connector.secrets, "refresh_token": refresh_token}
        Connector.objects.filter(pk=connector.pk).update(sealed=connector.sealed)
