"""`bench ingest`: mails from their RawEvent to the pushed message, by one worker process and by two."""

import multiprocessing
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import redis
from django.conf import settings
from django.db import connections

from conversations.live import groups
from conversations.models import Channel, Medium, Team
from deskapp.bench.frames import FrameCounter
from deskapp.bench.machine import Figures, cpu_seconds, database_pids
from deskapp.bench.mails import Mail, mails
from deskapp.bench.worker import START_SECONDS, WORK_SECONDS, worker
from integrations.models import Connector, RawEvent

MAILBOX = "support@bench.example"


@dataclass(frozen=True)
class Run:
    """What one round of work cost, in seconds."""

    wall: float
    application: float
    database: float
    redis: float
    pushed: int


def run(*, say: Callable[[str], None], messages: int | None = None, **options: object) -> Figures:
    count = messages or 2000
    figures: Figures = {
        "messages": count,
        "workers_are": "a pool that calls integrations.inbound.together.process_with_next, as the task does",
    }
    for workers in (1, 2):
        stored = kept(list(mails(count, to=MAILBOX, seed=workers)), workers)
        say(f"bench ingest: {count} mails are kept; {workers} worker{'s' * (workers > 1)} …")
        done = work_off(stored, workers)
        figures[f"with_{workers}_workers" if workers > 1 else "with_1_worker"] = figures_of(done, count)
        say(f"bench ingest: {count / done.wall:.0f} messages/s")
    figures["raw_events_not_done"] = RawEvent.objects.exclude(state=RawEvent.State.DONE).count()
    return figures


def figures_of(done: Run, count: int) -> Figures:
    each = 1000 / count
    return {
        "messages_per_second": round(count / done.wall, 1),
        "cpu_ms_per_message": round((done.application + done.database) * each, 2),
        "application_cpu_ms_per_message": round(done.application * each, 2),
        "database_cpu_ms_per_message": round(done.database * each, 2),
        "redis_cpu_ms_per_message": round(done.redis * each, 2),
        "rows_pushed": done.pushed,
    }


def kept(batch: list[Mail], number: int) -> list[int]:
    """The mails as RawEvents of a mailbox of their own, in the order of their arrival."""
    team, _ = Team.objects.get_or_create(name="Bench")
    name = f"{number}.{os.getpid()}.{MAILBOX}"
    channel = Channel.objects.create(name="Bench", medium=Medium.EMAIL, address=name, team=team)
    connector = Connector.objects.create(name=name, adapter="imap", channel=channel, settings={"aliases": [MAILBOX]})
    rows = [
        RawEvent(connector=connector, external_id=f"1:{uid}", kind="mail", body=mail.raw)
        for uid, mail in enumerate(batch, start=1)
    ]
    return [raw.pk for raw in RawEvent.objects.bulk_create(rows, batch_size=500)]


def work_off(raw_ids: list[int], workers: int) -> Run:
    """Lets `workers` processes take the events in turn; the clock runs while they all work, CPU is read around it."""
    connections.close_all()
    spawn = multiprocessing.get_context("spawn")
    ready, done, over = spawn.Barrier(workers + 1), spawn.Barrier(workers + 1), spawn.Barrier(workers + 1)
    following, used = spawn.Value("i", 0), spawn.Queue()
    pool = [
        spawn.Process(target=worker, args=(raw_ids, following, used, ready, done, over), daemon=True)
        for _ in range(workers)
    ]
    for process in pool:
        process.start()
    with FrameCounter(groups.EVERYTHING) as frames:
        ready.wait(START_SECONDS)
        pids, redis_before = database_pids(), redis_seconds()
        database_before = cpu_seconds(pids)
        started = time.perf_counter()
        ready.wait(START_SECONDS)  # the same barrier again: now they go
        done.wait(WORK_SECONDS)
        wall = time.perf_counter() - started
        database = cpu_seconds(pids) - database_before
        redis_used = redis_seconds() - redis_before
        over.wait(START_SECONDS)
        application = sum(used.get(timeout=START_SECONDS) for _ in pool)
        pushed = frames.seen("desk.row", at_least=len(raw_ids))
    for process in pool:
        process.join(START_SECONDS)
    return Run(wall, application, database, redis_used, pushed)


def redis_seconds() -> float:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        cpu = client.info("cpu")
    return float(cpu["used_cpu_user"]) + float(cpu["used_cpu_sys"])
