"""A person gives to somebody else what routing gave to one, and says why: the reason is kept beside that choice."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.actions.assigning import assign
from conversations.actions.change import NotPossibleError, locked
from conversations.models import Conversation, RoutingDecision, Team

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from deskapp.models import User

BECAUSE: dict[str, "StrOrPromise"] = {
    "knows": gettext_lazy("They know the customer"),
    "team": gettext_lazy("Wrong team"),
    "language": gettext_lazy("Wrong language"),
    "skill": gettext_lazy("They know more about it"),
    "load": gettext_lazy("Too much for one person"),
}


@transaction.atomic
def override(
    decision: RoutingDecision, *, to: "User | None", team: Team | None, by: "User", reason: str
) -> Conversation:
    """To an agent it goes at once; in a team, routing chooses whom. Raises NotPossibleError."""
    if to is None and team is None:
        raise NotPossibleError(_("Choose a colleague or a team."))
    if not reason.strip():
        raise NotPossibleError(_("Say why: the reason teaches the rules."))
    conversation = locked(decision.conversation)
    if not conversation.is_open:
        raise NotPossibleError(_("It is not open: reopen it first."))
    if not is_last(decision):
        raise NotPossibleError(_("It was decided anew since: change the later choice."))
    stays = conversation.assignee_id == to.pk if to else _is_there(conversation, team)
    if stays:
        raise NotPossibleError(_("It is there already."))
    trigger = "by_hand" if to else "transferred"
    return assign(conversation, to=to, team=team, by=by, reason=reason.strip()[:400], trigger=trigger)  # type: ignore[arg-type]


def is_last(decision: RoutingDecision) -> bool:
    """The last that routing made of its conversation, and nobody has said another yet."""
    if decision.changed_at or decision.by_id:
        return False
    made = RoutingDecision.objects.filter(conversation=decision.conversation_id, by=None).exclude(trigger="by_hand")
    return made.order_by("-created_at", "-pk").values_list("pk", flat=True).first() == decision.pk


def _is_there(conversation: Conversation, team: Team | None) -> bool:
    return team is not None and conversation.team_id == team.pk and conversation.assignee_id is None
