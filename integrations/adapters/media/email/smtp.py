"""Hands a mail to an SMTP server, and tells apart: sent, refused for now, refused for good, and nobody knows."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import dkim
from django.utils.translation import gettext as _

from integrations.adapters.base import AdapterError, AwayError, CredentialError, UncertainError
from integrations.adapters.media.email import oauth
from integrations.adapters.media.email.tls import not_trusted, trust
from integrations.models import Connector

CONNECT_SECONDS = 30.0
ANSWER_SECONDS = 120.0  # for the server's word on the whole mail; longer than servers take, shorter than a task may


def transmit(connector: Connector, mail: bytes, *, sender: str, to: str, others: list[str], utf8: bool = False) -> str:
    """Sends `mail` to `to` and the others. Gives a sentence on those of the others who were refused, or "".

    Raises AdapterError when the server did not take it, UncertainError when it had all of it and fell silent.
    """
    with session(connector) as server:
        options = ["SMTPUTF8", "BODY=8BITMIME"] if utf8 else []
        if utf8 and not server.has_extn("smtputf8"):
            words = _("The mail server cannot write to “%(to)s”: it knows only English letters.") % {"to": to}
            raise AdapterError(words, permanent=True)
        _expect(server.mail(sender, options), {250}, _("The mail server does not let the desk send as this address"))
        _expect(server.rcpt(to), {250, 251}, _("The mail server does not take mail for %(to)s") % {"to": to})
        refused = [each for each in others if server.rcpt(each)[0] not in (250, 251)]
        _data(server, mail, seconds=float(connector.settings.get("answer_seconds", ANSWER_SECONDS)))
    return _("The copy to %(people)s was refused.") % {"people": ", ".join(refused)} if refused else ""


def _data(server: smtplib.SMTP, mail: bytes, *, seconds: float) -> None:
    """After the last byte only the server knows whether it took the mail (RFC 5321, 4.2.5 and 6.1)."""
    _expect(server.docmd("DATA"), {354}, _("The mail server does not take the mail now"))
    server.send(_dotted(mail) + b".\r\n")
    try:
        if server.sock is not None:
            server.sock.settimeout(seconds)
        answer = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        words = _(
            "The mail server had the whole mail and then fell silent: it may have arrived. Look before you try again."
        )
        raise UncertainError(words, said=str(error)) from error
    _expect(answer, {250}, _("The mail server refused the mail"))


def _dotted(mail: bytes) -> bytes:
    """Every line ends in CRLF, and a dot at its start is doubled (RFC 5321, 4.5.2)."""
    lines = mail.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n").split(b"\n")
    return b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines)


def _expect(answer: tuple[int, bytes], good: set[int], words: str) -> None:
    code, text = answer
    if code in good:
        return
    said = f"{code} {text.decode('utf-8', 'replace')}".strip()
    raise AdapterError(f"{words}: “{' '.join(said.split())[:300]}”.", permanent=500 <= code < 600, said=said)


@contextmanager
def session(connector: Connector) -> Iterator[smtplib.SMTP]:
    """A signed-in session. What goes wrong before the mail was handed over is temporary: a later try may do better."""
    host, port = _place(connector)
    try:
        server = _connect(connector, host, port)
    except (OSError, smtplib.SMTPException) as error:
        raise AwayError(cannot_connect(error, host, port), said=str(error)) from error
    try:
        _sign_in(connector, server)
        yield server
        _leave(server)
    except (OSError, smtplib.SMTPException) as error:
        words = _("The connection to the mail server %(host)s broke. The desk tries again.") % {"host": host}
        raise AdapterError(words, said=str(error)) from error
    finally:
        server.close()


def _place(connector: Connector) -> tuple[str, int]:
    security = connector.settings.get("smtp_security", "starttls")
    host = str(connector.settings.get("smtp_host", ""))
    if not host:
        raise AdapterError(_("This mailbox has no server for outgoing mail. An admin can name one in its settings."))
    return host, int(connector.settings.get("smtp_port") or {"tls": 465, "none": 25}.get(security, 587))


def _connect(connector: Connector, host: str, port: int) -> smtplib.SMTP:
    security = connector.settings.get("smtp_security", "starttls")
    seconds = float(connector.settings.get("timeout", CONNECT_SECONDS))
    name = str(connector.settings.get("helo") or _domain(connector))
    if security == "tls":
        return smtplib.SMTP_SSL(host, port, local_hostname=name, timeout=seconds, context=trust(connector))
    server = smtplib.SMTP(host, port, local_hostname=name, timeout=seconds)
    if security == "starttls":
        server.starttls(context=trust(connector))
    server.ehlo_or_helo_if_needed()
    return server


def _domain(connector: Connector) -> str:
    return connector.channel.address.rpartition("@")[2] if connector.channel else "localhost"


def _sign_in(connector: Connector, server: smtplib.SMTP) -> None:
    user = str(connector.settings.get("smtp_username", connector.settings.get("username", "")))
    password = connector.secrets.get("smtp_password", connector.secrets.get("password", ""))
    host = _place(connector)[0]
    try:
        server.ehlo_or_helo_if_needed()
        if connector.settings.get("auth", "password") in oauth.PROVIDERS:
            token = oauth.access_token(connector)
            server.auth("XOAUTH2", lambda challenge=None: oauth.sign_in_line(user, token) if challenge is None else "")
        elif password and connector.settings.get("smtp_auth", True):
            server.login(user, password)
    except smtplib.SMTPAuthenticationError as error:
        words = _(
            "The mail server %(host)s did not accept the name and password of %(user)s. An admin can sign in again."
        )
        refused = CredentialError if error.smtp_code >= 500 else AdapterError  # 454: it could not look it up just now
        raise refused(words % {"host": host, "user": user}, said=str(error)) from error
    except smtplib.SMTPNotSupportedError as error:
        words = _(
            "The mail server %(host)s takes no password on this connection. An admin can choose TLS in its settings."
        )
        raise AdapterError(words % {"host": host}, said=str(error)) from error


def _leave(server: smtplib.SMTP) -> None:
    """A server that is rude at the goodbye has the mail all the same."""
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        return


def cannot_connect(error: Exception, host: str, port: int) -> str:
    """In the admin's words: what kept us from the server, and what to look at."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return not_trusted(error, host)
    return _why_not(error) % {"host": host, "port": port, "error": error}


def _why_not(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return _("There is no server named %(host)s: look at its spelling.")
    if isinstance(error, ssl.SSLError):
        return _("%(host)s speaks no TLS on port %(port)s: try another port, or STARTTLS.")
    if isinstance(error, ConnectionRefusedError):
        return _("%(host)s does not answer on port %(port)s: look at the port, or wait until the server is back.")
    if isinstance(error, TimeoutError):
        return _("%(host)s did not answer on port %(port)s in time: is the port right, and open in the firewall?")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return _("%(host)s offers no STARTTLS on port %(port)s: try TLS on port 465.")
    return _("The desk could not talk to %(host)s on port %(port)s: %(error)s.")


def sign(connector: Connector, mail: bytes) -> bytes:
    """The mail with a DKIM signature before it, where the connector has a key (RFC 6376)."""
    key = connector.secrets.get("dkim_key", "")
    selector = str(connector.settings.get("dkim_selector", ""))
    if not (key and selector):
        return mail
    domain = str(connector.settings.get("dkim_domain") or _domain(connector))
    try:
        headers = [
            b"from",
            b"to",
            b"cc",
            b"subject",
            b"date",
            b"message-id",
            b"reply-to",
            b"in-reply-to",
            b"references",
        ]
        headers += [b"mime-version", b"content-type", b"list-unsubscribe", b"list-unsubscribe-post"]
        present = [name for name in headers if _has(mail, name)]
        signature = dkim.sign(mail, selector.encode(), domain.encode(), key.encode(), include_headers=present)
    except dkim.DKIMException as error:
        words = _("The mail could not be signed: the DKIM key of %(domain)s is not good.") % {"domain": domain}
        raise AdapterError(words, said=str(error)) from error
    return bytes(signature) + mail


def _has(mail: bytes, name: bytes) -> bool:
    head = mail.partition(b"\r\n\r\n")[0].lower()
    return head.startswith(name + b":") or b"\r\n" + name + b":" in head
