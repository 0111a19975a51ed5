"""Inbound 6: who answers? The agent who has it, if they still work here; else the team of the channel it came by."""

from django.utils.translation import gettext as _

from conversations.live import groups
from conversations.live.push import push_removal
from conversations.models import Activity, Channel, Conversation


def route(conversation: Conversation, channel: Channel | None) -> None:
    """Gives a conversation of no team to its channel's, and frees one whose agent has left. Call with it locked."""
    if conversation.assignee and not conversation.assignee.is_active:
        reason = _("%(agent)s no longer answers here") % {"agent": conversation.assignee}
        conversation.assignee = None
        Activity.objects.create(conversation=conversation, verb=Activity.Verb.ASSIGNED, reason=reason)
        conversation.save(update_fields=["assignee"])
    if conversation.team_id is None and conversation.assignee_id is None and channel and channel.team_id:
        watching = groups.watching(conversation)
        conversation.team_id = channel.team_id
        push_removal(conversation, watching)
        conversation.save(update_fields=["team"])
