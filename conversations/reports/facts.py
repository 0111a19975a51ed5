"""The live board as frozen facts: read once for all who watch, each of whom sees the teams that are theirs to see."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

NO_TEAM = 0  # what waits in no team's queue
SOON = timedelta(minutes=15)
SLOT = timedelta(minutes=30)
SLOTS = 12  # half hours in the chart, the one that runs included
WEEKS = 4  # that "usual" is the average of: the same moment of the same day of the week

Scope = frozenset[int]  # teams, with NO_TEAM


@dataclass(frozen=True)
class Pile:
    """Open conversations that have the same team, agent, medium and status: how many, and how they stand."""

    team: int
    agent: int
    medium: str
    status: str
    count: int
    waiting: int
    oldest: datetime | None
    soon: int
    at_risk: int
    late: int


@dataclass(frozen=True)
class Here:
    """An agent now. `load` and `capacity` in units of the routing rules."""

    agent: int
    name: str
    initials: str
    hue: int
    state: str
    reason: str
    since: datetime | None
    teams: tuple[int, ...]
    languages: tuple[str, ...]
    capacity: float
    load: float = 0.0
    open: int = 0

    @property
    def share(self) -> float:
        return self.load / self.capacity if self.capacity else 1.0

    @property
    def is_full(self) -> bool:
        return self.load + 1 > self.capacity


@dataclass(frozen=True)
class Late:
    """One of the most overdue of its team."""

    conversation: int
    customer: str
    team: int
    agent: int
    medium: str
    language: str
    due_at: datetime
    waiting_since: datetime | None


@dataclass(frozen=True)
class Lent:
    loan: int
    agent: int
    team: int
    until: datetime


@dataclass(frozen=True)
class Answers:
    """Deadlines of answers that ended in a stretch of time, of one team. `took`: seconds, of the first answers."""

    team: int
    firsts: int
    took: float
    answers: int
    in_time: int


@dataclass(frozen=True)
class Begun:
    """Conversations that began in a half hour of the chart."""

    slot: int
    team: int
    medium: str
    count: int


@dataclass(frozen=True)
class GivenUp:
    team: int
    calls: int
    chats: int


@dataclass(frozen=True)
class Rated:
    """Answers to “how was it”, from 1 to 5; `good` of them 4 or 5."""

    team: int
    answers: int
    good: int


@dataclass(frozen=True)
class Low:
    """An answer to a survey with few points, of these days, that nobody has looked at yet. `top`: of its scale."""

    answer: int
    conversation: int
    team: int
    customer: str
    kind: str
    score: int
    top: int
    comment: str


@dataclass(frozen=True)
class Today:
    """`begins`: midnight by the desk's clock; `chart_begins`: of the first half hour."""

    begins: datetime
    chart_begins: datetime
    answers: tuple[Answers, ...] = ()
    week_ago: tuple[Answers, ...] = ()
    begun: tuple[Begun, ...] = ()
    given_up: tuple[GivenUp, ...] = ()
    rated: tuple[Rated, ...] = ()
    low: tuple[Low, ...] = ()


@dataclass(frozen=True)
class Usual:
    """Of the weeks that there were: nothing where there were none. Per team, on average."""

    weeks: int = 0
    waiting: dict[int, float] = field(default_factory=dict)
    begun: dict[tuple[int, int], float] = field(default_factory=dict)  # slot and team


@dataclass(frozen=True)
class Board:
    at: datetime
    zone: str
    teams: dict[int, str]
    open_teams: frozenset[int]  # by their hours
    piles: tuple[Pile, ...]
    agents: tuple[Here, ...]
    late: tuple[Late, ...]
    lent: tuple[Lent, ...]
    limits: dict[str, int]  # of the alerts that are on
    today: Today
    usual: Usual

    def piles_of(self, scope: Scope) -> list[Pile]:
        return [pile for pile in self.piles if pile.team in scope]

    def agents_of(self, scope: Scope) -> list[Here]:
        return [agent for agent in self.agents if scope.intersection(agent.teams)]

    def members(self, team: int) -> list[Here]:
        return [agent for agent in self.agents if team in agent.teams]


@dataclass(frozen=True)
class Standing:
    """Several piles together."""

    waiting: int = 0
    oldest: datetime | None = None
    soon: int = 0
    at_risk: int = 0
    late: int = 0
    with_bot: int = 0
    unassigned: int = 0


def together(piles: Iterable[Pile]) -> Standing:
    piles = list(piles)
    return Standing(
        waiting=sum(pile.waiting for pile in piles),
        oldest=min((pile.oldest for pile in piles if pile.oldest), default=None),
        soon=sum(pile.soon for pile in piles),
        at_risk=sum(pile.at_risk for pile in piles),
        late=sum(pile.late for pile in piles),
        with_bot=sum(pile.count for pile in piles if pile.status == "pending"),
        unassigned=sum(pile.waiting for pile in piles if not pile.agent),
    )
