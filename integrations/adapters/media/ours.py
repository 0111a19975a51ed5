"""Our own signed webhook, as docs/api.md and docs/calls.md have it: heard once, its items understood each by itself."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from conversations.public_web import leads_outside
from integrations.adapters import signed
from integrations.adapters.base import Aside, Understood, check_address
from integrations.adapters.media import heard
from integrations.inbound.arrival import Arrival
from integrations.models import Connector


def outside(address: str) -> str:
    """Where the desk is to call, as an admin entered it. Raises ValueError with a sentence."""
    if not address.startswith("https://") and not (settings.LOCAL and address.startswith("http://")):
        raise ValueError(_("It begins with https://, so that nobody reads along."))
    if not leads_outside(address):
        raise ValueError(_("It does not lead to a public server."))
    return address


def hear(
    connector: Connector,
    request: HttpRequest,
    *,
    secret: str,
    kind: str,
    body_of: Callable[[HttpRequest], bytes] = heard.body_of,
) -> list[Arrival]:
    """Raises NotGenuineError for another address, before the body is read, another key and an old signature."""
    check_address(connector, secret)
    body = body_of(request)
    signed.check(
        connector.secrets.get("signing_secret", ""),
        body,
        stamp=request.headers.get(signed.TIMESTAMP, ""),
        signature=request.headers.get(signed.SIGNATURE, ""),
    )
    return [Arrival("", hashlib.sha256(body).hexdigest(), body, kind)]


def each(items: Sequence[object], read: Callable[[object], Iterable[Understood]]) -> Iterator[Understood]:
    """What is wrong with one keeps no other out; what stands alone is set aside as it is. Raises ValueError."""
    for number, found in enumerate(items):
        try:
            understood = list(read(found))
        except ValueError as error:
            if len(items) == 1:
                raise
            understood = [Aside(number, str(error), json.dumps({"items": [found]}, default=str).encode())]
        yield from understood
