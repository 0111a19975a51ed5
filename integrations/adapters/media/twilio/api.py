"""Twilio's REST API: where it is, who we are there, and what its refusals mean.

https://www.twilio.com/docs/usage/requests-to-twilio, https://www.twilio.com/docs/usage/twilios-response
"""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from integrations.adapters.about import Words
from integrations.adapters.base import CredentialError
from integrations.adapters.calling import Answer, RefusedError
from integrations.adapters.media.provider import Provider
from integrations.adapters.media.twilio.faults import FAULTS
from integrations.models import Connector

VERSION = "2010-04-01"
HOSTS = ("twilio.com",)


def _code(refused: RefusedError) -> tuple[str, ...]:
    """{"code": 21211, "message": …, "more_info": …, "status": 400}"""
    found = refused.json
    return (str(found.get("code", "")), str(refused.status)) if isinstance(found, dict) else (str(refused.status),)


TWILIO = Provider("Twilio", FAULTS, _code)


def keys(connector: Connector) -> tuple[str, str]:
    """Raises CredentialError where there are none."""
    sid, token = str(connector.settings.get("account_sid", "")), connector.secrets.get("auth_token", "")
    if not (sid and token):
        raise CredentialError(_("The account's SID or token is missing."))
    return sid, token


def base(connector: Connector, service: str = "api") -> str:
    """`service`: the first word of the host. A simulator has them all under one address."""
    simulated = str(connector.settings.get("api_url", ""))
    if simulated and settings.LOCAL:
        return simulated
    region = str(connector.settings.get("twilio_region", ""))
    return f"https://{service}.{region}.twilio.com" if region else f"https://{service}.twilio.com"


def ask(
    connector: Connector, method: str, path: str, data: list[tuple[str, str]] | None = None, *, changes: bool = False
) -> dict[str, Any]:
    """`path` below the account, as "Messages.json". Raises AdapterError."""
    sid, token = keys(connector)
    url = f"{base(connector)}/{VERSION}/Accounts/{sid}{path}"
    return TWILIO.json(_asked(method, url, (sid, token), data, changes))


def ask_service(
    connector: Connector, method: str, service: str, path: str, data: list[tuple[str, str]] | None = None
) -> dict[str, Any]:
    """Of the newer parts of Twilio, which have hosts of their own."""
    return TWILIO.json(_asked(method, base(connector, service) + path, keys(connector), data, False))


def _asked(method: str, url: str, auth: tuple[str, str], data: list[tuple[str, str]] | None, changes: bool) -> Answer:
    if method == "GET":
        return TWILIO.ask(method, url, auth=auth, params=dict(data or []))
    return TWILIO.ask(method, url, auth=auth, data=data or [], changes=changes)


def words_of(code: str) -> Words:
    """What one of its codes means for an agent; "" for one that is not in the table."""
    fault = FAULTS.get(code)
    return str(fault.text) % {"name": "Twilio"} if fault else ""
