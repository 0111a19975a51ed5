"""The files of a mail that came by Brevo: its webhook names them, and its API hands them out."""

from typing import Any
from urllib.parse import quote, urljoin

from anymail.inbound import AnymailInboundMessage
from anymail.webhooks.brevo import BrevoInboundWebhookView
from django.utils.translation import gettext as _
from requests import RequestException, Response, Session

from conversations.public_web import public_session
from integrations.adapters.base import AdapterError
from integrations.adapters.media.email.letter import file_name

SECONDS = 30
LARGEST_BYTES = 50_000_000
GONE = {400, 404, 410}  # an unknown token, or a file that Brevo has thrown away


class BrevoMails(BrevoInboundWebhookView):
    def _fetch_attachment(self, attachment: dict[str, Any]) -> Any:
        """The file, or a line in its place that says why it is missing. Raises AdapterError where a later try helps."""
        # https://developers.brevo.com/reference/get-inbound-email-attachment
        url = urljoin(self.api_url, f"inbound/attachments/{quote(str(attachment['DownloadToken']), safe='')}")
        name = file_name(str(attachment.get("Name") or "file"))
        try:
            with Session() as session, _asked(session, url, {"api-key": str(self.api_key)}) as answer:
                content = _content(answer, name)
                kind = answer.headers.get("Content-Type") or attachment.get("ContentType")
        except RequestException as error:
            raise AdapterError(_("Brevo does not hand out the file “%(name)s” now.") % {"name": name}) from error
        if isinstance(content, str):
            name, kind, content = f"{name}.txt", "text/plain; charset=utf-8", content.encode()
        return AnymailInboundMessage.construct_attachment(
            content_type=kind or "application/octet-stream",
            content=content,
            filename=name,
            content_id=attachment.get("ContentID"),
        )


def _asked(session: Session, url: str, headers: dict[str, str]) -> Response:
    """Where Brevo sends us on, the key stays behind and only a public address is gone to."""
    answer = session.get(url, headers=headers, timeout=SECONDS, stream=True, allow_redirects=False)
    if answer.is_redirect:
        answer.close()
        onward = urljoin(url, answer.headers["Location"])
        return public_session().get(onward, timeout=SECONDS, stream=True, allow_redirects=False)
    return answer


def _content(answer: Response, name: str) -> bytes | str:
    if answer.status_code in (401, 403):
        raise AdapterError(_("Brevo does not know the desk's key. An admin can enter it again, then replay the mail."))
    if answer.status_code in GONE:
        return _("Brevo no longer has the file “%(name)s”.") % {"name": name}
    if answer.status_code != 200:
        said = {"name": name, "code": answer.status_code}
        raise AdapterError(_("Brevo does not hand out the file “%(name)s” now (%(code)s).") % said)
    read = bytearray()
    for part in answer.iter_content(100_000):
        read += part
        if len(read) > LARGEST_BYTES:
            return _("The file “%(name)s” is larger than the desk takes.") % {"name": name}
    return bytes(read)
