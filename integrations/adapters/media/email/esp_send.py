"""Hands a letter to an e-mail service, and tells apart: taken, refused for now, refused for good, and nobody knows."""

import json
from email.mime.image import MIMEImage
from typing import Any

import requests
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailInvalidAddress, AnymailRecipientsRefused
from anymail.message import AnymailMessage
from django.utils.translation import gettext as _
from urllib3.exceptions import NewConnectionError

from conversations.envelopes import DeliveryReport
from conversations.models import Delivery
from integrations.adapters.base import AdapterError, AwayError, CredentialError, UncertainError
from integrations.adapters.media.email.letter import Letter, file_name, one_line
from integrations.models import Connector


def hand_over(connector: Connector, letter: Letter, backend: Any, *, delivery_id: int) -> DeliveryReport:
    """The service's later reports name the delivery by what we send along."""
    mail = _mail(letter, backend, delivery_id)
    try:
        backend.send_messages([mail])
    except AnymailRecipientsRefused as error:
        words = _("The mail service does not send to %(to)s: they asked for no mail, or it failed before.")
        raise AdapterError(words % {"to": letter.to.addr_spec}, permanent=True, said=str(error)) from error
    except AnymailAPIError as error:
        failure = _failure(error)
        failure.external_id = letter.message_id
        raise failure from error
    except (AnymailInvalidAddress, AnymailError) as error:
        words = _("The mail service cannot send this: %(error)s") % {"error": error}
        raise AdapterError(words, permanent=True, said=str(error)) from error
    said = getattr(mail.anymail_status, "message_id", "")
    return DeliveryReport(Delivery.Status.SENT, external_id=letter.message_id, said=str(said or ""))


def _failure(error: AnymailAPIError) -> AdapterError:
    cause, said = error.__cause__, str(error)[:4000]
    if error.status_code is None:
        if isinstance(cause, requests.ConnectTimeout) or _was_never_there(cause):
            return AwayError(_("The mail service does not answer. The desk tries again."), said=said)
        words = _(
            "The mail service had the whole mail and then fell silent: it may have gone. Look before you try again."
        )
        return UncertainError(words, said=said)
    if error.status_code in (401, 403):
        words = _("The mail service does not know the desk's key. An admin can enter it again.")
        return CredentialError(words, said=said)
    if error.status_code == 429 or error.status_code >= 500 or error.status_code == 408:
        words = _("The mail service is busy (%(code)s). The desk tries again.") % {"code": error.status_code}
        return AwayError(words, said=said)
    words = _("The mail service refused the mail: %(reason)s") % {"reason": _reason(error)}
    return AdapterError(words, permanent=True, said=said)


def _was_never_there(cause: BaseException | None) -> bool:
    """Refused or unknown: not one byte of the mail was sent."""
    reason = (
        getattr(cause.args[0], "reason", None) if isinstance(cause, requests.ConnectionError) and cause.args else None
    )
    return isinstance(reason, NewConnectionError)


def _reason(error: AnymailAPIError) -> str:
    """In the service's own words, as a sentence; each has its place for them."""
    text = error.response.text if error.response is not None else ""
    try:
        found = json.loads(text)
    except ValueError:
        found = {}
    told = [found.get(name) for name in ("Message", "message", "ErrorMessage")] if isinstance(found, dict) else []
    reason = next((str(each) for each in told if each), "") or " ".join(text.split())[:300] or str(error.status_code)
    return reason if reason.endswith((".", "!", "?")) else f"{reason}."


def _mail(letter: Letter, backend: Any, delivery_id: int) -> AnymailMessage:
    mail = AnymailMessage(
        subject=one_line(letter.subject),
        body=letter.text,
        from_email=str(letter.sender),
        to=[str(letter.to)],
        cc=[str(each) for each in letter.cc],
        bcc=[str(each) for each in letter.bcc],
        reply_to=[letter.reply_to] if letter.reply_to else [],
        headers=_headers(letter) if backend.esp_name != "Mailjet" else _headers_without_name(letter),
        metadata={"delivery": str(delivery_id), "to": letter.to.addr_spec},
    )
    if backend.esp_name == "Mailjet":
        mail.esp_extra = {"Globals": {"CustomID": letter.message_id}}
    mail.attach_alternative(letter.html, "text/html")
    for each in letter.inline:
        picture = MIMEImage(each.content, each.content_type.partition("/")[2] or "png")
        picture["Content-ID"] = f"<{each.content_id}>"
        picture["Content-Disposition"] = "inline"
        mail.attach(picture)
    for each in letter.attached:
        mail.attach(file_name(each.name), each.content, each.content_type)
    return mail


def _headers(letter: Letter) -> dict[str, str]:
    headers = {"Message-ID": f"<{letter.message_id}>"}
    if letter.references:
        headers["In-Reply-To"] = f"<{letter.references[-1]}>"
        headers["References"] = " ".join(f"<{each}>" for each in letter.references)
    return headers | {name: one_line(value) for name, value in letter.headers.items()}


def _headers_without_name(letter: Letter) -> dict[str, str]:
    """Mailjet names every mail itself, tells nobody how, and refuses one with a name of ours (its error send-0011).

    Our name is the last of References instead: answers repeat them (RFC 5322, 3.6.4), and so find their way.
    """
    headers = _headers(letter)
    del headers["Message-ID"]
    return headers | {"References": " ".join(f"<{each}>" for each in (*letter.references, letter.message_id))}
