"""What it costs that events lie in a table a month: dropping one against deleting its rows, planning a timeline."""

import time
from collections.abc import Callable
from datetime import date
from statistics import median

from django.db import connection

from customers import partitions
from customers.models import Identity
from deskapp.bench.machine import Figures

MONTHS = 36
TIMES = 200
FIRST_YEAR = 2019  # older than anything else in this database

TIMELINE = (
    "select * from customers_event where identity_id = %s and not is_folded and occurred_at < now()"
    " order by occurred_at desc, number desc limit 50"
)
FILL = (
    "insert into customers_event (occurred_at, identity_id, name, category, is_folded, source, external_id, properties,"
    " context)"
    " select %s::timestamptz + n * interval '10 seconds', %s, 'Page Viewed', 'behavioural', true, %s, 'm' || n,"
    """ '{"url": "https://shop.example/p/7", "title": "Fell jacket"}', '{}' from generate_series(1, %s) as n"""
)


def measure(source: int, rows: int, say: Callable[[str], None]) -> Figures:
    """`rows`: in the month that is dropped, and in the one that is deleted from."""
    identity = Identity.objects.order_by("pk").values_list("pk", flat=True).first() or 0
    few = _planning(identity)
    before = len(partitions.existing())
    partitions.make_for(date(FIRST_YEAR + number // 12, number % 12 + 1, 1) for number in range(MONTHS))
    many = _planning(identity)
    for month in ("2019-01-01", "2019-02-01"):
        _say(FILL, [f"{month}T00:00:00Z", identity, source, rows])
    dropped = _timed(lambda: partitions.drop_before(date(FIRST_YEAR, 2, 1)))
    deleted = _timed(lambda: _say("delete from customers_event where occurred_at < '2019-03-01'", []))
    vacuumed = _timed(lambda: _say("vacuum customers_event_y2019m02", []))
    say(f"bench events: a month of {rows} rows: dropped in {dropped} ms, deleted in {deleted} ms")
    return {
        "rows_of_a_month": rows,
        "dropping_it_ms": dropped,
        "deleting_its_rows_ms": deleted,
        "and_the_vacuum_after_it_ms": vacuumed,
        f"timeline_planning_us_over_{before}_months": few,
        f"timeline_planning_us_over_{before + MONTHS}_months": many,
    }


def _planning(identity: int) -> Figures:
    """p50 of what PostgreSQL says of planning and of carrying out a first page."""
    planned, carried_out = [], []
    with connection.cursor() as cursor:
        for _ in range(TIMES):
            cursor.execute(f"explain (analyze, format json, timing off) {TIMELINE}", [identity])
            told = cursor.fetchone()[0][0]
            planned.append(told["Planning Time"])
            carried_out.append(told["Execution Time"])
    return {"planning": round(median(planned) * 1000), "execution": round(median(carried_out) * 1000)}


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return round((time.perf_counter() - started) * 1000, 1)


def _say(statement: str, values: list[str | int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
