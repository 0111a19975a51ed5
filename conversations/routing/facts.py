"""What routing knows when it decides, and what it decided: frozen values, so that a choice can be made again later.

Nothing here asks the database or the clock. `conversations.routing.snapshot` fills these, `policy.decide` reads them,
`kept` writes them down beside the decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Trigger = Literal[
    "arrived",  # a new conversation
    "replied",  # the customer wrote again in a snoozed, solved or unassigned one
    "handed_over",  # the bot gave it to people
    "online",  # an agent came, and the backlog drains
    "freed",  # an agent has room again
    "left",  # its agent went away, off line or from the desk
    "silent",  # its agent did not answer within the limit
    "declined",  # its agent gave it back, with a reason
    "overdue",  # its next look has come: overflow, the end of waiting for the agent they know, a deadline at risk
    "changed",  # rules, skills or teams changed
    "pulled",  # an agent took the next
    "transferred",  # an agent passed it to a team
    "call_back",  # somebody is to be rung
    "by_hand",  # a person chose: kept for completeness, nothing was computed
]

Kind = Literal["agent", "team", "bot", "stays"]


@dataclass(frozen=True)
class Known:
    """An agent who spoke with this customer before."""

    agent: int
    talks: int
    last_at: datetime


@dataclass(frozen=True)
class Matter:
    """The conversation as rules see it. `at` is the moment of the choice: the only clock there is."""

    at: datetime
    trigger: Trigger
    conversation: int
    customer: int
    medium: str = ""
    channel: int | None = None
    channel_team: int | None = None
    team: int | None = None  # that it has now
    assignee: int | None = None
    status: str = "open"
    priority: int = 1
    topic: str = ""  # Topic.name
    certainty: float = 0.0  # of the topic, 0 to 1
    next_topic: str = ""
    next_certainty: float = 0.0
    complexity: int = 1  # 1 simple, 2 ordinary, 3 hard
    language: str = ""
    tier: str = ""
    value: float = 0.0  # spent so far, in the shop's currency
    mood: float | None = None  # -1 angry … 1 glad
    segments: tuple[int, ...] = ()
    order_states: tuple[str, ...] = ()  # of the customer's orders that are not long done, newest first
    words: str = ""  # subject and the last messages of theirs, at most 4,000 signs
    attributes: Mapping[str, str] = field(default_factory=dict)  # the customer's own fields and traits
    tags: tuple[str, ...] = ()
    is_open: bool = True  # by the hours of channel, team or desk
    is_new_customer: bool = False
    is_public: bool = False
    is_spam: bool = False
    since: datetime | None = None  # waits since
    due_at: datetime | None = None  # the next deadline of its SLA
    queued_at: datetime | None = None  # entered the queue
    step: int = 0  # how far its overflow has gone
    asked_for: int | None = None  # the agent whom the customer named
    known: tuple[Known, ...] = ()
    passed: tuple[int, ...] = ()  # agents who declined it or were silent
    call_back: bool = False
    team_by_hand: bool = False  # a person passed it to `team`: rules no longer choose another
    rating: float | None = None  # how the customer found it last: 1 to 5
    is_with_people: bool = False  # since it was last opened, the bot gave it to people, or one of them has answered


@dataclass(frozen=True)
class AgentFacts:
    """One agent at that moment. `load` and `capacity` are in units of the policy's weights per medium; the load is
    that of everything else they have: the conversation that is decided about is not in it."""

    agent: int
    name: str
    state: str = "online"  # online, away, offline, as heard from them and their sockets
    teams: tuple[int, ...] = ()
    languages: tuple[str, ...] = ()
    skills: Mapping[int, int] = field(default_factory=dict)  # Skill → level 1 to 5
    load: float = 0.0
    capacity: float = 6.0
    media: tuple[str, ...] | None = None  # those they may answer by; None for every one
    sees_all: bool = False
    idle_since: datetime | None = None  # was given something last
    offered: int = 0  # conversations given to them in the rolling window
    available: float = 0.0  # hours they were there in the same window


@dataclass(frozen=True)
class TeamFacts:
    team: int
    name: str
    is_open: bool = True
    opens_at: datetime | None = None
    assigns: bool = True  # False: its agents pull


@dataclass(frozen=True)
class Snapshot:
    matter: Matter
    agents: tuple[AgentFacts, ...] = ()
    teams: tuple[TeamFacts, ...] = ()
    skills: Mapping[int, str] = field(default_factory=dict)  # names, for sentences
    bot: bool = False  # a bot is here to take it


@dataclass(frozen=True)
class Weights:
    """How much each part of the score counts; the parts are 0 to 1 each."""

    skill: float = 30
    language: float = 20
    room: float = 20
    knows: float = 20
    idle: float = 5
    share: float = 5


@dataclass(frozen=True)
class Overflow:
    """After so many minutes in the queue, this team may take it, too."""

    after: float
    team: int


@dataclass(frozen=True)
class Outcome:
    """What a rule says to do. `team` 0 means the channel's own."""

    to: Literal["bot", "team", "agent"] = "team"
    team: int = 0
    agent: int | None = None
    assigns: bool = True  # False: it stays in the team's queue, and agents pull
    required: Mapping[int, int] = field(default_factory=dict)  # Skill → least level
    preferred: Mapping[int, int] = field(default_factory=dict)
    language: Literal["required", "preferred", "any"] = "preferred"
    priority: int | None = None
    overflow: tuple[Overflow, ...] = ()
    wait_for_known: float = 0.0  # minutes to wait for the agent whom they know, when that one is full or away
    known_within: float = 7.0  # days
    weights: Weights | None = None  # else the policy's


@dataclass(frozen=True)
class Rule:
    key: str  # stays the same over versions, so that what happened can be counted by rule
    name: str
    conditions: Mapping[str, object] = field(default_factory=dict)  # {"match", "rules"}: conversations.conditions
    outcome: Outcome = Outcome()


@dataclass(frozen=True)
class Policy:
    """A version of the rules. The first that holds decides; `otherwise` when none does."""

    version: int = 0
    rules: tuple[Rule, ...] = ()
    otherwise: Outcome = Outcome(assigns=False)
    weights: Weights = Weights()
    costs: Mapping[str, float] = field(default_factory=lambda: {"chat": 2.0, "voice": 6.0})  # per medium; others cost 1
    unsure_below: float = 0.6  # a topic less certain than this marks the decision unsure
    silent_after: Mapping[str, float] = field(default_factory=lambda: {"chat": 3.0})  # minutes per medium; others never
    away_gives_back: tuple[str, ...] = ("chat",)  # media whose work is offered back at once when their agent goes
    at_risk: float = 10.0  # minutes before a deadline: nobody is waited for, and every team of the overflow is asked

    def cost(self, medium: str) -> float:
        return self.costs.get(medium, 1.0)


@dataclass(frozen=True)
class Reason:
    """Why, or why not: a word of `conversations.routing.words` with what it speaks of."""

    code: str
    about: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """One candidate: out for reasons, or in with a score."""

    agent: int
    out: tuple[Reason, ...] = ()
    good: tuple[Reason, ...] = ()
    parts: Mapping[str, float] = field(default_factory=dict)  # of the score, weighed
    score: float = 0.0


@dataclass(frozen=True)
class Decision:
    kind: Kind
    agent: int | None = None
    team: int | None = None
    rule: str = ""  # Rule.key; "" for `otherwise`
    priority: int | None = None
    reasons: tuple[Reason, ...] = ()  # for the sentence
    verdicts: tuple[Verdict, ...] = ()  # the best first
    is_unsure: bool = False
    is_fallback: bool = False  # nobody fitted; it waits in the queue, or went to another than was meant
    look_at: datetime | None = None  # when to look again, if nothing happens before
    step: int = 0
    outside: int = 0  # agents of no team concerned: counted, not listed
