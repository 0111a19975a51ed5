"""What a bot knows and did in one talk: typed, each with the message it came from; kept as JSON on its BotTalk."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Literal


class Need(StrEnum):
    """Details that a deed may need, beside those that the guard knows (conversations.handoff.asking_words.Slot), whose
    words are the same here."""

    ORDER, ADDRESS, EMAIL, PHONE = "order", "address", "email", "phone"
    SIZE, DEVICE, DATE, PHOTO = "size", "device", "date", "photo"
    ITEM, REASON, CONDITION, WISH = "item", "reason", "condition", "wish"
    SHOP, PRODUCT, CODE = "shop", "product", "code"


# "customer": they said it; the others were known without asking.
Where = Literal["customer", "profile", "order", "page", "earlier", "agent"]
Proof = Literal[
    "", "signed_in", "channel", "code"
]  # how it is certain who they are; "channel": DMARC, a phone's own app


@dataclass(frozen=True)
class Kept:
    """One detail. `source` is the message it came from, None where it was known otherwise."""

    value: str
    source: int | None = None
    where: Where = "customer"
    shown: str = ""  # as people read it, where the value is a key


@dataclass(frozen=True)
class Step:
    """One thing that was tried, with how it ended. `what` is a deed, an article's name or "asked:<need>"."""

    what: str
    result: Literal["done", "offered", "declined", "refused", "failed", "uncertain", "answered", "unanswered"]
    source: int | None = None  # the message that says so
    about: str = ""  # in the desk's words: "L is sold out until 2 December"


@dataclass(frozen=True)
class Heard:
    """What one line of the customer's was taken for."""

    source: int
    topic: int | None = None  # Topic's key
    certainty: float = 0.0
    next_topic: int | None = None
    next_certainty: float = 0.0
    mood: float | None = None  # -1 to 1
    language: str = ""


@dataclass(frozen=True)
class Memory:
    """`task` is what is being done now (a key of conversations.bots.deeds.DEEDS, or "" for none); `waits_for` what the
    last question asked: a Need, "confirm", "code", "helped", "choice" or ""."""

    task: str = ""
    slots: Mapping[str, Kept] = field(default_factory=dict)  # by Need
    waits_for: str = ""
    question: int | None = None  # the message that asked
    choices: tuple[str, ...] = ()  # values that its buttons stand for
    steps: tuple[Step, ...] = ()
    heard: tuple[Heard, ...] = ()
    proof: Proof = ""
    proven_by: int | None = None  # Identity's key
    read_until: int = 0  # the last message of the customer's that was answered
    instructions: str = ""  # an agent's, when they gave it back
    only_step: str = ""  # a Need that an agent wants collected, after which it goes to people again
    wrote_hello: bool = False

    def with_slot(self, need: str, kept: Kept) -> "Memory":
        """A later word corrects an earlier one."""
        return replace(self, slots={**self.slots, need: kept})

    def with_step(self, step: Step) -> "Memory":
        return replace(self, steps=(*self.steps, step))

    def to_json(self) -> dict[str, object]:
        return asdict(self)


def memory_of(state: Mapping[str, object]) -> Memory:
    """From BotTalk.state. What a release does not know is left out."""
    known = {name: value for name, value in state.items() if name in Memory.__dataclass_fields__}
    slots, steps, heard = known.pop("slots", {}), known.pop("steps", []), known.pop("heard", [])
    choices = known.pop("choices", [])
    memory = Memory(**known)  # type: ignore[arg-type]
    return replace(
        memory,
        slots={str(need): Kept(**kept) for need, kept in slots.items()} if isinstance(slots, Mapping) else {},
        steps=tuple(Step(**each) for each in steps) if isinstance(steps, list | tuple) else (),
        heard=tuple(Heard(**each) for each in heard) if isinstance(heard, list | tuple) else (),
        choices=tuple(map(str, choices)) if isinstance(choices, list | tuple) else (),
    )
