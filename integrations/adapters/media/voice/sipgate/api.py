"""sipgate's REST API: https://api.sipgate.com/v2/doc, and sipgateio-node for its paths."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from integrations.adapters.calling import Answer, RefusedError
from integrations.adapters.media.provider import Fault, Provider
from integrations.models import Connector

FAULTS = {
    "400": Fault(_("sipgate cannot call with these numbers: is the line one of yours, and theirs with its country?")),
    "401": Fault(_("sipgate does not know the desk's token any more."), is_credential=True),
    "402": Fault(_("The sipgate account is spent.")),
    "403": Fault(_("The token may not do this: it needs the scopes sessions:calls:write and settings:sipgateio.")),
    "404": Fault(_("sipgate does not know this line.")),
    "470": Fault(_("sipgate knows no such number.")),
}


def _code(refused: RefusedError) -> tuple[str, ...]:
    return (str(refused.status),)


SIPGATE = Provider("sipgate", FAULTS, _code)
HOST = "https://api.sipgate.com"


def ask(connector: Connector, method: str, path: str, said: Any = None, *, changes: bool = False) -> Answer:
    """Raises AdapterError."""
    simulated = str(connector.settings.get("api_url", ""))
    base = simulated if simulated and settings.LOCAL else HOST
    auth = (str(connector.settings.get("token_id", "")), connector.secrets.get("token", ""))
    more = {} if said is None else {"json": said}
    return SIPGATE.ask(method, f"{base}/v2/{path}", auth=auth, changes=changes, **more)
