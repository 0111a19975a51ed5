"""Events: what customers do outside conversations is recorded once, whoever reports it and however often."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from django.db import connection, transaction

from customers import consent, partitions, profile, visits, wishes
from customers.event_names import meaning, standard
from customers.facts import EventFact, Json
from customers.models import Category, EventKey, Identity
from customers.stored import as_json
from customers.whose import whose
from customers.zones import zones

COLUMNS = "occurred_at, identity_id, visit_id, name, category, is_folded, source, external_id, properties, context"
TYPED = (
    "occurred_at timestamptz, identity_id bigint, visit_id bigint, name text, category text, is_folded boolean,"
    " source bigint, external_id text, properties jsonb, context jsonb"
)
AT_ONCE = 5000
COPIED_FROM = 500  # rows: fewer are one statement sooner than a COPY is begun


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
    _learn(rows)
    _seen(rows)
    late = visits.fold_in(rows)
    insert(rows)
    visits.refold(late)
    wishes.follow(rows)
    return {row.identity.customer_id for row in rows}


@dataclass(frozen=True)
class Step:
    """An event of our own making, such as an order's, of an identity that is known."""

    identity: Identity
    name: str
    source: int
    external_id: str
    occurred_at: datetime
    properties: Json


@transaction.atomic
def record_steps(steps: Sequence[Step]) -> int:
    """Gives how many were new."""
    named = {(step.source, step.external_id): step for step in steps}
    fresh = [named[key] for key in _claimed(list(named))]
    insert([_row_of(step) for step in fresh])
    return len(fresh)


def _row_of(step: Step) -> Row:
    category = meaning(step.name).category
    return Row(step.occurred_at, step.identity, step.name, category, step.source, step.external_id, step.properties, {})


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


def _learn(rows: Sequence[Row]) -> None:
    """The language and the zone of browsers, for customers of whom nobody said. Before the identities are locked, in
    the order in which everybody locks."""
    told = {}
    for row in rows:
        language, zone = str(row.context.get("language", ""))[:12], str(row.context.get("timezone", ""))
        zone = zone if zone in zones() else ""
        if language or zone:
            told[row.identity.customer_id] = (language, zone)
    if not told:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "with blank as materialized (select customer.id, told.language, told.timezone from customers_customer as"
            " customer join unnest(%s::bigint[], %s::text[], %s::text[]) as told (id, language, timezone) using (id)"
            " where customer.language = '' and told.language <> '' or customer.timezone = '' and told.timezone <> ''"
            " order by customer.id for no key update of customer)"
            " update customers_customer as customer set"
            " language = coalesce(nullif(customer.language, ''), blank.language),"
            " timezone = coalesce(nullif(customer.timezone, ''), blank.timezone)"
            " from blank where customer.id = blank.id",
            [list(told), [language for language, _ in told.values()], [zone for _, zone in told.values()]],
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


def backfill(facts: Iterable[EventFact], *, at_once: int = AT_ONCE) -> int:
    """History, at the speed of COPY: many at once, each lot a transaction of its own, so that it may be broken off and
    begun anew. Call outside a transaction: the months it tells of get their tables first. Gives how many were new."""
    before = EventKey.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    facts = iter(facts)
    while lot := list(islice(facts, at_once)):
        partitions.make_for({fact.occurred_at.astimezone(UTC).date() for fact in lot})
        with transaction.atomic():
            profile.changed(record_many(lot))
    return EventKey.objects.filter(pk__gt=before).count()


def insert(rows: Sequence[Row]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        if len(rows) >= COPIED_FROM:
            with cursor.copy(f"copy customers_event ({COLUMNS}) from stdin") as copy:
                for row in rows:
                    copy.write_row(columns(row))
            return
        cursor.execute(
            f"insert into customers_event ({COLUMNS}) select {COLUMNS} from json_to_recordset(%s) as ({TYPED})",  # noqa: S608
            [as_json([_named(row) for row in rows])],
        )


def _named(row: Row) -> dict[str, object]:
    """As JSON in one piece: a row's own JSON is not quoted and read twice."""
    return {
        "occurred_at": row.occurred_at.isoformat(),
        "identity_id": row.identity.pk,
        "visit_id": row.visit_id,
        "name": row.name,
        "category": str(row.category),
        "is_folded": row.is_folded,
        "source": row.source,
        "external_id": row.external_id,
        "properties": row.properties,
        "context": row.context,
    }


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
