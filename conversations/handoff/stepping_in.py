"""A person does something that the bot and a person cannot both do: the word is theirs, in the same transaction."""

from typing import TYPE_CHECKING

from conversations.handoff import handing, lease
from conversations.models import Conversation, Handoff, Status
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


def go_along(absorbed: Conversation, *, into: Conversation) -> None:
    """What was handed over in `absorbed`, and nobody has answered yet, is on the card of the conversation that stays.
    Call with both locked, when the messages have moved; `into` is changed and stored."""
    rows = Handoff.objects.filter(conversation=absorbed, to_people=True, answered_at=None)
    waiting = rows.select_related("talk__bot").order_by("-created_at", "-pk").first() if absorbed.is_open else None
    if waiting:
        handing.hand_over(into, waiting.reason, talk=waiting.talk, detail=waiting.detail)
