"""Inbound 1: fetch new mail and keep it, byte for byte, together with how far the fetching has come."""

import hashlib
from collections.abc import Iterator, Sequence
from threading import Event

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.adapters.media.email.imap import LARGEST_BYTES, BrokenError, Found, Mailbox
from integrations.adapters.media.email.mailbox import TOO_LARGE, UNREADABLE
from integrations.adapters.media.email.original import digest, message_id_of
from integrations.inbound.arrival import Arrival
from integrations.inbound.process import accept
from integrations.inbound.together import LARGEST, MOST_TOGETHER, accept_each
from integrations.locking import only_one
from integrations.models import Connector, RawEvent
from integrations.queueing import queue_event

log = structlog.get_logger(__name__)

BATCH_MAILS, BATCH_BYTES = 50, 8_000_000
MOST_BREAKS = 4  # connections that broke at one and the same mail before it is left in the mailbox
NAME = 360  # letters of a provider's name for what it tells: behind them stands a digest, where that is needed
_LOCK = 0x6D61696C  # "mail": the class of our advisory locks, one for each connector

Cursor = dict[str, int]


def fetch_new(connector: Connector, mailbox: Mailbox, *, stop: Event | None = None) -> int:
    """Keeps what is new in the mailbox and has it processed. Gives how many mails were new to the desk.

    The cursor moves in the transaction that keeps the mails, so that a crash between two batches loses and doubles
    nothing. A new UIDVALIDITY begins from the first mail; those known by what they say are not kept again.
    """
    with only_one(_LOCK, connector.pk) as is_ours:  # of two watchers one fetches
        if not is_ours:
            return 0
        connector.refresh_from_db(fields=["cursor"])
        cursor, new = _begin(connector, mailbox), 0
        for batch in _batches(mailbox.after(cursor["uid"]), alone=cursor.get("breaks", 0) > 0):
            cursor, found = _take(connector, mailbox, cursor, batch)
            new += found
            if stop and stop.is_set():
                break
        return new


def _heads(kept: Sequence[RawEvent]) -> list[RawEvent]:
    """Who comes for a mail takes along those behind it: one task for so many, and one for each that is too large."""
    return [raw for index, raw in enumerate(kept) if index % MOST_TOGETHER == 0 or len(raw.body) >= LARGEST]


def _begin(connector: Connector, mailbox: Mailbox) -> Cursor:
    known: Cursor = connector.cursor
    if known.get("uidvalidity") == mailbox.uidvalidity:
        return known
    is_first, from_now = not known, connector.settings.get("start") == "now"
    uid = max(mailbox.uidnext - 1, 0) if is_first and from_now else 0
    fresh: Cursor = {"uidvalidity": mailbox.uidvalidity, "uid": uid}
    _move(connector, known, fresh)
    return fresh


def _batches(found: Sequence[Found], *, alone: bool) -> Iterator[list[Found]]:
    """Small enough to hold in memory and in one transaction; a large mail, or after a break every mail, is alone."""
    batch: list[Found] = []
    for each in found:
        is_full = len(batch) >= BATCH_MAILS or sum(one.size for one in batch) + each.size > BATCH_BYTES
        if batch and (alone or is_full):
            yield batch
            batch = []
        batch.append(each)
    if batch:
        yield batch


def _take(connector: Connector, mailbox: Mailbox, cursor: Cursor, batch: list[Found]) -> tuple[Cursor, int]:
    """One batch, whole: what it found is kept, or set aside alone, before the cursor passes it. Gives how many were
    new, and nothing of them: before the next are fetched, these leave the memory."""
    fits = [each for each in batch if each.size <= LARGEST_BYTES]
    try:
        bodies = _read(mailbox, fits)
        heads = {each.uid: mailbox.head(each.uid) for each in batch if each not in fits}
    except BrokenError as error:
        if not (len(batch) == 1 and cursor.get("breaks", 0) >= MOST_BREAKS):
            _move(connector, cursor, {**cursor, "breaks": cursor.get("breaks", 0) + 1})
            raise
        bodies, heads = {batch[0].uid: error}, {}
    passed: Cursor = {"uidvalidity": cursor["uidvalidity"], "uid": batch[-1].uid}
    with transaction.atomic():
        if not _move(connector, cursor, passed):
            raise BrokenError(_("Another watcher has this mailbox."))
        kept = [_keep(connector, mailbox, each, bodies.get(each.uid), heads.get(each.uid)) for each in batch]
    new = [raw for raw in kept if raw is not None]
    for raw in _heads(new):
        queue_event(raw.pk, raw.connector_id)
    return passed, len(new)


def _read(mailbox: Mailbox, found: Sequence[Found]) -> dict[int, bytes | Exception]:
    """All at once, or one by one where the server stumbles over one of them."""
    if not found:
        return {}
    try:
        return dict(mailbox.read([each.uid for each in found]))
    except ValueError as error:
        if len(found) == 1:
            return {found[0].uid: error}
    return {uid: body for each in found for uid, body in _read(mailbox, [each]).items()}


def _move(connector: Connector, before: Cursor, after: Cursor) -> bool:
    """Only from where we stood: a second watcher that got ahead of us wins."""
    moved = Connector.objects.filter(pk=connector.pk, cursor=before).update(cursor=after, checked_at=timezone.now())
    if moved:
        connector.cursor = after
    return bool(moved)


def _keep(
    connector: Connector, mailbox: Mailbox, found: Found, body: bytes | Exception | None, head: bytes | None
) -> RawEvent | None:
    """The new event to be processed; None for a mail that is known, was deleted meanwhile, or is set aside."""
    if isinstance(body, bytes):
        raw, is_new = keep_mail(connector, body, arrived_at=found.arrived_at.isoformat() if found.arrived_at else "")
        return raw if is_new else None
    if isinstance(body, Exception):
        words = _("It could not be fetched, and is still in the mailbox (number %(number)s): %(reason)s")
        why = words % {"number": found.uid, "reason": body}
        _set_aside(connector, f"uid:{mailbox.uidvalidity}:{found.uid}", UNREADABLE, b"", why)
    elif head is not None:
        words = _("It has %(size)s MB, the desk takes up to %(most)s. It is still in the mailbox.")
        why = words % {"size": round(found.size / 1_000_000), "most": LARGEST_BYTES // 1_000_000}
        name = message_id_of(head) or hashlib.sha256(head).hexdigest()
        _set_aside(connector, f"{name}#{found.size}", TOO_LARGE, head, why)
    return None


def keep_mail(connector: Connector, body: bytes, *, arrived_at: str = "", kind: str = "mail") -> tuple[RawEvent, bool]:
    """Keeps one mail, and says whether it is new."""
    headers = {"arrived_at": arrived_at}
    return keep(connector, Arrival(message_id_of(body), digest(body), body, kind, headers))


def keep(connector: Connector, arrival: Arrival) -> tuple[RawEvent, bool]:
    """Keeps what arrived once. Its name is its Message-ID, as far as that is its own: a second mail under a used one
    gets its digest behind it, and what has none is named by its digest alone."""
    headers = {**arrival.headers, "digest": arrival.digest}
    names = [arrival.message_id, f"{arrival.message_id}#{arrival.digest[:32]}"]
    for name in names if arrival.message_id else [f"sha256:{arrival.digest}"]:
        raw, is_new = accept(connector, external_id=name, body=arrival.body, kind=arrival.kind, headers=headers)
        if is_new or _digest_of(raw) == arrival.digest:
            break
    return raw, is_new


def keep_each(arrivals: Sequence[tuple[Connector, Arrival]]) -> set[int]:
    """`keep` for each, in one statement where none has the name of another; gives the connectors of what is new."""
    first = [_kept_as(_name_of(arrival), connector, arrival) for connector, arrival in arrivals]
    found = accept_each(first)
    second = [
        _kept_as(f"{arrival.message_id[:NAME]}#{arrival.digest[:32]}", connector, arrival)
        for (connector, arrival), raw in zip(arrivals, found, strict=True)
        if arrival.message_id and _digest_of(raw) != arrival.digest
    ]
    pairs = [*zip(first, found, strict=True), *zip(second, accept_each(second), strict=True)]
    return {mine.connector_id for mine, kept in pairs if kept is mine}


def _name_of(arrival: Arrival) -> str:
    return arrival.message_id[:NAME] or f"sha256:{arrival.digest}"


def _kept_as(name: str, connector: Connector, arrival: Arrival) -> RawEvent:
    headers = {**arrival.headers, "digest": arrival.digest}
    return RawEvent(connector=connector, external_id=name, body=arrival.body, kind=arrival.kind[:40], headers=headers)


def _digest_of(raw: RawEvent) -> str:
    return str(raw.headers.get("digest") or digest(bytes(raw.body)))


def _set_aside(connector: Connector, name: str, kind: str, body: bytes, why: str) -> None:
    raw, is_new = accept(connector, external_id=name, body=body, kind=kind, headers={"why": why})
    if is_new:
        RawEvent.objects.filter(pk=raw.pk).update(state=RawEvent.State.ASIDE, error=why)
