"""An admin's verbs for a connector: pause, resume, disconnect, and work off what was kept meanwhile."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from conversations.models import Channel
from integrations import health
from integrations.inbound.process import process, survives
from integrations.models import Backfill, Connector, RawEvent
from integrations.queueing import queue_work_off

if TYPE_CHECKING:
    from deskapp.models import User

AT_ONCE = 500


@transaction.atomic
def pause(connector: Connector, *, by: "User") -> None:
    """What comes from now on is kept and not looked at; what is to go out waits. Twice is once."""
    Connector.objects.filter(pk=connector.pk, paused_at=None).update(paused_at=timezone.now(), paused_by=by)
    connector.refresh_from_db()


@transaction.atomic
def resume(connector: Connector) -> None:
    """Has what was kept worked off, the oldest first."""
    Connector.objects.filter(pk=connector.pk).update(paused_at=None, paused_by=None)
    connector.refresh_from_db()
    transaction.on_commit(lambda: queue_work_off(connector.pk), robust=True)


@transaction.atomic
def disconnect(connector: Connector) -> None:
    """Everything that it brought stays; its secrets are thrown away, webhooks are refused, and its address is free for
    another connector. What was kept is processed still."""
    health.mended(connector)
    connector.secrets = {}
    connector.is_active, connector.is_draft, connector.error = False, False, ""
    connector.paused_at, connector.paused_by, connector.expires_at, connector.warned_at = None, None, None, None
    connector.sealed = b""
    connector.save()
    if connector.channel_id:
        Channel.objects.filter(pk=connector.channel_id).update(is_active=False)
    Backfill.objects.filter(connector=connector, finished_at=None).update(
        state=Backfill.State.STOPPED, finished_at=timezone.now()
    )
    transaction.on_commit(lambda: queue_work_off(connector.pk), robust=True)


def work_off(connector_id: int) -> int:
    """Processes what was kept, in the order in which it came, until nothing is left or it is paused again."""
    done = 0
    for raw_id in _kept(connector_id):
        if survives(raw_id):
            process(raw_id)
        done += 1
    return done


def _kept(connector_id: int) -> Iterator[int]:
    """Each once: one that fails for now is left to the sweep."""
    last = 0
    while Connector.objects.filter(pk=connector_id, paused_at=None, is_draft=False).exists():
        waiting = RawEvent.objects.filter(connector=connector_id, state=RawEvent.State.KEPT, pk__gt=last)
        found = list(waiting.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
        if not found:
            return
        yield from found
        last = found[-1]
