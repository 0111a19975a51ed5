"""Visits: what one browser does in one sitting folds into one line, in whatever order the pieces arrive.

A visit is a run of events of one identity and one source with no gap longer than half an hour. That is a matter of
their times alone, and so is everything a visit tells: a piece that comes late ends in the same rows as one in time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection

from customers.event_names import (
    PAGE_VIEWED,
    PRODUCT_VIEWED,
    PRODUCTS_SEARCHED,
    SCREEN_VIEWED,
    Properties,
    meaning,
    product_of,
)
from customers.models import Event, Visit
from customers.stored import as_json

if TYPE_CHECKING:
    from customers.events import Row

GAP = timedelta(minutes=30)
MOST_SEEN, MOST_SEARCHES = 100, 50
MOST_SECONDS = 24 * 3600
Place = tuple[int, int]  # identity and source

ABOUT = ("device", "language", "timezone", "place")  # the newest that was said; of a campaign the first


@dataclass
class Sitting:
    """A run of events that is one visit: the visits it had in the table so far, and what came now."""

    visits: list[Visit] = field(default_factory=list)
    rows: list["Row"] = field(default_factory=list)
    ended_at: datetime | None = None


def fold_in(rows: Sequence["Row"]) -> list[Visit]:
    """Gives each row that belongs to a visit its `visit_id`, and keeps the visits up to date. The identities are locked
    by the caller. Returns the visits that must be told anew from their events, because something came late."""
    places: dict[Place, list[Row]] = {}
    for row in rows:
        if _is_of_a_visit(row):
            places.setdefault((row.identity.pk, row.source), []).append(row)
    if not places:
        return []
    near = _near(places)
    sittings = [sitting for place, some in places.items() for sitting in _sittings(near.get(place, []), some)]
    _begin([sitting for sitting in sittings if not sitting.visits])
    late = [sitting for sitting in sittings if _is_late(sitting)]
    _join([sitting for sitting in late if len(sitting.visits) > 1])
    for sitting in sittings:
        if sitting not in late:
            for row in sitting.rows:
                fold(sitting.visits[0], row.name, row.occurred_at, row.properties, row.context)
        for row in sitting.rows:
            row.visit_id = sitting.visits[0].pk
    _write([sitting.visits[0] for sitting in sittings if sitting not in late])
    return [sitting.visits[0] for sitting in late]


def refold(visits: Sequence[Visit]) -> None:
    """Tells visits anew from their events, which are all in the table by now."""
    if not visits:
        return
    blank = {visit.pk: Visit(pk=visit.pk, identity_id=visit.identity_id, source=visit.source) for visit in visits}
    events = Event.objects.filter(visit__in=list(blank)).order_by("occurred_at", "external_id", "number")
    fields = events.values_list("visit_id", "name", "occurred_at", "properties", "context")
    for visit_id, name, occurred_at, properties, context in fields:
        if visit_id is not None:
            fold(blank[visit_id], name, occurred_at, properties, context)
    _write(list(blank.values()))


def fold(visit: Visit, name: str, at: datetime, properties: Properties, context: Properties) -> None:
    """One more event, the newest so far."""
    visit.started_at = visit.started_at or at
    visit.ended_at = at
    if name in (PAGE_VIEWED, SCREEN_VIEWED):
        visit.pages += 1
        visit.page = _page(properties, context)
    visit.seconds = min(visit.seconds + _seconds(properties), MOST_SECONDS)
    if name == PRODUCT_VIEWED and (product := product_of(properties)):
        _look(visit.seen, product)
    query = properties.get("query")
    if name == PRODUCTS_SEARCHED and isinstance(query, str) and query.strip():
        _search(visit.searches, query.strip()[:200])
    for what in ABOUT:
        if context.get(what):
            visit.context[what] = context[what]
    if context.get("campaign"):
        visit.context.setdefault("campaign", context["campaign"])


def _look(seen: list[dict[str, object]], product: dict[str, str]) -> None:
    for before in seen:
        if before["id"] == product["id"]:
            before["times"] = int(str(before["times"])) + 1
            return
    if len(seen) < MOST_SEEN:
        kept: dict[str, object] = {name: product[name] for name in ("id", "name", "kind", "url") if name in product}
        seen.append(kept | {"times": 1})


def _search(searches: list[str], query: str) -> None:
    if query not in searches and len(searches) < MOST_SEARCHES:
        searches.append(query)


def _page(properties: Properties, context: Properties) -> dict[str, str]:
    told = context.get("page")
    about = {**(told if isinstance(told, dict) else {}), **properties}
    named = {name: str(about[name])[:1000] for name in ("url", "title", "referrer") if about.get(name)}
    return named if named.get("title") or not about.get("name") else {**named, "title": str(about["name"])[:300]}


def _seconds(properties: Properties) -> int:
    told = properties.get("seconds")
    return int(told) if isinstance(told, int | float) and 0 < told < MOST_SECONDS else 0


def _is_of_a_visit(row: "Row") -> bool:
    known = meaning(row.name)
    return known.is_folded or known.is_browsing or (known.plain == "" and "page" in row.context)


def _near(places: dict[Place, list["Row"]]) -> dict[Place, list[Visit]]:
    """The visits that may touch what came. Visits of one place never overlap, so of those that began earlier only the
    newest can."""
    asked = [
        (identity, source, min(row.occurred_at for row in rows) - GAP, max(row.occurred_at for row in rows) + GAP)
        for (identity, source), rows in places.items()
    ]
    query = (
        "select visit.* from unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])"
        " as told (identity, source, low, high), lateral ("
        "(select * from customers_visit where identity_id = told.identity and source = told.source"
        " and started_at between low and high) union all"
        " (select * from customers_visit where identity_id = told.identity and source = told.source"
        " and started_at < low order by started_at desc limit 1)) as visit where visit.ended_at >= low"
    )
    found: dict[Place, list[Visit]] = {}
    for visit in Visit.objects.raw(query, [list(column) for column in zip(*asked, strict=True)]):
        found.setdefault((visit.identity_id, visit.source), []).append(visit)
    return found


def _sittings(visits: Iterable[Visit], rows: Iterable["Row"]) -> list[Sitting]:
    """Everything that hangs together without a gap; visits that nothing new touches are left out."""
    pieces: list[tuple[datetime, str, datetime, Visit | Row]] = [
        (visit.started_at, "", visit.ended_at, visit) for visit in visits
    ]
    pieces += [(row.occurred_at, row.external_id, row.occurred_at, row) for row in rows]
    sittings: list[Sitting] = []
    for starts, _name, ends, piece in sorted(pieces, key=lambda each: each[:2]):
        last = sittings[-1].ended_at if sittings else None
        if last is None or starts - last > GAP:
            sittings.append(Sitting())
        sitting = sittings[-1]
        sitting.ended_at = max(ends, sitting.ended_at or ends)
        if isinstance(piece, Visit):
            sitting.visits.append(piece)
        else:
            sitting.rows.append(piece)
    return [sitting for sitting in sittings if sitting.rows]


def _is_late(sitting: Sitting) -> bool:
    """What folds piece by piece must come in order; a tie has no order that holds, so it is told anew, too."""
    known = sitting.visits
    return len(known) > 1 or bool(known[0].ended_at and sitting.rows[0].occurred_at <= known[0].ended_at)


def _begin(sittings: Sequence[Sitting]) -> None:
    """New visits. They end before they start until the first event is folded in."""
    for sitting in sittings:
        first = sitting.rows[0]
        sitting.visits = [Visit(identity=first.identity, source=first.source, started_at=first.occurred_at)]
        sitting.visits[0].ended_at = first.occurred_at
    Visit.objects.bulk_create(sitting.visits[0] for sitting in sittings)
    for sitting in sittings:
        sitting.visits[0].ended_at = None  # type: ignore[assignment]  # nothing is folded in yet


def _join(sittings: Sequence[Sitting]) -> None:
    """What came closes the gap between visits: the oldest row of them stays."""
    for sitting in sittings:
        sitting.visits.sort(key=lambda visit: visit.pk)
        gone = [visit.pk for visit in sitting.visits[1:]]
        times = [at for visit in sitting.visits for at in (visit.started_at, visit.ended_at)]
        events = Event.objects.filter(visit__in=gone, occurred_at__range=(min(times), max(times)))
        events.update(visit=sitting.visits[0])
        Visit.objects.filter(pk__in=gone)._raw_delete("default")
        del sitting.visits[1:]


def _write(visits: Sequence[Visit]) -> None:
    if not visits:
        return
    rows = [
        {
            "id": visit.pk,
            "started_at": visit.started_at.isoformat(),
            "ended_at": visit.ended_at.isoformat(),
            "pages": visit.pages,
            "seconds": visit.seconds,
            "page": visit.page,
            "seen": visit.seen,
            "searches": visit.searches,
            "context": visit.context,
        }
        for visit in visits
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "update customers_visit as visit set started_at = told.started_at, ended_at = told.ended_at,"
            " pages = told.pages, seconds = told.seconds, page = told.page, seen = told.seen,"
            " searches = told.searches, context = told.context from json_to_recordset(%s) as told"
            " (id bigint, started_at timestamptz, ended_at timestamptz, pages int, seconds int, page jsonb, seen jsonb,"
            " searches jsonb, context jsonb) where visit.id = told.id",
            [as_json(rows)],
        )
