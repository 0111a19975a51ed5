"""A desk whose rules send what comes by chat to a bot, a brain that a test makes up, and workers that a test calls."""

import uuid
from datetime import timedelta

from django.utils import timezone

from conversations.bots import turn
from conversations.bots.acts import Answer, Say
from conversations.bots.memory import Memory
from conversations.envelopes import InboundMessage
from conversations.inbound.receive import receive
from conversations.models import Bot, BotTalk, BotTurn, Conversation, Delivery, Lease, Message
from conversations.routing.drain import drain
from conversations.routing.facts import Outcome
from customers.identify import Handle
from customers.models import Customer, Identity
from integrations.outbound.deliver import deliver
from tests.conversations.routing.desk import in_force


def with_bot(*channels, **fields):
    in_force(Outcome(to="bot"))
    bot = Bot.objects.create(name="Fern", **fields)
    bot.channels.set(channels)
    return bot


def writes(channel, text, *, visitor="v1", language="en", **fields):
    """One line of a visitor's, as the chat door hands it on."""
    inbound = InboundMessage(
        channel_id=channel.pk,
        external_id=str(uuid.uuid4()),
        handles=(Handle("visitor", visitor, "Ann"),),
        text=text,
        received_at=timezone.now(),
        language=language,
        **fields,
    )
    return receive(inbound)


def asks(channel, text, **fields):
    """The same, and rules have decided about it."""
    message = writes(channel, text, **fields)
    drain(room=False)
    return Conversation.objects.get(pk=message.conversation_id)


def it_is_time(conversation):
    """They have been quiet long enough."""
    BotTurn.objects.filter(conversation=conversation).update(due_at=timezone.now())


def takes_turn(conversation):
    it_is_time(conversation)
    turn.run(conversation.pk)


def delivers():
    for pk in Delivery.objects.filter(status="queued").order_by("pk").values_list("pk", flat=True):
        deliver(pk)


def says(*texts, **fields):
    """A brain that says this, whatever it is asked."""
    return lambda asked: Answer(tuple(Say(text) for text in texts), asked.memory, **fields)


def said(conversation):
    """Who said what, in its order; what was taken back is not said."""
    rows = Message.objects.filter(conversation=conversation, kind__in=["inbound", "outbound"])
    rows = rows.exclude(delivery__status="cancelled").order_by("pk")
    return [("bot" if each.is_bot else "agent" if each.author_id else "customer", each.text) for each in rows]


def holder(conversation):
    lease = Lease.objects.filter(conversation=conversation).first()
    return lease.holder if lease else "people"


def talking(chat, bot, count):
    """So many customers of whom each waits for the bot, whose worker has thought."""
    now = timezone.now()
    people = Customer.objects.bulk_create(Customer(name=f"C{number}") for number in range(count))
    handles = Identity.objects.bulk_create(
        Identity(customer=each, kind="visitor", value=f"v{each.pk}", is_verified=True) for each in people
    )
    rooms = Conversation.objects.bulk_create(
        Conversation(customer=each, status="pending", waiting_since=now, media=["chat"], language="en", snippet="…")
        for each in people
    )
    lines = Message.objects.bulk_create(
        Message(conversation=room, kind="inbound", channel=chat, identity=handle, text="Hi", external_id=f"x{room.pk}")
        for room, handle in zip(rooms, handles, strict=True)
    )
    Lease.objects.bulk_create(Lease(conversation=room, holder="bot", term=2) for room in rooms)
    BotTalk.objects.bulk_create(
        BotTalk(conversation=room, bot=bot, channel=chat, term=2, state=Memory().to_json(), language="en")
        for room in rooms
    )
    BotTurn.objects.bulk_create(
        BotTurn(
            conversation=room,
            key=uuid.uuid4(),
            taken_at=now,
            tries=1,
            due_at=now + timedelta(minutes=5),
            read_until=line.pk,
        )
        for room, line in zip(rooms, lines, strict=True)
    )
    return rooms
