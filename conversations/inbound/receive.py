"""Inbound: the whole journey of one message, from its envelope to the agents' screens; and of several at once."""

from collections.abc import Iterator, Sequence

from django.db import transaction

from conversations import moments
from conversations.bots import turn
from conversations.envelopes import InboundMessage
from conversations.handoff.meanwhile import landed
from conversations.inbound.arrived import Arrived
from conversations.inbound.changes import catch_up
from conversations.inbound.record import already, join, record, record_each
from conversations.inbound.thread import thread
from conversations.inbound.thread_each import thread_each
from conversations.live import webpush
from conversations.live.push import push_arrived
from conversations.models import Channel, Message
from conversations.outbound.outbox import cancel_on_reply
from conversations.reports import episode_steps
from conversations.routing.assign import route_each
from conversations.surveys import answering
from customers.identify import identify, identify_each


@transaction.atomic(savepoint=False)
def receive(inbound: InboundMessage) -> Message:
    """Stores `inbound` once and shows it. Receiving the same envelope again gives the same message."""
    customer, identity = identify(inbound.handles, language=inbound.language)
    if stored := already([inbound]):  # looked up under the lock, because a twin may have been stored meanwhile
        message = stored[inbound.channel_id, inbound.external_id]
        return join(inbound, message) if inbound.is_part else message
    rated = answering.meant(inbound, identity)
    if rated:
        inbound = answering.aside(inbound, rated[0])
    channel = Channel.objects.get(pk=inbound.channel_id)
    conversation = thread(inbound, customer, channel)
    if conversation.customer_id == customer.pk:
        conversation.customer = customer
    message = record(inbound, conversation, identity, channel)
    if rated:
        answering.heard(*rated, message)
    if not customer.is_new:
        moments.pin([(message, customer.pk)])
    route_each([message])
    episode_steps.begin([message])
    turn.asked([message])
    landed([message])
    if not message.is_automatic:  # an out-of-office note is not the customer's answer
        cancel_on_reply(conversation)
    push_arrived([message])
    webpush.ask(message)
    catch_up([message])
    return message


@transaction.atomic(savepoint=False)
def receive_each(inbound: Sequence[InboundMessage]) -> list[Message | None]:
    """`receive` for several messages of one handle each, no two of which share a handle or a name: the same steps, but
    each of them a few statements for all. None stands for one that needs a look of its own, as parts of an album do:
    `receive` it afterwards.
    """
    people = identify_each([(each.handles[0], each.language) for each in inbound])
    stored = already(inbound)
    channels = Channel.objects.in_bulk({each.channel_id for each in inbound})
    arrived = [
        Arrived(each, *person, channels[each.channel_id])
        for each, person in zip(inbound, people, strict=True)
        if person and not _wants_a_look(each) and (each.channel_id, each.external_id) not in stored
    ]
    messages = _thread_and_record(list(_one_of_each_customer(arrived)))
    route_each(messages)
    episode_steps.begin(messages)
    turn.asked(messages)
    landed(messages)
    cancel_on_reply(*(message.conversation for message in messages if not message.is_automatic))
    push_arrived(messages)
    webpush.ask(*messages)
    catch_up(messages)
    stored |= {(int(message.channel_id or 0), message.external_id): message for message in messages}
    return [None if _wants_a_look(each) else stored.get((each.channel_id, each.external_id)) for each in inbound]


def _wants_a_look(inbound: InboundMessage) -> bool:
    """A part of an album; a number alone, which may answer a survey."""
    return inbound.is_part or answering.may_be_meant(inbound)


def _one_of_each_customer(arrived: Sequence[Arrived]) -> Iterator[Arrived]:
    """Two messages of one customer belong together: the second finds where the first one went, once that is stored."""
    met = set()
    for each in arrived:
        if each.customer.pk not in met:
            met.add(each.customer.pk)
            yield each


def _thread_and_record(arrived: Sequence[Arrived]) -> list[Message]:
    placed = [(each, found) for each, found in zip(arrived, thread_each(arrived), strict=True) if found]
    messages = record_each([each for each, _ in placed], [conversation for _, conversation in placed])
    said = zip(messages, (each.customer for each, _ in placed), strict=True)
    moments.pin([(message, customer.pk) for message, customer in said if not customer.is_new])
    return messages
