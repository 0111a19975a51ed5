"""Real mail servers on loopback for the demo, the tests and a first try: SMTP takes mail, IMAP hands it out.

Mail to the desk's address goes to the desk's mailbox, every other to that of the customers. Nothing leaves the machine.
"""

import asyncio
from argparse import Namespace
from collections import deque
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from ssl import SSLContext
from threading import Event, Thread
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, DictBackend, Identity, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxSet
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.hashing import BuiltinHash

DESK, CUSTOMERS, PASSWORD = "desk", "customers", "loopback-only"
LARGEST_BYTES = 100_000_000


class MailServers:
    """Two servers in a thread of their own. `desk_addresses` are lower-case; port 0 means any free one. `security` is
    "none", or with a certificate "starttls" or "tls"."""

    def __init__(
        self,
        desk_addresses: set[str],
        *,
        name: str = DESK,
        password: str = PASSWORD,
        smtp_port: int = 0,
        imap_port: int = 0,
        security: str = "none",
        certificate: SSLContext | None = None,
    ) -> None:
        self.desk_addresses, self.desk = desk_addresses, name
        self._passwords = {name: password, CUSTOMERS: PASSWORD}
        self.smtp_port, self.imap_port = smtp_port, imap_port
        self._from_the_start = certificate if security == "tls" else None
        self._on_request = certificate if security == "starttls" else None
        self.taken: deque[bytes] = deque(maxlen=1000)  # what went to customers, as it came over the wire
        self.return_paths: deque[str] = deque(maxlen=1000)  # the envelope senders of the same
        self._loop = asyncio.new_event_loop()
        self._ready, self._failed = Event(), list[OSError]()
        self._thread = Thread(target=self._run, name="mail-servers", daemon=True)

    def __enter__(self) -> "MailServers":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Raises OSError when a port is taken."""
        self._thread.start()
        self._ready.wait(20)
        if self._failed:
            raise self._failed[0]

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._ending.set)
            self._thread.join(10)

    def put(self, mail: bytes) -> None:
        """Puts a mail into the desk's mailbox as it is, as another server would have done."""
        self._do(self._append(self.desk, mail))

    def begin_again(self) -> None:
        """A restored server: the same mails under new uids and a new UIDVALIDITY."""
        self._do(self._renumber())

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._ending = asyncio.Event()
        async with AsyncExitStack() as stack:
            try:
                await self._start_imap(stack)
                await self._start_smtp(stack)
            except OSError as error:
                self._failed.append(error)
            self._ready.set()
            if not self._failed:
                await self._ending.wait()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    async def _start_imap(self, stack: AsyncExitStack) -> None:
        facts = Namespace(passlib_cfg=None, proxy_protocol=None)
        self._config = Config(
            facts,
            demo_data=False,
            demo_user=self.desk,
            demo_password="",
            host="127.0.0.1",
            port=self.imap_port,
            tls_enabled=self._on_request is not None,
            ssl_context=self._on_request,
            subsystem=Subsystem.for_asyncio(),
            max_append_len=LARGEST_BYTES,
            hash_context=BuiltinHash(rounds=1),  # no secret: the password stands above
        )
        backend = DictBackend(await self._people(), self._config)
        self._config.apply_context()
        answer = ProxyProtocolReader(self._config.proxy_protocol).get_callback(IMAPServer(backend.login, self._config))
        server = await asyncio.start_server(answer, host="127.0.0.1", port=self.imap_port, ssl=self._from_the_start)
        stack.callback(server.close)
        self.imap_port = server.sockets[0].getsockname()[1]

    async def _people(self) -> Login:
        self._login = Login(self._config)
        for name, password in self._passwords.items():
            hashed = self._config.hash_context.hash(self._config.password_prep(password))
            self._login.users_dict[name] = UserMetadata(self._config, name, password=hashed)
        return self._login

    async def _start_smtp(self, stack: AsyncExitStack) -> None:
        options: dict[str, Any] = {"data_size_limit": LARGEST_BYTES, "enable_SMTPUTF8": True, "hostname": "loopback"}
        options |= {"tls_context": self._on_request, "require_starttls": self._on_request is not None}
        server = await self._loop.create_server(
            lambda: SMTP(self, loop=self._loop, **options), "127.0.0.1", self.smtp_port, ssl=self._from_the_start
        )
        stack.callback(server.close)
        self.smtp_port = server.sockets[0].getsockname()[1]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by aiosmtpd when a mail is whole."""
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        ours = [each for each in envelope.rcpt_tos if self._is_desk(each)]
        for recipient in ours:
            await self._append(self.desk, f"Delivered-To: {recipient}\r\n".encode() + content)
        if len(ours) < len(envelope.rcpt_tos):
            self.taken.append(content)
            self.return_paths.append(envelope.mail_from or "")
            await self._append(CUSTOMERS, content)
        return "250 2.0.0 Taken"

    def _is_desk(self, address: str) -> bool:
        local, _, domain = address.lower().rpartition("@")
        return f"{local.partition('+')[0]}@{domain}" in self.desk_addresses

    async def _append(self, mailbox: str, mail: bytes) -> None:
        async with self._identity(mailbox).new_session() as session:
            inbox = await session.mailbox_set.get_mailbox("INBOX")
            await inbox.append(AppendMessage(mail, datetime.now(UTC), frozenset()), recent=True)

    async def _renumber(self) -> None:
        fresh = MailboxSet()
        restored = await fresh.get_mailbox("INBOX")
        async with self._identity(self.desk).new_session() as session:
            inbox = await session.mailbox_set.get_mailbox("INBOX")
            uids = [message.uid async for message in inbox.messages()]
            for uid in reversed(uids):
                await inbox.copy(uid, restored)
        self._config.set_cache[self.desk] = (fresh, FilterSet())

    def _identity(self, name: str) -> Identity:
        return Identity(name, self._login, None, set())
