"""What the report of the service reads: every stream of it, by the same key, without what is left out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from conversations.models.fact import Handler
from conversations.reports.service.figures import Found
from conversations.reports.sheets.sheet import Asked
from conversations.reports.streams_service import BEGUN, ENDED, REPLIES
from conversations.reports.tallies.reading import Between, read, spread
from conversations.reports.tallies.spreads import Spread
from conversations.reports.tallies.stream import Numbers, Stream

# What can be left out, by the filter's word.
HANDLERS: Mapping[str, tuple[str, ...]] = {
    "people": (Handler.NOBODY, Handler.PEOPLE, Handler.BOTH),
    "bot": (Handler.BOT,),
}
ROWS = ("team", "medium", "hour", "weekday", "at")  # by what reading goes; anything else is a cut
EVER = datetime(2000, 1, 1, tzinfo=UTC)
Key = tuple[object, ...]


class _AddsUp(Protocol):
    def __add__(self: "T", other: "T") -> "T": ...


T = TypeVar("T", bound=_AddsUp)
Reads = Callable[..., dict[Key, T]]


def by_calendar(asked: Asked) -> bool:
    return asked.only.get("clock") == "calendar"


def found_by(asked: Asked, way: Sequence[str] = (), between: Between | None = None) -> dict[Key, Found]:
    """By `way`: of ROWS several, or one cut alone; one key, the empty one, for none. What has nothing has no key."""
    clock = "" if by_calendar(asked) else "_open"
    begun, ended = _gather(read, BEGUN, asked, way, between), _gather(read, ENDED, asked, way, between)
    first = _gather(_spread(f"waited{clock}"), BEGUN, asked, way, between)
    took = _gather(_spread(f"took{clock}"), ENDED, asked, way, between)
    worked = _gather(_spread("worked"), ENDED, asked, way, between)
    answered = _gather(read, REPLIES, asked, way, between)
    replies = {key: each for key, each in answered.items() if each["following"]}
    following = _gather(_spread(f"waited{clock}"), REPLIES, asked, way, between)
    keys = {**begun, **ended, **first, **took, **worked, **replies}
    return {
        key: Found(
            begun.get(key, Numbers()),
            ended.get(key, Numbers()),
            replies.get(key, Numbers()),
            first.get(key, Spread()),
            following.get(key, Spread()),
            took.get(key, Spread()),
            worked.get(key, Spread()),
            by_calendar=by_calendar(asked),
        )
        for key in keys
    }


def numbers_by(asked: Asked, way: Sequence[str], between: Between | None = None) -> dict[Key, Found]:
    """The same of what needs no middle: half as many readings."""
    begun, ended = _gather(read, BEGUN, asked, way, between), _gather(read, ENDED, asked, way, between)
    calendar = by_calendar(asked)
    return {
        key: Found(begun.get(key, Numbers()), ended.get(key, Numbers()), by_calendar=calendar)
        for key in {**begun, **ended}
    }


def begun_by(asked: Asked, way: Sequence[str]) -> dict[Key, Found]:
    """The same of what begins alone."""
    calendar = by_calendar(asked)
    begun = _gather(read, BEGUN, asked, way, None)
    return {key: Found(begun=each, by_calendar=calendar) for key, each in begun.items()}


def waited_by(asked: Asked, way: Sequence[str]) -> dict[Key, Found]:
    """How long they waited for the first answer, alone."""
    name = "waited" if by_calendar(asked) else "waited_open"
    return {key: Found(first=each) for key, each in _gather(_spread(name), BEGUN, asked, way, None).items()}


def left(asked: Asked, at: datetime, way: Sequence[str] = ()) -> dict[Key, int]:
    """How many had begun by then, and had not ended."""
    begun = _gather(read, BEGUN, asked, way, (EVER, at))
    ended = _gather(read, ENDED, asked, way, (EVER, at))
    return {key: each["every"] - ended.get(key, Numbers())["every"] for key, each in begun.items()}


def with_left(found: Mapping[Key, Found], left_by: Mapping[Key, int]) -> dict[Key, Found]:
    keys = {**found, **{key: None for key, count in left_by.items() if count}}
    return {key: replace(found.get(key, Found()), is_open=left_by.get(key, 0)) for key in keys}


def _spread(name: str) -> "Reads[Spread]":
    def reads(stream: Stream, asked: Asked, **more: object) -> dict[Key, Spread]:
        return spread(stream, name, asked, **more)  # type: ignore[arg-type]

    return reads


def _gather(
    reads: "Reads[T]", stream: Stream, asked: Asked, way: Sequence[str], between: Between | None
) -> dict[Key, T]:
    """Added up over the handlers that are meant."""
    wanted = HANDLERS.get(asked.only.get("handler", ""))
    cuts = [each for each in way if each not in ROWS]
    rows = tuple(each for each in way if each in ROWS)
    if wanted is None or cuts == ["handler"]:
        by = (*rows, "value") if cuts else rows
        found = reads(stream, asked, cut=cuts[0] if cuts else "", by=by, between=between)
        return {key: each for key, each in found.items() if wanted is None or key[-1] in wanted}
    cut = f"handler_{cuts[0]}" if cuts else "handler"
    summed: dict[Key, T] = {}
    for key, each in reads(stream, asked, cut=cut, by=(*rows, "value"), between=between).items():
        handler, _slash, rest = str(key[-1]).partition("/")
        if handler in wanted:
            short = (*key[:-1], rest) if cuts else key[:-1]
            summed[short] = summed[short] + each if short in summed else each
    return summed
