"""Twilio's signature of its webhooks, and of ours where we play Twilio.

https://www.twilio.com/docs/usage/webhooks/webhooks-security, and twilio-python's request_validator.py for what that
page leaves out: the port in the address, values that come twice, and keys of the newer kind with HMAC-SHA256.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import parse_qs, parse_qsl, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from integrations.adapters.base import NotGenuineError

SIGNATURE = "X-Twilio-Signature"
KEY = "X-Twilio-Webhooks-Signature-Settings"  # "key=…,algorithm=HMAC_SHA256"; absent: the account's token, and SHA-1
MOST_FIELDS = 300

Pairs = list[tuple[str, str]]


def signed(url: str, pairs: Iterable[tuple[str, str]], token: str, algorithm: str = "sha1") -> str:
    """`url` as it is called, with its query; to it each name with its value, in the order of the names."""
    text = url + "".join(name + value for name, value in sorted(set(pairs)))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), algorithm).digest()).decode()


def fields_of(body: bytes) -> Pairs:
    """Raises ValueError for what is no form, or has more fields than Twilio ever sends."""
    return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)


def check(request: HttpRequest, *, token: str, key: str = "") -> None:
    """`token`: the account's; `key`: of a webhook key of the newer kind. Raises NotGenuineError. We are called by the
    address that the desk gives out (SITE_URL), whatever stands before it and ends its TLS."""
    is_newer = "algorithm=HMAC_SHA256" in request.headers.get(KEY, "").replace(" ", "")
    secret, algorithm = (key, "sha256") if is_newer else (token, "sha1")
    if not secret:
        raise NotGenuineError("This connector has no key that the webhook could be signed with.", status=403)
    said, fits = request.headers.get(SIGNATURE, "").strip(), False
    pairs = _pairs(request)
    for url in _addresses(settings.SITE_URL + request.get_full_path()):
        fits |= constant_time_compare(signed(url, pairs, secret, algorithm), said)
    if not fits:
        raise NotGenuineError("The signature does not fit.", status=403)


def _pairs(request: HttpRequest) -> Pairs:
    """Of JSON, the address has the digest of the body, and is signed alone."""
    told = parse_qs(request.META.get("QUERY_STRING", "")).get("bodySHA256")
    if told:
        if not constant_time_compare(hashlib.sha256(request.body).hexdigest(), told[0].lower()):
            raise NotGenuineError("The body is not the one that was signed.", status=403)
        return []
    try:
        return fields_of(request.body)
    except ValueError as error:
        raise NotGenuineError(f"It is no form: {error}.", reason="garbage") from None


def _addresses(url: str) -> set[str]:
    """With the port and without: which of them is signed differs."""
    parts = urlsplit(url)
    host = parts.netloc.partition(":")[0]
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return {url, parts._replace(netloc=host).geturl(), parts._replace(netloc=f"{host}:{port}").geturl()}
