"""Months of events: each is a table of its own, so that retention drops it whole and old rows cost today's nothing.

A month that has no table yet lands in the default partition, and is moved when its table is made: so an event is never
refused for its date. Making and dropping takes locks for a moment; both give up quickly and are tried again by beat.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg import sql

from customers.models import EventKey

AHEAD_MONTHS = 3
FIRST_YEAR = 1990
LOCK = 0x6D6F6E74  # "mont": our advisory lock
WAIT = "3s"  # for the locks of a change; while we wait, those who come after us wait, too
KEYS_AT_ONCE = 20_000

MAKING = (
    "create table {table} (like customers_event including all)",
    "with moved as (delete from customers_event_default where occurred_at >= {low} and occurred_at < {high}"
    " returning *) insert into {table} select * from moved",
    "alter table customers_event attach partition {table} for values from ({low}) to ({high})",
)


def make_ahead() -> list[str]:
    """For beat: this month and the next ones, and those that events came for. Gives the names of new partitions."""
    first = timezone.now().date().replace(day=1)
    months = {first}
    for _ in range(AHEAD_MONTHS):
        first = _next(first)
        months.add(first)
    return make_for(months | set(_waiting()))


def make_for(days: Iterable[date]) -> list[str]:
    """The months of these days, before a back-fill begins. Call outside a transaction: each month is one of its own."""
    months = {day.replace(day=1) for day in days if day.year >= FIRST_YEAR}
    missing = sorted(month for month in months if _name(month) not in existing())
    return [name for name in map(_make, missing) if name]


def existing() -> dict[str, date]:
    """The partitions there are, with the first day of each; the default is not among them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select child.relname from pg_inherits join pg_class child on child.oid = inhrelid"
            " where inhparent = 'customers_event'::regclass and child.relname ~ '_y[0-9]{4}m[0-9]{2}$'"
        )
        return {name: date(int(name[-7:-3]), int(name[-2:]), 1) for (name,) in cursor.fetchall()}


def drop_before(day: date) -> list[str]:
    """Drops the months that end on or before `day`, whole, with the keys that kept their events from coming twice, and
    deletes what lies before it in the default partition. Gives the names of what was dropped."""
    gone = [name for name, first in sorted(existing().items()) if _next(first) <= day and _drop(name)]
    with connection.cursor() as cursor:
        cursor.execute("delete from customers_event_default where occurred_at < %s", [_start(day)])
    _forget_keys(day)
    return gone


def start_of_month(at: datetime) -> datetime:
    """Of the month, in UTC, in which `at` lies: where its partition begins."""
    at = at.astimezone(UTC)
    return _start(at.date().replace(day=1))


def _forget_keys(day: date) -> None:
    """What was received so long ago is not sent again. Few at a time: nobody waits for the whole."""
    while True:
        old = EventKey.objects.filter(received_at__lt=_start(day)).order_by("received_at").values("pk")[:KEYS_AT_ONCE]
        if not EventKey.objects.filter(pk__in=old)._raw_delete("default"):
            return


def _waiting() -> Iterator[date]:
    """The months in the default partition."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct date_trunc('month', occurred_at at time zone 'UTC')::date from customers_event_default"
        )
        for (month,) in cursor.fetchall():
            yield month


def _make(month: date) -> str | None:
    """Under our lock, and with those of the tables taken in the order in which an insert takes them: identities,
    visits, events. None where somebody was faster, or where it would have meant to wait."""
    name = _name(month)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"set local lock_timeout = '{WAIT}'")
            cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
            if name in existing():
                return None
            cursor.execute("lock table customers_identity, customers_visit in share row exclusive mode")
            cursor.execute("lock table customers_event_default in access exclusive mode")
            named = {"table": sql.Identifier(name), "low": _start(month), "high": _start(_next(month))}
            for step in MAKING:
                cursor.execute(sql.SQL(step).format(**named))
    except OperationalError:
        if not connection.is_usable():
            raise
        return None
    return name


def _drop(name: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"set local lock_timeout = '{WAIT}'")
            cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
            cursor.execute("lock table customers_identity, customers_visit in share row exclusive mode")
            cursor.execute(sql.SQL("drop table if exists {}").format(sql.Identifier(name)))
    except OperationalError:
        if not connection.is_usable():
            raise
        return False
    return True


def _name(month: date) -> str:
    return f"customers_event_y{month.year:04}m{month.month:02}"


def _next(month: date) -> date:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1, day=1)


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
