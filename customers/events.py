"""Events: what customers do outside conversations is recorded once, whoever reports it and however often."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from customers import consent, visits, wishes
from customers.event_names import meaning, standard
from customers.facts import EventFact, Json
from customers.models import Category, Identity
from customers.stored import as_json
from customers.whose import whose

OURS = 0  # the source of what agents write


@dataclass
class Row:
    """One event on its way into the table."""

    occurred_at: datetime
    identity: Identity
    name: str
    category: str
    source: int
    external_id: str
    properties: Json
    context: Json
    is_folded: bool = False
    visit_id: int | None = None


def record(fact: EventFact) -> set[int]:
    return record_many([fact])


@transaction.atomic
def record_many(facts: Sequence[EventFact]) -> set[int]:
    """Keeps those that were not kept before, in a handful of statements for all of them, and folds what belongs to
    visits. Gives the ids of the customers who did something new.

    Behaviour whose analytics consent is refused leaves no trace at all, not even an identity.
    """
    fresh = _first_time([fact for fact in facts if not _is_withheld(fact)])
    if not fresh:
        return set()
    identities = whose(fact.handles for fact in fresh)
    rows = [_row(fact, identities[fact.handles]) for fact in fresh]
    rows = consent.without_the_refused(rows)
    _seen(rows)
    late = visits.fold_in(rows)
    insert(rows)
    visits.refold(late)
    wishes.follow(rows)
    return {row.identity.customer_id for row in rows}


@transaction.atomic
def record_own(
    identity: Identity,
    name: str,
    *,
    source: int,
    external_id: str,
    occurred_at: datetime,
    properties: Json | None = None,
) -> bool:
    """A step of our own making, such as an order's, of an identity that is known. False where it was there already."""
    if not _claimed([(source, external_id)]):
        return False
    category = meaning(name).category
    insert([Row(occurred_at, identity, name, category, source, external_id, properties or {}, {})])
    return True


def _is_withheld(fact: EventFact) -> bool:
    told = fact.context.get("consent")
    refused = isinstance(told, dict) and told.get("analytics") is False
    return refused and meaning(standard(fact.name)).category == Category.BEHAVIOURAL


def _first_time(facts: Iterable[EventFact]) -> list[EventFact]:
    """Those whose keys are new. Of two transactions with one key the second waits here until the first has ended."""
    named = {(fact.source, fact.external_id): fact for fact in reversed(list(facts)) if fact.external_id}
    unnamed = [fact for fact in facts if not fact.external_id]
    claimed = _claimed(list(named))
    return [*unnamed, *(named[key] for key in sorted(claimed))]


def _claimed(keys: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Sorted, so that two batches with the same keys wait for each other in one direction."""
    if not keys:
        return []
    sources, names = zip(*sorted(keys), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into customers_eventkey (source, external_id) select * from unnest(%s::bigint[], %s::text[])"
            " on conflict (source, external_id) do nothing returning source, external_id",
            [list(sources), list(names)],
        )
        return cursor.fetchall()


def _row(fact: EventFact, identity: Identity) -> Row:
    name = standard(fact.name)
    known = meaning(name)
    return Row(
        fact.occurred_at,
        identity,
        name[:120],
        known.category,
        fact.source,
        fact.external_id,
        fact.properties,
        fact.context,
        known.is_folded,
    )


def _seen(rows: Sequence[Row]) -> None:
    """Locks the identities in the order of their keys, and notes when they were last about."""
    newest: dict[int, datetime] = {}
    for row in rows:
        newest[row.identity.pk] = max(row.occurred_at, newest.get(row.identity.pk, row.occurred_at))
    if not newest:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "with seen as materialized (select identity.id, at from customers_identity as identity"
            " join unnest(%s::bigint[], %s::timestamptz[]) as told (id, at) using (id)"
            " order by identity.id for no key update of identity)"
            " update customers_identity as identity set last_seen_at = greatest(last_seen_at, seen.at)"
            " from seen where identity.id = seen.id",
            [list(newest), list(newest.values())],
        )


def insert(rows: Sequence[Row]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into customers_event (occurred_at, identity_id, visit_id, name, category, is_folded, source,"
            " external_id, properties, context) select * from unnest(%s::timestamptz[], %s::bigint[], %s::bigint[],"
            " %s::text[], %s::text[], %s::boolean[], %s::bigint[], %s::text[], %s::jsonb[], %s::jsonb[])",
            [list(column) for column in zip(*map(columns, rows), strict=True)],
        )


def columns(row: Row) -> tuple[object, ...]:
    return (
        row.occurred_at,
        row.identity.pk,
        row.visit_id,
        row.name,
        str(row.category),
        row.is_folded,
        row.source,
        row.external_id,
        as_json(row.properties),
        as_json(row.context),
    )
