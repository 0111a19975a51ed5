"""An agent gives back what routing gave them, with a reason: it goes to another, and not to them again."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.actions.change import NotPossibleError
from conversations.models import Conversation
from conversations.routing.giving_back import give_back

if TYPE_CHECKING:
    from deskapp.models import User

# What is offered; another may be written.
REASONS = {
    "other_team": gettext_lazy("Not for my team"),
    "language": gettext_lazy("I do not read the language"),
    "skill": gettext_lazy("Somebody else knows this better"),
    "busy": gettext_lazy("I have too much to do"),
    "ending": gettext_lazy("My day is ending"),
    "personal": gettext_lazy("I know this customer"),
}


def decline(conversation: Conversation, *, by: "User", reason: str) -> None:
    """Raises NotPossibleError without a reason, and for what is not theirs (any more)."""
    if not reason.strip():
        raise NotPossibleError(_("Say why you give it back."))
    mine = Conversation.objects.open().filter(pk=conversation.pk)
    if not give_back(mine, agent_id=by.pk, trigger="declined", reason=reason.strip(), passed=[by.pk]):
        raise NotPossibleError(_("You do not have this conversation any more."))
