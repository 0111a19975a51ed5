"""The signed marks in our mails by which answers and bounces find their way back: plus-addresses and Message-IDs."""

import base64
import hashlib
import re
from dataclasses import dataclass

from django.core import signing
from django.utils.crypto import constant_time_compare

_PLUS = re.compile(r"\+c(\d{1,18})(?:d(\d{1,18}))?\.([a-z2-7]{16})@", re.IGNORECASE)
_OWN_ID = re.compile(r"^c(\d{1,18})\.m(\d{1,18})\.([a-z2-7]{16})@[^\s<>@]+$", re.IGNORECASE)


@dataclass(frozen=True)
class Mark:
    conversation_id: int
    delivery_id: int | None = None


def plus_address(address: str, *, conversation_id: int, delivery_id: int | None = None) -> str:
    """`address` with what it is about: an answer to it joins the conversation, a bounce to it marks the delivery.

    In small letters and digits only, because mail servers may change the case of what stands before the @.
    """
    local, _, domain = address.rpartition("@")
    word = f"c{conversation_id}" + (f"d{delivery_id}" if delivery_id else "")
    return f"{local}+{word}.{_signatures(word)[0]}@{domain}"


def read_plus_address(address: str) -> Mark | None:
    """None for an address without a mark, or with one that we did not sign."""
    found = _PLUS.search(address)
    if not found or not _is_signed(found[0][1:].partition(".")[0].lower(), found[3]):
        return None
    return Mark(int(found[1]), int(found[2]) if found[2] else None)


def message_id(*, conversation_id: int, message_id: int, address: str) -> str:
    """The same for every try of one message, so that a mailbox which gets it twice shows it once. No brackets."""
    word = f"c{conversation_id}.m{message_id}"
    return f"{word}.{_signatures(word)[0]}@{address.rpartition('@')[2]}"


def is_our_message_id(text: str) -> bool:
    found = _OWN_ID.match(bare(text))
    return bool(found and _is_signed(f"c{found[1]}.m{found[2]}", found[3]))


def bare(message_id: str) -> str:
    """A Message-ID without brackets and white space: the form in which we keep and compare it."""
    return "".join(message_id.split()).strip("<>")


def _is_signed(word: str, signature: str) -> bool:
    return any([constant_time_compare(signature.lower(), ours) for ours in _signatures(word)])


def _signatures(word: str) -> list[str]:
    """80 bits by the present key, then by those that SECRET_KEY_FALLBACKS still honours."""
    signer = signing.Signer(salt="throughline.mail.marks")
    long = (signer.signature(word, key) for key in (signer.key, *signer.fallback_keys))
    return [base64.b32encode(hashlib.sha256(text.encode()).digest()[:10]).decode().lower() for text in long]
