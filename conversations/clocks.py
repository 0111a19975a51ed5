"""How the clocks of one conversation run, pure: what happened goes in, in order, and out come those that run and those
that ended.

Three clocks: to the first answer and to every further one, from the customer's word to ours; and to the solution, from
their first word on. The last rests while the customer has the word, where the policy says so, and once it is solved.
What is snoozed waits on: whom nobody has answered has not been answered. Spans are of the hours that count
(conversations.routing.hours), so they are exact over holidays and changes of the clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from conversations.routing.hours import Calendar, add, between

Kind = Literal["first", "next", "resolution"]
What = Literal["asked", "answered", "bot", "solved", "opened"]
Told = Literal["", "warned", "late", "escalated"]
KINDS: tuple[Kind, ...] = ("first", "next", "resolution")
LEVELS: tuple[Told, ...] = ("", "warned", "late", "escalated")
NONE = timedelta(0)
UNREADABLE = (AssertionError, KeyError, TypeError, ValueError)


@dataclass(frozen=True)
class Promise:
    """An SLA policy as values, with the hours that count for one conversation."""

    policy: int
    name: str
    within: Mapping[str, timedelta]  # by kind; a kind that is missing was not promised
    calendar: Calendar = field(default_factory=Calendar)
    hours: str = ""  # their name; "" for every hour of day and night
    pauses: bool = True
    warn_at: float = 0.75  # share of the time
    escalate_after: timedelta = NONE
    key: str = ""  # the same for promises that say the same


@dataclass(frozen=True)
class Happening:
    at: datetime
    what: What
    by: int | None = None  # the agent


@dataclass(frozen=True)
class Clock:
    kind: Kind
    since: datetime
    ran: timedelta = NONE  # in stretches that have ended
    runs_since: datetime | None = None  # None: it rests
    over_at: datetime | None = None  # its time was up then, in a stretch that has ended
    told: Told = ""  # how far somebody was told of it


@dataclass(frozen=True)
class Ended:
    kind: Kind
    since: datetime
    done_at: datetime
    took: timedelta
    due_at: datetime | None
    by: int | None = None

    @property
    def is_met(self) -> bool:
        return self.due_at is None or self.done_at <= self.due_at


@dataclass(frozen=True)
class State:
    """Where a conversation's clocks stand. While it is solved, those that it stopped are kept: it may not be solved."""

    clocks: tuple[Clock, ...] = ()
    is_solved: bool = False
    had_first: bool = False  # the first answer is no longer owed
    latest: datetime | None = None
    channel: int | None = None  # by which they wrote last: its hours count
    key: str = ""  # Promise.key that it was reckoned by

    def clock(self, kind: str) -> Clock | None:
        return next((clock for clock in self.clocks if clock.kind == kind), None)


@dataclass(frozen=True)
class Standing:
    """What of it the desk shows, and waits for."""

    due_at: datetime | None = None
    at_risk_at: datetime | None = None
    is_late: bool = False
    look_at: datetime | None = None


def run(happenings: Iterable[Happening], promise: Promise) -> tuple[State, list[Ended]]:
    """From the beginning. What ended and was opened again has not ended."""
    state, ended = State(key=promise.key), dict[tuple[str, datetime], Ended]()
    for happening in happenings:
        state, over, revived = after(state, happening, promise)
        for clock in revived:
            ended.pop((clock.kind, clock.since), None)
        ended |= {(each.kind, each.since): each for each in over}
    return state, sorted(ended.values(), key=lambda each: (each.done_at, each.since, each.kind))


def after(state: State, happening: Happening, promise: Promise) -> tuple[State, list[Ended], list[Clock]]:
    """One step: the state that follows, the clocks that ended by it, and those that had ended and go on."""
    if happening.what == "opened" and not state.is_solved:  # the log of a word that has opened it
        return state, [], []
    state = replace(state, latest=max(filter(None, [state.latest, happening.at])))
    return _STEPS[happening.what](state, happening, promise)


def _asked(state: State, happening: Happening, promise: Promise) -> tuple[State, list[Ended], list[Clock]]:
    """The customer's word; what they ask again before an answer changes nothing."""
    clocks, revived = state.clocks, list[Clock]()
    if state.is_solved:  # they open it: what they asked before was closed with it, only the solution is owed again
        revived = [clock for clock in clocks if clock.kind == "resolution"]
        state, clocks = replace(state, is_solved=False, had_first=True), tuple(revived)
    if not any(clock.kind != "resolution" for clock in clocks):
        kind: Kind = "next" if state.had_first else "first"
        clocks = (Clock(kind, happening.at, runs_since=happening.at), *clocks)
    if not any(clock.kind == "resolution" for clock in clocks):
        clocks = (*clocks, Clock("resolution", happening.at))
    return replace(state, clocks=tuple(_started(clock, happening.at) for clock in clocks)), [], revived


def _answered(state: State, happening: Happening, promise: Promise) -> tuple[State, list[Ended], list[Clock]]:
    if state.is_solved:
        return state, [], []
    owed = [clock for clock in state.clocks if clock.kind != "resolution"]
    ended = [_ended(clock, happening, promise) for clock in owed]
    had_first = state.had_first or bool(owed)
    return replace(_rested(state, happening.at, promise), had_first=had_first), ended, []


def _by_bot(state: State, happening: Happening, promise: Promise) -> tuple[State, list[Ended], list[Clock]]:
    """The bot's word ends nothing and is no answer of ours; whoever speaks with it does not wait for us."""
    return (state if state.is_solved else _rested(state, happening.at, promise)), [], []


def _rested(state: State, at: datetime, promise: Promise) -> State:
    """The customer has the word."""
    left = [clock for clock in state.clocks if clock.kind == "resolution"]
    return replace(state, clocks=tuple(_stopped(clock, at, promise) if promise.pauses else clock for clock in left))


def _solved(state: State, happening: Happening, promise: Promise) -> tuple[State, list[Ended], list[Clock]]:
    if state.is_solved:
        return state, [], []
    ended = [_ended(clock, happening, promise) for clock in state.clocks]
    clocks = tuple(_stopped(clock, happening.at, promise) for clock in state.clocks)
    return replace(state, clocks=clocks, is_solved=True), ended, []


def _opened(state: State, happening: Happening, promise: Promise) -> tuple[State, list[Ended], list[Clock]]:
    """An agent says that it is not solved: everything goes on that it had stopped, and the word is ours."""
    clocks = tuple(_started(clock, happening.at) for clock in state.clocks)
    return replace(state, clocks=clocks, is_solved=False), [], list(state.clocks)


_STEPS = {"asked": _asked, "answered": _answered, "bot": _by_bot, "solved": _solved, "opened": _opened}


def _started(clock: Clock, at: datetime) -> Clock:
    return clock if clock.runs_since else replace(clock, runs_since=at)


def _stopped(clock: Clock, at: datetime, promise: Promise) -> Clock:
    if clock.runs_since is None:
        return clock
    due = due_at(clock, promise)
    over_at = due if due and due < at else None
    return replace(clock, ran=used(clock, promise, at), runs_since=None, over_at=over_at)


def _ended(clock: Clock, happening: Happening, promise: Promise) -> Ended:
    took, due = used(clock, promise, happening.at), due_at(clock, promise)
    return Ended(clock.kind, clock.since, happening.at, took, due, happening.by)


def used(clock: Clock, promise: Promise, at: datetime) -> timedelta:
    """How much of the hours that count it has run until then."""
    return clock.ran + (between(promise.calendar, clock.runs_since, at) if clock.runs_since else NONE)


def due_at(clock: Clock, promise: Promise) -> datetime | None:
    """When its time is up, if nothing happens; or was. None while it rests, and where nothing was promised."""
    within = promise.within.get(clock.kind)
    if within is None or clock.over_at:
        return clock.over_at
    return _when(clock, promise, within)


def at_risk_at(clock: Clock, promise: Promise) -> datetime | None:
    """From when on it is soon."""
    within = promise.within.get(clock.kind)
    if within is None or clock.over_at:
        return clock.over_at
    return _when(clock, promise, within * promise.warn_at)


def escalates_at(clock: Clock, promise: Promise) -> datetime | None:
    due = due_at(clock, promise)
    return add(promise.calendar, due, promise.escalate_after) if due and promise.escalate_after else due


def _when(clock: Clock, promise: Promise, much: timedelta) -> datetime | None:
    if clock.runs_since is None:
        return None
    return add(promise.calendar, clock.runs_since, max(NONE, much - clock.ran))


def standing(state: State, promise: Promise, now: datetime) -> Standing:
    """Of what is solved, nothing is due."""
    if state.is_solved:
        return Standing()
    due = [(at, clock) for clock in state.clocks if (at := due_at(clock, promise))]
    if not due:
        return Standing()
    first, clock = min(due, key=lambda pair: pair[0])
    soon = at_risk_at(clock, promise)
    looks = [at for _due, each in due if (at := _next_look(each, promise))]
    return Standing(first, soon, first < now, min(looks, default=None))


def _next_look(clock: Clock, promise: Promise) -> datetime | None:
    level = LEVELS.index(clock.told)
    return None if level == len(LEVELS) - 1 else moment(clock, LEVELS[level + 1], promise)


def moment(clock: Clock, level: Told, promise: Promise) -> datetime | None:
    """When somebody is to be told that it is at risk, late, or to be escalated."""
    when = {"warned": at_risk_at, "late": due_at, "escalated": escalates_at}[level]
    return when(clock, promise)


def news(state: State, promise: Promise, now: datetime) -> list[tuple[Clock, Told]]:
    """What is to be told now, each clock at most to its last level: of one that is late, nobody is warned."""
    if state.is_solved:
        return []
    found = [(clock, reached(clock, promise, now)) for clock in state.clocks]
    return [(clock, level) for clock, level in found if LEVELS.index(level) > LEVELS.index(clock.told)]


def reached(clock: Clock, promise: Promise, now: datetime) -> Told:
    past = [level for level in LEVELS[1:] if (at := moment(clock, level, promise)) and at <= now]
    return past[-1] if past else ""


def told(state: State, told_of: Iterable[tuple[Clock, Told]]) -> State:
    levels = {(clock.kind, clock.since): level for clock, level in told_of}
    marked = (replace(each, told=levels.get((each.kind, each.since), each.told)) for each in state.clocks)
    return replace(state, clocks=tuple(marked))


def carried(state: State, former: State) -> State:
    """How far somebody was told, of the clocks that go on."""
    return told(state, [(clock, clock.told) for clock in former.clocks])


def written(state: State) -> dict[str, object]:
    """As the conversation's row keeps it (Conversation.clocks); nothing, where nothing has begun."""
    if not state.clocks and state.latest is None:
        return {}
    return {
        "key": state.key,
        "channel": state.channel,
        "latest": _iso(state.latest),
        "solved": state.is_solved,
        "had_first": state.had_first,
        "clocks": [_written(clock) for clock in state.clocks],
    }


def _written(clock: Clock) -> dict[str, object]:
    at = {"since": clock.since, "runs": clock.runs_since, "over": clock.over_at}
    return {"kind": clock.kind, "ran": clock.ran // timedelta(microseconds=1), "told": clock.told} | {
        name: _iso(each) for name, each in at.items()
    }


def read(kept: Mapping[str, object]) -> State:
    """The very State that was written; raises one of UNREADABLE for anything else."""
    if not kept:
        return State()
    clocks, channel = kept["clocks"], kept["channel"]
    assert isinstance(clocks, Sequence) and (channel is None or isinstance(channel, int))
    return State(
        clocks=tuple(_read(each) for each in clocks),
        is_solved=bool(kept["solved"]),
        had_first=bool(kept["had_first"]),
        latest=_moment(kept["latest"]),
        channel=channel,
        key=str(kept["key"]),
    )


def _read(kept: Mapping[str, object]) -> Clock:
    since, ran = _moment(kept["since"]), timedelta(microseconds=int(str(kept["ran"])))
    kind = KINDS[KINDS.index(kept["kind"])]
    level = LEVELS[LEVELS.index(kept["told"])]
    assert since is not None
    return Clock(kind, since, ran, _moment(kept["runs"]), _moment(kept["over"]), level)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None
