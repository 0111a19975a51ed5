"""Connector secrets, encrypted at rest: MultiFernet over ENCRYPTION_KEYS, the first key seals, all unseal."""

import base64
import hashlib
import json
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


@cache
def _box() -> MultiFernet:
    digests = (hashlib.sha256(key.encode()).digest() for key in settings.ENCRYPTION_KEYS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def seal(values: dict[str, str]) -> bytes:
    return _box().encrypt(json.dumps(values).encode())


def unseal(sealed: bytes) -> dict[str, str]:
    """The secrets as they were; {} for none. Raises cryptography.fernet.InvalidToken when no key fits."""
    return json.loads(_box().decrypt(sealed)) if sealed else {}
