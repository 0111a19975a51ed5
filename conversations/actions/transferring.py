"""An agent passes a conversation to a colleague or a team, with a note, and says what goes along."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.html import escape
from django.utils.translation import gettext as _

from conversations.actions.assigning import assign, follow
from conversations.actions.change import NotPossibleError, locked
from conversations.models import Conversation, Draft, Team
from conversations.outbound.compose import note as write_note

if TYPE_CHECKING:
    from deskapp.models import User


@dataclass(frozen=True)
class Along:
    """What goes with it, as far as its agent agrees. What was said, and notes, are the conversation's own."""

    draft: bool = False  # the answer they have begun, for a colleague to go on with
    follow: bool = False  # they hear of it still


@transaction.atomic
def transfer(
    conversation: Conversation,
    *,
    to: "User | None",
    team: Team | None,
    by: "User",
    note: str = "",
    along: Along | None = None,
) -> Conversation:
    """To an agent it goes at once; in a team, routing chooses whom. Raises NotPossibleError."""
    if to is None and team is None:
        raise NotPossibleError(_("Choose a colleague or a team."))
    conversation, along = locked(conversation), along or Along()
    if not conversation.is_open:
        raise NotPossibleError(_("It is not open: reopen it first."))
    if (to and conversation.assignee_id == to.pk) or (not to and team and _is_there(conversation, team)):
        raise NotPossibleError(_("It is there already."))
    if note.strip():
        html = "".join(f"<p>{escape(line)}</p>" for line in note.strip().splitlines() if line.strip())
        write_note(conversation, html=html, by=by, client_id=uuid.uuid4())
    if along.draft:
        _hand_over_drafts(conversation, by, to)
    if along.follow:
        follow(conversation, by=by)
    return assign(conversation, to=to, team=team, by=by, reason=note.strip()[:400], trigger="transferred")


def _is_there(conversation: Conversation, team: Team) -> bool:
    return conversation.team_id == team.pk and conversation.assignee_id is None


def _hand_over_drafts(conversation: Conversation, by: "User", to: "User | None") -> None:
    """To a colleague who has begun nothing themselves. In a team there is nobody yet to have it."""
    if to is None:
        raise NotPossibleError(_("A draft goes along to a colleague, not to a whole team."))
    theirs = Draft.objects.filter(conversation=conversation, agent=to).values("mode")
    Draft.objects.filter(conversation=conversation, agent=by).exclude(mode__in=theirs).update(agent=to)
