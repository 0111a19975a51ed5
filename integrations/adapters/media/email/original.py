"""Names a mail by what it says, so that the same mail is kept once however often and wherever it is found."""

import hashlib
import re

from integrations.adapters.media.email.marks import bare

LONGEST_ID = 300  # characters of a Message-ID that stand for themselves in RawEvent.external_id
_FOLDED = re.compile(rb"\r?\n[ \t]+")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_SLICE = 1_000_000  # so that of a large mail no copy is made
_SAID = (b"from", b"date", b"subject")


def message_id_of(mail: bytes) -> str:
    """The Message-ID as we keep it, or ""; read without parsing, because nothing in a mail may stop its keeping."""
    return bare(_head(mail).get(b"message-id", b"").decode("utf-8", "replace"))[:LONGEST_ID].replace("\x00", "")


def digest(mail: bytes) -> str:
    """Stands for what was written. Two copies of one mail differ in the headers of the servers they came through,
    so only what its writer made counts; a mail without a Message-ID is only itself, byte for byte."""
    if not message_id_of(mail):
        return hashlib.sha256(mail).hexdigest()
    head, found = _head(mail), _HEAD_END.search(mail)
    said = [head.get(name, b"") for name in _SAID]
    total, blank = hashlib.sha256(b"\0".join(said)), b""
    for start in range(found.end() if found else len(mail), len(mail), _SLICE):
        part = blank + mail[start : start + _SLICE]
        text = part.rstrip()  # what is blank may be the end, or half a line break
        total.update(text.replace(b"\r\n", b"\n"))
        blank = part[len(text) :]
    return total.hexdigest()


def _head(mail: bytes) -> dict[bytes, bytes]:
    """The first of each header line that we look at."""
    found = _HEAD_END.search(mail[:1_000_000])
    head = _FOLDED.sub(b" ", mail[: found.start()] if found else mail[:1_000_000])
    named: dict[bytes, bytes] = {}
    for line in head.splitlines():
        name, _, value = line.partition(b":")
        named.setdefault(name.strip().lower(), value.strip())
    return named


def external_id(found_in_event: str, message_id: str) -> str:
    """What Message.external_id is to be: the Message-ID, by which answers refer to it; where that was re-used for
    another mail, or is empty, the name under which the event was kept."""
    is_told_apart = message_id and found_in_event.startswith(f"{message_id}#")
    return found_in_event if is_told_apart or not message_id else message_id
