"""X's webhooks at the door: https://docs.x.com/x-api/webhooks/introduction.

Each is signed over its bytes with the app's OAuth 2.0 client secret, in a header of its own, or with the older consumer
secret; and the address is asked now and then for the signature of a word (the CRC).
"""

import base64
import hashlib
import hmac

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


def sign(secret: str, said: bytes) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), said, hashlib.sha256).digest()).decode()


def challenge(connector: Connector, request: HttpRequest) -> HttpResponse | None:
    """https://docs.x.com/x-api/webhooks/quickstart#2-the-crc-check"""
    asked = request.GET.get("crc_token", "")
    secret = next((known for name in SIGNATURES.values() if (known := connector.secrets.get(name, ""))), "")
    if not asked or not secret or len(asked) > 1000:
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
    return others.select_related("channel").first()
