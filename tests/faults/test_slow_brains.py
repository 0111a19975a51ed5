"""Real workers, and a brain that hangs: it holds up one of them, and the desk's own bot answers beside it."""

import pytest
from django.utils import timezone
from kombu import Connection

from conversations.bots import together
from conversations.models import Bot, BotTurn, Channel, Conversation, Handoff, Message
from conversations.tasks import bot_turn
from integrations.models import BrainCall, Connector
from integrations.simulators.brains.rasa import RasaServer
from tests.conversations.bots.stage import asks, with_bot
from tests.faults.servers import until

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = 6


def test_a_brain_that_hangs_holds_up_itself_alone_and_nobody_is_left_waiting(chat, redis, workers):
    other = Channel.objects.create(name="Other chat", medium="chat", address="other-key", team=chat.team)
    with RasaServer() as server:
        server.silence = COUNT
        hung = with_bot(chat, brain="connector", patience=6)
        settings = {"brain_url": server.url, "channel": "rest"}
        Connector.objects.create(name="Rasa", adapter="rasa", bot=hung, settings=settings)
        Bot.objects.create(name="Moss").channels.add(other)
        rooms = [asks(chat, "Where is my parcel?", visitor=f"v{number}") for number in range(COUNT)]
        quick = asks(other, "Hello", visitor="w1")
        BotTurn.objects.update(due_at=timezone.now())
        workers(("bots",))
        with Connection(f"redis+socket://{redis}") as broker:
            for room in (*rooms, quick):
                bot_turn.apply_async((room.pk,), connection=broker, queue=together.QUEUE)
            until(lambda: Message.objects.filter(is_bot=True, conversation=quick).exists())
            assert Handoff.objects.count() < COUNT, "all was over before the bot beside it spoke: nothing was shown"
            until(lambda: Handoff.objects.filter(reason="brain").count() == COUNT)
    assert Conversation.objects.filter(status="open").count() == COUNT and not BotTurn.objects.exists()
    assert Message.objects.filter(is_bot=True, conversation__in=rooms).count() == COUNT
    assert BrainCall.objects.exclude(error="").exists()
