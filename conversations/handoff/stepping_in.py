"""A person does something that the bot and a person cannot both do: the word is theirs, in the same transaction."""

from typing import TYPE_CHECKING

from conversations.handoff import handing, lease
from conversations.models import Conversation, Status
from conversations.models.handoff import HandoffReason

if TYPE_CHECKING:
    from deskapp.models import User


def step_in(
    conversation: Conversation, *, by: "User | None", team: int | None = None, reason: str = HandoffReason.STEPPED_IN
) -> bool:
    """Whether the bot had the word. `by`: whose it is then; without one, somebody is chosen. Call with `conversation`
    locked: it is changed and stored."""
    if conversation.status != Status.PENDING:
        return False
    handing.hand_over(conversation, reason, by=by, team=team)
    return True


def speak_up(conversation: Conversation, *, by: "User | None") -> None:
    """The same for who says something to the customer: what the bot said while it handed over, and what has not gone
    yet, does not go after them. Call with `conversation` locked; the caller stores it."""
    if not step_in(conversation, by=by):
        lease.withdraw(conversation)
