"""What is added up of journeys: the moves from place to place, the whole ways, and what made them hard.

Each family of keys has two cuts: its own, and "…_of" with the outcome before it and the tier behind, for whoever
filters by those. A customer may be in many segments: what is filtered by one is read from streams that have each row
once for each of them, which is why no whole is ever read from those.
"""

from collections.abc import Mapping

from conversations.models.journey import JourneyOutcome
from conversations.reports.tallies.stream import Stream

OVER = tuple(each.value for each in JourneyOutcome if each.value)  # as numbers: "over_bought"
FAMILIES = {
    "move": "position || '~' || source || '~' || target",
    "step": "source || '~' || target",
}
WAYS = {"way": "way", "dropped": "dropped_at", "whole": "''"}


def _cuts(families: Mapping[str, str], segment: str = "") -> dict[str, str]:
    narrow = {f"{name}_of": f"{segment}outcome || '~' || {key} || '~' || tier" for name, key in families.items()}
    return narrow if segment else {**families, **narrow}


def _moves(name: str, *, by_segment: bool = False) -> Stream:
    column = ", segment" if by_segment else ""
    each = "cross join lateral unnest(j.segments) segment" if by_segment else ""
    cuts = _cuts(FAMILIES, "segment || '~' || " if by_segment else "")
    return Stream(
        name=name,
        rows=f"""
select m.at, coalesce(e.team_id, 0) as team, e.medium, e.tier, j.outcome, m.position, m.source, m.target, m.seconds,
    1 as moves, (m.seconds is not null)::int as timed{column}
from conversations_move m join conversations_journey j on j.episode_id = m.journey_id
join conversations_episode e on e.id = m.journey_id {each}
where m.at >= %(since)s and m.at < %(until)s
""",  # noqa: S608  our own words
        numbers=("moves", "timed"),
        cuts=cuts,
        spreads={"seconds": tuple(cut for cut in cuts if cut.startswith("step"))},
        tables=(
            ("conversations_move", "at"),
            ("conversations_journey", "at"),
            ("conversations_episode", "began_at"),
        ),
    )


def _journeys(name: str, *, by_segment: bool = False) -> Stream:
    column = ", segment" if by_segment else ""
    each = "cross join lateral unnest(j.segments) segment" if by_segment else ""
    cuts = _cuts(WAYS, "segment || '~' || " if by_segment else "")
    over = ", ".join(f"(j.is_over and j.outcome = '{outcome}')::int as over_{outcome}" for outcome in OVER)
    return Stream(
        name=name,
        rows=f"""
select j.at, coalesce(e.team_id, 0) as team, e.medium, e.tier, j.outcome, j.way, j.dropped_at, j.lasted,
    1 as journeys, j.is_over::int as over, {over}, (j.frictions <> '{{}}')::int as hard, e.worked, j.answers,
    j.good{column}
from conversations_journey j join conversations_episode e on e.id = j.episode_id {each}
where j.at >= %(since)s and j.at < %(until)s
""",  # noqa: S608  our own words
        numbers=("journeys", "over", *(f"over_{outcome}" for outcome in OVER), "hard", "worked", "answers", "good"),
        cuts=cuts,
        spreads={"lasted": tuple(cut for cut in cuts if cut.startswith(("way", "whole")))},
        tables=(("conversations_journey", "at"), ("conversations_episode", "began_at")),
    )


MOVES, MOVES_BY_SEGMENT = _moves("move"), _moves("move_segment", by_segment=True)
JOURNEYS, JOURNEYS_BY_SEGMENT = _journeys("journey"), _journeys("way_segment", by_segment=True)
FRICTIONS = Stream(
    name="friction",
    rows="""
select f.at, coalesce(e.team_id, 0) as team, e.medium, e.tier, f.kind, 1 as frictions, e.worked, j.answers, j.good
from conversations_friction f join conversations_journey j on j.episode_id = f.journey_id
join conversations_episode e on e.id = f.journey_id
where f.at >= %(since)s and f.at < %(until)s
""",
    numbers=("frictions", "worked", "answers", "good"),
    cuts={"kind": "kind", "kind_of": "kind || '~' || tier"},
    tables=(
        ("conversations_friction", "at"),
        ("conversations_journey", "at"),
        ("conversations_episode", "began_at"),
    ),
)
EVERY = (MOVES, MOVES_BY_SEGMENT, JOURNEYS, JOURNEYS_BY_SEGMENT, FRICTIONS)
