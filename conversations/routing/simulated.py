"""What a desk in memory is given, and what becomes of what arrives there: the values of `simulation`."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from conversations.routing.facts import AgentFacts, Decision, Matter, Snapshot, TeamFacts

WINDOW = timedelta(hours=8)  # of fairness, as conversations.routing.people has it
NEVER = datetime.max.replace(tzinfo=UTC)
Place = tuple[int, datetime, datetime, int]


@dataclass(frozen=True)
class Arrival:
    """Something for which somebody is to be chosen, and what became of it in life."""

    matter: Matter
    handling: timedelta  # from being given until it left the agent's hands
    answering: timedelta = timedelta()  # from being given until the first answer
    taken_after: timedelta | None = None  # where agents pull: when one took it,
    taken_by: int | None = None  # and who
    belongs: int | None = None  # the team to which a person moved it


@dataclass(frozen=True)
class Presence:
    at: datetime
    agent: int
    state: str


@dataclass(frozen=True)
class Opening:
    at: datetime
    team: int
    is_open: bool
    opens_at: datetime | None = None


@dataclass(frozen=True)
class Stage:
    """Who is there at the start, and what will happen but for the choices. Nothing happens after `until`."""

    agents: tuple[AgentFacts, ...]
    teams: tuple[TeamFacts, ...]
    until: datetime
    skills: Mapping[int, str] = field(default_factory=dict)
    presences: Sequence[Presence] = ()
    openings: Sequence[Opening] = ()
    bot: bool = False


@dataclass
class Fate:
    """What became of one arrival here. `first` is the choice at once, `chosen` the one that gave it to somebody."""

    arrival: Arrival
    first: Decision | None = None
    first_snapshot: Snapshot | None = None
    chosen: Decision | None = None
    agent: int | None = None
    team: int | None = None
    given_at: datetime | None = None
    is_known: bool = False  # the agent had spoken with the customer
    had_known: bool = False  # somebody had
    gives: list[tuple[datetime, int]] = field(default_factory=list)  # each time, to whom
    given_back: int = 0
    is_moot: bool = False  # here it did not come to this: people had what the bot had in life
    # While it is under way:
    queued_at: datetime | None = None
    priority: int = 1
    step: int = 0
    ends_at: datetime | None = None
    left: timedelta | None = None  # of the handling, where somebody gave it back
    turn: int = 0  # what was planned for an earlier one is void
    may_take: frozenset[int] = frozenset()
    queued_place: Place | None = None  # where it stands in the queue, None when it does not

    @property
    def place(self) -> Place:
        """In the queue: urgent ones first, then by deadline, then who waits longest."""
        matter = self.arrival.matter
        assert self.queued_at is not None
        return (-self.priority, matter.due_at or NEVER, self.queued_at, matter.conversation)


@dataclass
class Work:
    """What one agent had to do, in units and hours."""

    given: int = 0
    busy: float = 0.0  # units × hours while they were there: what lies until they come back is no work meanwhile
    there: float = 0.0  # hours
    most: float = 0.0  # units at once
    load: float = 0.0
    is_there: bool = False
    counted_at: datetime | None = None
    offers: deque[datetime] = field(default_factory=deque)
    stretches: deque[tuple[datetime, datetime]] = field(default_factory=deque)  # there, lately
    there_since: datetime | None = None

    def count(self, now: datetime) -> None:
        hours = (now - (self.counted_at or now)).total_seconds() / 3600
        if self.is_there:
            self.busy += self.load * hours
            self.there += hours
        self.counted_at = now

    def available(self, now: datetime) -> float:
        """Hours there in the window."""
        since = now - WINDOW
        while self.stretches and self.stretches[0][1] <= since:
            self.stretches.popleft()
        stretches = list(self.stretches)
        if self.there_since is not None:
            stretches.append((self.there_since, now))
        total = sum(((until - max(begun, since)).total_seconds() for begun, until in stretches), 0.0)
        return round(max(0.0, total) / 3600, 4)

    def offered(self, now: datetime) -> int:
        while self.offers and self.offers[0] <= now - WINDOW:
            self.offers.popleft()
        return len(self.offers)


@dataclass
class Run:
    """What came of it: `fates` in the order of the arrivals, `work` by agent."""

    fates: list[Fate]
    work: dict[int, Work]
