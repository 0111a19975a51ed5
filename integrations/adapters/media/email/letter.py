"""A letter: what goes out by mail, before it is MIME for an SMTP server or a call to an e-mail service."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from integrations.adapters.base import AdapterError

# Long header lines are folded late: the standard library would encode a Message-ID that is longer than a line.
POLICY = SMTP.clone(max_line_length=900, cte_type="7bit")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_NOT_IN_A_MAIL = ("multipart/", "message/")


@dataclass(frozen=True)
class Enclosure:
    name: str
    content_type: str
    content: bytes
    content_id: str = ""  # without brackets; set for a picture that the HTML shows


@dataclass(frozen=True)
class Letter:
    message_id: str  # without brackets
    sender: Address
    to: Address
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    reply_to: str
    return_path: str
    subject: str
    text: str
    html: str
    references: tuple[str, ...]
    headers: dict[str, str]
    enclosures: tuple[Enclosure, ...]
    date: datetime

    @property
    def inline(self) -> list[Enclosure]:
        return [each for each in self.enclosures if each.content_id]

    @property
    def attached(self) -> list[Enclosure]:
        return [each for each in self.enclosures if not each.content_id]


def to_mime(letter: Letter) -> bytes:
    """The letter as it goes over the wire, without Bcc."""
    mail = EmailMessage(policy=POLICY.clone(utf8=needs_utf8(letter)))
    for name, value in _headers(letter).items():
        mail[name] = value
    mail.set_content(letter.text, cte=_encoding(letter.text))
    mail.add_alternative(letter.html, subtype="html", cte=_encoding(letter.html))
    if letter.inline:
        html = mail.get_payload()[1]  # type: ignore[index]  # the alternative that was just added
        for each in letter.inline:
            main, _, sub = _type(each).partition("/")
            html.add_related(each.content, main, sub, cid=f"<{each.content_id}>", filename=file_name(each.name))  # type: ignore[union-attr]
    for each in letter.attached:
        main, _, sub = _type(each).partition("/")
        mail.add_attachment(each.content, main, sub, filename=file_name(each.name))
    return mail.as_bytes()


def _headers(letter: Letter) -> dict[str, object]:
    headers: dict[str, object] = {
        "From": letter.sender,
        "To": letter.to,
        "Subject": one_line(letter.subject),
        "Date": format_datetime(letter.date),
        "Message-ID": f"<{letter.message_id}>",
    }
    if letter.cc:
        headers["Cc"] = letter.cc
    if letter.reply_to:
        headers["Reply-To"] = letter.reply_to
    if letter.references:
        headers["In-Reply-To"] = f"<{letter.references[-1]}>"
        headers["References"] = " ".join(f"<{each}>" for each in letter.references)
    return {**headers, **{name: one_line(value) for name, value in letter.headers.items()}}


def needs_utf8(letter: Letter) -> bool:
    """An address with letters outside ASCII before its @ needs a server that speaks SMTPUTF8 (RFC 6531)."""
    return not all(each.addr_spec.isascii() for each in (letter.sender, letter.to, *letter.cc, *letter.bcc))


def address(text: str, name: str = "") -> Address:
    """`text` as an address, "Name <a@b>" or bare, its domain as servers know it. Raises AdapterError in the agent's
    words, and language: a letter is composed in the customer's."""
    found_name, spec = parseaddr(text) if "<" in text else ("", text)
    local, at, domain = spec.strip().rpartition("@")
    try:
        if (
            one_line(text) != " ".join(text.split(" ")).strip()
            or not (local and at and domain)
            or re.search(r"[\s<>,;:\"()\[\]\\]", spec.strip())
        ):
            raise ValueError
        known = domain if domain.isascii() else domain.encode("idna").decode()
        return Address(display_name=display_name(name or found_name), username=local, domain=known)
    except (ValueError, HeaderParseError):
        words = format_lazy(_("“{text}” is not an e-mail address."), text=one_line(text)[:100])
        raise AdapterError(words, permanent=True) from None


def display_name(name: str) -> str:
    """A name in which nothing reorders or hides the address beside it."""
    return "".join(letter for letter in one_line(name) if unicodedata.category(letter) != "Cf")[:120]


def one_line(text: str) -> str:
    """Without line ends and other controls: nothing that a header could be split with."""
    kept = (" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Cs") else letter for letter in text)
    return " ".join("".join(kept).split())


def file_name(name: str) -> str:
    """No path, no control, no mark that reverses the reading order ("gpj.exe" that reads "exe.jpg")."""
    plain = display_name(name.replace("\\", "/").rpartition("/")[2])
    return plain.strip(". ") or "file"


def _type(enclosure: Enclosure) -> str:
    known = enclosure.content_type.lower().partition(";")[0].strip()
    is_fit = _TYPE.fullmatch(known) and not known.startswith(_NOT_IN_A_MAIL)
    return known if is_fit else "application/octet-stream"


def _encoding(text: str) -> str:
    """Seven bits in every case: a server may not change them on the way, and a DKIM signature stays good."""
    return "quoted-printable" if sum(not letter.isascii() for letter in text) * 6 < len(text) + 6 else "base64"
