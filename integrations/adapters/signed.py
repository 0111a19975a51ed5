"""Our own signature of a webhook, either way: HMAC-SHA256 in hex over the time it was made, a stop, and the body."""

import hashlib
import hmac
import time

from django.utils.crypto import constant_time_compare

from integrations.adapters.base import NotGenuineError

TIMESTAMP, SIGNATURE = "X-Throughline-Timestamp", "X-Throughline-Signature"
WINDOW_SECONDS = 300


def signed(secret: str, body: bytes, *, at: float | None = None) -> dict[str, str]:
    """The headers to send with `body`."""
    stamp = str(int(time.time() if at is None else at))
    return {TIMESTAMP: stamp, SIGNATURE: f"sha256={_digest(secret, stamp, body)}"}


def check(secret: str, body: bytes, *, stamp: str, signature: str) -> None:
    """Raises NotGenuineError. The time is signed too, so that nobody who overheard a call can make it again later."""
    if not secret:
        raise NotGenuineError("This connector has no signing secret.")
    if not constant_time_compare(f"sha256={_digest(secret, stamp, body)}", signature.strip()):
        raise NotGenuineError("The signature does not fit.")
    if not stamp.isascii() or not stamp.isdigit() or abs(time.time() - int(stamp)) > WINDOW_SECONDS:
        raise NotGenuineError("The signature is too old, or a clock is wrong.", reason="old")


def _digest(secret: str, stamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
