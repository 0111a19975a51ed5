"""Everything the desk keeps, as one archive of JSON lines: read by keys and written as it is read, so that memory stays
the same however much there is. A stretch at a time; what a killed worker left half written is begun anew."""

import json
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations import audit
from conversations.models import Attachment, Channel, Conversation, Message, Tag, Team
from customers.models import Claim, Consent, Customer, Event, Identity, Order, Return, Trait
from integrations.locking import only_one
from integrations.models import Export
from integrations.queueing import queue_export

if TYPE_CHECKING:
    from deskapp.models import User

log = structlog.get_logger(__name__)

State = Export.State
AT_ONCE = 500
STRETCH = 60.0  # seconds of one task
LEASE = timedelta(minutes=3)
FETCHED_FOR = timedelta(days=7)
MOST_TRIES = 5
BLOCK = 256 * 1024
_LOCK = 0x6578706F  # "expo"
_NEVER = {"search", "password"}

Row = dict[str, object]
Batch = Callable[[object], tuple[list[Row], object]]  # from a cursor on: rows, and the next cursor; None at the end


@dataclass(frozen=True)
class Part:
    name: str  # of its file in the archive
    count: Callable[[], int]
    batch: Batch


def ask(*, with_files: bool, by: "User") -> Export:
    """Orders one, or gives the one that is being written."""
    with transaction.atomic():
        under_way = Export.objects.filter(state__in=[State.WAITING, State.RUNNING]).first()
        if under_way:
            return under_way
        one = Export.objects.create(with_files=with_files, by=by)
        audit.record(by, one, before={}, after={}, note=_("Asked for an export of everything."))
        transaction.on_commit(lambda: queue_export(one.pk), robust=True)
    return one


def due() -> list[int]:
    waiting = Export.objects.filter(state__in=[State.WAITING, State.RUNNING], due_at__lte=timezone.now())
    return list(waiting.values_list("pk", flat=True)[:5])


def clear() -> int:
    """Deletes what has expired."""
    return drop(Export.objects.filter(state=State.DONE, expires_at__lte=timezone.now()))


def drop(exports: QuerySet[Export]) -> int:
    """The archives go, that there were such stays. One that is being written is stopped."""
    found = list(exports)
    for one in found:
        Export.objects.filter(pk=one.pk).update(state=State.GONE, file="")
        if one.file:
            default_storage.delete(str(one.file.name))
    return len(found)


def run(pk: int, *, seconds: float = STRETCH) -> Export:
    until = time.monotonic() + seconds
    with only_one(_LOCK) as is_ours:
        one = Export.objects.get(pk=pk)
        if not is_ours or not one.is_under_way:
            return one
        if one.state == State.RUNNING and one.due_at <= timezone.now():  # its worker died while it wrote
            one.cursor, one.done, one.tries = {}, 0, one.tries + 1
        if one.tries > MOST_TRIES:
            Export.objects.filter(pk=pk).update(state=State.STOPPED, error=_("It was interrupted again and again."))
        elif _write(one, until):
            _finish(one)
        else:
            queue_export(pk)
    one.refresh_from_db()
    return one


def _write(one: Export, until: float) -> bool:
    """Says whether all is written. The archive is whole whenever a stretch ends."""
    parts = parts_of(one)
    path = _path(one)
    if not one.cursor:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        one.total = sum(part.count() for part in parts)
    one.state = State.RUNNING
    _save(one)
    place, after, stretch = one.cursor.get("part", 0), one.cursor.get("after"), one.cursor.get("stretch", 0)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        is_time_left = True  # for one batch at least, however slow the machine
        while place < len(parts) and is_time_left:
            after = _write_part(one, archive, parts[place], after, until, stretch)
            place += after is None
            is_time_left = time.monotonic() < until
        if one.with_files and place == len(parts):
            last = _write_files(one, archive, int(one.cursor.get("file", 0)), until)
            one.cursor["file"], is_whole = last, last < 0
        else:
            is_whole = place == len(parts)
    one.cursor = {**one.cursor, "part": place, "after": after, "stretch": stretch + 1}
    one.state = State.WAITING
    _save(one)
    return is_whole


def _write_part(one: Export, archive: zipfile.ZipFile, part: Part, after: object, until: float, stretch: int) -> object:
    """Gives the cursor to go on from, or None when the part is whole. Each stretch is a file of its own."""
    name = f"{part.name}.jsonl" if after is None else f"{part.name}.{stretch}.jsonl"
    with archive.open(name, "w", force_zip64=True) as out:
        while True:
            rows, after = part.batch(after)
            for row in rows:
                out.write(json.dumps(row, default=str, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            one.done += len(rows)
            _save(one)
            if after is None or time.monotonic() >= until:
                return after


def _write_files(one: Export, archive: zipfile.ZipFile, after: int, until: float) -> int:
    """The bytes of attachments, block by block; gives the last one written, -1 at the end."""
    while True:
        found = list(Attachment.objects.filter(pk__gt=after).exclude(file="").order_by("pk")[:50])
        for file in found:
            safe = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in file.name)[-80:]
            try:
                with file.file.open("rb") as opened, archive.open(f"files/{file.pk}-{safe}", "w") as out:
                    while block := opened.read(BLOCK):
                        out.write(block)
            except FileNotFoundError:
                log.info("a file of an attachment is not there", attachment=file.pk)
            after, one.done = file.pk, one.done + 1
        _save(one)
        if not found:
            return -1
        if time.monotonic() >= until:
            return after


def _save(one: Export) -> None:
    one.due_at = timezone.now() + (LEASE if one.state == State.RUNNING else timedelta())
    one.save(update_fields=["state", "cursor", "done", "total", "tries", "due_at"])


def _finish(one: Export) -> None:
    now = timezone.now()
    with transaction.atomic():
        kept = Export.objects.filter(pk=one.pk, state__in=[State.WAITING, State.RUNNING]).update(
            state=State.DONE, file=f"exports/{_path(one).name}", size=_path(one).stat().st_size, finished_at=now,
            expires_at=now + FETCHED_FOR,
        )  # fmt: skip
        audit.record(one.by, one, before={}, after={}, note=_("The export of everything is ready."))
    if not kept:  # dropped meanwhile, because somebody is forgotten
        _path(one).unlink(missing_ok=True)


def _path(one: Export) -> Path:
    return Path(default_storage.path(f"exports/{one.pk}-{one.created_at:%Y%m%d%H%M%S%f}.zip"))


def parts_of(one: Export) -> list[Part]:
    """Agents without what lets them in; connectors, with their secrets, are not in it at all."""
    keyed: list[tuple[str, type[Model]]] = [
        ("customers", Customer), ("identities", Identity), ("claims", Claim), ("traits", Trait), ("consents", Consent),
        ("conversations", Conversation), ("messages", Message), ("attachments", Attachment), ("orders", Order),
        ("returns", Return), ("tags", Tag), ("teams", Team), ("channels", Channel), ("agents", get_user_model()),
    ]  # fmt: skip
    parts = [Part(name, model._base_manager.count, _by_key(model)) for name, model in keyed]
    through = Conversation.tags.through
    parts.append(Part("conversation_tags", through._base_manager.count, _by_key(through)))
    parts.append(Part("events", Event.objects.count, _events))
    if one.with_files:
        parts.append(Part("files", lambda: Attachment.objects.exclude(file="").count(), lambda after: ([], None)))
    return parts


def _by_key(model: type[Model]) -> Batch:
    names = [field.attname for field in model._meta.concrete_fields if field.name not in _NEVER]

    def batch(after: object) -> tuple[list[Row], object]:
        rows = list(model._base_manager.filter(pk__gt=after or 0).order_by("pk").values(*names)[:AT_ONCE])
        return rows, rows[-1][model._meta.pk.attname] if len(rows) == AT_ONCE else None

    return batch


def _events(after: object) -> tuple[list[Row], object]:
    """By their time and number: the table is parted by months."""
    rows = Event.objects.all()
    if isinstance(after, list):
        at, number = datetime.fromisoformat(after[0]), after[1]
        rows = rows.filter(Q(occurred_at__gt=at) | Q(occurred_at=at, number__gt=number), occurred_at__gte=at)
    names = [field.attname for field in Event._meta.concrete_fields if field.name != "pk"]
    found: list[Row] = list(rows.order_by("occurred_at", "number").values(*names)[:AT_ONCE])
    if len(found) < AT_ONCE:
        return found, None
    last = found[-1]
    return found, [str(last["occurred_at"]), last["number"]]
