"""Who answers and who looks on: assign, follow, unfollow."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from conversations.actions.change import NotPossibleError, locked, log, save
from conversations.handoff import stepping_in
from conversations.live import groups
from conversations.live.push import push_removal
from conversations.models import Activity, Conversation, Follow, Team
from conversations.reports import episode_steps
from conversations.routing import by_hand, waiting
from conversations.routing.facts import Trigger

if TYPE_CHECKING:
    from deskapp.models import User


@transaction.atomic
def assign(
    conversation: Conversation,
    *,
    to: "User | None",
    by: "User | None",
    team: Team | None = None,
    reason: str = "",
    trigger: Trigger = "by_hand",
) -> Conversation:
    """Gives it to an agent, to a team, or to an agent in a team; `to=None` without a team frees it for its own team.

    Whoever chose, a decision is kept; what nobody has then, routing gives to somebody, but not to who had it.

    An agent outside the conversation's team takes it along only as their own: the team stays unless one is named.
    """
    if to is not None and not to.is_active:
        raise NotPossibleError(_("%(agent)s does not answer here any more.") % {"agent": to})
    conversation = locked(conversation)
    if to is not None or by is not None:  # a rule that changes the team alone leaves the word to the bot
        stepping_in.step_in(conversation, by=to if to == by else None, team=team.pk if team else None)
    team_id = team.pk if team else conversation.team_id
    if (conversation.assignee_id, conversation.team_id) == (to.pk if to else None, team_id):
        return conversation
    watching, had_it = groups.watching(conversation), conversation.assignee_id
    conversation.assignee, conversation.team_id = to, team_id
    push_removal(conversation, watching)
    save(conversation)
    episode_steps.stand([conversation.pk])
    log(conversation, Activity.Verb.ASSIGNED, by=by, to=_in_words(to, team), reason=reason)
    by_hand.note(conversation, by=by, reason=reason, trigger=trigger)
    if to is not None:
        waiting.leave(conversation.pk)
    elif conversation.is_open:
        waiting.freed()
        passed = [had_it] if had_it and not team else []
        waiting.enqueue(conversation, "transferred" if team else "declined", passed=passed)
    return conversation


def _in_words(to: "User | None", team: Team | None) -> str:
    return ", ".join(str(part) for part in (to, team) if part)


def follow(conversation: Conversation, *, by: "User") -> None:
    Follow.objects.get_or_create(conversation=conversation, agent=by)


def unfollow(conversation: Conversation, *, by: "User") -> None:
    Follow.objects.filter(conversation=conversation, agent=by).delete()
