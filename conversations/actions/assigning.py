"""Who answers and who looks on: assign, follow, unfollow."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from conversations.actions.change import NotPossibleError, locked, log, save
from conversations.live import groups
from conversations.live.push import push_removal
from conversations.models import Activity, Conversation, Follow, Team

if TYPE_CHECKING:
    from deskapp.models import User


@transaction.atomic
def assign(
    conversation: Conversation, *, to: "User | None", by: "User | None", team: Team | None = None, reason: str = ""
) -> Conversation:
    """Gives it to an agent, to a team, or to an agent in a team; `to=None` without a team frees it for its own team.

    An agent outside the conversation's team takes it along only as their own: the team stays unless one is named.
    """
    if to is not None and not to.is_active:
        raise NotPossibleError(_("%(agent)s does not answer here any more.") % {"agent": to})
    conversation = locked(conversation)
    team_id = team.pk if team else conversation.team_id
    if (conversation.assignee_id, conversation.team_id) == (to.pk if to else None, team_id):
        return conversation
    watching = groups.watching(conversation)
    conversation.assignee, conversation.team_id = to, team_id
    push_removal(conversation, watching)
    save(conversation)
    log(conversation, Activity.Verb.ASSIGNED, by=by, to=_in_words(to, team), reason=reason)
    return conversation


def _in_words(to: "User | None", team: Team | None) -> str:
    return ", ".join(str(part) for part in (to, team) if part)


def follow(conversation: Conversation, *, by: "User") -> None:
    Follow.objects.get_or_create(conversation=conversation, agent=by)


def unfollow(conversation: Conversation, *, by: "User") -> None:
    Follow.objects.filter(conversation=conversation, agent=by).delete()
