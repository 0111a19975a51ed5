"""Describes attachments: safe names, kinds and sizes, their content left in the raw message."""

import mimetypes
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from .charsets import decode_encoded_words
from .headers import header_text
from .parameters import Parameters, parse_content_header
from .parsed import Attachment
from .structure import Part, read_entity
from .transfer import decode_within, decoded_size, transfer_encoding

MAX_NAME = 180

# Characters that change how a name reads without being seen: `invoice<RLO>fdp.exe`.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c\x00-\x1f\x7f-\x9f]")
_UNSAFE = re.compile(r'[<>:"|?*]')
_NAMES_OF_KINDS = {
    "text/calendar": "invite.ics", "message/delivery-status": "delivery-status.txt", "text/x-vcard": "contact.vcf",
    "text/vcard": "contact.vcf", "text/directory": "contact.vcf", "text/rfc822-headers": "headers.txt",
    "message/disposition-notification": "read-receipt.txt", "application/pgp-signature": "signature.asc",
    "application/pkcs7-signature": "smime.p7s", "application/x-pkcs7-signature": "smime.p7s",
    "application/pgp-encrypted": "version.asc", "application/pkcs7-mime": "smime.p7m", "text/rtf": "text.rtf",
    "image/jpeg": "image.jpg", "image/jpg": "image.jpg", "text/plain": "text.txt",
}  # fmt: skip
_REAL_DISPOSITIONS = ("attachment", "inline", "form-data")


@dataclass(frozen=True, slots=True)
class AttachmentPart:
    filename: str
    content_type: str
    size: int
    content_id: str
    is_inline: bool
    load: Callable[[], bytes]

    @classmethod
    def of_content(
        cls, name: str, content: bytes, index: int, content_type: str = "", content_id: str = ""
    ) -> "AttachmentPart":
        """A file found inside another (TNEF, uuencode), which is in memory already."""
        safe = safe_filename(name)
        kind = content_type or mimetypes.guess_type(safe)[0] or "application/octet-stream"
        return cls(
            safe or _invented_name(kind, index), kind, len(content), content_id, bool(content_id), lambda: content
        )

    def finished(self, html: str) -> Attachment:
        """Inline only if the HTML shows it: a photo that Apple Mail calls inline is still a file to open."""
        is_shown = bool(self.content_id) and f"cid:{self.content_id}".lower() in html
        return Attachment(self.filename, self.content_type, self.size, self.content_id, is_shown, self.load)


def is_attachment(part: Part, parent: str) -> bool:
    """Whether a text part is a file rather than something to read as part of the message."""
    disposition, parameters = _disposition(part)
    if disposition == "attachment":
        # A lone body that calls itself an attachment without a name is still the message.
        return bool(parent) or bool(_declared_name(part, parameters))
    if not parent:
        return disposition in _REAL_DISPOSITIONS and bool(parameters.get("filename"))
    # Its first part is the root that shows the others (RFC 2387); some clients name it.
    is_root = parent == "multipart/related" and part.content_type == "text/html"
    if (is_root or parent == "multipart/alternative") and part.content_type in ("text/plain", "text/html"):
        return False
    return bool(_declared_name(part, parameters))


def describe(part: Part, index: int) -> AttachmentPart:
    disposition, parameters = _disposition(part)
    encoding = transfer_encoding(part.header("content-transfer-encoding"))
    kind = part.content_type
    if kind == "message/rfc822" and encoding != "identity" and _looks_plain(part):
        # RFC 2046, 5.2.1 forbids encoding a message; some say base64 and send it plain.
        encoding = "identity"
    name = safe_filename(_declared_name(part, parameters) or _location_name(part))
    if not name and kind == "message/rfc822":
        name = _message_name(part)
    content_id = header_text(part, "content-id", 500).strip("<> ")
    return AttachmentPart(
        filename=name or _invented_name(kind, index),
        content_type=kind if not part.is_multipart else "application/octet-stream",
        size=decoded_size(part.raw, part.start, part.end, encoding),
        content_id=content_id,
        is_inline=disposition == "inline",
        load=partial(_load, part.raw, part.start, part.end, encoding),
    )


def _load(raw: bytes, start: int, end: int, encoding: str) -> bytes:
    return decode_within(raw, start, end, encoding)


def _disposition(part: Part) -> tuple[str, Parameters]:
    value = part.header("content-disposition")
    return parse_content_header(value) if value else ("", {})


def _declared_name(part: Part, disposition: Parameters) -> str:
    return disposition.get("filename") or disposition.get("name") or part.parameters.get("name", "")


def _location_name(part: Part) -> str:
    location = header_text(part, "content-location", 500)
    name = re.split(r"[/\\]", location.split("?")[0])[-1]
    return name if "." in name and not location.lower().startswith("cid:") else ""


def _message_name(part: Part) -> str:
    subject = header_text(read_entity(part.raw, part.start, part.end), "subject", 500)
    return safe_filename(f"{subject[:80].strip()}.eml") if subject.strip() else "message.eml"


def _looks_plain(part: Part) -> bool:
    return bool(read_entity(part.raw, part.start, min(part.end, part.start + 4_000)).headers)


def safe_filename(name: str) -> str:
    """A name without path, control, direction-changing or reserved characters; "" if nothing is left."""
    name = unicodedata.normalize("NFC", decode_encoded_words(name))
    name = _INVISIBLE.sub("", re.sub(r"[\r\n\t]+", " ", name))
    if re.match(r"^(?:[A-Za-z]:)?[/\\]|^\.{1,2}[/\\]", name) or "/" in name or re.search(r"\\(?=[^\\]*\.\w+$)", name):
        name = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    name = _UNSAFE.sub("_", name).strip().rstrip(". ").lstrip("~")
    if not name.strip("._ "):
        return ""
    if len(name) > MAX_NAME:
        stem, dot, extension = name.rpartition(".")
        name = stem[: MAX_NAME - 12] + dot + extension[:11] if dot and len(extension) < 12 else name[:MAX_NAME]
    return name


def _invented_name(kind: str, index: int) -> str:
    known = _NAMES_OF_KINDS.get(kind)
    if known:
        stem, dot, extension = known.rpartition(".")
    else:
        stem, extension = "attachment", (mimetypes.guess_extension(kind) or ".bin")[1:]
        dot = "."
    return f"{stem}-{index + 1}{dot}{extension}" if index else f"{stem}{dot}{extension}"
