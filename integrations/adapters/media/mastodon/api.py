"""Calls a Mastodon server: https://docs.joinmastodon.org/client/authorized/ (a bearer token of one account)."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from integrations.adapters.base import AdapterError, CredentialError
from integrations.adapters.calling import Answer
from integrations.adapters.media.mastodon.faults import MASTODON
from integrations.models import Connector

Json = dict[str, Any]


def ask(connector: Connector, method: str, path: str, *, changes: bool = False, **given: Any) -> Answer:
    """`given` as integrations.adapters.calling takes it. Raises AdapterError."""
    headers = {**bearer(connector), **given.pop("headers", {})}
    return MASTODON.ask(method, site_of(connector) + path, changes=changes, headers=headers, **given)


def found(connector: Connector, path: str, **params: str) -> Json:
    return MASTODON.json(ask(connector, "GET", path, params=params))


def listed(connector: Connector, path: str, params: Mapping[str, str]) -> list[Json]:
    answer = ask(connector, "GET", path, params=params)
    try:
        rows = answer.json
    except ValueError:
        rows = None
    if not isinstance(rows, list):
        words = _("The answer of %(name)s cannot be read.") % {"name": MASTODON.name}
        raise AdapterError(words, said=answer.body[:400].decode(errors="replace"))
    return [row for row in rows if isinstance(row, dict)]


def site_of(connector: Connector) -> str:
    given = connector.settings.get("api_url") if settings.LOCAL else ""
    return str(given or connector.settings.get("site", "")).rstrip("/")


def bearer(connector: Connector) -> dict[str, str]:
    """Raises CredentialError where there is no token."""
    token = connector.secrets.get("access_token", "").strip()
    if not token:
        raise CredentialError(_("This connector has no access token: an admin can enter it."))
    return {"Authorization": f"Bearer {token}"}
