"""The letter that the desk sends to itself when a connection is tested: known by a signature, so that nobody's mail is
taken for it, and shown to no agent."""

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
    mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"] = "auto-generated", "All"
    mail[HEADER] = signing.Signer(salt=_SALT).sign(name.strip("<>")).rpartition(":")[2]
    mail.set_content(_("The desk sent this to itself, to see that mail goes out and comes in. It may be deleted."))
    return name, mail.as_bytes()


def is_own_letter(mail: bytes) -> bool:
    """Looks no further than the header's name for mail that is not."""
    if HEADER.encode() not in mail[:100_000]:
        return False
    head = BytesHeaderParser().parsebytes(mail)
    name, mark = str(head.get("Message-ID", "")).strip("<> \r\n"), str(head.get(HEADER, "")).strip()
    try:
        return bool(signing.Signer(salt=_SALT).unsign(f"{name}:{mark}"))
    except signing.BadSignature:
        return False
