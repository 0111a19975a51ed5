"""What of a demo's talk was Fern's: which lines, what it took them for, what it kept and tried, and how it ended."""

from dataclasses import dataclass

from conversations.models.bot import TalkEnd


@dataclass(frozen=True)
class Slot:
    """One detail. `line`: its place in the talk, or None where it was known otherwise, as `where` says."""

    need: str
    value: str
    line: int | None = None
    shown: str = ""
    where: str = "customer"


@dataclass(frozen=True)
class Tried:
    what: str
    result: str
    line: int | None = None
    about: str = ""


@dataclass(frozen=True)
class WithFern:
    """`began` and `ended` are places of its first and last line in the talk; `topic` and `second` keys of
    deskapp.demo.asked.TOPICS."""

    began: int
    ended: int
    topic: str = ""
    sure: float = 0.0
    second: str = ""
    next_sure: float = 0.0
    end: str = TalkEnd.HANDED
    reason: str = ""  # of the handoff
    detail: str = ""
    task: str = ""
    waits_for: str = ""
    slots: tuple[Slot, ...] = ()
    steps: tuple[Tried, ...] = ()
    article: str = ""  # a key of deskapp.demo.articles.ARTICLES, that was shown
    shown: int | None = None  # in this line
    helped: bool | None = None
    moods: tuple[float, ...] = ()  # of the customer's lines
    wrong: str = ""  # why a supervisor called its last answer wrong
    goal: str = ""  # where its own sentence says more than the rows
    next_step: str = ""
    next_deed: str = ""
