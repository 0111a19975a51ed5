"""Inbound 6: who answers? The agent who has it, if they still work here; else the team of the channel it came by, and
whomever the rules choose: whoever has nobody enters the queue, and a worker decides as soon as that is committed."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from conversations import sla
from conversations.live import groups
from conversations.live.push import push_removal
from conversations.models import Activity, Channel, Conversation, Message, Status
from conversations.routing.waiting import enqueue_each


def route_each(messages: Sequence[Message]) -> None:
    """Of messages that were recorded just now, no two of one conversation. Call with those locked."""
    for message in messages:
        route(message.conversation, message.channel)
    asking = [message.conversation for message in messages if _asks(message)]
    enqueue_each([each for each in asking if each.is_new], "arrived")
    enqueue_each([each for each in asking if not each.is_new], "replied")


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
        sla.refresh(conversation)  # a team has hours and policies of its own


def _asks(message: Message) -> bool:
    """For somebody: what answers by itself (out of office) does not. Who had it before it slept or was solved may be
    away by now. With the bot, it is the bot that is asked (conversations.bots.turn)."""
    conversation = message.conversation
    needs_one = conversation.assignee_id is None or conversation.is_reopened
    return needs_one and conversation.status == Status.OPEN and not message.is_automatic
