"""What the webhooks of Shopify and WooCommerce share: a signature, base64 of HMAC-SHA256 over the raw body."""

import base64
import hashlib
import hmac

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from integrations.adapters.base import NotGenuineError

LARGEST = 5_000_000  # bytes: an order of a thousand lines has one


def sign(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def is_signed(secrets: list[str], body: bytes, signature: str) -> bool:
    """By one of the secrets: while one is being changed, the old one is still in use for up to an hour."""
    return any([constant_time_compare(sign(secret, body), signature.strip()) for secret in secrets if secret])


def body_of(request: HttpRequest) -> bytes:
    """Raises NotGenuineError for more than any shop sends, and does not read it."""
    told = request.headers.get("Content-Length", "")
    if (told.isdecimal() and int(told) > LARGEST) or len(request.body) > LARGEST:
        raise NotGenuineError("It is larger than any webhook of a shop.", status=413)
    return request.body
