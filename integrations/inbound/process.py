"""Inbound 2: understand what was kept. One item at a time; what cannot be understood is set aside alone."""

import time
from collections.abc import Iterable
from datetime import timedelta
from functools import partial

import structlog
from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.envelopes import (
    CallRating,
    CallReport,
    DeliveryReport,
    InboundAttachment,
    InboundMessage,
    MessageChange,
)
from conversations.inbound.calls import hear
from conversations.inbound.changes import change
from conversations.inbound.echoes import hear_echo
from conversations.inbound.receive import receive
from conversations.models import Delivery, Message
from conversations.outbound.outbox import settle, until
from conversations.surveys import by_keys
from integrations.adapters import adapter_named
from integrations.adapters.base import Aside, Ignored, Told
from integrations.adapters.bots.thoughts import Answered
from integrations.adapters.shops.asks import Partial, PrivacyRequest
from integrations.brains import late
from integrations.inbound import files
from integrations.inbound.asked import heed
from integrations.inbound.facts import keep_facts, set_aside
from integrations.inbound.loops import slowed
from integrations.inbound.names import want_name
from integrations.inbound.started import linked
from integrations.models import Connector, RawEvent
from integrations.queueing import queue_file

log = structlog.get_logger(__name__)

MOST_TRIES = 5
NOTED_EACH = timedelta(seconds=10)

_noted: dict[int, float] = {}  # by connector, when this process last wrote down that something came


def accept(
    connector: Connector, *, external_id: str, body: bytes, kind: str = "", headers: dict[str, str] | None = None
) -> tuple[RawEvent, bool]:
    """Keeps what arrived, byte for byte, and says if it is new. Answer the provider 2xx only after this commits."""
    raw, is_new = RawEvent.objects.get_or_create(
        connector=connector,
        external_id=external_id[:400],
        defaults={"body": body, "kind": kind, "headers": headers or {}},
    )
    if is_new:
        note_arrival([connector.pk])
    return raw, is_new


def note_arrival(connectors: Iterable[int]) -> None:
    """The row is one for all that arrives, so it is not written for each, and not even asked for each."""
    recent = time.monotonic() - NOTED_EACH.total_seconds()
    stale = [pk for pk in set(connectors) if _noted.get(pk, -1.0) < recent]
    if stale:
        now = timezone.now()
        those = Connector.objects.filter(pk__in=stale).exclude(last_in_at__gt=now - NOTED_EACH)
        those.update(last_in_at=now)
        _noted.update(dict.fromkeys(stale, time.monotonic()))


def process(raw_id: int) -> RawEvent:
    """Understands one kept event and carries it out, once: whoever comes second finds it done."""
    try:
        return _process(raw_id)
    except OperationalError as error:
        if _went_away(error):
            raise  # the event stays kept and the sweep comes back to it
        return _failed(raw_id, error)  # a deadlock, or more than an index can hold
    except Exception as error:
        # Whatever a foreign message provokes stays with that message (invariant 1); the log has the trace.
        log.exception("raw event failed", raw_event=raw_id)
        return _failed(raw_id, error)


def _went_away(error: OperationalError) -> bool:
    """The database, or our connection: no SQLSTATE, or one of the classes for that (PostgreSQL, appendix A).
    Whether the connection can be used says nothing: Django has opened a new one by then."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(("08", "57P"))


@transaction.atomic
def _process(raw_id: int) -> RawEvent:
    raw = (
        RawEvent.objects.select_for_update(of=("self",), no_key=True)
        .select_related("connector__channel")
        .get(pk=raw_id)
    )
    if raw.state in (RawEvent.State.DONE, RawEvent.State.IGNORED) or raw.connector.waits:
        return raw
    raw.state = RawEvent.State.IGNORED
    told: list[Told] = []
    raw.error = ""
    for understood in adapter_named(raw.connector.adapter).understand(raw.connector, raw):
        if isinstance(understood, Ignored):
            raw.error = f"{understood.kind}: {understood.why}"[:2000]
            continue
        raw.state = RawEvent.State.DONE
        if isinstance(understood, InboundMessage | DeliveryReport | MessageChange | CallReport | CallRating):
            raw.message = _carry_out(raw.connector, understood) or raw.message
        elif isinstance(understood, Aside):
            set_aside(raw, understood)
        elif isinstance(understood, Told):
            told.append(understood)
        elif isinstance(understood, Answered):
            late(raw.connector, understood)
        elif isinstance(understood, Partial | PrivacyRequest):
            heed(raw.connector, understood)
        else:
            told.append(Told(len(told), (understood,), repr(understood).encode))
    keep_facts(raw, told)
    raw.done_at = timezone.now()
    raw.save(update_fields=["state", "error", "done_at", "message"])
    if raw.message and raw.message.details.get("forgotten"):
        forget_originals(raw.message)
    return raw


def _carry_out(
    connector: Connector, understood: InboundMessage | DeliveryReport | MessageChange | CallReport | CallRating
) -> Message | None:
    if isinstance(understood, InboundMessage):
        stored = hear_echo(understood) if understood.is_echo else receive(slowed(linked(connector, understood)))
        want_name(connector, stored)
        return with_files(stored, *understood.attachments)
    if isinstance(understood, MessageChange):
        return change(understood)
    if isinstance(understood, CallReport):
        return with_files(hear(understood), *filter(None, [understood.recording]))
    if isinstance(understood, CallRating):
        return by_keys.hear(understood)
    for delivery in _meant(connector, understood):
        settle(delivery, understood)
    return None


def forget_originals(message: Message) -> None:
    """Its words were taken back, and may not stay. That something came under these names does, so that it does not
    come in twice."""
    RawEvent.objects.filter(message=message).exclude(body=b"").update(body=b"", headers={}, error="")


def with_files(message: Message, *attachments: InboundAttachment) -> Message:
    """Has those files fetched, after commit, that are not at hand or are to be looked through first."""
    if any(file.read is None or settings.CLAMD for file in attachments):
        transaction.on_commit(partial(_queue_files, message.pk), robust=True)
    return message


def _queue_files(message_id: int) -> None:
    for attachment_id, channel_id in files.waiting_of(message_id):
        queue_file(attachment_id, channel_id)


def _meant(connector: Connector, report: DeliveryReport) -> list[Delivery]:
    of_channel = Delivery.objects.filter(channel=connector.channel)
    if report.delivery_id:
        return list(of_channel.filter(pk=report.delivery_id))
    if report.external_id:
        return list(of_channel.filter(external_id=report.external_id)[:1])
    return list(until(of_channel, report.to, report.until)) if report.until else []


def _failed(raw_id: int, error: Exception) -> RawEvent:
    """Counts the try; after the last, or at once for what can never be understood, sets the event aside."""
    with transaction.atomic():
        raw = RawEvent.objects.select_for_update(of=("self",), no_key=True).get(pk=raw_id)
        if raw.state != RawEvent.State.KEPT:
            return raw
        raw.tries += 1
        raw.error = f"{type(error).__name__}: {error}"[:2000]
        hopeless = isinstance(error, (ValueError, UnicodeError)) and not isinstance(error, IntegrityError)
        if hopeless or raw.tries >= MOST_TRIES:
            raw.state = RawEvent.State.ASIDE
        raw.save(update_fields=["tries", "error", "state"])
    return raw


def waiting_of_each(most: int) -> list[int]:
    """The oldest kept events of each connector whose events are worked off: so many of each, in turns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select event.id from integrations_connector as connector cross join lateral ("
            " select id, row_number() over (order by id) as place from (select id from integrations_rawevent"
            " where connector_id = connector.id and state = 'kept' order by id limit %s) as oldest) as event"
            " where connector.paused_at is null and not connector.is_draft order by event.place, event.id",
            [most],
        )
        return [pk for (pk,) in cursor.fetchall()]


def survives(raw_id: int) -> bool:
    """Counts a try before it is made: an event that kills its worker is set aside, too."""
    RawEvent.objects.filter(pk=raw_id).update(tries=F("tries") + 1)
    words = _("Its processing was interrupted again and again.")
    aside = RawEvent.objects.filter(pk=raw_id, state=RawEvent.State.KEPT, tries__gt=MOST_TRIES * 2)
    return not aside.update(state=RawEvent.State.ASIDE, error=words)


def replay(raw: RawEvent) -> RawEvent:
    """Tries once more, whatever came of it before: what is stored already is found, and not stored twice."""
    replay_later(RawEvent.objects.filter(pk=raw.pk))
    return process(raw.pk)


def replay_later(raws: QuerySet[RawEvent]) -> int:
    """Leaves them to the sweep; gives how many. One whose bytes are kept no more cannot be tried again."""
    again = raws.exclude(state=RawEvent.State.KEPT).exclude(body=b"")
    return again.update(state=RawEvent.State.KEPT, tries=0, error="")
