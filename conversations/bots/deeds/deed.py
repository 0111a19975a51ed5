"""What a deed is: its needs, what it would do, and how it ended; the words between brain, turn and deeds."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from conversations.bots.memory import Need
from conversations.bots.proof import Proven, proof_of
from conversations.models import BotTalk, Conversation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Values = Mapping[str, str]  # by Need


@dataclass(frozen=True)
class Words:
    """What is to be told the customer: `say(key, language, **values)`. Values are words of the customer's language."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """One answer to a question: `value` is what it stands for; `said` what a button shows: a key for say() where it has
    words of its own, else `shown` as it is."""

    value: str
    shown: str = ""
    key: str = ""


@dataclass(frozen=True)
class Prospect:
    """What comes next on the way to a deed.

    - "ask": `need` is missing. `said` is the question where the deed has one of its own; `choices` its answers.
    - "proof": nothing private may be said yet. `need` is "email", which is to be asked for; or "code": do it all the
      same, and `do` has a code sent and says so.
    - "confirm": `said` says what would be done and asks whether to.
    - "ready": do it.
    - "no": it cannot be done, and `said` tells why; nothing else is wrong.
    - "people": a person must decide; `reason` is a HandoffReason, `about` the desk's words for it.

    `values` are those given, with what is known without asking (the only order there is)."""

    state: Literal["ask", "proof", "confirm", "ready", "no", "people"]
    values: Values
    need: str = ""
    said: Words | None = None
    choices: tuple[Choice, ...] = ()
    reason: str = ""
    about: str = ""


@dataclass(frozen=True)
class Outcome:
    """How a deed ended, or what it waits for; `said` is what to tell the customer, in this order.

    - "asks": nothing was done yet. `waits_for` is what Memory.waits_for is now ("code", "confirm" or a Need), `choices`
      the buttons; the task stays, and what they answer comes with the next `do` (a code as Need.CODE).
    - "under_way": another worker is at this very deed right now. Say nothing; come again in some seconds, same key.
    - "done", "refused", "failed", "uncertain": as a Step has them.

    `hand_over` is a HandoffReason where a person must go on, once `said` is said; `about` is in the desk's words.
    `goes_on`: the brain is to think again at once."""

    result: Literal["done", "refused", "failed", "uncertain", "asks", "under_way"]
    said: tuple[Words, ...] = ()
    about: str = ""
    hand_over: str = ""
    waits_for: str = ""
    choices: tuple[Choice, ...] = ()
    goes_on: bool = False


@dataclass(frozen=True)
class Matter:
    """One deed for one conversation, as far as it is known. `talk` is None while a brain only wonders."""

    conversation: Conversation | None
    values: Values
    language: str
    now: datetime
    talk: BotTalk | None = None

    def get(self, need: str) -> str:
        return self.values.get(need, "").strip()

    def knowing(self, need: str, value: str) -> "Matter":
        """Without a need to ask for it."""
        return replace(self, values={**self.values, str(need): value})

    @cached_property
    def proven(self) -> Proven | None:
        """Asked of the database each time: what a brain says of it counts for nothing."""
        return proof_of(self.conversation) if self.conversation else None

    def asks(self, need: Need, key: str = "", *choices: Choice, **words: str) -> Prospect:
        said = Words(key, words) if key else None
        return Prospect("ask", self.values, need=str(need), said=said, choices=choices)

    def confirms(self, key: str, **words: str) -> Prospect:
        return Prospect("confirm", self.values, said=Words(key, words))

    def ready(self) -> Prospect:
        return Prospect("ready", self.values)

    def cannot(self, key: str, **words: str) -> Prospect:
        return Prospect("no", self.values, said=Words(key, words))

    def for_people(self, reason: str, about: str) -> Prospect:
        return Prospect("people", self.values, reason=reason, about=about)


@dataclass(frozen=True)
class Deed:
    """`look` says what comes next; `act` does it, once for a key. Both are only called where proof is there, or not
    wanted. `is_offered`: a topic may name it as what the bot does."""

    key: str
    name: "StrOrPromise"
    needs: tuple[Need, ...]
    look: Callable[[Matter], Prospect]
    act: Callable[[Matter, uuid.UUID], Outcome]
    wants_proof: bool = True
    asks_first: bool = True
    is_offered: bool = True
