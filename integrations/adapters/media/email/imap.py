"""A mailbox on an IMAP server, looked into and never changed: which mails are new, what they say, wait for more."""

import imaplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from django.utils.translation import gettext as _
from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError

from integrations.adapters.base import AdapterError, CredentialError
from integrations.adapters.media.email import oauth
from integrations.adapters.media.email.smtp import cannot_connect
from integrations.adapters.media.email.tls import trust
from integrations.models import Connector

CONNECT_SECONDS = 30.0
LARGEST_BYTES = 50_000_000  # a mail of 25 MB is 35 MB on the wire; more is left in the mailbox
A_DAY = timedelta(days=1)
# What a server says that could not look the name up just now (RFC 5530, 3; Google's “[ALERT] Too many …”).
NOT_NOW = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[CONTACTADMIN]", "TOO MANY", "TEMPORARY", "TRY AGAIN")
SLICE_SECONDS = 2.0  # how soon a waiting watcher notices that it is to stop


class BrokenError(AdapterError):
    """The connection broke, or the server said what no server says."""


@dataclass(frozen=True)
class Found:
    """A mail as the server lists it."""

    uid: int
    size: int  # bytes
    arrived_at: datetime | None


class Mailbox:
    """One folder, opened for reading. Every method raises BrokenError when the connection is gone."""

    def __init__(self, client: IMAPClient, *, folder: str) -> None:
        self._client = client
        opened = client.select_folder(folder, readonly=True)
        self.uidvalidity = int(opened[b"UIDVALIDITY"])
        self.uidnext = int(opened.get(b"UIDNEXT", 0))
        self.can_idle = client.has_capability("IDLE")

    def after(self, uid: int) -> list[Found]:
        """The mails behind `uid`, in the order of their uids."""
        with _told():
            # "n:*" means the last mail as well where there is none from n on (RFC 3501, 6.4.8).
            uids = sorted(each for each in self._client.search(["UID", f"{uid + 1}:*"]) if each > uid)
            return [found for start in range(0, len(uids), 500) for found in self._list(uids[start : start + 500])]

    def _list(self, uids: Sequence[int]) -> list[Found]:
        facts = self._client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
        return [_found(uid, facts[uid]) for uid in uids if uid in facts]  # others were deleted meanwhile

    def read(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The mails byte for byte; one that was deleted meanwhile is missing. Raises ValueError for an answer that
        cannot be read."""
        return self._body(uids, "BODY.PEEK[]", b"BODY[]")

    def head(self, uid: int) -> bytes:
        return self.heads([uid]).get(uid, b"")

    def heads(self, uids: Sequence[int]) -> dict[int, bytes]:
        return self._body(uids, "BODY.PEEK[HEADER]", b"BODY[HEADER]") if uids else {}

    def between(self, since: datetime | None, until: datetime | None) -> list[int]:
        """The uids of mails that came in then, with a day more at either end: IMAP compares days without their zone
        (RFC 3501, 6.4.4)."""
        asked: list[object] = ["ALL"]
        asked += ["SINCE", (since - A_DAY).date()] if since else []
        asked += ["BEFORE", (until + 2 * A_DAY).date()] if until else []
        with _told():
            return sorted(self._client.search(asked))

    def listed(self, uids: Sequence[int]) -> list[Found]:
        with _told():
            return self._list(uids) if uids else []

    def holds(self, message_id: str) -> bool:
        """As it is now; `message_id` with its brackets."""
        with _told():
            self._client.noop()
            return bool(self._client.search(["HEADER", "Message-ID", message_id]))

    def _body(self, uids: Sequence[int], part: str, key: bytes) -> dict[int, bytes]:
        try:
            with _told():
                answer = self._client.fetch(uids, [part])
        except BrokenError:
            raise
        except (IMAPClientError, IndexError, KeyError, TypeError) as error:
            raise ValueError(_("The mail server could not hand it out: %(error)s") % {"error": error}) from error
        return {uid: facts[key] for uid, facts in answer.items() if isinstance(facts.get(key), bytes)}

    def wait(self, stop: Event, *, seconds: float, poll_seconds: float) -> None:
        """Until something new may be there: told by the server (RFC 2177) or, where it cannot, after a while."""
        with _told():
            if not self.can_idle:
                stop.wait(poll_seconds)
                self._client.noop()
                return
            self._client.idle()
            left = seconds
            try:
                while left > 0 and not stop.is_set() and not _has_news(self._client.idle_check(timeout=SLICE_SECONDS)):
                    left -= SLICE_SECONDS
            finally:
                self._client.idle_done()


def _found(uid: int, facts: dict[bytes, Any]) -> Found:
    arrived_at = facts.get(b"INTERNALDATE")
    return Found(uid, int(facts.get(b"RFC822.SIZE") or 0), arrived_at if isinstance(arrived_at, datetime) else None)


def _has_news(lines: Sequence[Any]) -> bool:
    """An "OK still here" is no news."""
    return any(isinstance(line, tuple) and len(line) > 1 and line[1] in (b"EXISTS", b"RECENT") for line in lines)


@contextmanager
def open_mailbox(connector: Connector) -> Iterator[Mailbox]:
    """A signed-in connection to the connector's folder. Raises AdapterError in the admin's words."""
    host, port, security = place(connector)
    try:
        client = _connect(connector, host, port, security)
    except (OSError, imaplib.IMAP4.error, IMAPClientError) as error:
        raise BrokenError(cannot_connect(error, host, port), said=str(error)) from error
    try:
        _sign_in(connector, client, host)
        folder = str(connector.settings.get("folder") or "INBOX")
        try:
            mailbox = Mailbox(client, folder=folder)
        except IMAPClientAbortError as error:
            words = _("%(host)s ended the connection: %(error)s.") % {"host": host, "error": error}
            raise BrokenError(words) from error
        except (IMAPClientError, KeyError) as error:
            words = _("There is no folder “%(folder)s” in this mailbox, or it may not be read.") % {"folder": folder}
            raise AdapterError(words, said=str(error)) from error
        yield mailbox
    finally:
        _leave(client)


def place(connector: Connector) -> tuple[str, int, str]:
    security = str(connector.settings.get("imap_security", "tls"))
    host = str(connector.settings.get("imap_host", ""))
    if not host:
        words = _("This mailbox has no server for incoming mail. Name one in its settings.")
        raise AdapterError(words, permanent=True)
    return host, int(connector.settings.get("imap_port") or (993 if security == "tls" else 143)), security


def _connect(connector: Connector, host: str, port: int, security: str) -> IMAPClient:
    seconds = float(connector.settings.get("timeout", CONNECT_SECONDS))
    context = trust(connector)
    client = IMAPClient(
        host, port, ssl=security == "tls", ssl_context=context if security == "tls" else None, timeout=seconds
    )
    client.normalise_times = False  # times with their zones
    client._imap.debug = 4  # from 5 on, imaplib writes out each mail for a log that nobody keeps
    if security == "starttls":
        client.starttls(context)
    return client


def _sign_in(connector: Connector, client: IMAPClient, host: str) -> None:
    user = str(connector.settings.get("username", ""))
    try:
        if connector.settings.get("auth", "password") in oauth.PROVIDERS:
            client.oauth2_login(user, oauth.access_token(connector))
        else:
            client.login(user, connector.secrets.get("password", ""))
    except (IMAPClientAbortError, OSError) as error:
        words = _("%(host)s ended the connection at the sign-in: %(error)s.") % {"host": host, "error": error}
        raise BrokenError(words) from error
    except (LoginError, IMAPClientError, CapabilityError) as error:
        oauth.forget(connector)
        words = _(
            "%(host)s did not accept the sign-in of %(user)s: look at the name and the password "
            "(some providers want an app password)."
        )
        refused = AdapterError if any(word in str(error).upper() for word in NOT_NOW) else CredentialError
        raise refused(words % {"host": host, "user": user}, said=str(error)) from error


@contextmanager
def _told() -> Iterator[None]:
    """A broken connection in words."""
    try:
        yield
    except (IMAPClientAbortError, OSError, EOFError) as error:
        words = _("The connection to the mail server broke (%(error)s); the desk connects again.") % {"error": error}
        raise BrokenError(words) from error


def _leave(client: IMAPClient) -> None:
    try:
        client.logout()
    except (OSError, EOFError, imaplib.IMAP4.error, IMAPClientError):
        return
