"""Connector secrets, encrypted at rest: MultiFernet over ENCRYPTION_KEYS, the first key seals, all unseal."""

import base64
import hashlib
import json
from functools import cache, lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


@cache
def _box() -> MultiFernet:
    return MultiFernet([_key(key) for key in settings.ENCRYPTION_KEYS])


def _key(words: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(words.encode()).digest()))


def seal(values: dict[str, str]) -> bytes:
    return _box().encrypt(json.dumps(values).encode())


def rotated(sealed: bytes) -> bytes | None:
    """The same secrets, sealed with the newest key; None where they are already. Raises InvalidToken when no key
    fits."""
    try:
        _key(settings.ENCRYPTION_KEYS[0]).decrypt(sealed)
    except InvalidToken:
        return _box().rotate(sealed)
    return None


def unseal(sealed: bytes) -> dict[str, str]:
    """The secrets as they were; {} for none. Raises cryptography.fernet.InvalidToken when no key fits."""
    return dict(_opened(sealed)) if sealed else {}


@lru_cache(maxsize=256)
def _opened(sealed: bytes) -> dict[str, str]:
    """Once a process for the same bytes: each webhook asks for its connector's secrets."""
    opened: dict[str, str] = json.loads(_box().decrypt(sealed))
    return opened
