"""`bench timeline`: the first page of a customer's story, for those with 100, 10,000 and 100,000 events."""

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conversations import story
from deskapp.bench.history import SIZES, History
from deskapp.bench.machine import Figures, percentile

if TYPE_CHECKING:
    from deskapp.models import User

WARM_UP = 5
PARTS = {"timeline": "?head=1", "whole_page": ""}


def run(*, say: Callable[[str], None], events: int, repeat: int, **options: object) -> Figures:
    history, started = History(say), time.perf_counter()
    if not story.Event.objects.exists():
        history.load(events)
        say(f"bench timeline: {events} events are loaded, in {time.perf_counter() - started:.0f} s")
    figures: Figures = {
        "requests_are": "GETs by Django's test client in this process: every middleware, a signed-in supervisor; the"
        " sizes take turns, so that what else the machine does meets them alike",
        "repeat": repeat,
        **_rows(),
    }
    for part, query in PARTS.items():
        measured = _measure(history, query, repeat)
        small, large = (float(str(measured[size]["p50_ms"])) for size in (SIZES[0], SIZES[-1]))
        for size, page in measured.items():
            say(f"bench timeline: {part} of {size} events: {page}")
            figures[f"{part}_of_{size}_events"] = page
        figures[f"{part}_p50_largest_over_smallest"] = round(large / small, 2)
    for size in SIZES:
        figures[f"plan_of_{size}_events"] = _plan(history.supervisor, history.customers[size][0])
    return figures


def _rows() -> Figures:
    with connection.cursor() as cursor:
        cursor.execute(
            "select sum(reltuples)::bigint, sum(reltuples) filter (where relname = 'customers_event_default')::bigint"
            " from pg_inherits join pg_class child on child.oid = inhrelid"
            " where inhparent = 'customers_event'::regclass"
        )
        rows, waiting = cursor.fetchone()
        cursor.execute("select count(*) from pg_inherits where inhparent = 'customers_event'::regclass")
        (months,) = cursor.fetchone()
        cursor.execute("select pg_database_size(current_database())")
        (size,) = cursor.fetchone()
    return {"events": rows, "events_without_a_month": waiting, "partitions": months, "database_mb": size // 2**20}


def _measure(history: History, query: str, repeat: int) -> dict[int, Figures]:
    client = Client()
    client.force_login(history.supervisor)
    headers = {"HX-Request": "true"} if query else {}
    times: dict[int, list[float]] = {size: [] for size in SIZES}
    cpu: dict[int, list[float]] = {size: [] for size in SIZES}
    for customers in history.customers.values():
        _get(client, customers[0], query, headers)
    queries = {size: _queries(client, history.customers[size][0], query, headers) for size in SIZES}
    for turn in range(WARM_UP + repeat):
        for size, customers in history.customers.items():
            before = time.process_time()
            took = _get(client, customers[turn % len(customers)], query, headers)
            if turn >= WARM_UP:
                times[size].append(took)
                cpu[size].append((time.process_time() - before) * 1000)
    return {
        size: {
            "p50_ms": round(percentile(taken, 0.5), 1),
            "p95_ms": round(percentile(taken, 0.95), 1),
            "application_cpu_p50_ms": round(percentile(cpu[size], 0.5), 1),
            "sql_queries": queries[size],
        }
        for size, taken in times.items()
    }


def _queries(client: Client, customer: int, query: str, headers: dict[str, str]) -> int:
    with CaptureQueriesContext(connection) as asked:
        _get(client, customer, query, headers)
    return len(asked)


def _get(client: Client, customer: int, query: str, headers: dict[str, str]) -> float:
    where = reverse("customer", args=[customer]) + query
    started = time.perf_counter()
    response = client.get(where, headers=headers)
    if response.status_code != 200:
        raise RuntimeError(f"{where} answered {response.status_code}.")
    return (time.perf_counter() - started) * 1000


def _plan(agent: "User", customer: int) -> Figures:
    """What the database says of the statement that finds the first page's keys, warm."""
    with CaptureQueriesContext(connection) as asked:
        story.newest(agent, customer, story.Wanted())
    statement = next(query["sql"] for query in asked.captured_queries if "lateral" in query["sql"])
    settings, statement, _reset = statement.split("; ")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(settings)
        cursor.execute(f"explain (analyze, buffers) {statement}")
        lines = [line for (line,) in cursor.fetchall()]
    found = {name: _ms(lines, name) for name in ("Planning Time", "Execution Time")}
    buffers = next((line for line in lines if "Buffers:" in line), "")
    touched = sum(int(number) for number in re.findall(r"(?:hit|read)=(\d+)", buffers))
    return {
        "planning_ms": found["Planning Time"],
        "execution_ms": found["Execution Time"],
        "pages_touched": touched,
        "walks_a_whole_month": any(
            re.search(r"Seq Scan on customers_event\w* .*actual.* rows=[1-9]", line) for line in lines
        ),
    }


def _ms(lines: list[str], name: str) -> float:
    return next((float(line.split(":")[1].split()[0]) for line in lines if line.startswith(name)), 0.0)
