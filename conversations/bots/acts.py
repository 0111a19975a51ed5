"""What a brain is asked, and what it can answer: the border between the turn (conversations.bots.turn) and whoever
thinks, the desk's own brain or another by a connector (integrations.adapters.bots)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from conversations.bots.memory import Memory


@dataclass(frozen=True)
class Attached:
    """A file on a line. `kind`: image, voice, sound, video or file; `text`: what stands in it, where that is read."""

    kind: str
    name: str
    text: str = ""


@dataclass(frozen=True)
class Line:
    source: int  # Message's key
    who: Literal["customer", "bot", "agent"]
    text: str
    at: datetime
    files: int = 0
    images: int = 0
    is_voice: bool = False  # a voice note: words only where a transcript came along
    named: tuple[Attached, ...] = ()  # its files by name, for brains of other makers


@dataclass(frozen=True)
class Asked:
    """One turn, as a brain is told of it. `lines` are of this talk and what was said right before it, the oldest first;
    `new` those of the customer's that nobody has answered yet, the last of `lines`."""

    conversation: int
    customer: int
    bot: int
    talk: int
    term: int
    language: str
    medium: str
    buttons: int  # that may be offered to press
    lines: tuple[Line, ...]
    new: tuple[Line, ...]
    memory: Memory
    now: datetime
    name: str = ""  # the customer's
    page: str = ""  # that they had open when they wrote


@dataclass(frozen=True)
class Say:
    """`article` is the ArticleText that it shows, of which “did this help?” is asked."""

    text: str
    buttons: tuple[str, ...] = ()
    article: int | None = None


@dataclass(frozen=True)
class Do:
    """A deed by its key, with its values by Need: done by the turn, which checks proof and consent and says what
    came of it. Where proof is wanted and is not there, the turn sends a code, asks for it and keeps the deed as
    `memory.task` with `waits_for` "code"; the brain's next Do of it has the digits that they typed as Need.CODE. The
    memory beside a Do still has its task, and `waits_for` "": such a task is over when the next line comes."""

    deed: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class HandOver:
    reason: str  # conversations.models.handoff.HandoffReason
    detail: str = ""
    team: int | None = None


@dataclass(frozen=True)
class Finish:
    """The customer said that they were helped: the conversation is solved."""


Act = Say | Do | HandOver | Finish


@dataclass(frozen=True)
class Answer:
    """What to do, in this order, and what the bot knows afterwards: but for `memory.question`, which the turn sets to
    the key of the message that it wrote last, where `waits_for` is not ""."""

    acts: tuple[Act, ...]
    memory: Memory
    understood: bool = True  # False counts as one time not understood
    helped: bool | None = None  # their answer to “did this help?”, asked in the message that was `question` before
