"""What passes between the desk and a brain of another maker: a Question for each turn, a Thought for an answer."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from conversations.bots.acts import Act, Asked, Line


@dataclass(frozen=True)
class Question:
    """One turn. `key` names it for good; `name` is the talk's at the brain, which nobody can guess; `state` is what the
    adapter kept of this talk, in its own words."""

    key: str
    asked: Asked
    patience: float  # seconds, after which the conversation goes to people
    name: str
    state: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All that waits for an answer, in words: with its files by name, for protocols that have no place for them."""
        return "\n".join(filter(None, (part for line in self.asked.new for part in (line.text.strip(), *_named(line)))))

    @property
    def files(self) -> list[dict[str, str]]:
        return [asdict(each) for line in self.asked.new for each in line.named]


def _named(line: Line) -> list[str]:
    """ "[image “boots.jpg”]", and what stands in it."""
    kinds = {"voice": "voice note"}
    return [
        f"[{kinds.get(each.kind, each.kind)} “{each.name}”{f': {each.text}' if each.text else ''}]"
        for each in line.named
    ]


@dataclass(frozen=True)
class Thought:
    """`slots`: details by Need, as the brain has understood them; `topics`: what it is about, the likeliest first, by
    names that may be those of the desk's topics; `skill`: the name of a team, for what goes to people; `tokens`: what
    it cost. `state` None is as it was."""

    acts: tuple[Act, ...] = ()
    slots: Mapping[str, str] = field(default_factory=dict)
    topics: tuple[tuple[str, float], ...] = ()
    understood: bool = True
    skill: str = ""
    tokens: int = 0
    state: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Later:
    """It has the question, and calls with its answer."""

    state: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Answered:
    """What it called with."""

    key: str
    thought: Thought


@dataclass(frozen=True)
class Cost:
    """Of a brain that is paid by what it reads and writes: the most that one question may cost, and the limits."""

    tokens: int
    most_a_day: int
    most_a_talk: int
