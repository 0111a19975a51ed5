"""Recordings that a phone system keeps itself, and names by a file or an address."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import quote

from django.utils.translation import gettext as _

from conversations.envelopes import InboundAttachment
from integrations.adapters.base import AdapterError, Fetched
from integrations.adapters.media import fetching
from integrations.models import Connector

TYPES = {".wav": "audio/wav", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".m4a": "audio/mp4", ".gsm": "audio/gsm"}


def recording(connector: Connector, named: str, *, name: str = "", content_type: str = "") -> InboundAttachment | None:
    """`named`: an address, or a file below the connector's recordings_url. None where neither is there."""
    base = str(connector.settings.get("recordings_url", "")).rstrip("/")
    file = PurePosixPath(named.partition("?")[0]).name
    if named.startswith(("https://", "http://")):
        url = named
    elif base and file and file not in (".", ".."):
        url = f"{base}/{quote(file)}"
    else:
        return None
    kind = content_type or TYPES.get(PurePosixPath(file).suffix.lower(), "audio/wav")
    return InboundAttachment(name or file or "recording", kind, 0, source={"url": url}, kind="recording")


def fetch(connector: Connector, source: Mapping[str, str], *, largest: int) -> Fetched:
    """With the user and password, where there are some, and only below the address that the admin has named."""
    secrets, settings = connector.secrets, connector.settings
    user, password = str(settings.get("recordings_user", "")), secrets.get("recordings_password", "")
    token = secrets.get("recordings_token", "")
    known = [host for host in [fetching.host_of(str(settings.get("recordings_url", "")))] if host]
    if not source.get("url"):
        raise AdapterError(_("The recording has no address."), permanent=True)
    return fetching.fetch(
        source["url"],
        largest=largest,
        auth=(user, password) if user and password else None,
        headers={"Authorization": f"Bearer {token}"} if token else None,
        known=known,
    )
