"""Listens to Asterisk: to its manager, and to the file that its records are written to."""

import glob
import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from threading import Event

import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from integrations.adapters.base import AdapterError, AwayError
from integrations.adapters.media.voice.asterisk.ami import Line, Packet
from integrations.adapters.media.voice.asterisk.tracking import Tracker
from integrations.inbound.arrival import Arrival, News
from integrations.models import Connector

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0  # seconds
MOST_BYTES = 1_000_000  # of the file in one go
AMI, CDR = "ami", "cdr"


def watch(connector: Connector, stop: Event) -> Iterator[News]:
    """The cursor is how far the file was read: its number on the disk, and the place in it."""
    cursor: dict[str, object] = dict(connector.cursor)
    path = str(connector.settings.get("cdr_file", ""))
    listens = bool(connector.settings.get("ami_host"))
    with Line(connector, events="call,cdr") if listens else nullcontext() as line:
        tracker = Tracker(connector)
        if line:
            _ask_for_calls(line)
        while not stop.is_set():
            arrivals = list(_events(tracker, line)) if line else []
            if path:
                rows, cursor = read_file(path, cursor)
                arrivals += rows
            yield News(tuple(arrivals), dict(cursor) if path else None)
            if not arrivals and not line:
                stop.wait(LOOK_EVERY)


def _ask_for_calls(line: Line) -> None:
    """Those that are under way: their channels come as events. Who may not ask hears of new ones all the same."""
    try:
        line.ask("CoreShowChannels")
    except AwayError:
        raise
    except AdapterError as error:
        log.info("the calls under way are not told", said=error.said)


def _events(tracker: Tracker, line: Line) -> Iterator[Arrival]:
    for event in line.events_within(LOOK_EVERY):
        if event.get("Event") == "Cdr":
            yield _arrival(CDR, event.get("UniqueID", ""), dict(event))
        elif call := tracker.heard(event):
            yield _arrival(AMI, call.id, {"at": _at(event), "call": call.told(), "event": event})


def _at(event: Packet) -> float:
    """Its own clock, where manager.conf has “timestampevents”."""
    try:
        return float(event["Timestamp"])
    except (KeyError, ValueError):
        return time.time()


def _arrival(kind: str, name: str, said: object) -> Arrival:
    body = json.dumps(said, ensure_ascii=False).encode()
    return Arrival(f"{kind}:{name}" if name else "", hashlib.sha256(body).hexdigest(), body, kind)


def read_file(path: str, cursor: dict[str, object]) -> tuple[list[Arrival], dict[str, object]]:
    """The whole lines behind the cursor, each an arrival. Of one that was rotated, first what is left of it.
    Raises AdapterError."""
    _check_place(path)
    number, place = int(str(cursor.get("inode") or 0)), int(str(cursor.get("offset") or 0))
    try:
        now = os.stat(path)
        if number and number != now.st_ino and (old := _rotated(path, number)):
            lines, place = _lines(old, place)
            if lines:
                return _rows(lines), {"inode": number, "offset": place}
        if number != now.st_ino or place > now.st_size:
            place = 0
        lines, place = _lines(path, place)
    except OSError as error:
        words = _("The file of the records cannot be read: %(why)s") % {"why": error.strerror}
        raise AdapterError(words, said=str(error)) from error
    return _rows(lines), {"inode": now.st_ino, "offset": place}


def _check_place(path: str) -> None:
    """Who may connect a phone system may not read every file of the machine by it."""
    places = [Path(place).resolve() for place in settings.CALL_RECORDS]
    where = Path(path).resolve()
    if not settings.LOCAL and not any(place in where.parents for place in places):
        words = _("The file is not below %(places)s, where the desk may read records (CALL_RECORDS).")
        raise AdapterError(words % {"places": ", ".join(map(str, places))}, permanent=True)


def _lines(path: str, place: int) -> tuple[list[bytes], int]:
    with Path(path).open("rb") as file:
        file.seek(place)
        part = file.read(MOST_BYTES)
    whole = part[: part.rfind(b"\n") + 1]  # the last may be half written
    return [line for line in whole.splitlines() if line.strip()], place + len(whole)


def _rotated(path: str, number: int) -> str:
    for found in glob.glob(f"{glob.escape(path)}*"):
        if os.stat(found).st_ino == number:
            return found
    return ""


def _rows(lines: list[bytes]) -> list[Arrival]:
    return [Arrival("", hashlib.sha256(line).hexdigest(), line, CDR) for line in lines]
