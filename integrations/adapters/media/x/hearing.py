"""X's webhooks at the door: https://docs.x.com/x-api/webhooks/introduction.

Each is signed over its bytes with the app's OAuth 2.0 client secret, in a header of its own, or with the older consumer
secret; and the address is asked now and then for the signature of a word (the CRC).
"""

import base64
import hashlib
import hmac
import re

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare

from integrations.adapters.base import NotGenuineError, check_address
from integrations.adapters.media.heard import body_of, digest_of, object_in
from integrations.adapters.reading import inner, words
from integrations.inbound.arrival import Arrival
from integrations.models import Connector

# Header, and the secret whose signature it carries: the recommended one first.
SIGNATURES = {
    "X-Twitter-Webhooks-Signature-OAuth2": "client_secret",
    "X-Twitter-Webhooks-Signature": "consumer_secret",
}
UNAUTHORISED = 401
_WORD = re.compile(r"[A-Za-z0-9+/=_.~-]{1,400}")  # of a CRC: X signs nothing else, and an event is no such word


def sign(secret: str, said: bytes) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), said, hashlib.sha256).digest()).decode()


def challenge(connector: Connector, request: HttpRequest) -> HttpResponse | None:
    """https://docs.x.com/x-api/webhooks/quickstart#2-the-crc-check. The same secret signs the events: were anything
    signed that is asked for, whoever knows the address could have an event of their own making signed by us."""
    asked = request.GET.get("crc_token", "")
    secret = next((known for name in SIGNATURES.values() if (known := connector.secrets.get(name, ""))), "")
    if not secret or not _WORD.fullmatch(asked):
        return None
    return JsonResponse({"response_token": sign(secret, asked.encode())})


def hear(connector: Connector, request: HttpRequest, secret: str) -> list[Arrival]:
    """Raises NotGenuineError. One address may serve several accounts of one app: each event goes to its own."""
    check_address(connector, secret)
    body = body_of(request)
    if not _is_signed(connector, request, body):
        raise NotGenuineError("The signature does not fit.", status=UNAUTHORISED)
    said = object_in(body)
    data = inner(said, "data")
    name = words(data.get("event_uuid"))
    owner = words(said.get("for_user_id")) or words(inner(data, "filter").get("user_id"))
    kind = words(data.get("event_type")) or next((key for key in said if key.endswith("_events")), "")
    name = f"event:{name}" if name else ""
    return [Arrival(name, digest_of(said or body.hex()), body, kind[:40], whose=_whose(connector, owner))]


def _is_signed(connector: Connector, request: HttpRequest, body: bytes) -> bool:
    """Every header is tried in the same time, whether it is there or not."""
    fits = [
        constant_time_compare(sign(known, body), request.headers.get(header, ""))
        for header, name in SIGNATURES.items()
        if (known := connector.secrets.get(name, ""))
    ]
    return any(fits)


def _whose(connector: Connector, owner: str) -> Connector | None:
    if not owner or owner == words(connector.settings.get("account_id")):
        return None
    others = Connector.objects.filter(adapter="x", is_active=True, settings__account_id=owner)
    return next((each for each in others.select_related("channel") if _is_of_one_app(connector, each)), None)


def _is_of_one_app(one: Connector, other: Connector) -> bool:
    """Another app's secret says nothing about this one's accounts."""
    mine, theirs = one.secrets, other.secrets
    return any(mine.get(name) and mine.get(name) == theirs.get(name) for name in SIGNATURES.values())
