"""Inbound, said elsewhere: what the shop itself wrote beside the desk, on its phone or in the page's own inbox.

It stands in the thread as the shop's words, without an agent's name; it is an answer, and asks for nobody.
"""

from django.db import transaction

from conversations import sla
from conversations.envelopes import InboundMessage
from conversations.handoff import stepping_in
from conversations.inbound.changes import catch_up
from conversations.inbound.early import link
from conversations.inbound.record import already, keep_files, touch
from conversations.inbound.thread import thread
from conversations.live.push import push_message, push_row
from conversations.models import Channel, Conversation, Delivery, Message
from conversations.models.conversation import place_in_queue
from conversations.models.message import MessageKind
from conversations.reports import episodes
from customers.identify import identify
from customers.models import Identity


class TooSoonError(Exception):
    """A message of ours to the same person is being sent: this may be its echo. It is tried again."""


@transaction.atomic(savepoint=False)
def hear_echo(inbound: InboundMessage) -> Message:
    """Stores it once. Hearing it again, or of what the desk has sent, gives the message that is there. Raises
    TooSoonError."""
    customer, identity = identify(inbound.handles, language=inbound.language)
    if stored := already([inbound]):
        return stored[inbound.channel_id, inbound.external_id]
    channel = Channel.objects.get(pk=inbound.channel_id)
    if Delivery.objects.filter(channel=channel, message__identity=identity, status=Delivery.Status.SENDING).exists():
        raise TooSoonError("A message of ours to the same person is on its way.")
    conversation = thread(inbound, customer, channel)
    if conversation.pk:
        stepping_in.speak_up(conversation, by=None)
    message = _said(inbound, conversation, identity, channel)
    _bring_up_to_date(conversation, message)
    conversation.save()
    message.save(force_insert=True)
    Delivery.objects.create(
        message=message,
        channel=channel,
        conversation=conversation,
        status=Delivery.Status.SENT,
        external_id=message.external_id,
        due_at=message.created_at,
        settled_at=message.created_at,
        tries=1,
    )
    link([inbound], [message])
    keep_files([inbound], [message])
    episodes.refresh(conversation)
    push_message(message)
    push_row(conversation)
    catch_up([message])
    return message


def _said(inbound: InboundMessage, conversation: Conversation, identity: Identity, channel: Channel) -> Message:
    return Message(
        conversation=conversation,
        kind=MessageKind.OUTBOUND,
        channel=channel,
        identity=identity,
        text=inbound.text.replace("\x00", ""),
        external_id=inbound.external_id,
        details={**inbound.details, "elsewhere": True},
        created_at=inbound.received_at,
    )


def _bring_up_to_date(conversation: Conversation, message: Message) -> None:
    """Whoever waited since before it was said has been answered."""
    touch(conversation, message)
    if conversation.waiting_since and conversation.waiting_since <= message.created_at:
        conversation.waiting_since = None
    conversation.queue_at = place_in_queue(conversation.waiting_since, conversation.last_message_at)
    if conversation.pk:
        sla.answered(conversation, message)
