"""The letter that the desk sends to itself when a connection is tested: known by a signature, so that nobody's mail is
taken for it, and shown to no agent."""

import secrets as randomness
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _

HEADER = "X-Throughline-Test"
_SALT = "own-letter"


def own_letter(address: str) -> tuple[str, bytes]:
    """Its Message-ID, with brackets, and the mail."""
    name = make_msgid(domain=address.rpartition("@")[2] or None)
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = address, address
    mail["Subject"] = _("A test of the connection")
    mail["Date"], mail["Message-ID"] = format_datetime(timezone.now()), name
    for header, value in marks().items():
        mail[header] = value
    mail.set_content(own_words())
    return name, mail.as_bytes()


def marks() -> dict[str, str]:
    """The headers by which it is known; services may give it another Message-ID on the way."""
    signed = signing.Signer(salt=_SALT).sign(randomness.token_urlsafe(12))
    return {HEADER: signed, "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def own_words() -> str:
    return _("The desk sent this to itself, to see that mail goes out and comes in. It may be deleted.")


def is_own_letter(mail: bytes) -> bool:
    """Looks no further than the header's name for mail that is not."""
    if HEADER.lower().encode() not in mail[:100_000].lower():
        return False
    mark = str(BytesHeaderParser().parsebytes(mail).get(HEADER, "")).strip()
    try:
        return bool(signing.Signer(salt=_SALT).unsign(mark))
    except signing.BadSignature:
        return False
