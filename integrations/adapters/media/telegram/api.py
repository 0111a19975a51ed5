"""Calls the Bot API: https://core.telegram.org/bots/api#making-requests, and the files it hands out.

The token stands in the address, so that it is taken out of whatever is written down when a call fails.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from integrations.adapters.base import AdapterError, CredentialError, Fetched
from integrations.adapters.media.telegram.faults import TELEGRAM
from integrations.adapters.reading import words
from integrations.models import Connector

SERVER = "https://api.telegram.org"
LARGEST_DOWNLOAD = 20_000_000  # https://core.telegram.org/bots/api#getfile

Files = Mapping[str, tuple[str, bytes, str]]


def call(
    connector: Connector,
    method: str,
    fields: Mapping[str, object] | None = None,
    *,
    files: Files | None = None,
    changes: bool = False,
) -> Any:
    """What stands under "result". `fields` are JSON; beside `files` those that are no text must be JSON already.
    Raises AdapterError."""
    given: dict[str, Any] = {"data": fields, "files": files} if files else {"json": fields or {}}
    url = f"{server_of(connector)}/bot{token_of(connector)}/{method}"
    try:
        answer = TELEGRAM.json(TELEGRAM.ask("POST", url, changes=changes, **given))
    except AdapterError as error:
        raise _without_token(connector, error) from None
    return answer.get("result")


def download(connector: Connector, file_id: str, largest: int) -> Fetched:
    """The address of a file holds for an hour, so it is asked for anew each time. Raises AdapterError."""
    file = call(connector, "getFile", {"file_id": file_id})
    file = file if isinstance(file, dict) else {}
    size, path = file.get("file_size"), words(file.get("file_path"), 400)
    if isinstance(size, int) and size > largest:
        raise AdapterError(_("It is larger than the desk takes."), permanent=True)
    if not path:
        raise AdapterError(_("Telegram does not hand this file out: it is larger than 20 MB."), permanent=True)
    url = f"{server_of(connector)}/file/bot{token_of(connector)}/{path}"
    try:
        answer = TELEGRAM.ask("GET", url, largest=min(largest, LARGEST_DOWNLOAD) + 1_000_000)
    except CredentialError as error:  # 404 of a file is no word on the token, which has just been good for getFile
        raise AdapterError(_("Telegram does not have this file any more."), permanent=True, said=error.said) from None
    except AdapterError as error:
        raise _without_token(connector, error) from None
    return Fetched(answer.body, "", path.rpartition("/")[2])


def server_of(connector: Connector) -> str:
    return str(settings.LOCAL and connector.settings.get("api_url") or SERVER).rstrip("/")


def token_of(connector: Connector) -> str:
    """Raises CredentialError where there is none."""
    token = connector.secrets.get("token", "").strip()
    if not token:
        raise CredentialError(_("This connector has no token: an admin can enter it."))
    return token


def bot_id(connector: Connector) -> str:
    """A bot's token begins with its number: https://core.telegram.org/bots/api#authorizing-your-bot"""
    return connector.secrets.get("token", "").partition(":")[0]


def _without_token(connector: Connector, error: AdapterError) -> AdapterError:
    error.said = error.said.replace(token_of(connector), "…")
    return error
