"""A line to Asterisk's manager interface: sign in, ask, and hear what happens.

https://docs.asterisk.org/Configuration/Interfaces/Asterisk-Manager-Interface-AMI/. Of the libraries for Python none is
both maintained and free of an event loop of its own; what is needed of the protocol is this page.
"""

import secrets
import select
import socket
import ssl
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Self

from django.utils.translation import gettext as _

from integrations.adapters.base import AdapterError, AwayError, CredentialError
from integrations.models import Connector

PORT, TLS_PORT = 5038, 5039
END = b"\r\n\r\n"
LARGEST = 1_000_000  # bytes without an end
PATIENCE = 10.0  # seconds for an answer
SILENCE = 60.0  # … after which a line that does not even answer a ping is dead
PING_EVERY = 20.0

Packet = dict[str, str]


class Line:
    """Signed in while it is open. Raises CredentialError, AwayError."""

    def __init__(self, connector: Connector, *, events: str = "off") -> None:
        """`events`: the classes of events to hear, "call,cdr", or "off"."""
        self.connector, self.events = connector, events
        self._socket: socket.socket | None = None
        self._buffer, self._waiting = b"", deque[Packet]()
        self._heard = self._pinged = time.monotonic()

    def __enter__(self) -> Self:
        said = self.connector.settings
        host, port = (
            str(said.get("ami_host", "")),
            int(said.get("ami_port") or (TLS_PORT if said.get("ami_tls") else PORT)),
        )
        try:
            plain = socket.create_connection((host, port), timeout=PATIENCE)
            tls = ssl.create_default_context() if said.get("ami_tls") else None
            self._socket = tls.wrap_socket(plain, server_hostname=host) if tls else plain
            greeting = self._socket.recv(200)
        except (OSError, ValueError) as error:
            words = _("Asterisk's manager does not answer at %(host)s:%(port)s.") % {"host": host, "port": port}
            raise AwayError(words, said=str(error)) from error
        if not greeting.startswith(b"Asterisk Call Manager"):
            self.close()
            raise AwayError(_("Who answers there is not Asterisk's manager."), said=repr(greeting[:100]))
        self._buffer = greeting.partition(b"\r\n")[2]
        self._sign_in()
        return self

    def __exit__(self, *args: object) -> None:
        with suppress(OSError, AdapterError):
            self._send({"Action": "Logoff"})
        self.close()

    def close(self) -> None:
        if self._socket:
            self._socket.close()
            self._socket = None

    def ask(self, action: str, *pairs: tuple[str, str]) -> Packet:
        """What it answers. Raises AdapterError with its own words where it is “Error”."""
        number = secrets.token_hex(8)
        self._send([("Action", action), ("ActionID", number), *pairs])
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for packet in self._read(end - time.monotonic()):
                if packet.get("ActionID") == number and "Response" in packet:
                    if packet["Response"] in ("Error",):
                        raise AdapterError(packet.get("Message", "Error"), permanent=True, said=str(packet))
                    return packet
                self._waiting.append(packet)
        raise AwayError(_("Asterisk's manager does not answer."))

    def events_within(self, seconds: float) -> Iterator[Packet]:
        """What happened, as soon as something did; nothing, after so long."""
        while self._waiting:
            yield self._waiting.popleft()
        yield from self._read(seconds)
        now = time.monotonic()
        if now - self._heard > SILENCE:
            raise AwayError(_("Asterisk's manager fell silent."))
        if now - self._heard > PING_EVERY and now - self._pinged > PING_EVERY:
            self._pinged = now
            self._send({"Action": "Ping"})

    def _sign_in(self) -> None:
        said, secret = self.connector.settings, self.connector.secrets.get("ami_secret", "")
        pairs = [("Username", str(said.get("ami_user", ""))), ("Secret", secret), ("Events", self.events)]
        try:
            self.ask("Login", *pairs)
        except AwayError:
            self.close()
            raise
        except AdapterError as error:
            self.close()
            words = _("Asterisk's manager does not let the desk in: %(why)s") % {"why": error}
            raise CredentialError(words, said=error.said) from error

    def _send(self, pairs: Mapping[str, str] | list[tuple[str, str]]) -> None:
        """Nothing that is given may begin a line of its own."""
        found = pairs.items() if isinstance(pairs, Mapping) else pairs
        lines = [f"{name}: {' '.join(value.split())}" for name, value in found]
        if self._socket is None:
            raise AwayError(_("The line to Asterisk's manager is closed."))
        try:
            self._socket.sendall("\r\n".join(lines).encode() + END)
        except OSError as error:
            raise AwayError(_("The line to Asterisk's manager broke."), said=str(error)) from error

    def _read(self, seconds: float) -> list[Packet]:
        found = self._whole()
        if found or self._socket is None:
            return found
        try:
            pending = isinstance(self._socket, ssl.SSLSocket) and self._socket.pending()
            if not pending and not select.select([self._socket], [], [], max(seconds, 0))[0]:
                return []
            part = self._socket.recv(65_536)
        except (OSError, ValueError) as error:
            raise AwayError(_("The line to Asterisk's manager broke."), said=str(error)) from error
        if not part:
            raise AwayError(_("Asterisk's manager has closed the line."))
        self._heard = time.monotonic()
        self._buffer += part
        if len(self._buffer) > LARGEST:
            raise AwayError(_("Who answers there is not Asterisk's manager."))
        return self._whole()

    def _whole(self) -> list[Packet]:
        *whole, self._buffer = self._buffer.split(END)
        return [packet_of(each) for each in whole if each.strip()]


def packet_of(text: bytes) -> Packet:
    """Of a name that comes twice, the last."""
    pairs = (line.partition(":") for line in text.decode("utf-8", "replace").splitlines())
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}
