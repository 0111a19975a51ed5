"""What every messaging provider's webhook is asked: is it small enough, and what stands in it."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from integrations.adapters.base import NotGenuineError
from integrations.adapters.reading import read_json
from integrations.models import Connector

LARGEST = 2_000_000  # bytes: files do not come this way, only their names
MOST_ITEMS = 200


def body_of(request: HttpRequest) -> bytes:
    """Raises NotGenuineError for more than any of them sends, and does not read it."""
    told = request.headers.get("Content-Length", "")
    if (told.isdecimal() and int(told) > LARGEST) or len(request.body) > LARGEST:
        raise NotGenuineError("It is larger than any webhook of a messenger.", status=413)
    return request.body


def object_in(body: bytes) -> dict[str, Any]:
    """{} where it is no JSON object: it is kept all the same, and set aside when it is processed."""
    try:
        found = read_json(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def items_of(body: bytes) -> list[object]:
    """Of our own webhooks: one item, or several as {"items": […]}. Raises ValueError where it is neither."""
    found = read_json(body)
    items = found.get("items", [found]) if isinstance(found, dict) else None
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        raise ValueError(f"It is neither an item nor {{“items”: […]}} of up to {MOST_ITEMS}.")
    return items


def digest_of(said: object) -> str:
    """The same for the same words, whichever way they came: by webhook or by asking."""
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def address_of(connector: Connector) -> str:
    """Where the provider is to call."""
    return settings.SITE_URL + reverse("hook", args=[connector.pk, connector.secrets.get("webhook_secret", "")])
