"""Inbound 2, when much comes at once: several kept events in one transaction, each step a few statements for all.

Who comes for one event takes along those of its connector kept after it; what chat visitors say meanwhile is kept and
processed together. What needs a look of its own, and everything where anything fails, is processed one by one: so each
event still fails alone.
"""

import json
from collections.abc import Iterator, Sequence

import structlog
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Length

from conversations.envelopes import InboundMessage
from conversations.inbound.receive import receive_each
from conversations.models import Message
from integrations.adapters import adapter_named
from integrations.bodies import is_large
from integrations.inbound.loops import hasty
from integrations.inbound.names import want_name
from integrations.inbound.process import accept, note_arrival, process, with_files
from integrations.models import Connector, RawEvent

log = structlog.get_logger(__name__)

MOST_TOGETHER = 25  # events in one transaction
ROUNDS = 4  # after which those that still wait for others are processed one by one
LARGEST = 200_000  # bytes of one that is taken along: they are all held in memory

_KEEP = """
insert into integrations_rawevent (connector_id, external_id, kind, body, headers, state, tries, error)
select connector, name, kind, body, headers, 'kept', 0, ''
from unnest(%s::bigint[], %s::text[], %s::text[], %s::bytea[], %s::text[]::jsonb[])
  with ordinality as arrived (connector, name, kind, body, headers, place)
order by place on conflict (connector_id, external_id) do nothing
returning connector_id, external_id, id, received_at
"""


def process_with_next(raw_id: int) -> tuple[int, int] | None:
    """Processes the event, and those of its connector kept after it that no other worker holds, as many as fit.
    Whoever has claimed an event ends with it; the sweep comes back for a worker that died. Gives the first that still
    waits behind them, and its connector: it is to be come for next."""
    if (found := _tries_of(raw_id)) is None:
        return None  # most often: an earlier one has taken it along
    tries, connector_id = found
    if tries or not _is_of_a_channel(raw_id):  # one that was tried may be one that kills its worker
        process(raw_id)
        return None
    waiting, last = [raw_id], 0
    for _round in range(ROUNDS):
        if waiting:
            waiting, last = _round_from(waiting, connector_id)
    for each in waiting:
        process(each)
    following = _first_after(last, connector_id) if last else None
    return (following, connector_id) if following else None


def process_waiting(connector_id: int) -> bool:
    """Processes what the connector has kept, the oldest first, as many as fit; says whether more waits behind them."""
    first = _first_after(0, connector_id)
    if first is None:
        return False
    if _is_of_a_channel(first):
        return process_with_next(first) is not None
    process(first)
    return _first_after(first, connector_id) is not None


def accept_each(events: Sequence[RawEvent]) -> list[RawEvent]:
    """`accept` for several events that are not stored yet, in one statement: each as it is kept now, in the same order.
    What was kept before is found, not kept again. What cannot be stored at all raises DataError, with those beside it.
    """
    if not events:
        return []
    if any(is_large(raw.body) for raw in events):  # too large for one statement
        with transaction.atomic():
            return [_accepted(raw) for raw in events]
    names = [(raw.connector_id, raw.external_id) for raw in events]
    fields = [(*name, raw.kind, raw.body, json.dumps(raw.headers)) for name, raw in zip(names, events, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [list(column) for column in zip(*fields, strict=True)])
        new = {(connector, name): (pk, at) for connector, name, pk, at in cursor.fetchall()}
    kept = _kept_before(set(names) - set(new))
    for raw, name in zip(events, names, strict=True):
        if name in new:
            raw.pk, raw.received_at = new[name]
            raw._state.adding = False
            kept.setdefault(name, raw)
    note_arrival(connector for connector, _ in new)
    return [kept[name] for name in names]


def _accepted(raw: RawEvent) -> RawEvent:
    """As it is kept now, or was before."""
    kept, is_new = accept(
        raw.connector, external_id=raw.external_id, body=bytes(raw.body), kind=raw.kind, headers=raw.headers
    )
    if not is_new:
        return kept
    raw.pk, raw.received_at, raw._state.adding = kept.pk, kept.received_at, False
    return raw


def _kept_before(names: set[tuple[int, str]]) -> dict[tuple[int, str], RawEvent]:
    if not names:
        return {}
    found = RawEvent.objects.filter(
        connector__in={connector for connector, _ in names}, external_id__in={name for _, name in names}
    )
    return {(raw.connector_id, raw.external_id): raw for raw in found}


def process_each(events: Sequence[RawEvent]) -> dict[int, RawEvent]:
    """Processes these, each of them once, in as few transactions as can be: what belongs together in the order given.
    Gives them by their keys, as they are then."""
    now, waiting = {raw.pk: raw for raw in events}, list(dict.fromkeys(raw.pk for raw in events))
    while waiting:
        done, later = _done_at_once([now[pk] for pk in waiting])
        for pk, message in done.items():
            now[pk].state, now[pk].message = RawEvent.State.DONE, message
        for pk in waiting:
            if pk not in done and pk not in later:
                now[pk] = process(pk)
        waiting = [pk for pk in waiting if pk in later]
    return now


def _done_at_once(events: Sequence[RawEvent]) -> tuple[dict[int, Message], set[int]]:
    """As `_carry_out`; nothing, where anything fails: alone, each of them succeeds, or counts its try."""
    try:
        with transaction.atomic():
            ours = _claimed_of([raw.pk for raw in events])
            return _carry_out([raw for raw in events if raw.pk in ours])
    except Exception as error:
        log.warning("events are processed one by one", raw_events=len(events), error=type(error).__name__)
        return {}, set()


def _claimed_of(raw_ids: Sequence[int]) -> set[int]:
    """Those that wait and that nobody else holds; asked for each line of a chat, so in as few words as can be."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from integrations_rawevent where id = any(%s::bigint[]) and state = 'kept' and tries = 0"
            " and connector_id not in (select id from integrations_connector where paused_at is not null or is_draft)"
            " order by id for no key update skip locked",
            [list(raw_ids)],
        )
        return {pk for (pk,) in cursor.fetchall()}


def _tries_of(raw_id: int) -> tuple[int, int] | None:
    """With its connector; None for what is not kept any more. Asked for each event, so in as few words as can be."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select tries, connector_id from integrations_rawevent where id = %s and state = 'kept'", [raw_id]
        )
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def _is_of_a_channel(raw_id: int) -> bool:
    """What shops and trackers tell has a way of its own."""
    return RawEvent.objects.filter(pk=raw_id, connector__channel__isnull=False).exists()


def _first_after(raw_id: int, connector_id: int) -> int | None:
    behind = RawEvent.objects.filter(connector=connector_id, pk__gt=raw_id, state=RawEvent.State.KEPT, tries=0)
    open_ones = behind.filter(connector__paused_at=None, connector__is_draft=False).order_by("pk")
    return open_ones.values_list("pk", flat=True).first()


def _round_from(waiting: Sequence[int], connector_id: int) -> tuple[list[int], int]:
    """The first of `waiting` and those behind it. Gives those that come after it, because they belong to one of this
    round; and where the round was full, its last."""
    claimed: list[int] = []
    try:
        alone, later = _together(waiting[0], connector_id, claimed)
    except Exception as error:
        # Nothing of it was committed; alone, each of them succeeds, or counts its try and keeps its error.
        log.warning("events are processed one by one", raw_events=len(claimed), error=type(error).__name__)
        alone, later = claimed or [waiting[0]], []
    for each in alone:
        process(each)
    missed = [pk for pk in waiting[1:] if pk not in claimed]
    return later + missed, claimed[-1] if len(claimed) == MOST_TOGETHER else 0


@transaction.atomic
def _together(raw_id: int, connector_id: int, claimed: list[int]) -> tuple[list[int], list[int]]:
    """Gives those that need a look of their own, and those that are to wait for one of these."""
    events = _claimed(raw_id, connector_id)
    claimed += [raw.pk for raw in events]
    done, waiting = _carry_out(events)
    return [pk for pk in claimed if pk not in waiting and pk not in done], sorted(waiting)


def _carry_out(events: Sequence[RawEvent]) -> tuple[dict[int, Message], set[int]]:
    """The messages by the events that they came of; and the events that are to wait for one of these."""
    understood = list(_understood(events))
    apart = list(_apart(understood))
    machines = hasty([inbound for _, inbound in apart])
    pairs = [(raw, inbound) for raw, inbound in apart if inbound.handles[0].value.lower() not in machines]
    messages = receive_each([inbound for _, inbound in pairs]) if pairs else []
    done = {
        raw.pk: with_files(message, *inbound.attachments)
        for (raw, inbound), message in zip(pairs, messages, strict=True)
        if message
    }
    for raw, _ in pairs:
        if raw.pk in done:
            want_name(raw.connector, done[raw.pk])
    if done:
        _done(done)
    return done, {raw.pk for raw, _ in understood} - {raw.pk for raw, _ in apart}


def _claimed(raw_id: int, connector_id: int) -> list[RawEvent]:
    """The first of them, and those of its connector behind it that are not too large and have not failed before."""
    theirs = RawEvent.objects.filter(
        connector=connector_id,
        pk__gte=raw_id,
        state=RawEvent.State.KEPT,
        tries=0,
        connector__paused_at=None,
        connector__is_draft=False,
    )
    kept = theirs.alias(size=Length("body")).filter(Q(pk=raw_id) | Q(size__lt=LARGEST))
    locked = kept.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return list(locked.order_by("pk")[:MOST_TOGETHER])


def _understood(events: Sequence[RawEvent]) -> Iterator[tuple[RawEvent, InboundMessage]]:
    """Those of which each is one message of one writer."""
    bare = {raw.connector_id for raw in events if not RawEvent.connector.is_cached(raw)}
    connectors = Connector.objects.select_related("channel").in_bulk(bare) if bare else {}
    for raw in events:
        raw.connector = connectors.get(raw.connector_id) or raw.connector
        try:
            found = list(adapter_named(raw.connector.adapter).understand(raw.connector, raw))
        except Exception as error:
            log.info("an event is not understood at once", raw_event=raw.pk, error=type(error).__name__)
            continue
        if len(found) == 1 and isinstance(found[0], InboundMessage) and _is_plain(found[0]):
            yield raw, found[0]


def _is_plain(inbound: InboundMessage) -> bool:
    """What began by a link of ours may join two people, and is looked at by itself, too."""
    return len(inbound.handles) == 1 and not (inbound.is_echo or inbound.is_part or inbound.details.get("started_with"))


def _apart(pairs: Sequence[tuple[RawEvent, InboundMessage]]) -> Iterator[tuple[RawEvent, InboundMessage]]:
    """Without those that have a writer, a name or an answered message in common with an earlier one."""
    met: set[object] = set()
    for raw, inbound in pairs:
        handle = inbound.handles[0]
        own: set[object] = {(handle.kind, handle.value.lower()), inbound.external_id, *inbound.references}
        if inbound.answers:
            own.add(inbound.answers)
        if inbound.conversation_id:
            own.add(inbound.conversation_id)
        if met.isdisjoint(own):
            yield raw, inbound
        met |= own


def _done(messages: dict[int, Message]) -> None:
    """`messages` by the events that they came of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update integrations_rawevent as event set state = 'done', error = '', done_at = now(),"
            " message_id = done.message_id from unnest(%s::bigint[], %s::bigint[]) as done (id, message_id)"
            " where event.id = done.id",
            [list(messages), [message.pk for message in messages.values()]],
        )
