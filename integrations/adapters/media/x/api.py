"""Calls X as our account: https://docs.x.com/x-api/introduction. A token that X refuses early is renewed once."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from integrations.adapters.base import CredentialError, Fetched
from integrations.adapters.calling import Answer
from integrations.adapters.media.download import download
from integrations.adapters.media.x import auth
from integrations.adapters.media.x.faults import X
from integrations.models import Connector

Json = dict[str, Any]
# Pictures of direct messages are shown to their two sides alone (developer.x.com, “Message attachments”).
PRIVATE_HOSTS = ("ton.twitter.com", "ton.x.com")


def ask(
    connector: Connector,
    method: str,
    path: str,
    *,
    changes: bool = False,
    params: Mapping[str, str] | None = None,
    **given: Any,
) -> Answer:
    """`given` as integrations.adapters.calling takes it. Raises AdapterError."""
    url = f"{auth.server_of(connector)}{path}"

    def once() -> Answer:
        headers = auth.signed(connector, method, url, params)
        return X.ask(method, url, changes=changes, headers=headers, params=params, **given)

    try:
        return once()
    except CredentialError as error:
        if not error.said.startswith("401") or not connector.secrets.get("refresh_token"):
            raise
    auth.forget(connector)
    return once()


def found(connector: Connector, method: str, path: str, **given: Any) -> Json:
    return X.json(ask(connector, method, path, **given))


def as_app(connector: Connector, method: str, path: str, **given: Any) -> Json:
    """With the app's own bearer token: webhooks are the app's."""
    headers = {"Authorization": f"Bearer {connector.secrets.get('bearer_token', '')}"}
    return X.json(X.ask(method, f"{auth.server_of(connector)}{path}", headers=headers, **given))


def fetch(connector: Connector, url: str, largest: int) -> Fetched:
    parts = urlsplit(url)
    is_private = parts.scheme == "https" and parts.hostname in PRIVATE_HOSTS
    headers = auth.signed(connector, "GET", url) if is_private else {}
    return download(X, url, largest=largest, headers=headers)
