"""A mail becomes what the desk understands: an InboundMessage, the reports of a bounce, or nothing to do."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, InboundAttachment, InboundMessage, MessageDetails, Segment
from customers.identify import Handle, normalise
from customers.models.identity import Kind
from integrations.adapters.media.email.bounces import reports
from integrations.adapters.media.email.marks import Mark, bare, is_our_message_id, read_plus_address
from integrations.adapters.media.email.original import external_id
from integrations.adapters.media.email.parse import parse
from integrations.adapters.media.email.parsed import Address, Attachment, ParsedEmail
from integrations.models import Connector

MOST_PARTICIPANTS = 50
AUTHSERV_OF_GOOGLE = "mx.google.com"
_FORWARDED = re.compile(r"^\s*(?:fwd?|wg|tr|rv|enc|vs|doorst|i)\s*:", re.IGNORECASE)
_BROKEN = re.compile("[\x00\ud800-\udfff]")


def understand_mail(
    connector: Connector, raw: bytes, *, kept_as: str, received_at: datetime
) -> Iterator[InboundMessage | DeliveryReport]:
    """Raises ValueError, in words for the admin, for a mail that nobody wrote or that names nobody to answer."""
    parsed = parse(raw, trusted_authserv=_authserv(connector))
    mark = _mark(parsed)
    if parsed.bounce:
        yield from reports(parsed, parsed.bounce, raw, mark)
    elif not _is_our_own(connector, parsed):
        yield _message(connector, parsed, mark, kept_as=kept_as, received_at=received_at)


def our_addresses(connector: Connector) -> set[str]:
    """Where mail for this connector's channel arrives, in lower case."""
    address = connector.channel.address if connector.channel else ""
    return {each.strip().lower() for each in (address, *connector.settings.get("aliases", [])) if each.strip()}


def _authserv(connector: Connector) -> str | None:
    """The server whose word on a sender proves something: anybody can write such a word into their own mail, and where
    our server writes none, theirs is the topmost."""
    named = str(connector.settings.get("authserv") or "").strip()
    return named or (AUTHSERV_OF_GOOGLE if connector.settings.get("auth") == "google" else None)


def _mark(parsed: ParsedEmail) -> Mark | None:
    places = (*parsed.delivered_to, *(address.email for address in (*parsed.to, *parsed.cc)))
    return next((mark for place in places if (mark := read_plus_address(place))), None)


def _is_our_own(connector: Connector, parsed: ParsedEmail) -> bool:
    """A copy of what the desk sent, or what somebody sent in our name: neither comes from a customer."""
    return is_our_message_id(parsed.message_id) or _is_ours(connector, parsed.from_.email)


def _is_ours(connector: Connector, address: str) -> bool:
    """Ours with or without a plus: "support+c12.…@" is support@."""
    local, _, domain = address.strip().lower().rpartition("@")
    return not our_addresses(connector).isdisjoint({f"{local.partition('+')[0]}@{domain}", f"{local}@{domain}"})


def _message(
    connector: Connector, parsed: ParsedEmail, mark: Mark | None, *, kept_as: str, received_at: datetime
) -> InboundMessage:
    is_unverified = parsed.authentication.dmarc == "fail"
    is_forwarded = bool(_FORWARDED.match(parsed.subject))
    text = parsed.text if is_forwarded else parsed.reply_text or parsed.text
    assert connector.channel_id is not None
    return InboundMessage(
        channel_id=connector.channel_id,
        external_id=external_id(kept_as, bare(parsed.message_id)),
        handles=(_writer(parsed, is_unverified=is_unverified),),
        text=_whole(text),
        html=_whole(parsed.html),
        received_at=received_at,
        segments=tuple(Segment(segment.kind, _whole(segment.text)) for segment in parsed.segments),
        subject=_whole(" ".join(parsed.subject.split())),
        references=_references(parsed),
        conversation_id=mark.conversation_id if mark else None,
        attachments=tuple(_attachment(each) for each in parsed.attachments),
        participants=_others(connector, parsed),
        is_automatic=parsed.is_auto_reply or _is_looping(connector, parsed),
        is_spam=parsed.is_spam,
        is_unverified=is_unverified,
        details=_details(parsed, is_forwarded=is_forwarded, is_vouched_for=_authserv(connector) is not None),
    )


def _writer(parsed: ParsedEmail, *, is_unverified: bool) -> Handle:
    """Who is to be answered: From; behind a no-reply address (a shop's form), the Reply-To, which proves nothing."""
    wrote = parsed.from_
    if parsed.is_noreply and (other := next((each for each in parsed.reply_to if each.email), None)):
        is_unverified = is_unverified or other.email.lower() != wrote.email.lower()
        wrote = other
    if not wrote.email:
        raise ValueError(_("It has no sender's address: there is nobody to answer."))
    try:
        normalise(Kind.EMAIL, wrote.email)
    except ValueError:
        words = _("Its sender, “%(sender)s”, is no address that can be answered.") % {"sender": wrote.email[:100]}
        raise ValueError(words) from None
    return Handle(Kind.EMAIL, _whole(wrote.email), _whole(wrote.name)[:200], not is_unverified, "mail")


def _references(parsed: ParsedEmail) -> tuple[str, ...]:
    named = [bare(each) for each in (*parsed.references, parsed.in_reply_to)]
    return tuple(dict.fromkeys(_whole(each) for each in named if each))


def _is_looping(connector: Connector, parsed: ParsedEmail) -> bool:
    """Our own X-Loop on a mail that we did not write: a machine sent ours back (see compose)."""
    loops = next((value for name, value in parsed.headers.items() if name.lower() == "x-loop"), "")
    return any(address in loops.lower() for address in our_addresses(connector))


def _others(connector: Connector, parsed: ParsedEmail) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for address in (*parsed.to, *parsed.cc):
        email = _whole(address.email).lower()
        if _is_address(email) and not _is_ours(connector, email) and email != parsed.from_.email.lower():
            found.setdefault(email, _whole(address.name)[:200])
    return tuple(found.items())[:MOST_PARTICIPANTS]


def _is_address(email: str) -> bool:
    return bool(re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+", email)) and len(email) <= 320


def _attachment(attachment: Attachment) -> InboundAttachment:
    return InboundAttachment(
        name=_whole(attachment.filename),
        content_type=_whole(attachment.content_type),
        size=attachment.size,
        read=partial(_content, attachment),
        content_id=_whole(attachment.content_id).strip("<> "),
        is_inline=attachment.is_inline,
    )


def _content(attachment: Attachment) -> bytes:
    return attachment.content


def _details(parsed: ParsedEmail, *, is_forwarded: bool, is_vouched_for: bool) -> MessageDetails:
    details = MessageDetails(to=_written(parsed.to), cc=_written(parsed.cc))
    if parsed.reply_to:
        details["reply_to"] = _written(parsed.reply_to)[0]
    if parsed.date:
        details["date"] = parsed.date.isoformat()
    if references := _references(parsed):
        details["references"], details["in_reply_to"] = list(references), bare(parsed.in_reply_to)
    if is_forwarded:
        details["forwarded"] = True
    if is_vouched_for and parsed.authentication.dmarc == "pass" and not parsed.is_noreply:
        details["authentic"] = True
    if parsed.suppress_auto_reply or parsed.is_auto_reply or parsed.is_list or parsed.is_noreply:
        details["no_auto_reply"] = True
    return details


def _written(addresses: Iterable[Address]) -> list[str]:
    return [_whole(str(address)) for address in addresses]


def _whole(text: str) -> str:
    """Without what PostgreSQL cannot keep: the null character and halves of surrogate pairs."""
    return _BROKEN.sub("", text)
