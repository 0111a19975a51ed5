"""The forms of a handle: the one it is compared in, those it may also come in, and what reaches the same place.

Nothing is dropped from the compared form that a provider might tell apart: two handles of one form are one identity,
and that joins people. What is merely likely to be the same, such as ann.bell@ and annbell@ at Gmail, is `alike`:
evidence for a suggestion (customers.suggestions), and no more.
"""

import hashlib
import re
import unicodedata

import idna
import phonenumbers

from customers.models.identity import Kind

LONGEST = 320
UNVERIFIED = "unverified:"  # before the value of an identity that its sender did not prove (customers.identify)
NUMBERS = (Kind.PHONE, Kind.WHATSAPP)
_ATOM = re.compile(r"[^\s\"(),:;<>@\[\]\\]+")  # RFC 5322 3.2.3 dot-atom, with the letters of RFC 6531 beside ASCII
_GMAIL = {"gmail.com", "googlemail.com"}
# Who hides their number behind a username is known to a business by such an id, "US.13491208655302741918":
# developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
_WITHOUT_NUMBER = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")


def normalise(kind: str, value: str, *, region: str | None = None) -> str:
    """The one form in which a handle is compared. Raises ValueError where there is no such handle.

    E-mail: see `_email`. Phone: E.164, with `region` (ISO 3166) for national numbers, and RFC 3966's ";ext=" for an
    extension, which is another line; of WhatsApp also an id without a number. Everything else is kept as it is. What is
    too long for the column ends in a digest, so that two long ones stay two.
    """
    value = unicodedata.normalize("NFC", value.strip())
    if kind == Kind.EMAIL:
        value = _email(value)
    elif kind in NUMBERS and not is_without_number(kind, value):
        value = _number(kind, value, region)
    elif kind == Kind.ORDER:
        value = order_number(value)
    if not value:
        raise ValueError("A handle needs a value.")
    return fitted(value)


def is_without_number(kind: str, value: str) -> bool:
    return kind == Kind.WHATSAPP and _WITHOUT_NUMBER.fullmatch(value) is not None


def fitted(value: str) -> str:
    return value if len(value) <= LONGEST else value[: LONGEST - 64] + hashlib.sha256(value.encode()).hexdigest()


def _email(value: str) -> str:
    """The local part in lower case, as every provider in use treats it (RFC 5321 2.4 allows more, no one relies on it),
    without quotes where they say nothing (4.1.2); the domain as it stands in the DNS (RFC 5891), without the dot at its
    end. Dots and plus-tags in the local part stay."""
    local, at, domain = value.rpartition("@")
    domain = _domain(domain)
    if len(local) > 1 and local.startswith('"') and local.endswith('"'):
        local = _unquoted(local)
    if not (local and at and domain):
        raise ValueError(f"“{value}” is not an e-mail address.")
    return f"{unicodedata.normalize('NFC', local.lower())}@{domain}"


def _unquoted(local: str) -> str:
    plain = re.sub(r"\\(.)", r"\1", local[1:-1])
    if all(_ATOM.fullmatch(part) for part in plain.split(".")):
        return plain
    escaped = re.sub(r'(["\\])', r"\\\1", plain)
    return f'"{escaped}"'


def _domain(domain: str) -> str:
    domain = domain.lower().rstrip(".")
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True, transitional=False).decode()
    except idna.IDNAError:  # no name the DNS could have: then only the same letters are the same
        return domain


def _number(kind: str, value: str, region: str | None) -> str:
    value = re.sub(r"^00(?=[1-9])", "+", value)
    try:  # a WhatsApp id begins with the country, without a plus; a national number is no number without its region
        number = phonenumbers.parse(f"+{value}" if kind == Kind.WHATSAPP and value[:1] != "+" else value, region)
    except phonenumbers.NumberParseException as error:
        raise ValueError(f"“{value}” is not a phone number.") from error
    extension = f";ext={number.extension}" if number.extension else ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) + extension


def region_of(number: str) -> str | None:
    """The country of a number in E.164 (ISO 3166), for national numbers beside it."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None


def can_be_dialled(typed: str, region: str | None) -> bool:
    """Whether a number is as long as its country's are. A national one without its region is taken as it stands."""
    try:
        number = phonenumbers.parse(re.sub(r"^00(?=[1-9])", "+", typed.strip()), region)
    except phonenumbers.NumberParseException:
        return region is None and not typed.strip().startswith(("+", "00"))
    return phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE


def forms(kind: str, value: str) -> tuple[str, ...]:
    """The normalised value, and the others that are surely the same line: Brazil's mobile numbers have a ninth digit
    that old WhatsApp ids leave out, Mexico's had a 1 that they keep, and Argentina's have a 9 only when called from
    abroad: the ten digits behind it are one line, fixed or mobile."""
    if kind not in NUMBERS:
        return (value,)
    if found := re.fullmatch(r"\+55(\d\d)9?([6-9]\d{7})", value):
        return value, *({f"+55{found[1]}{found[2]}", f"+55{found[1]}9{found[2]}"} - {value})
    if found := re.fullmatch(r"\+521?(\d{10})", value):
        return value, *({f"+52{found[1]}", f"+521{found[1]}"} - {value})
    if found := re.fullmatch(r"\+549?(\d{10})", value):
        return value, *({f"+54{found[1]}", f"+549{found[1]}"} - {value})
    return (value,)


def alike(kind: str, value: str) -> str:
    """What stands for this value and all that is likely to reach the same person; "" where that is the value itself."""
    bare = value.removeprefix(UNVERIFIED)
    same = bare
    if kind == Kind.EMAIL:
        local, _at, domain = bare.rpartition("@")
        local = local if local.startswith('"') else local.partition("+")[0] or local
        if domain in _GMAIL:  # https://support.google.com/mail/answer/7436150
            local, domain = local.replace(".", ""), "gmail.com"
        same = f"{local}@{domain}"
    elif kind in NUMBERS and not is_without_number(kind, bare):
        same = min(forms(kind, bare.partition(";")[0]), key=lambda form: (len(form), form))
    return same if same != value else ""


def order_number(text: str) -> str:
    """As customers.commerce.find_order compares it: "#hf-48213" and "HF-48213" are one."""
    return text.strip().lstrip("#").strip().upper()
