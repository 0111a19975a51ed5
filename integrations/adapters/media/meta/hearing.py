"""Meta's webhooks at the door: is this one of Meta's own, and whose is it?

developers.facebook.com/docs/graph-api/webhooks/getting-started: a GET with hub.mode, hub.verify_token and hub.challenge
before the first; then POSTs of up to 1000 updates, signed in X-Hub-Signature-256 with the app's secret over the bytes
as they came. One app has one address for each product: where it serves several pages or numbers, their updates come
together, and each is kept for the connector that it is for.
"""

import hashlib
import hmac
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from integrations.adapters.base import NotGenuineError
from integrations.adapters.media.meta.batch import owners
from integrations.adapters.reading import read_json
from integrations.inbound.arrival import Arrival
from integrations.models import Connector

LARGEST = 3 * 1024 * 1024  # bytes; WhatsApp's reach 3 MB: “Payloads can be up to 3 MB”
SCHEME = "sha256="


def challenge(connector: Connector, request: HttpRequest) -> HttpResponse | None:
    """Raises NotGenuineError where the token is not the one that we gave."""
    asked = request.GET
    if asked.get("hub.mode") != "subscribe":
        return None
    known = connector.secrets.get("verify_token", "")
    if not known or not constant_time_compare(asked.get("hub.verify_token", ""), known):
        raise NotGenuineError("The verify token is wrong.", status=403)
    return HttpResponse(asked.get("hub.challenge", "")[:200], content_type="text/plain")


def arrivals(connector: Connector, request: HttpRequest) -> Iterator[Arrival]:
    """Raises NotGenuineError."""
    body = _body_of(request)
    secret = _signed_by(connector, body, request.headers.get("X-Hub-Signature-256", ""))
    digest = hashlib.sha256(body).hexdigest()
    for whose in _whose(connector, body, secret):
        yield Arrival("", digest, body, "webhook", whose=whose)


def sign(secret: str, body: bytes) -> str:
    return SCHEME + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _body_of(request: HttpRequest) -> bytes:
    """Raises NotGenuineError for more than Meta sends, and does not read it."""
    told = request.headers.get("Content-Length", "")
    if (told.isdecimal() and int(told) > LARGEST) or len(request.body) > LARGEST:
        raise NotGenuineError("It is larger than any webhook of Meta.", status=413)
    return request.body


def _signed_by(connector: Connector, body: bytes, signature: str) -> str:
    """While the app's secret is being changed, the former one is still in use: both are compared, in constant time."""
    known = [connector.secrets.get(name, "") for name in ("app_secret", "former_secret")]
    fitting = [secret for secret in known if constant_time_compare(sign(secret, body), signature.strip()) and secret]
    if not fitting:
        raise NotGenuineError("The signature does not fit.")
    return fitting[0]


def _whose(connector: Connector, body: bytes, secret: str) -> list[Connector]:
    """This one, and those of the same app that something in the batch is for. What cannot be read is this one's."""
    try:
        named = owners(read_json(body))
    except ValueError:
        return [connector]
    others = [each for each in _siblings(connector, named) if secret in _secrets(each)]
    is_ours = not others or bool(named & own_ids(connector)) or not named
    return [connector, *others] if is_ours else others


def _siblings(connector: Connector, named: set[str]) -> list[Connector]:
    if named <= own_ids(connector) or not own_ids(connector):
        return []
    same = Connector.objects.filter(adapter=connector.adapter, is_active=True).exclude(pk=connector.pk)
    return [each for each in same.select_related("channel") if named & own_ids(each)]


def _secrets(connector: Connector) -> tuple[str, str]:
    return connector.secrets.get("app_secret", ""), connector.secrets.get("former_secret", "")


def own_ids(connector: Connector) -> set[str]:
    """Under which Meta names what this connector answers for; none while it is being set up: then all is taken."""
    names = {"whatsapp": ("phone_number_id",), "messenger": ("page_id",), "instagram": ("account_id", "page_id")}
    found = (str(connector.settings.get(name, "")) for name in names.get(connector.adapter, ()))
    return {each for each in found if each}
