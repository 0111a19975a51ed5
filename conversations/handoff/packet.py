"""The packet: what goes along from the bot to people, made of facts, each pointing at the message it came from.

Version 1 of its schema. A reader of later releases reads it as `packet_of` says.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TypeVar

VERSION = 1
Part = TypeVar("Part")


@dataclass(frozen=True)
class Fact:
    """One line of the card. `source` is a Message's key; None where it was known otherwise, as `where` then says."""

    label: str  # a Need of conversations.bots.memory, or what it is, in a word
    value: str
    source: int | None = None
    where: str = ""
    shown: str = ""


@dataclass(frozen=True)
class Tried:
    what: str
    result: str  # of conversations.bots.memory.Step
    source: int | None = None
    about: str = ""


@dataclass(frozen=True)
class Guess:
    topic: int | None
    name: str
    certainty: float  # 0 to 1


@dataclass(frozen=True)
class Mood:
    source: int
    mood: float  # -1 to 1


@dataclass(frozen=True)
class NextStep:
    """What a person can do next, as a button. `deed`: a key of conversations.bots.deeds.DEEDS with its `values`, or ""
    where it is words alone."""

    text: str
    deed: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    button: str = ""


@dataclass(frozen=True)
class Packet:
    """`goal` is one sentence of ours with their values, in the desk's language; `open_question` what was asked last and
    not answered. `first` and `last` are the messages between which the bot had the word."""

    goal: str = ""
    goal_source: int | None = None
    topic: Guess | None = None
    runner_up: Guess | None = None
    told: tuple[Fact, ...] = ()
    not_asked: tuple[str, ...] = ()  # Needs of the task that nobody has asked for yet
    proof: str = ""
    proven_by: str = ""  # the address, as the desk shows it
    order: str = ""  # its number
    page: str = ""
    tried: tuple[Tried, ...] = ()
    moods: tuple[Mood, ...] = ()
    language: str = ""
    open_question: Fact | None = None
    team: int | None = None
    next_step: NextStep | None = None
    first: int | None = None
    last: int | None = None
    since: tuple[int, ...] = ()  # what they wrote after it, until a person answered
    version: int = VERSION

    def to_json(self) -> dict[str, object]:
        return asdict(self)


def packet_of(body: Mapping[str, object]) -> Packet:
    """From Handoff.packet. What this release does not know is left out."""
    known = {name: value for name, value in body.items() if name in Packet.__dataclass_fields__}
    told, tried, moods = (known.pop(name, ()) for name in ("told", "tried", "moods"))
    single = {name: known.pop(name, None) for name in ("topic", "runner_up", "open_question", "next_step")}
    not_asked, since = known.pop("not_asked", ()), known.pop("since", ())
    packet = Packet(**known)  # type: ignore[arg-type]
    return replace(
        packet,
        told=_each(Fact, told),
        tried=_each(Tried, tried),
        moods=_each(Mood, moods),
        since=tuple(each for each in since if isinstance(each, int)) if isinstance(since, list | tuple) else (),
        not_asked=tuple(map(str, not_asked)) if isinstance(not_asked, list | tuple) else (),
        topic=_one(Guess, single["topic"]),
        runner_up=_one(Guess, single["runner_up"]),
        open_question=_one(Fact, single["open_question"]),
        next_step=_one(NextStep, single["next_step"]),
    )


def _one(kind: type[Part], value: object) -> Part | None:
    return kind(**value) if isinstance(value, Mapping) else None


def _each(kind: type[Part], values: object) -> tuple[Part, ...]:
    return tuple(kind(**each) for each in values) if isinstance(values, list | tuple) else ()
