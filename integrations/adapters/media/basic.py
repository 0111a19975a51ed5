"""HTTP's own sign-in (RFC 7617), of providers that know no signature."""

import base64
import binascii

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from integrations.adapters.base import NotGenuineError
from integrations.models import Connector


def check(connector: Connector, request: HttpRequest) -> None:
    """Against the secrets webhook_user and webhook_password; nothing is asked where there are none. Raises
    NotGenuineError."""
    wanted = f"{connector.secrets.get('webhook_user', '')}:{connector.secrets.get('webhook_password', '')}"
    if wanted == ":":
        return
    scheme, _blank, said = request.headers.get("Authorization", "").partition(" ")
    try:
        given = base64.b64decode(said, validate=True).decode()
    except (binascii.Error, ValueError):
        given = ""
    if scheme.lower() != "basic" or not constant_time_compare(given, wanted):
        raise NotGenuineError("The user or the password is wrong.", status=401)
