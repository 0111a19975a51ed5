"""Hands a letter to an e-mail service, and tells apart: taken, refused for now, refused for good, and nobody knows."""

from email.mime.image import MIMEImage
from typing import Any

import requests
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailInvalidAddress, AnymailRecipientsRefused
from anymail.message import AnymailMessage
from urllib3.exceptions import NewConnectionError

from conversations.envelopes import DeliveryReport
from conversations.models import Delivery
from integrations.adapters.base import AdapterError, UncertainError
from integrations.adapters.media.email.letter import Letter, file_name, one_line
from integrations.models import Connector


def hand_over(connector: Connector, letter: Letter, backend: Any, *, delivery_id: int) -> DeliveryReport:
    """The service's later reports name the delivery by what we send along."""
    mail = _mail(letter, backend, delivery_id)
    try:
        backend.send_messages([mail])
    except AnymailRecipientsRefused as error:
        words = f"The mail service does not send to {letter.to.addr_spec}: they asked for no mail, or it failed before."
        raise AdapterError(words, permanent=True, said=str(error)) from error
    except AnymailAPIError as error:
        failure = _failure(error)
        failure.external_id = letter.message_id
        raise failure from error
    except (AnymailInvalidAddress, AnymailError) as error:
        raise AdapterError(f"The mail service cannot send this: {error}", permanent=True, said=str(error)) from error
    said = getattr(mail.anymail_status, "message_id", "")
    return DeliveryReport(Delivery.Status.SENT, external_id=letter.message_id, said=str(said or ""))


def _failure(error: AnymailAPIError) -> AdapterError:
    cause, said = error.__cause__, str(error)[:4000]
    if error.status_code is None:
        if isinstance(cause, requests.ConnectTimeout) or _was_never_there(cause):
            return AdapterError("The mail service does not answer. The desk tries again.", said=said)
        return UncertainError(
            "The mail service had the whole mail and then fell silent: it may have gone. Look before you try again.",
            said=said,
        )
    if error.status_code in (401, 403):
        return AdapterError("The mail service does not know the desk's key. An admin can enter it again.", said=said)
    if error.status_code == 429 or error.status_code >= 500 or error.status_code == 408:
        return AdapterError(f"The mail service is busy ({error.status_code}). The desk tries again.", said=said)
    return AdapterError(f"The mail service refused the mail: {_reason(error)}", permanent=True, said=said)


def _was_never_there(cause: BaseException | None) -> bool:
    """Refused or unknown: not one byte of the mail was sent."""
    reason = (
        getattr(cause.args[0], "reason", None) if isinstance(cause, requests.ConnectionError) and cause.args else None
    )
    return isinstance(reason, NewConnectionError)


def _reason(error: AnymailAPIError) -> str:
    text = error.response.text if error.response is not None else ""
    return " ".join(text.split())[:300] or str(error.status_code)


def _mail(letter: Letter, backend: Any, delivery_id: int) -> AnymailMessage:
    mail = AnymailMessage(
        subject=one_line(letter.subject),
        body=letter.text,
        from_email=str(letter.sender),
        to=[str(letter.to)],
        cc=[str(each) for each in letter.cc],
        bcc=[str(each) for each in letter.bcc],
        reply_to=[letter.reply_to] if letter.reply_to else [],
        # Mailjet refuses a mail that brings its own.
        headers=_headers(letter, takes_message_id=backend.esp_name != "Mailjet"),
        metadata={"delivery": str(delivery_id), "to": letter.to.addr_spec},
    )
    mail.attach_alternative(letter.html, "text/html")
    for each in letter.inline:
        picture = MIMEImage(each.content, each.content_type.partition("/")[2] or "png")
        picture["Content-ID"] = f"<{each.content_id}>"
        picture["Content-Disposition"] = "inline"
        mail.attach(picture)
    for each in letter.attached:
        mail.attach(file_name(each.name), each.content, each.content_type)
    return mail


def _headers(letter: Letter, *, takes_message_id: bool) -> dict[str, str]:
    headers = {"Message-ID": f"<{letter.message_id}>"} if takes_message_id else {}
    if letter.references:
        headers["In-Reply-To"] = f"<{letter.references[-1]}>"
        headers["References"] = " ".join(f"<{each}>" for each in letter.references)
    return headers | {name: one_line(value) for name, value in letter.headers.items()}
