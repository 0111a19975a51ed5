"""Calls Meta's Graph API: a version, a token, a proof that we know the app's secret; its errors in an agent's words.

developers.facebook.com/docs/graph-api/guides/error-handling, …/guides/secure-requests (appsecret_proof),
…/overview/rate-limiting (X-Business-Use-Case-Usage names minutes until it hears us again).
Settings: api_url (a simulator), api_version. Secrets: access_token, app_secret.
"""

import hashlib
import hmac
import json as text_json
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from integrations.adapters.base import Fetched
from integrations.adapters.calling import RefusedError
from integrations.adapters.media import fetching
from integrations.adapters.media.meta.faults import FAULTS
from integrations.adapters.media.provider import Provider
from integrations.adapters.reading import inner, words
from integrations.models import Connector

Json = dict[str, Any]
VERSION = "v25.0"
FACEBOOK, INSTAGRAM = "https://graph.facebook.com", "https://graph.instagram.com"
MEDIA_HOSTS = ("lookaside.fbsbx.com", "graph.facebook.com", "mmg.whatsapp.net")
_USAGE = "x-business-use-case-usage"


def codes(refused: RefusedError) -> tuple[str, ...]:
    """The nearest first: “10/2018278”, “10”, “2xx” for the many of missing permissions, “transient”."""
    error = inner(refused.json, "error") if isinstance(refused.json, dict) else {}
    return codes_of(error)


def codes_of(error: Json) -> tuple[str, ...]:
    code, below = words(error.get("code")), words(error.get("error_subcode"))
    found = [f"{code}/{below}"] if below else []
    found.append(code)
    if len(code) == 3 and code.startswith("2"):
        found.append("2xx")
    if error.get("is_transient") is True:
        found.append("transient")
    return tuple(found)


def wait_of(refused: RefusedError) -> float | None:
    """Seconds until it will hear us again, as its header names minutes; None where it does not say."""
    try:
        usage = text_json.loads(refused.headers.get(_USAGE, "{}"))
        told = [float(each["estimated_time_to_regain_access"]) for part in usage.values() for each in part]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return max(told) * 60 if told and max(told) > 0 else None


def provider(name: str) -> Provider:
    return Provider(name, FAULTS, codes, wait_of)


NAMES = {"whatsapp": "WhatsApp", "messenger": "Messenger", "instagram": "Instagram"}


def ask(
    connector: Connector,
    method: str,
    path: str,
    *,
    params: Mapping[str, str] | None = None,
    json: Json | None = None,
    data: Mapping[str, str] | None = None,
    files: Mapping[str, tuple[str, bytes, str]] | None = None,
    changes: bool = False,
    as_app: bool = False,
) -> Json:
    """The object that it answers with. `as_app`: by the app's own token, which speaks for no page or number. Raises as
    Provider.ask does."""
    meta = provider(NAMES.get(connector.adapter, "Meta"))
    told = {**(params or {}), **({} if as_app else proof(connector))}
    answer = meta.ask(
        method,
        f"{base_of(connector)}/{version_of(connector)}/{path}",
        changes=changes,
        headers=_app_bearer(connector) if as_app else bearer(connector),
        params=told,
        json=json,
        data=data,
        files=files,
    )
    return meta.json(answer)


def download(connector: Connector, url: str, *, largest: int) -> Fetched:
    """A file of WhatsApp's, by the address that Meta gave: its own hosts want the token, and no other sees it. Raises
    AdapterError."""
    known = (*MEDIA_HOSTS, fetching.host_of(base_of(connector)))
    return fetching.fetch(url, largest=largest, headers=bearer(connector), known=known)


def base_of(connector: Connector) -> str:
    """A simulator, on one's own machine only; else Meta, by the host that the token is for."""
    told = str(connector.settings.get("api_url", "")).rstrip("/")
    if told and settings.LOCAL:
        return told
    return INSTAGRAM if is_instagram_login(connector) else FACEBOOK


def is_instagram_login(connector: Connector) -> bool:
    """The account signed in by itself; without, it is reached through the Facebook page that it is linked with."""
    return connector.adapter == "instagram" and connector.settings.get("login", "instagram") != "page"


def version_of(connector: Connector) -> str:
    return str(connector.settings.get("api_version") or VERSION)


def bearer(connector: Connector) -> dict[str, str]:
    return {"Authorization": f"Bearer {connector.secrets.get('access_token', '')}"}


def _app_bearer(connector: Connector) -> dict[str, str]:
    """/docs/facebook-login/guides/access-tokens, “App access tokens”."""
    token = f"{connector.settings.get('app_id', '')}|{connector.secrets.get('app_secret', '')}"
    return {"Authorization": f"Bearer {token}"}


def proof(connector: Connector) -> dict[str, str]:
    """That the token is used by whoever knows the app's secret; graph.instagram.com does not ask for it."""
    secret, token = connector.secrets.get("app_secret", ""), connector.secrets.get("access_token", "")
    if not secret or not token or is_instagram_login(connector):
        return {}
    return {"appsecret_proof": hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()}
