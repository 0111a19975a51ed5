"""A conversation's life cut into its episodes and into the waits that people ended, pure: what happened goes in.

An episode begins with the conversation, and again whenever what was solved is opened: by the customer's next word, or
by somebody who says that it was not solved. It ends when it is solved. What is said between the two belongs to none.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from conversations.clocks import Happening
from conversations.history import Done, Line
from conversations.models.activity import Verb

TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Passed:
    """The bot gave it to people: from here on, whoever had its word last waits for them."""

    at: datetime


@dataclass(frozen=True)
class Wait:
    """Of the customer, that this answer ended."""

    since: datetime
    answer: Line


@dataclass
class Stretch:
    """`ends` None: it is open."""

    begins: datetime
    ends: datetime | None = None
    lines: list[Line] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)

    @property
    def asked(self) -> list[Line]:
        return [line for line in self.lines if line.what == "asked"]

    @property
    def answered(self) -> list[Line]:
        return [line for line in self.lines if line.what == "answered"]

    @property
    def by_bot(self) -> list[Line]:
        return [line for line in self.lines if line.what == "bot"]

    def holds(self, at: datetime) -> bool:
        return self.begins <= at and (self.ends is None or at <= self.ends)


def cut(happenings: Sequence[Happening], *, begins: datetime, passed: Iterable[Passed] = ()) -> list[Stretch]:
    """At least one. `happenings` in order, as conversations.history gives them."""
    stretches = [Stretch(begins)]
    clock = _Clock()
    for each in _in_order(happenings, passed):
        if isinstance(each, Passed):
            clock.passed(each)
            continue
        _place(each, stretches)
        wait = clock.heard(each)
        if wait and stretches[-1].ends is None:
            stretches[-1].waits.append(wait)
    return stretches


def _in_order(happenings: Sequence[Happening], passed: Iterable[Passed]) -> Iterator[Happening | Passed]:
    """A handoff comes after the word that it is about, and before whatever is said from then on."""
    left = sorted(passed, key=lambda each: each.at)
    for happening in happenings:
        while left and left[0].at < happening.at:
            yield left.pop(0)
        yield happening
    yield from left


def _place(happening: Happening, stretches: list[Stretch]) -> None:
    last = stretches[-1]
    if happening.what == "solved":
        last.ends = last.ends or max(happening.at, last.begins)
        return
    if last.ends is not None and happening.what in ("opened", "asked"):
        last = Stretch(max(happening.at, last.begins + TICK))
        stretches.append(last)
    if isinstance(happening, Line) and last.ends is None:
        last.lines.append(happening)


@dataclass
class _Clock:
    """Since when the customer waits: as Conversation.waiting_since is kept, a step at a time."""

    since: datetime | None = None
    held: datetime | None = None  # when it was solved, and it may not have been
    last: datetime | None = None  # of the customer's words

    def heard(self, each: Happening) -> Wait | None:
        if each.what == "asked":
            self.since, self.last, self.held = self.since or each.at, each.at, None
        elif each.what == "solved":
            self.since, self.held = None, self.since or self.held
        elif each.what == "opened":
            self._opened(each)
        elif each.what == "bot":
            self.since = self.held = None
        elif isinstance(each, Line):
            since, self.since, self.held = self.since, None, None
            return Wait(min(since, each.at), each) if since else None
        return None

    def _opened(self, each: Happening) -> None:
        if isinstance(each, Done) and each.verb == Verb.FAILED:  # what had ended their waiting has not
            self.since = self.since or self.held or each.at
        elif each.by is not None:
            self.since = self.since or self.held
        self.held = None

    def passed(self, each: Passed) -> None:
        self.since = self.since or self.last or each.at
