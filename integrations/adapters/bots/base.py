"""What a brain of another maker is: it is asked one Question for each turn and gives a Thought, now or later.

It may say and ask for things; it does nothing by itself. Who speaks, and whether a deed is done, is the turn's to
decide (conversations.bots.turn): so a brain that errs, or was talked into something, can do no more than the customer
could.
"""

from collections.abc import Mapping
from typing import Protocol

from django.utils.translation import gettext as _

from integrations.adapters.base import AdapterError, AwayError
from integrations.adapters.bots.thoughts import Cost, Later, Question, Thought
from integrations.models import Connector

LARGEST = 400_000  # bytes of an answer: a few sentences are wanted
MOST_ACTS, MOST_BUTTONS = 10, 20  # of one answer
MOST_TEXT, MOST_BUTTON, MOST_SLOT = 4000, 200, 1000  # characters


class RudeError(AdapterError):
    """It answered, and no version of its protocol says such a thing: too much, of another kind, no JSON at all."""

    def __init__(self, name: str, said: str) -> None:
        words = _("%(name)s answered what cannot be understood.") % {"name": _(name)}
        super().__init__(words, permanent=True, said=said)


class SilentBrainError(AwayError):
    """It answered, and nothing stood in it; or it was not heard of in time."""


class Brain(Protocol):
    """What an adapter of a brain is. Those that answer later `hear` and `understand`, too, like any Adapter."""

    def think(self, connector: Connector, question: Question) -> Thought | Later:
        """Raises AdapterError within the patience: RudeError, CredentialError, or AwayError where it is not there for
        anybody, or silent."""
        ...


class Costs(Protocol):
    """What a brain's adapter has that is paid for each question."""

    def cost(self, connector: Connector, question: Question) -> Cost: ...


class Tells(Protocol):
    """What a brain's adapter has whose protocol wants to hear what became of a handoff."""

    def tell(self, connector: Connector, name: str, state: Mapping[str, object], word: str) -> None:
        """`word`: "accepted" by a person, or "completed". Saying it twice harms nobody. Raises AdapterError."""
        ...
