"""The figures of agents, each with its one definition and the one way in which it is computed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conversations.reports.answers import figures as answers
from conversations.reports.measures import Counts
from conversations.reports.service.figures import FEW
from conversations.reports.sheets.sheet import Cell, Figure, Unit
from conversations.reports.tallies.spreads import Spread
from conversations.reports.tallies.stream import Numbers

ANSWERED = Figure(
    "replies",
    pgettext_lazy("of agents", "Answers"),
    _("Answers of theirs, in this time, for which a customer had waited. What they wrote unasked is none."),
)
SOLVED = Figure(
    "solved",
    _("Solved"),
    _("Episodes solved in this time that were theirs at the end; where nobody had them, of who answered last."),
)
WAITED = Figure(
    "waited",
    _("Waited for them, median"),
    _(
        "How long customers had waited for these answers, first ones and others. By the clock that is chosen; to a"
        " twentieth. Much of it may have gone by before the agent had it."
    ),
    Unit.SECONDS,
    better=-1,
    least=FEW,
)
KEPT = Figure(
    "kept",
    _("In time"),
    _("Of these answers, where a policy promised one: the share that came in time."),
    Unit.SHARE,
    better=1,
    least=FEW,
)
PASSED = Figure(
    "passed",
    _("Passed on"),
    _("Conversations that they gave to somebody else or back to the queue, in this time, each time counted."),
)
ONLINE = Figure("online", _("Online"), _("How long they were online, by the log of their states."), Unit.SECONDS)
AWAY = Figure("away", _("Away"), _("How long they were away, whatever the reason, by the same log."), Unit.SECONDS)
WORKED = Figure(
    "worked",
    _("At work"),
    _(
        "How long they had a conversation on a screen in sight, and moved at least every minute, or were on the"
        " telephone; of an hour with both at one conversation, the longer."
    ),
    Unit.SECONDS,
)
OCCUPANCY = Figure(
    "occupancy",
    _("Occupancy"),
    _("Time at work by time online. It counts what browsers tell: reading elsewhere or thinking is not in it."),
    Unit.SHARE,
)
REPEATS = Figure(
    "repeats",
    _("Asked twice"),
    _("Questions of theirs for what the desk had been told already, sent in this time."),
    better=-1,
)
SHARE = Figure("share", _("Of their time"), _("In this state by all states of this time but offline."), Unit.SHARE)
TIME = Figure("time", _("Time"), _("How long in this state, for this reason, all agents of this report."), Unit.SECONDS)
CSAT = answers.OF_KIND["csat"]
EVERY = (ANSWERED, SOLVED, WAITED, KEPT, PASSED, ONLINE, AWAY, WORKED, OCCUPANCY, CSAT, REPEATS)


@dataclass(frozen=True)
class Doing:
    """Of one agent, or of several together."""

    replies: Numbers = field(default_factory=Numbers)
    waited: Spread = field(default_factory=Spread)
    ended: Numbers = field(default_factory=Numbers)
    passed: int = 0
    worked: int = 0
    states: Mapping[tuple[str, str], int] = field(default_factory=dict)  # by state and reason
    csat: Counts = field(default_factory=Counts)
    rated: int | None = None  # of one agent: how many answers `csat` has shares of
    repeats: int = 0

    def __add__(self, other: "Doing") -> "Doing":
        keys = {**self.states, **other.states}
        return Doing(
            self.replies + other.replies,
            self.waited + other.waited,
            self.ended + other.ended,
            self.passed + other.passed,
            self.worked + other.worked,
            {key: self.states.get(key, 0) + other.states.get(key, 0) for key in keys},
            self.csat + other.csat,
            repeats=self.repeats + other.repeats,
        )

    def in_state(self, wanted: str) -> int:
        return sum(seconds for (state, _reason), seconds in self.states.items() if state == wanted)

    @property
    def is_nothing(self) -> bool:
        there = self.in_state("online") + self.in_state("away")
        return not (self.replies["replies"] or self.ended["solved"] or self.passed or self.worked or there)


@dataclass(frozen=True)
class WayOf:
    of: Callable[[Doing], float | int | None]
    rows: Callable[[Doing], int | None]
    what: str


def _count(of: Callable[[Doing], int], what: str) -> WayOf:
    return WayOf(of, of, what)


def _time(of: Callable[[Doing], int], what: str) -> WayOf:
    """Seconds; the rows behind them are not counted here."""
    return WayOf(lambda doing: of(doing) or None, lambda _doing: None, what)


def _occupancy(doing: Doing) -> float | None:
    """None where nothing was told of their work: that they did none is not known."""
    online = doing.in_state("online")
    return doing.worked / online if online and doing.worked else None


WAYS: Mapping[str, WayOf] = {
    "replies": _count(lambda doing: doing.replies["replies"], "replies"),
    "solved": _count(lambda doing: doing.ended["solved"], "solved"),
    "waited": WayOf(lambda doing: doing.waited.median, lambda doing: doing.waited.count, "replies"),
    "kept": WayOf(
        lambda doing: doing.replies.per("kept", "promised"), lambda doing: doing.replies["promised"], "reply_promised"
    ),
    "passed": _count(lambda doing: doing.passed, "passed"),
    "online": _time(lambda doing: doing.in_state("online"), "states&state=online"),
    "away": _time(lambda doing: doing.in_state("away"), "states&state=away"),
    "worked": _time(lambda doing: doing.worked, "work"),
    "occupancy": WayOf(_occupancy, lambda _doing: None, "work"),
    "repeats": _count(lambda doing: doing.repeats, "repeats"),
}


def cell(figure: Figure, now: Doing, before: Doing | None = None, drill: str = "") -> Cell:
    if figure is CSAT:
        earlier = before.csat if before else None
        return answers.cell("csat", now.csat, earlier, f"what=csat&{drill}".rstrip("&"), now.rated)
    way = WAYS[figure.key]
    rows, value = way.rows(now), way.of(now)
    is_shown = value is not None and rows != 0
    then = way.of(before) if before is not None and (way.rows(before) or FEW) >= figure.least else None
    return Cell(figure, value, rows, before=then, drill=f"what={way.what}&{drill}".rstrip("&") if is_shown else "")
