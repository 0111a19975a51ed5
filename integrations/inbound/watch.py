"""Watches one mailbox in a thread of its own: fetch, wait for news; after a failure, wait longer each time."""

import random
from threading import Event, Thread

import structlog
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from integrations.adapters.base import AdapterError
from integrations.adapters.media.email.imap import open_mailbox
from integrations.inbound.mailbox import fetch_new
from integrations.models import Connector

log = structlog.get_logger(__name__)

FIRST_WAIT, LONGEST_WAIT = 2.0, 300.0
IDLE_SECONDS = 540.0  # servers end an IDLE after half an hour, home routers forget a silent connection sooner
POLL_SECONDS = 30.0


class Watcher(Thread):
    """Stops soon after `stop` is set, with what it holds kept."""

    def __init__(self, connector_id: int) -> None:
        super().__init__(name=f"mailbox-{connector_id}", daemon=True)
        self.connector_id = connector_id
        self.stop = Event()

    def run(self) -> None:
        wait = FIRST_WAIT
        while not self.stop.is_set():
            if self._watch():
                wait = FIRST_WAIT
            self.stop.wait(wait * random.uniform(0.8, 1.2))
            wait = min(wait * 2, LONGEST_WAIT)

    def _watch(self) -> bool:
        """Until something fails. Says whether anything had worked before."""
        worked = False
        try:
            connector = Connector.objects.select_related("channel").get(pk=self.connector_id)
            with open_mailbox(connector) as mailbox:
                while not self.stop.is_set():
                    fetch_new(connector, mailbox, stop=self.stop)
                    worked = note_well(connector)
                    connection.close()  # back to the pool while we wait
                    mailbox.wait(
                        self.stop,
                        seconds=float(connector.settings.get("idle_seconds", IDLE_SECONDS)),
                        poll_seconds=float(connector.settings.get("poll_seconds", POLL_SECONDS)),
                    )
        except (DatabaseError, InterfaceError):
            log.exception("the database went away", connector=self.connector_id)
        except Connector.DoesNotExist:
            self.stop.set()
        except AdapterError as error:
            note_error(self.connector_id, str(error))
        except Exception as error:
            # Whatever a server provokes: the other mailboxes go on, and this one is tried again.
            log.exception("mailbox failed", connector=self.connector_id)
            note_error(self.connector_id, f"Something unexpected happened: {error}. The log says more.")
        finally:
            connection.close()
        return worked


def note_well(connector: Connector) -> bool:
    Connector.objects.filter(pk=connector.pk).update(checked_at=timezone.now(), error="")
    return True


def note_error(connector_id: int, words: str) -> None:
    """For the admin's page; a database that is gone as well changes nothing."""
    log.warning("mailbox not fetched", connector=connector_id, error=words)
    try:
        Connector.objects.filter(pk=connector_id).update(error=words[:2000])
    except (DatabaseError, InterfaceError):
        connection.close()
