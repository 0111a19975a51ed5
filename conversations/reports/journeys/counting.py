"""Numbers of journeys as a report asks for them: by key of one family, under its filters, and in the agent's words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, TypeVar

from conversations.reports.journeys import streams
from conversations.reports.journeys.places import BY_CODE, ENDS, PLACES, seen_as, told_as
from conversations.reports.sheets.sheet import Asked
from conversations.reports.tallies.reading import read, spread
from conversations.reports.tallies.spreads import Spread
from conversations.reports.tallies.stream import Numbers, Stream

if TYPE_CHECKING:
    from deskapp.models import User

OPEN = "open"  # the outcome of what is not over yet, as a filter says it: "" is all of them
Between = tuple[datetime, datetime] | None
N = TypeVar("N", Numbers, Spread)


@dataclass(frozen=True)
class Move:
    position: int
    source: str
    target: str


def moves(asked: Asked) -> dict[Move, Numbers]:
    """Of each move how many, in the words of who asks: places that they may not tell apart are one."""
    found: dict[Move, Numbers] = {}
    for key, numbers in _numbers(streams.MOVES, streams.MOVES_BY_SEGMENT, asked, "move").items():
        position, source, target = key.split("~")
        move = Move(int(position), _told(asked.agent, source), _told(asked.agent, target))
        found[move] = found.get(move, Numbers()) + numbers
    return found


def between_places(asked: Asked) -> dict[tuple[str, str], Spread]:
    """How long it took from one place to the next."""
    pair = (streams.MOVES, streams.MOVES_BY_SEGMENT)
    found: dict[tuple[str, str], Spread] = {}
    for key, each in _spreads(*pair, asked, "step", "seconds").items():
        source, target = key.split("~")
        step = (_told(asked.agent, source), _told(asked.agent, target))
        found[step] = found.get(step, Spread()) + each
    return found


def ways(asked: Asked) -> dict[str, tuple[Numbers, Spread]]:
    """Of each whole way what came of it, and how long it took from its first place to its last."""
    pair = (streams.JOURNEYS, streams.JOURNEYS_BY_SEGMENT)
    counted, lasted = _numbers(*pair, asked, "way"), _spreads(*pair, asked, "way", "lasted")
    found: dict[str, tuple[Numbers, Spread]] = {}
    for key, numbers in counted.items():
        way = way_as(asked.agent, key)
        so_far, times = found.get(way, (Numbers(), Spread()))
        found[way] = (so_far + numbers, times + lasted.get(key, Spread()))
    return found


def dropped(asked: Asked) -> dict[str, Numbers]:
    """By the last place, of those after which nothing more came; "" is all others."""
    found: dict[str, Numbers] = {}
    pair = (streams.JOURNEYS, streams.JOURNEYS_BY_SEGMENT)
    for key, numbers in _numbers(*pair, asked, "dropped").items():
        place = _told(asked.agent, key)
        found[place] = found.get(place, Numbers()) + numbers
    return found


def whole(asked: Asked, between: Between = None) -> Numbers:
    found = _numbers(streams.JOURNEYS, streams.JOURNEYS_BY_SEGMENT, asked, "whole", between)
    return reduce(add, found.values(), Numbers())


def whole_by_day(asked: Asked) -> dict[datetime, Numbers]:
    """By the begins of the asked grain."""
    stream, cut = _read_from(streams.JOURNEYS, streams.JOURNEYS_BY_SEGMENT, asked, "whole")
    found: dict[datetime, Numbers] = {}
    for (at, value), numbers in read(stream, asked, cut=cut, by=("at", "value")).items():
        if isinstance(at, datetime) and _key(str(value), asked, cut) is not None:
            found[at] = found.get(at, Numbers()) + numbers
    return found


def lasted(asked: Asked, between: Between = None) -> Spread:
    pair = (streams.JOURNEYS, streams.JOURNEYS_BY_SEGMENT)
    return reduce(add, _spreads(*pair, asked, "whole", "lasted", between).values(), Spread())


def way_as(agent: "User", way: str) -> str:
    """A whole way as this agent is told of it, place by place, in codes."""
    return "-".join(
        "".join(PLACES[seen_as(agent, BY_CODE[part[at : at + 2]])].code for at in range(0, len(part), 2))
        for part in way.split("-")
    )


def _told(agent: "User", key: str) -> str:
    return key if not key or key in ENDS else told_as(agent, key)


def _numbers(
    stream: Stream, by_segment: Stream, asked: Asked, family: str, between: Between = None
) -> dict[str, Numbers]:
    source, cut = _read_from(stream, by_segment, asked, family)
    rows = read(source, asked, cut=cut, by=("value",), between=between)
    return _together(rows, asked, cut, Numbers)


def _spreads(
    stream: Stream, by_segment: Stream, asked: Asked, family: str, number: str, between: Between = None
) -> dict[str, Spread]:
    source, cut = _read_from(stream, by_segment, asked, family)
    rows = spread(source, number, asked, cut=cut, by=("value",), between=between)
    return _together(rows, asked, cut, Spread)


def _read_from(stream: Stream, by_segment: Stream, asked: Asked, family: str) -> tuple[Stream, str]:
    if asked.only.get("segment"):
        return by_segment, f"{family}_of"
    is_narrow = asked.only.get("outcome") or asked.only.get("tier")
    return stream, f"{family}_of" if is_narrow else family


def _together(rows: Mapping[tuple[object, ...], N], asked: Asked, cut: str, nothing: Callable[[], N]) -> dict[str, N]:
    found: dict[str, N] = {}
    for (value,), each in rows.items():
        key = _key(str(value), asked, cut)
        if key is not None:
            found[key] = found.get(key, nothing()) + each
    return found


def _key(value: str, asked: Asked, cut: str) -> str | None:
    """What of a cut's value is the family's own key; None where it is not of the asked outcome, tier and segment."""
    if not cut.endswith("_of"):
        return value
    only = asked.only
    segment, rest = value.split("~", 1) if only.get("segment") else ("", value)
    outcome, rest = rest.split("~", 1)
    parts = rest.split("~", {"move_of": 3, "step_of": 2}.get(cut, 1))
    if segment != only.get("segment", "") or (only.get("tier") and parts[-1] != only["tier"]):
        return None
    if only.get("outcome") and outcome != ("" if only["outcome"] == OPEN else only["outcome"]):
        return None
    return "~".join(parts[:-1])
