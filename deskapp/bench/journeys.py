"""Journeys for a bench of reports: of every episode that there is one, in set-based SQL, along a few hundred ways."""

import random
from collections.abc import Iterator

from django.db import connection, transaction

from conversations.models import Medium
from conversations.models.journey import FrictionKind, JourneyOutcome
from conversations.reports.journeys.places import PLACES, code
from conversations.reports.journeys.ways import MOST, Way, steps
from customers.models import Segment

PATTERNS = 400
SEGMENTS = 6
BEFORE = ("site", "site", "app", "cart", "order", "delivery", "shop", "email", "return")
AFTER = ("site", "order", "delivery", "return", "arrived", "refund", "email", "chat", "shop")
OUTCOMES = [each.value for each in JourneyOutcome if each.value]


@transaction.atomic
def load_journeys(seed: int = 7) -> int:
    """Writes them, their moves and frictions, and says of how many episodes. Call once, on what has none."""
    chance = random.Random(seed)
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        rows = [(number, medium, *row) for number in range(PATTERNS) for medium, row in _pattern(chance)]
        with cursor.copy("copy bench_way from stdin") as copy:
            for number, medium, its, frictions in rows:
                copy.write_row(_written(number, medium, its, frictions))
        with cursor.copy("copy bench_move from stdin") as copy:
            for number, medium, its, _frictions in rows:
                for step in steps(its):
                    copy.write_row((number, medium, step.position, step.source, step.target, step.is_end))
        asked: dict[str, int | list[int]] = {"patterns": PATTERNS, "segments": _segments()}
        cursor.execute(_JOURNEYS, asked)
        count = cursor.rowcount
        cursor.execute(_MOVES, asked)
        cursor.execute(_FRICTIONS)
    return count


def _pattern(chance: random.Random) -> Iterator[tuple[str, tuple[Way, list[str]]]]:
    """One way, begun on each medium: short ones are frequent, as they are in life."""
    before = _run(chance, BEFORE)
    after = _run(chance, AFTER)
    with_bot = chance.random() < 0.4
    outcome = chance.choice(OUTCOMES)
    frictions = sorted(kind.value for kind in FrictionKind if chance.random() < 0.08)
    for medium in Medium.values:
        contact = ("bot", medium) if with_bot else (medium,)
        gaps = (None,) * (len(before) + 1 + len(after))
        yield medium, (Way(before, contact, after, gaps, 0, outcome, True, None), frictions)


def _run(chance: random.Random, places: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for _ in range(min(MOST, int(chance.expovariate(0.6)))):
        found.append(chance.choice([place for place in places if place != (found or [""])[-1]]))
    return tuple(found)


def _written(number: int, medium: str, its: Way, frictions: list[str]) -> tuple[object, ...]:
    assert all(place in PLACES for place in (*its.before, *its.contact, *its.after))
    way = code(its.before, its.contact, its.after)
    lists = (list(its.before), list(its.contact), list(its.after))
    return number, medium, *lists, its.outcome, its.dropped_at, way, frictions


def _segments() -> list[int]:
    return [Segment.objects.get_or_create(name=f"Bench {number}")[0].pk for number in range(SEGMENTS)]


_TABLES = """
create temp table bench_way (number int, medium text, before text[], contact text[], after text[], outcome text,
  dropped_at text, way text, frictions text[]) on commit drop;
create temp table bench_move (number int, medium text, position int, source text, target text, is_end bool)
  on commit drop;
"""
# A number of an episode's own that is as good as chance: the square leaves few patterns to most of them.
_NUMBER = "(floor(power((hashint8(e.id) & 65535) / 65536.0, 2) * %(patterns)s))::int"
_JOURNEYS = f"""
insert into conversations_journey (episode_id, at, before, contact, after, gaps, outcome, is_over, over_at, dropped_at,
  way, lasted, segments, frictions, answers, good)
select e.id, e.began_at, w.before, w.contact, w.after, '{{}}', w.outcome, true, e.ended_at + interval '14 days',
  w.dropped_at, w.way, (hashint8(e.id + 1) & 1048575), array[(%(segments)s::bigint[])[1 + (hashint8(e.id + 2) & 3)]],
  w.frictions, ((hashint8(e.id + 3) & 7) = 0)::int, ((hashint8(e.id + 3) & 31) = 0)::int
from conversations_episode e join bench_way w on w.medium = e.medium and w.number = {_NUMBER}
where e.is_inbound and e.outcome not in ('spam', 'merged')
"""  # noqa: S608  our own words
_MOVES = f"""
insert into conversations_move (journey_id, at, position, source, target, seconds, is_end)
select e.id, e.began_at, m.position, m.source, m.target,
  case when m.source = '' or m.is_end then null else hashint8(e.id + m.position) & 524287 end, m.is_end
from conversations_journey j join conversations_episode e on e.id = j.episode_id
join bench_move m on m.medium = e.medium and m.number = {_NUMBER}
"""  # noqa: S608
_FRICTIONS = """
insert into conversations_friction (journey_id, at, kind)
select episode_id, at, unnest(frictions) from conversations_journey where frictions <> '{}'
"""
