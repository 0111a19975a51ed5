"""From a line in the widget, by rules, the desk’s own brain and the outbox, to the bot’s answer in the widget."""

import pytest
from asgiref.sync import sync_to_async

from conversations.models import Conversation
from tests.conversations.bots.stage import delivers, takes_turn, with_bot
from tests.visitors import arrives

pytestmark = pytest.mark.django_db(transaction=True)


async def test_the_bot_answers_in_the_widget_and_says_that_it_is_one(shop, chat, returns):
    from conversations.routing.drain import drain

    await sync_to_async(with_bot)(chat)
    visitor = await arrives()
    assert (await visitor.say("Hello there"))["t"] == "ack"
    await sync_to_async(drain)(room=False)
    conversation = await Conversation.objects.aget()
    assert conversation.status == "pending"
    await sync_to_async(takes_turn)(conversation)
    await sync_to_async(delivers)()
    heard = await visitor.hear("messages")
    while not heard["messages"][0]["by"]:
        heard = await visitor.hear("messages")
    [said] = heard["messages"]
    assert said["by"]["bot"] and "a bot" in said["text"]
    await visitor.leave()
