"""Inbound: the whole journey of one message, from its envelope to the agents' screens."""

from django.db import transaction

from conversations.envelopes import InboundMessage
from conversations.inbound.record import already, record
from conversations.inbound.thread import thread
from conversations.live import webpush
from conversations.live.push import push_message
from conversations.models import Message
from conversations.outbound.outbox import cancel_on_reply
from conversations.routing.assign import route
from customers.identify import identify


@transaction.atomic(savepoint=False)
def receive(inbound: InboundMessage) -> Message:
    """Stores `inbound` once and shows it. Receiving the same envelope again gives the same message."""
    customer, identity = identify(inbound.handles, language=inbound.language)
    if message := already(inbound):  # looked up under the lock, because a twin may have been stored meanwhile
        return message
    conversation = thread(inbound, customer)
    message = record(inbound, conversation, identity)
    route(conversation, message.channel)
    if not message.is_automatic:  # an out-of-office note is not the customer's answer
        cancel_on_reply(conversation)
    push_message(message)
    webpush.ask(message)
    return message
