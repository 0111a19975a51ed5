"""Real workers of the bot, killed amid their turns, and Redis emptied: everybody is answered, and nobody twice."""

from unittest.mock import patch

import pytest
from django.db.models import Count
from django.utils import timezone
from kombu import Connection
from kombu.exceptions import OperationalError as BrokerError
from redis import Redis

from conversations.bots import together
from conversations.models import Bot, BotTalk, BotTurn, Lease, Message
from conversations.tasks import bot_turn, sweep_bot_turns
from tests.conversations.bots.stage import asks, talking, with_bot
from tests.faults.servers import kill, until

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = 40


def test_workers_killed_amid_turns_and_redis_emptied(chat, redis, workers):
    rooms = talking(chat, Bot.objects.create(name="Fern"), COUNT)
    BotTurn.objects.update(key=None, taken_at=None, tries=0, due_at=timezone.now())
    first = workers(("bots",))
    with Connection(f"redis+socket://{redis}") as broker:
        for room in rooms:
            bot_turn.apply_async((room.pk,), connection=broker, queue=together.QUEUE)
        until(lambda: Message.objects.filter(is_bot=True).exists())
        kill(first)
        assert BotTurn.objects.exists(), "all was said before the worker was killed: the test showed nothing"
        Redis(unix_socket_path=str(redis)).flushall()
        BotTurn.objects.update(due_at=timezone.now())  # as long as a worker may think is over
        workers(("bots",))
        for wait in (0, *range(0, 60, 5)):  # two at once, and then as often as the clock's
            sweep_bot_turns.apply_async(connection=broker, queue=together.QUEUE, countdown=wait, expires=600)
        until(lambda: not BotTurn.objects.exists())
    said = Message.objects.filter(is_bot=True).values_list("conversation").annotate(times=Count("pk"))
    assert sorted(said) == sorted((room.pk, 1) for room in rooms)
    assert Lease.objects.filter(holder="bot").count() == BotTalk.objects.filter(turns=1).count() == COUNT


def test_a_line_is_stored_and_found_though_the_broker_is_gone(chat):
    with_bot(chat)
    with patch.object(together.current_app, "send_task", side_effect=BrokerError("gone")):
        conversation = asks(chat, "Hello?")
    assert conversation.status == "pending" and BotTurn.objects.get().conversation == conversation
