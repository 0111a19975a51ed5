"""Numbers of journeys as a report asks for them: by key of one family, under its filters, and in the agent's words."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Generic, TypeVar

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
K = TypeVar("K", str, tuple[str, str])


@dataclass(frozen=True)
class Wish(Generic[K]):
    """Keys of a family, ranked by `number`, with how `spread` is spread among each; `told` is a key in the agent's
    words, in which several keys can be one."""

    family: str
    number: str
    spread: str
    told: Callable[[str], K]


@dataclass(frozen=True)
class Most(Generic[K]):
    first: list[tuple[K, Numbers, Spread]]
    all: int


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


def steps(asked: Asked, most: int) -> list[tuple[tuple[str, str], Spread]]:
    """The most frequent steps from one place to the next, wherever in a journey, and how long each took."""

    def told(key: str) -> tuple[str, str]:
        source, target = key.split("~")
        return _told(asked.agent, source), _told(asked.agent, target)

    found = _most(streams.MOVES, streams.MOVES_BY_SEGMENT, asked, Wish("step", "timed", "seconds", told), most)
    return [(step, times) for step, _numbers, times in found.first if times.count]


def ways(asked: Asked, most: int) -> "Most[str]":
    """Whole ways, by what came of them, and how long each took from its first place to its last."""
    wish = Wish("way", "journeys", "lasted", lambda key: way_as(asked.agent, key))
    return _most(streams.JOURNEYS, streams.JOURNEYS_BY_SEGMENT, asked, wish, most)


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
    for (at, value), numbers in read(stream, asked, cut=cut, by=("at", "value"), like=_like(asked, cut)).items():
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
    rows = read(source, asked, cut=cut, by=("value",), like=_like(asked, cut), between=between)
    return _together(rows, asked, cut, Numbers)


def _spreads(
    stream: Stream, by_segment: Stream, asked: Asked, family: str, number: str, between: Between = None
) -> dict[str, Spread]:
    source, cut = _read_from(stream, by_segment, asked, family)
    rows = spread(source, number, asked, cut=cut, by=("value",), like=_like(asked, cut), between=between)
    return _together(rows, asked, cut, Spread)


def _most(stream: Stream, by_segment: Stream, asked: Asked, wish: Wish[K], most: int) -> Most[K]:
    """Spreads are read of the first ones alone: they are what takes long."""
    source, cut = _read_from(stream, by_segment, asked, wish.family)
    numbers: dict[K, Numbers] = {}
    values: dict[K, list[str]] = {}
    for (value,), each in read(source, asked, cut=cut, by=("value",), like=_like(asked, cut)).items():
        key = _key(str(value), asked, cut)
        if key is not None:
            name = wish.told(key)
            numbers[name] = numbers.get(name, Numbers()) + each
            values.setdefault(name, []).append(str(value))
    ranked = sorted(numbers, key=lambda name: (-numbers[name][wish.number], name))[:most]
    wanted = [value for name in ranked for value in values[name]]
    times = spread(source, wish.spread, asked, cut=cut, by=("value",), value=wanted)
    first = [
        (name, numbers[name], reduce(add, (times.get((value,), Spread()) for value in values[name]), Spread()))
        for name in ranked
    ]
    return Most(first, len(numbers))


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


def _like(asked: Asked, cut: str) -> str:
    """The pattern of the values that `_key` can keep, so that no others are read."""
    if not cut.endswith("_of"):
        return ""
    only = asked.only
    outcome = "" if only.get("outcome") == OPEN else _quoted(only.get("outcome", "")) or "%"
    parts = (outcome, "%", _quoted(only.get("tier", "")) or "%")
    return "~".join((_quoted(only["segment"]), *parts) if only.get("segment") else parts)


def _quoted(word: str) -> str:
    """For a pattern of SQL."""
    return re.sub(r"([\\%_])", r"\\\1", word)


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
