"""Fetches the mail of every connected mailbox, as it comes, until it is asked to end."""

import hashlib
import signal
from threading import Event
from types import FrameType

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, connection

from integrations.adapters.base import AdapterError
from integrations.adapters.media.email.imap import open_mailbox
from integrations.inbound.mailbox import fetch_new
from integrations.inbound.watch import Watcher, note_error, note_well
from integrations.models import Connector

log = structlog.get_logger(__name__)

LOOK_SECONDS = 5.0  # how soon a new, changed or switched-off mailbox is noticed
STOP_SECONDS = 12.0


class Command(BaseCommand):
    help = "Watches every connected mailbox, each in a thread of its own. More than one may run: they share the work."
    requires_system_checks = []  # the pages of the desk are not its business

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="fetch what is there, and end")

    def handle(self, *, once: bool, **options: object) -> None:
        if once:
            self.fetch_once()
            return
        self.ending = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.end_soon)
        self.watch()

    def fetch_once(self) -> None:
        for connector in connectors():
            try:
                with open_mailbox(connector) as mailbox:
                    new = fetch_new(connector, mailbox)
                note_well(connector)
                self.stdout.write(f"{connector}: {new} new")
            except AdapterError as error:
                note_error(connector.pk, str(error))
                self.stderr.write(f"{connector}: {error}")

    def watch(self) -> None:
        watchers: dict[int, tuple[str, Watcher]] = {}
        while not self.ending.is_set():
            try:
                self.tend(watchers)
            except (DatabaseError, InterfaceError):
                log.exception("the database went away")
            finally:
                connection.close()
            self.ending.wait(LOOK_SECONDS)
        end([watcher for _, watcher in watchers.values()])

    def tend(self, watchers: dict[int, tuple[str, Watcher]]) -> None:
        """A watcher for each mailbox, a new one where its settings changed or its thread ended."""
        wanted = {connector.pk: wiring(connector) for connector in connectors()}
        for pk, (known, watcher) in list(watchers.items()):
            if wanted.get(pk) != known or not watcher.is_alive():
                watcher.stop.set()
                del watchers[pk]
        for pk in wanted.keys() - watchers.keys():
            watcher = Watcher(pk)
            watcher.start()
            watchers[pk] = (wanted[pk], watcher)

    def end_soon(self, number: int, frame: FrameType | None) -> None:
        self.ending.set()


def connectors() -> list[Connector]:
    active = Connector.objects.filter(adapter="imap", is_active=True, channel__is_active=True)
    return list(active.select_related("channel").order_by("pk"))


def wiring(connector: Connector) -> str:
    return hashlib.sha256(repr(connector.settings).encode() + bytes(connector.sealed)).hexdigest()


def end(watchers: list[Watcher]) -> None:
    for watcher in watchers:
        watcher.stop.set()
    for watcher in watchers:
        watcher.join(STOP_SECONDS)
