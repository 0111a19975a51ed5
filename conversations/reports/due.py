"""Whose facts are to be derived anew: marked with whatever changed them, worked off in batches, beside other workers.

Facts that follow from all of a customer's rows (what they bought, which way they came) are not kept piece by piece:
they are derived from the rows, whole, and only what differs is written. The triggers of migration 0038 mark customers
whose orders, returns, episodes, identities or profiles change; `mark` is for what no row tells, such as time that
passes.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from conversations.models import Due

SALES, JOURNEYS = "sales", "journeys"
KINDS = (SALES, JOURNEYS)
AT_ONCE = 100
ROUNDS = 50  # of one task; the rest waits for the next
LONGEST = 10  # tries that double the wait; it grows no more after

Derive = Callable[[Sequence[int]], None]

log = structlog.get_logger(__name__)


def mark(customers: Iterable[int], *, kinds: Sequence[str] = KINDS, at: datetime | None = None) -> None:
    """In the transaction of what changed. `at`: not before then."""
    when = at or timezone.now()
    rows = [Due(kind=kind, customer=pk, at=when) for pk in sorted(set(customers)) for kind in kinds]
    Due.objects.bulk_create(rows, batch_size=5000)


def work_off(kind: str, derive: Derive, *, rounds: int = ROUNDS) -> int:
    """Derives what is due, and says of how many customers. `derive` gets them in the order of their keys, is in a
    transaction, and may run twice; of one customer nobody else runs it at the same time."""
    done = 0
    for _round in range(rounds):
        try:
            count = _some(kind, derive, AT_ONCE)
        except (DatabaseError, ArithmeticError, LookupError, TypeError, ValueError):
            log.exception("facts of a batch could not be derived: each alone, then", kind=kind)
            count = _each(kind, derive)
        if not count:
            break
        done += count
    return done


@transaction.atomic
def _some(kind: str, derive: Derive, most: int) -> int:
    ids = _taken(kind, most)
    if ids:
        derive(ids)
    return len(ids)


def _taken(kind: str, most: int) -> list[int]:
    """The longest due that no other worker has. They are taken away after the lock, so that what is read from now on
    is all that was committed before its mark."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "select customer from (select customer from conversations_due where kind = %s and at <= %s"
            " group by customer order by min(at), customer limit %s) longest"
            " where pg_try_advisory_xact_lock(hashtextextended(%s || customer, 0)) order by customer",
            [kind, now, most, f"due {kind} "],
        )
        ids = [pk for (pk,) in cursor.fetchall()]
    Due.objects.filter(kind=kind, customer__in=ids, at__lte=now).delete()
    return ids


def _each(kind: str, derive: Derive) -> int:
    """One that cannot be derived is put off alone; the others go on."""
    now, done = timezone.now(), 0
    waiting = Due.objects.filter(kind=kind, at__lte=now).order_by("at", "customer")
    for pk in sorted(set(waiting.values_list("customer", flat=True)[:AT_ONCE])):
        try:
            done += _one(kind, derive, pk)
        except (DatabaseError, ArithmeticError, LookupError, TypeError, ValueError):
            log.exception("facts of a customer could not be derived", kind=kind, customer=pk)
            _put_off(kind, pk)
    return done


@transaction.atomic
def _one(kind: str, derive: Derive, customer: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s || %s, 0))", [f"due {kind} ", str(customer)])
    Due.objects.filter(kind=kind, customer=customer, at__lte=timezone.now()).delete()
    derive([customer])
    return 1


@transaction.atomic
def _put_off(kind: str, customer: int) -> None:
    rows = Due.objects.filter(kind=kind, customer=customer)
    tries = max(rows.values_list("tries", flat=True), default=0) + 1
    rows.delete()
    later = timezone.now() + timedelta(minutes=2 ** min(tries, LONGEST))
    Due.objects.create(kind=kind, customer=customer, at=later, tries=tries)
