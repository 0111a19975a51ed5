"""Shapes a parsed e-mail as plain JSON, for `manage.py parse_email` and for whoever debugs a mailbox."""

from .parse import parse
from .parsed import Address, Bounce, ParsedEmail

Json = str | int | bool | None | list["Json"] | dict[str, "Json"]


def report(raw: bytes) -> dict[str, Json]:
    """The JSON object for one raw message."""
    return as_json(parse(raw))


def as_json(mail: ParsedEmail) -> dict[str, Json]:
    return {
        "message_id": mail.message_id or None,
        "in_reply_to": mail.in_reply_to or None,
        "references": list(mail.references),
        "from": _person(mail.from_),
        "sender": _person(mail.sender) if mail.sender else None,
        "to": [_person(address) for address in mail.to],
        "cc": [_person(address) for address in mail.cc],
        "reply_to": [_person(address) for address in mail.reply_to],
        "delivered_to": list(mail.delivered_to),
        "subject": mail.subject,
        "date": mail.date.isoformat() if mail.date else None,
        "text": mail.text,
        "html": mail.html,
        "reply_text": mail.reply_text,
        "segments": [{"kind": segment.kind, "text": segment.text} for segment in mail.segments],
        "attachments": [
            {
                "filename": attachment.filename,
                "content_type": attachment.content_type,
                "size": attachment.size,
                "content_id": attachment.content_id,
                "is_inline": attachment.is_inline,
            }
            for attachment in mail.attachments
        ],
        "auto_submitted": mail.is_auto_reply,
        "suppress_auto_reply": mail.suppress_auto_reply,
        "is_list": mail.is_list,
        "is_noreply": mail.is_noreply,
        "is_spam": mail.is_spam,
        "bounce": _bounce(mail.bounce),
        "authentication": {
            "spf": mail.authentication.spf,
            "dkim": mail.authentication.dkim,
            "dmarc": mail.authentication.dmarc,
        },
    }


def _person(address: Address) -> Json:
    return {"name": address.name, "email": address.email}


def _bounce(bounce: Bounce | None) -> Json:
    if bounce is None:
        return None
    return {
        "recipients": list(bounce.recipients),
        "status": bounce.status,
        "temporary": bounce.is_temporary,
        "diagnostic": bounce.diagnostic,
        "original_message_id": bounce.original_message_id,
    }
