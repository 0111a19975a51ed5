"""Writes the journeys of customers down: derived whole, and written only where they differ from what stands there."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from conversations.models import Due, Episode, Friction, Journey, Move
from conversations.reports import due
from conversations.reports.journeys.places import code
from conversations.reports.journeys.reading import MOST_EPISODES, YEAR, Known, known
from conversations.reports.journeys.ways import Told, Way, steps, way

FIELDS = tuple(field.attname for field in Journey._meta.concrete_fields if not field.primary_key)


@transaction.atomic
def derive(customers: Sequence[int]) -> None:
    """For conversations.reports.due.work_off. Twice changes nothing; what came late or went is corrected. What began
    more than a year ago stays as it is, since what it follows from may have been dropped."""
    now = timezone.now()
    whose = known(customers, now)
    stored = _stored(customers, now)
    rows = list(_rows(whose, stored, now))
    wanted = {row.pk for row in rows}
    gone = [pk for pk, row in stored.items() if pk not in wanted and not _is_further_back(row, whose)]
    Journey.objects.filter(pk__in=gone).delete()
    _write([row for row in rows if row.pk not in stored or _values(row) != _values(stored[row.pk])])
    _look_again(whose, rows, stored)


def _is_further_back(row: Journey, whose: Known) -> bool:
    """Of one with so many episodes that only the newest were read."""
    every = whose.told.get(row.owner, [])  # type: ignore[attr-defined]  # annotated below
    return len(every) >= MOST_EPISODES and row.at < every[0].began_at


def _stored(customers: Sequence[int], now: datetime) -> dict[int, Journey]:
    """Those that may change; of who was erased, all."""
    young = Episode.objects.filter(conversation__customer__in=customers, began_at__gte=now - YEAR)
    gone = Episode.objects.filter(conversation__customer__in=customers, conversation__customer__erased_at__isnull=False)
    rows = Journey.objects.filter(episode__in=young) | Journey.objects.filter(episode__in=gone)
    return {row.pk: row for row in rows.annotate(owner=F("episode__conversation__customer"))}


def _rows(whose: Known, stored: Mapping[int, Journey], now: datetime) -> "list[Journey]":
    found = []
    for customer, every in whose.told.items():
        for told in every:
            if told.has_way:
                others = [other for other in every if other.pk != told.pk]
                before = stored.get(told.pk)
                segments = before.segments if before and before.is_over else whose.segments.get(customer, [])
                found.append(_row(told, way(told, others, now), segments))
    return found


def _row(told: Told, its: Way, segments: Sequence[int]) -> Journey:
    return Journey(
        episode_id=told.pk,
        at=told.began_at,
        before=list(its.before),
        contact=list(its.contact),
        after=list(its.after),
        gaps=list(its.gaps),
        outcome=its.outcome,
        is_over=its.is_over,
        over_at=its.over_at,
        dropped_at=its.dropped_at,
        way=code(its.before, its.contact, its.after),
        lasted=its.lasted,
        segments=list(segments),
        frictions=list(its.frictions),
        answers=told.answers,
        good=told.good,
    )


def _values(row: Journey) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in FIELDS)


def _write(rows: Sequence[Journey]) -> None:
    if not rows:
        return
    names = [field.name for field in Journey._meta.concrete_fields if not field.primary_key]
    Journey.objects.bulk_create(rows, update_conflicts=True, unique_fields=["episode"], update_fields=names)
    Move.objects.filter(journey__in=rows).delete()
    Friction.objects.filter(journey__in=rows).delete()
    Move.objects.bulk_create(move for row in rows for move in moves_of(row))
    Friction.objects.bulk_create(Friction(journey=row, at=row.at, kind=kind) for row in rows for kind in row.frictions)


def moves_of(row: Journey) -> list[Move]:
    """They follow from the journey's row alone."""
    its = Way(
        tuple(row.before), tuple(row.contact), tuple(row.after), tuple(row.gaps), row.lasted, row.outcome,
        row.is_over, row.over_at,
    )  # fmt: skip
    return [
        Move(
            journey=row, at=row.at, position=step.position, source=step.source, target=step.target,
            seconds=step.seconds, is_end=step.is_end,
        )
        for step in steps(its)
    ]  # fmt: skip


def _look_again(whose: Known, rows: Sequence[Journey], stored: Mapping[int, Journey]) -> None:
    """When the days after an episode are over, once more: what did not come by then has not come."""
    owner = {told.pk: customer for customer, every in whose.told.items() for told in every}
    known = {pk: row.over_at for pk, row in stored.items()}
    Due.objects.bulk_create(
        Due(kind=due.JOURNEYS, customer=owner[row.pk], at=row.over_at)
        for row in rows
        if row.over_at and not row.is_over and known.get(row.pk) != row.over_at
    )
