"""Listens wherever a provider does not call us: mailboxes, long polling, streams; until it is asked to end."""

import hashlib
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Event
from types import FrameType

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, connection

from integrations.adapters.base import AdapterError, CredentialError
from integrations.inbound.listening import is_watched, watching_adapters
from integrations.inbound.watch import MAILBOX, Watcher, look_once, note_error, note_refused, note_well
from integrations.models import Connector

log = structlog.get_logger(__name__)

LOOK_SECONDS = 5.0  # how soon a new, changed or switched-off connector is noticed
STOP_SECONDS = 12.0
_LOCK = 0x77617463  # "watc": the class of our advisory locks, one for each connector that is listened to


@dataclass(frozen=True)
class Watched:
    wiring: str
    watcher: Watcher


class Command(BaseCommand):
    help = (
        "Watches every connector that is to be listened to, each in a thread of its own. "
        "More than one may run: they share the work, and each line is held by one of them."
    )
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
            if connector.adapter != MAILBOX and not hold(connector.pk):
                continue  # somebody listens already
            try:
                new = look_once(connector)
                note_well(connector)
                self.stdout.write(f"{connector}: {new} new")
            except AdapterError as error:
                note = note_refused if isinstance(error, CredentialError) else note_error
                note(connector.pk, str(error))
                self.stderr.write(f"{connector}: {error}")

    def watch(self) -> None:
        watched: dict[int, Watched] = {}
        while not self.ending.is_set():
            try:
                self.tend(watched)
            except (DatabaseError, InterfaceError):
                log.exception("the database went away")
                stop(each.watcher for each in watched.values())  # our locks went with it: others may listen now
                connection.close()
            self.ending.wait(LOOK_SECONDS)
        end([each.watcher for each in watched.values()])

    def tend(self, watched: dict[int, Watched]) -> None:
        """A watcher for each connector, a new one where its settings changed or its thread ended. Its lock is let go,
        and taken for a new one, only when its thread has ended: no provider hands out on two lines."""
        wanted = {connector.pk: connector for connector in connectors()}
        for pk, known in list(watched.items()):
            if pk not in wanted or wiring(wanted[pk]) != known.wiring:
                known.watcher.stop.set()
            if not known.watcher.is_alive():
                let_go(pk)
                del watched[pk]
        for pk in wanted.keys() - watched.keys():
            if wanted[pk].adapter == MAILBOX or hold(pk):  # of mailboxes, two watchers fetch by turns
                watched[pk] = Watched(wiring(wanted[pk]), Watcher(pk))
                watched[pk].watcher.start()

    def end_soon(self, number: int, frame: FrameType | None) -> None:
        self.ending.set()


def connectors() -> list[Connector]:
    """Those with a line of their own; one whose key is refused waits for an admin."""
    active = Connector.objects.filter(
        is_active=True, is_draft=False, broken_at=None, adapter__in=[MAILBOX, *watching_adapters()]
    )
    of_channels = active.filter(channel__is_active=True) | active.filter(channel=None)
    found = of_channels.select_related("channel").order_by("pk")
    return [each for each in found if each.adapter == MAILBOX or is_watched(each)]


def wiring(connector: Connector) -> str:
    return hashlib.sha256(repr(connector.settings).encode() + bytes(connector.sealed)).hexdigest()


def hold(pk: int) -> bool:
    """The lock is this connection's, which stays open as long as the process listens: PostgreSQL drops it with us."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [_LOCK, pk])
        return bool(cursor.fetchone()[0])


def let_go(pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_unlock(%s, %s)", [_LOCK, pk])


def stop(watchers: Iterable[Watcher]) -> None:
    for watcher in watchers:
        watcher.stop.set()


def end(watchers: list[Watcher]) -> None:
    stop(watchers)
    deadline = time.monotonic() + STOP_SECONDS
    for watcher in watchers:
        watcher.join(max(0.0, deadline - time.monotonic()))
