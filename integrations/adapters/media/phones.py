"""Numbers as phone systems write them: whose they are, and what stands there for one that is not shown."""

import phonenumbers
from django.utils.translation import gettext_lazy as _

from customers.handles import normalise
from customers.identify import Handle
from customers.models.identity import Kind
from integrations.adapters.about import Field
from integrations.models import Connector

# What is sent in place of a number that is withheld. The numbers are these words as letters on the keys of a phone:
# ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE (Twilio sends those, as "+266696687").
WITHHELD = {
    "", "anonymous", "restricted", "blocked", "unknown", "unavailable", "private", "withheld", "none", "<unknown>",
    "asterisk", "266696687", "7378742833", "2562533", "8656696", "86282452253", "0",
}  # fmt: skip


def is_withheld(number: str) -> bool:
    return number.strip().lower().removeprefix("+") in WITHHELD


def whose(number: str, *, name: str = "", region: str = "") -> tuple[Handle, ...]:
    """The handle of this number; () for one that is withheld. One that nobody could call from outside, as 204, stays as
    it is: it is shown, and found to be nobody's (conversations.inbound.callers)."""
    if is_withheld(number):
        return ()
    name = "" if is_withheld(name) or name.strip() == number.strip() else name.strip()[:200]
    value = _value(number, region) or number.strip().lstrip("+")[:60]
    return (Handle(Kind.PHONE, value, name=name, region=region if value.startswith("+") else ""),)


def _value(number: str, region: str) -> str:
    try:
        value = normalise(Kind.PHONE, number, region=region or None)
        found = phonenumbers.parse(value.partition(";")[0])
    except (ValueError, phonenumbers.NumberParseException):
        return ""
    return value if phonenumbers.is_possible_number(found) else ""


def vouches(connector: Connector) -> bool:
    """An admin has said that this phone system shows no number that is not the caller's own. What comes from the public
    network may show any."""
    return connector.settings.get("vouches") is True


VOUCHES = Field(
    "vouches",
    _("Our phone system vouches for caller numbers"),
    "switch",
    is_required=False,
    help=_("Only where it checks them itself, as with registered phones: anybody can show any number in the public"
           " network. Without it, calls join the thread of their number, and say that it is not proved."),
)  # fmt: skip


def spelt(number: str) -> str:
    """As people write it: "+1 423-423-4234"; as it is, where it is no number."""
    try:
        found = phonenumbers.parse(number.partition(":")[2] or number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def with_plus(number: str) -> str:
    """A number with its country in front and no plus, as sipgate writes it: "492111234567"."""
    number = number.strip()
    return f"+{number}" if number.isascii() and number.isdigit() and number[:1] != "0" and len(number) > 6 else number
