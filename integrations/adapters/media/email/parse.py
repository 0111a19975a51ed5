"""Reads one raw e-mail into a ParsedEmail; whatever the bytes, it answers and never raises."""

import logging

from .authentication import read_authentication
from .automatic import is_spam, read_automatic
from .bodies import Bodies, collect
from .headers import addresses, delivered_to, first_address, header_text, in_reply_to, message_id, references, sent_at
from .html_text import html_to_text
from .parsed import Address, Attachment, Authentication, ParsedEmail
from .replies import split_reply
from .structure import Part, parse_structure, walk
from .undelivered import read_bounce

logger = logging.getLogger(__name__)

# The raw ones that later steps read; the rest stays in the stored original.
KEPT_HEADERS = (
    "auto-submitted", "precedence", "x-loop", "x-auto-response-suppress", "return-path", "list-id", "list-unsubscribe",
    "importance", "x-priority", "x-mailer", "user-agent", "content-language", "thread-index", "thread-topic",
    "disposition-notification-to", "x-spam-status", "x-spam-score", "authentication-results",
    "resent-from", "mail-followup-to",
)  # fmt: skip


def parse(raw: bytes, *, trusted_authserv: str | None = None) -> ParsedEmail:
    """What `raw` says. `trusted_authserv` names the server whose Authentication-Results count."""
    try:
        return _parse(raw, trusted_authserv)
    except Exception:
        # One hostile mail must not stop the mailbox: it is shown as plain as it can be.
        logger.exception("e-mail parser failed; showing the message unparsed")
        return _unparsed(raw)


def _parse(raw: bytes, trusted_authserv: str | None) -> ParsedEmail:
    root = parse_structure(raw)
    _lend_charset(root)
    bodies = collect(root)
    subject = header_text(root, "subject")
    sender = _from(root)
    html = bodies.html
    text = bodies.text if bodies.text.strip() or not html else html_to_text(html)
    bounce = read_bounce(root, bodies, subject)
    automatic = read_automatic(root, sender, subject, is_bounce=bounce is not None)
    return ParsedEmail(
        message_id=message_id(root),
        in_reply_to=in_reply_to(root),
        references=references(root),
        from_=sender,
        sender=first_address(root, "sender"),
        to=addresses(root, "to"),
        cc=addresses(root, "cc"),
        reply_to=addresses(root, "reply-to"),
        delivered_to=delivered_to(root),
        subject=subject,
        date=sent_at(root),
        text=text,
        html=html,
        segments=split_reply(text, subject),
        attachments=_attachments(bodies, html),
        is_auto_reply=automatic.is_auto_reply,
        suppress_auto_reply=automatic.suppress_auto_reply,
        is_list=automatic.is_list,
        is_noreply=automatic.is_noreply,
        is_spam=is_spam(root),
        bounce=bounce,
        authentication=read_authentication(root, trusted_authserv),
        headers={name: value for name in KEPT_HEADERS if (value := header_text(root, name, 4_000))},
    )


def _lend_charset(root: Part) -> None:
    """Raw 8-bit headers are most likely in the charset that the text declares."""
    if root.children and "charset" not in root.parameters:
        declared = (part.parameters["charset"] for part in walk(root) if "charset" in part.parameters)
        root.parameters["charset"] = next(declared, "")


def _from(root: Part) -> Address:
    """The author; where From has no address, whoever else the headers name."""
    found = first_address(root, "from")
    if found is not None and found.email:
        return found
    for name in ("reply-to", "sender", "return-path"):
        other = first_address(root, name)
        if other is not None and other.email:
            return Address(found.name if found else other.name, other.email)
    return found or Address("", "")


def _attachments(bodies: Bodies, html: str) -> tuple[Attachment, ...]:
    needs_html = any(part.content_id for part in bodies.attachments)
    lowered = html.lower() if needs_html else ""
    return tuple(part.finished(lowered) for part in bodies.attachments)


def _unparsed(raw: bytes) -> ParsedEmail:
    text = raw[:200_000].decode("utf-8", "replace").replace("\0", "")
    return ParsedEmail(
        message_id="", in_reply_to="", references=(), from_=Address("", ""), sender=None, to=(), cc=(), reply_to=(),
        delivered_to=(), subject="", date=None, text=text, html="", segments=split_reply(""), attachments=(),
        is_auto_reply=False, suppress_auto_reply=True, is_list=False, is_noreply=False, is_spam=False, bounce=None,
        authentication=Authentication(), headers={},
    )  # fmt: skip
