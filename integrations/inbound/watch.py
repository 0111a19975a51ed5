"""Watches one connector in a thread of its own: a mailbox, or what else hands out on a line that stays open.

After a failure it waits longer each time; a key that is refused ends it until an admin has mended it.
"""

import random
from collections.abc import Iterator
from threading import Event, Thread

import structlog
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from integrations import health
from integrations.adapters.base import AdapterError, CredentialError
from integrations.adapters.media.email.imap import open_mailbox
from integrations.inbound.listening import listen
from integrations.inbound.mailbox import fetch_new
from integrations.models import Connector

log = structlog.get_logger(__name__)

MAILBOX = "imap"
FIRST_WAIT, LONGEST_WAIT = 2.0, 300.0
IDLE_SECONDS = 540.0  # servers end an IDLE after half an hour, home routers forget a silent connection sooner
POLL_SECONDS = 30.0


class Watcher(Thread):
    """Stops soon after `stop` is set, with what it holds kept."""

    def __init__(self, connector_id: int) -> None:
        super().__init__(name=f"watcher-{connector_id}", daemon=True)
        self.connector_id = connector_id
        self.stop = Event()
        self.asked_to_wait = 0.0  # seconds, by the provider

    def run(self) -> None:
        wait = FIRST_WAIT
        while not self.stop.is_set():
            if self._watch():
                wait = FIRST_WAIT
            self.stop.wait(max(wait * random.uniform(0.8, 1.2), self.asked_to_wait))
            wait = min(wait * 2, LONGEST_WAIT)

    def _watch(self) -> bool:
        """Until something fails. Says whether anything had worked before."""
        worked, self.asked_to_wait = False, 0.0
        try:
            connector = Connector.objects.select_related("channel").get(pk=self.connector_id)
            for _round in _rounds(connector, self.stop):
                worked = note_well(connector)
                connection.close()  # back to the pool while we wait
        except (DatabaseError, InterfaceError):
            log.exception("the database went away", connector=self.connector_id)
        except Connector.DoesNotExist:
            self.stop.set()
        except CredentialError as error:
            note_refused(self.connector_id, str(error))
            self.stop.set()
        except AdapterError as error:
            self.asked_to_wait = min(error.wait or 0.0, LONGEST_WAIT)
            note_error(self.connector_id, str(error))
        except Exception as error:
            # Whatever a server provokes: the other connectors go on, and this one is tried again.
            log.exception("watching failed", connector=self.connector_id)
            note_error(self.connector_id, f"Something unexpected happened: {error}. The log says more.")
        finally:
            connection.close()
        return worked


def _rounds(connector: Connector, stop: Event) -> Iterator[int]:
    return _mailbox_rounds(connector, stop) if connector.adapter == MAILBOX else listen(connector, stop)


def _mailbox_rounds(connector: Connector, stop: Event) -> Iterator[int]:
    """How many mails were new, after each fetch; then it waits for more."""
    with open_mailbox(connector) as mailbox:
        while not stop.is_set():
            yield fetch_new(connector, mailbox, stop=stop)
            mailbox.wait(
                stop,
                seconds=float(connector.settings.get("idle_seconds", IDLE_SECONDS)),
                poll_seconds=float(connector.settings.get("poll_seconds", POLL_SECONDS)),
            )


def look_once(connector: Connector) -> int:
    """Fetches what is there now; gives how much was new. Raises AdapterError."""
    rounds = _rounds(connector, Event())
    try:
        return next(rounds, 0)
    finally:
        rounds.close()  # type: ignore[attr-defined]  # they are generators


def note_well(connector: Connector) -> bool:
    Connector.objects.filter(pk=connector.pk).update(checked_at=timezone.now(), error="")
    health.mended(connector)
    return True


def note_error(connector_id: int, words: str) -> None:
    """For the admin's page; a database that is gone as well changes nothing."""
    log.warning("not fetched", connector=connector_id, error=words)
    try:
        Connector.objects.filter(pk=connector_id).update(error=words[:2000])
    except (DatabaseError, InterfaceError):
        connection.close()


def note_refused(connector_id: int, words: str) -> None:
    """Its key is refused: the admins hear of it, and nobody tries again until one of them has mended it."""
    log.warning("not fetched", connector=connector_id, error=words)
    try:
        if connector := Connector.objects.filter(pk=connector_id).first():
            health.broken(connector, words)
    except (DatabaseError, InterfaceError):
        connection.close()
