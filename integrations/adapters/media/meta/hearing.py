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
from integrations.adapters.media.meta.batch import LISTS, Item, items
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
    """What comes alone is kept as it came. Of a batch each thing is kept by itself, as Meta would have sent it alone:
    so it can be forgotten, set aside and tried again without the others. Raises NotGenuineError."""
    body = _body_of(request)
    secret = _signed_by(connector, body, request.headers.get("X-Hub-Signature-256", ""))
    batch = batch_in(connector, body)
    parts = [(item.bytes, item.owner) for item in batch]
    if len(batch) < 2:  # noqa: PLR2004
        parts = [(body, batch[0].owner if batch else "")]
    others = _others(connector, {owner for _part, owner in parts}, secret)
    for part, owner in parts:
        yield Arrival("", hashlib.sha256(part).hexdigest(), part, "webhook", whose=others.get(owner, connector))


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


def batch_in(connector: Connector, body: bytes) -> list[Item]:
    """Nothing in what cannot be read: it is kept whole, and set aside."""
    try:
        found = read_json(body)
        return list(items(found, LISTS if connector.adapter == "whatsapp" else ())) if isinstance(found, dict) else []
    except ValueError:
        return []


def _others(connector: Connector, owners: set[str], secret: str) -> dict[str, Connector]:
    """Those of the same app, by what of the batch is for them."""
    own = own_ids(connector)
    strange = owners - own - {""}
    if not strange or not own:
        return {}
    same = Connector.objects.filter(adapter=connector.adapter, is_active=True).exclude(pk=connector.pk)
    found = [each for each in same.select_related("channel") if strange & own_ids(each) and secret in _secrets(each)]
    return {owner: each for each in found for owner in strange & own_ids(each)}


def _secrets(connector: Connector) -> tuple[str, str]:
    return connector.secrets.get("app_secret", ""), connector.secrets.get("former_secret", "")


def own_ids(connector: Connector) -> set[str]:
    """Under which Meta names what this connector answers for; none while it is being set up: then all is taken."""
    names = {"whatsapp": ("phone_number_id",), "messenger": ("page_id",), "instagram": ("account_id", "page_id")}
    found = (str(connector.settings.get(name, "")) for name in names.get(connector.adapter, ()))
    return {each for each in found if each}
