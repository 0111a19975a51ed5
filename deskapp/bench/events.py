"""`bench events`: batches through the tracking API, history by COPY, and what months as tables of their own cost."""

import base64
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import connection
from django.test import Client
from django.utils import timezone

from customers.events import backfill
from customers.facts import EventFact
from customers.models import Event, Visit
from deskapp.bench import months
from deskapp.bench.calls import bodies, calls
from deskapp.bench.machine import Figures, cpu_seconds
from integrations.adapters.trackers.about import new_key
from integrations.adapters.trackers.calls import Sender, facts_of
from integrations.inbound.tracked import process_tracked
from integrations.models import Connector, RawEvent

VISITORS = 500
WARM_UP = 10  # requests of each kind
HISTORY_DAYS = 900
SITTING = 12  # events of one visitor in a row


@dataclass
class Cost:
    """What a stretch of work took, in seconds."""

    wall: float = 0.0
    application: float = 0.0
    database: float = 0.0
    at: float = field(default_factory=time.perf_counter)


def run(*, say: Callable[[str], None], tracked: int, **options: object) -> Figures:
    connector = _tracker()
    _work_off(connector, bodies(list(calls(VISITORS, visitors=VISITORS)), 100))  # so that they are known
    figures: Figures = {
        "events": tracked,
        "requests_are": "POSTs to /v1/batch by Django's test client in this process, every middleware; processing is"
        " integrations.inbound.tracked.process_tracked on what they kept, as the task calls it",
    }
    for size in (100, 10, 1):
        count = max(size * 20, tracked * size // 100)
        figures[f"in_batches_of_{size}"] = _through_the_door(connector, count, size, say)
    figures["the_same_batches_again"] = _again(connector, tracked, say)
    figures["history_by_copy"] = _history(connector, tracked * 5, say)
    figures["visits"], figures["rows"] = Visit.objects.count(), Event.objects.count()
    figures["raw_events_not_done"] = RawEvent.objects.exclude(state=RawEvent.State.DONE).count()
    figures["months"] = months.measure(connector.pk, tracked * 10, say)
    return figures


def _tracker() -> Connector:
    settings = {"consent": "required", "origins": ["https://shop.example"]}
    connector = Connector.objects.create(name="Bench", adapter="segment", settings=settings)
    connector.secrets = {"write_key": new_key(connector)}
    connector.save()
    return connector


def _through_the_door(connector: Connector, count: int, size: int, say: Callable[[str], None]) -> Figures:
    made = bodies(list(calls(count + WARM_UP * size, visitors=VISITORS, seed=size)), size)
    _work_off(connector, made[:WARM_UP])
    before = Event.objects.count()
    door, work = _work_off(connector, made[WARM_UP:])
    if RawEvent.objects.exclude(state=RawEvent.State.DONE).exists():
        raise RuntimeError("A request was not processed.")
    say(f"bench events: {count} events in batches of {size}, {count / (door.wall + work.wall):.0f} events/s")
    return {
        "events": count,
        "requests": len(made) - WARM_UP,
        "rows": Event.objects.count() - before,
        "events_per_second": round(count / (door.wall + work.wall)),
        "cpu_us_per_event": _micro(door.application + door.database + work.application + work.database, count),
        "door_application_cpu_us_per_event": _micro(door.application, count),
        "door_database_cpu_us_per_event": _micro(door.database, count),
        "processing_application_cpu_us_per_event": _micro(work.application, count),
        "processing_database_cpu_us_per_event": _micro(work.database, count),
        "door_requests_per_second": round((len(made) - WARM_UP) / door.wall),
    }


def _work_off(connector: Connector, made: list[bytes]) -> tuple[Cost, Cost]:
    client, key = Client(), base64.b64encode(f"{connector.secrets['write_key']}:".encode()).decode()
    newest = RawEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with measured() as door:
        for number, body in enumerate(made):
            answer = client.post(
                "/v1/batch",
                body,
                content_type="application/json",
                headers={"Authorization": f"Basic {key}"},
                REMOTE_ADDR=_address(number),
            )
            if answer.json() != {"success": True}:
                raise RuntimeError(answer.content.decode())
    kept = list(RawEvent.objects.filter(pk__gt=newest).order_by("pk").values_list("pk", flat=True))
    with measured() as work:
        for pk in kept:
            process_tracked(pk)
    return door, work


def _address(number: int) -> str:
    """As shoppers' browsers come from many: each request is counted for its limit, and no address reaches it."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _again(connector: Connector, count: int, say: Callable[[str], None]) -> Figures:
    """A retry that was already taken: other bytes, the same calls."""
    made = bodies(list(calls(count, visitors=VISITORS, seed=100)), 100)
    _work_off(connector, made)
    before = Event.objects.count()
    door, work = _work_off(connector, bodies(list(calls(count, visitors=VISITORS, seed=100)), 100))
    say("bench events: and the same once more")
    return {
        "new_rows": Event.objects.count() - before,
        "cpu_us_per_event": _micro(door.application + door.database + work.application + work.database, count),
    }


def _history(connector: Connector, count: int, say: Callable[[str], None]) -> Figures:
    """`customers.events.backfill`, as `manage.py import_events` calls it; understanding the lines is measured apart."""
    sender = Sender(connector, timezone.now(), None, "bench", is_history=True)
    made = sorted(calls(count, visitors=VISITORS * 4, seed=9), key=lambda each: str(each["anonymousId"]))
    begin = datetime.now(UTC).timestamp() - HISTORY_DAYS * 86_400
    spread = HISTORY_DAYS * 86_400 / (count / SITTING)
    for number, each in enumerate(made):
        at = begin + number // SITTING * spread * 0.99 + number % SITTING * 40
        each["timestamp"] = datetime.fromtimestamp(at, UTC).isoformat()
    with measured() as reading:
        facts = [fact for each in made for fact in facts_of(each, sender, 0, {}) if isinstance(fact, EventFact)]
    with measured() as copying:
        new = backfill(facts)
    say(f"bench events: {new} events of history, {new / copying.wall:.0f} events/s")
    return {
        "events": new,
        "events_per_second": round(new / copying.wall),
        "application_cpu_us_per_event": _micro(copying.application, new),
        "database_cpu_us_per_event": _micro(copying.database, new),
        "understanding_cpu_us_per_call": _micro(reading.application, count),
    }


@contextmanager
def measured() -> Iterator[Cost]:
    cost, pids = Cost(), _backends()
    before, database = time.process_time(), cpu_seconds(pids)
    cost.at = time.perf_counter()
    yield cost
    cost.wall = time.perf_counter() - cost.at
    cost.application = time.process_time() - before
    cost.database = cpu_seconds(_backends()) - database


def _backends() -> list[int]:
    """The server's processes that work for this database, our own backend too: here it does all the work."""
    with connection.cursor() as cursor:
        cursor.execute("select pid from pg_stat_activity where datname = current_database() or datname is null")
        return sorted(pid for (pid,) in cursor.fetchall())


def _micro(seconds: float, count: int) -> float:
    return round(seconds * 1e6 / count, 1) if count else 0.0
