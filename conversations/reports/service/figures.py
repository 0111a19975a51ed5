"""The figures of the service, each with its one definition and the one way in which it is computed from numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from conversations.reports.sheets.sheet import Cell, Figure, Unit
from conversations.reports.tallies.spreads import Spread
from conversations.reports.tallies.stream import Numbers

FEW = 5  # below which a share, a mean or a middle says nothing

BEGUN = Figure(
    "begun",
    _("Begun"),
    _(
        "Episodes that began in this time. An episode goes from the customer's first word, or ours, until it is solved;"
        " opened again, it is another one. Spam, and what was merged into another, is none."
    ),
)
INBOUND = Figure(
    "inbound", _("Begun by customers"), _("Of those begun, those in which the customer wrote or rang first.")
)
AGAIN = Figure("again", _("Opened again"), _("Of those begun, those whose conversation had been solved before."))
SOLVED = Figure("solved", _("Solved"), _("Episodes that were solved in this time, whenever they had begun."))
BACKLOG = Figure(
    "open",
    _("Open at the end"),
    _("Episodes that had begun and had not ended at the last moment of this time; snoozed ones among them."),
    better=-1,
)
FIRST = Figure(
    "first",
    _("First answer, median"),
    _(
        "Of the episodes begun in this time that a person answered: how long the customer had waited for a person's"
        " first answer, half of them less and half of them more. Where the bot had answered, since it passed them on."
        " By the clock that is chosen; to a twentieth."
    ),
    Unit.SECONDS,
    better=-1,
    least=FEW,
)
FIRST_MEAN = Figure(
    "first_mean", _("First answer, mean"), _("The same, on average."), Unit.SECONDS, better=-1, least=FEW
)
FIRST_KEPT = Figure(
    "first_kept",
    _("First answer in time"),
    _("Of the episodes begun in this time whose first answer was promised by a policy: the share that had it in time."),
    Unit.SHARE,
    better=1,
    least=FEW,
)
NEXT = Figure(
    "next",
    _("Next answer, median"),
    _(
        "Of the answers that people gave in this time, but for first ones: how long the customer had waited, since the"
        " first word of theirs that nobody had answered. By the clock that is chosen; to a twentieth."
    ),
    Unit.SECONDS,
    better=-1,
    least=FEW,
)
NEXT_MEAN = Figure("next_mean", _("Next answer, mean"), _("The same, on average."), Unit.SECONDS, better=-1, least=FEW)
NEXT_KEPT = Figure(
    "next_kept",
    _("Next answer in time"),
    _("Of these answers, where a policy promised one: the share that came in time."),
    Unit.SHARE,
    better=1,
    least=FEW,
)
TOOK = Figure(
    "took",
    _("To the solution, median"),
    _("Of the episodes solved in this time: from their beginning to their end. By the clock chosen; to a twentieth."),
    Unit.SECONDS,
    better=-1,
    least=FEW,
)
TOOK_MEAN = Figure(
    "took_mean", _("To the solution, mean"), _("The same, on average."), Unit.SECONDS, better=-1, least=FEW
)
IN_ONE = Figure(
    "in_one",
    _("Solved in one go"),
    _(
        "Of the episodes solved in this time: the share of those that were their conversation's first, were not opened"
        " again since, were passed on to nobody and stayed on one channel."
    ),
    Unit.SHARE,
    better=1,
    least=FEW,
)
REOPENED = Figure(
    "reopened",
    _("Opened again after"),
    _("Of the episodes solved in this time: the share whose conversation was opened again since, whenever that was."),
    Unit.SHARE,
    better=-1,
    least=FEW,
)
HANDLE = Figure(
    "handle",
    _("Handle time, mean"),
    _(
        "Of the episodes solved in this time that somebody was at: how long agents had them on a screen in sight, and"
        " moved at least every minute, or were on the telephone; of an hour with both, the longer. Always real time."
    ),
    Unit.SECONDS,
    better=-1,
    least=FEW,
)
HANDLE_MIDDLE = Figure(
    "handle_median", _("Handle time, median"), _("The same, the middle one; to a twentieth."), Unit.SECONDS, -1, FEW
)
PASSED = Figure(
    "passed",
    _("Passed on"),
    _("Of the episodes solved in this time: the share that went from one person or team to another."),
    Unit.SHARE,
    better=-1,
    least=FEW,
)
REPEATED = Figure(
    "repeated",
    _("Asked twice"),
    _("Of the episodes solved in this time: the share in which the customer was asked for what the desk knew already."),
    Unit.SHARE,
    better=-1,
    least=FEW,
)
BY_BOT = Figure(
    "by_bot",
    _("By the bot alone"),
    _("Of the episodes solved in this time: the share in which no person answered, and the bot did."),
    Unit.SHARE,
    least=FEW,
)
KEPT = Figure(
    "kept",
    _("Promises kept"),
    _(
        "Of the episodes solved in this time under a policy: the share in which every answer and the solution came in"
        " the time that the policy promised, by its own hours."
    ),
    Unit.SHARE,
    better=1,
    least=FEW,
)
COUNT = Figure("count", _("Counted"), _("From how many episodes or answers the line is."))
MIDDLE = Figure("middle", _("Median"), _("Half took less, half took more; to a twentieth."), Unit.SECONDS, -1, FEW)
MEAN = Figure("mean", _("Mean"), _("All of it by how many there were."), Unit.SECONDS, better=-1, least=FEW)
IN_TIME = Figure(
    "in_time", _("In time"), _("Of those that a policy promised: the share that came in time."), Unit.SHARE, 1, FEW
)


@dataclass(frozen=True)
class Found:
    """Of one cell, from every stream. Of the spreads, those that the chosen clock names."""

    begun: Numbers = field(default_factory=Numbers)
    ended: Numbers = field(default_factory=Numbers)
    replies: Numbers = field(default_factory=Numbers)
    first: Spread = field(default_factory=Spread)
    next: Spread = field(default_factory=Spread)
    took: Spread = field(default_factory=Spread)
    worked: Spread = field(default_factory=Spread)
    is_open: int = 0
    by_calendar: bool = False

    @property
    def clock(self) -> str:
        """As numbers of sums name it."""
        return "_sum" if self.by_calendar else "_open_sum"


@dataclass(frozen=True)
class Way:
    """How one figure is computed, how many are behind it, and what they are asked for by (service.behind)."""

    of: Callable[[Found], float | int | None]
    rows: Callable[[Found], int]
    what: str


def _share(stream: str, part: str, whole: str, what: str) -> Way:
    return Way(lambda found: getattr(found, stream).per(part, whole), lambda found: getattr(found, stream)[whole], what)


WAYS: Mapping[str, Way] = {
    "begun": Way(lambda found: found.begun["episodes"], lambda found: found.begun["episodes"], "begun"),
    "inbound": Way(lambda found: found.begun["inbound"], lambda found: found.begun["inbound"], "inbound"),
    "again": Way(lambda found: found.begun["again"], lambda found: found.begun["again"], "again"),
    "solved": Way(lambda found: found.ended["solved"], lambda found: found.ended["solved"], "solved"),
    "open": Way(lambda found: found.is_open, lambda found: found.is_open, "open"),
    "first": Way(lambda found: found.first.median, lambda found: found.first.count, "answered"),
    "first_mean": Way(
        lambda found: found.begun.per(f"waited{found.clock}", "answered"),
        lambda found: found.begun["answered"],
        "answered",
    ),
    "first_kept": _share("begun", "kept", "promised", "first_promised"),
    "next": Way(lambda found: found.next.median, lambda found: found.next.count, "next"),
    "next_mean": Way(
        lambda found: found.replies.per(f"following{found.clock}", "following"),
        lambda found: found.replies["following"],
        "next",
    ),
    "next_kept": _share("replies", "following_kept", "following_promised", "next_promised"),
    "took": Way(lambda found: found.took.median, lambda found: found.took.count, "solved"),
    "took_mean": Way(
        lambda found: found.ended.per(f"took{found.clock}", "solved"), lambda found: found.ended["solved"], "solved"
    ),
    "in_one": _share("ended", "in_one", "solved", "solved"),
    "reopened": _share("ended", "reopened", "solved", "solved"),
    "handle": _share("ended", "worked_sum", "handled", "handled"),
    "handle_median": Way(lambda found: found.worked.median, lambda found: found.worked.count, "handled"),
    "passed": _share("ended", "passed", "solved", "solved"),
    "repeated": _share("ended", "repeated", "solved", "solved"),
    "by_bot": _share("ended", "by_bot", "solved", "solved"),
    "kept": _share("ended", "kept", "promised", "promised"),
}
EVERY = (
    BEGUN, INBOUND, AGAIN, SOLVED, BACKLOG, FIRST, FIRST_MEAN, FIRST_KEPT, NEXT, NEXT_MEAN, NEXT_KEPT, TOOK, TOOK_MEAN,
    IN_ONE, REOPENED, HANDLE, HANDLE_MIDDLE, PASSED, REPEATED, BY_BOT, KEPT,
)  # fmt: skip


def cell(figure: Figure, now: Found, before: Found | None = None, drill: str = "", way: str = "") -> Cell:
    """`drill`: what narrows it down; which rows are meant is the figure's own word."""
    known = WAYS[way or figure.key]
    rows = known.rows(now)
    then = known.of(before) if before is not None and known.rows(before) >= figure.least else None
    asked = f"what={known.what}&{drill}".rstrip("&") if rows else ""
    return Cell(figure, known.of(now), rows, before=then, drill=asked)
