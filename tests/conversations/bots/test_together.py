"""Turns that are due at about the same time are one task's, and each of them is somebody's."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone
from redis import Redis

from conversations.bots import together, turn
from conversations.models import Bot, BotTurn, Message
from tests.conversations.bots.stage import talking

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(settings):
    redis = Redis.from_url(settings.REDIS_URL)
    for key in redis.scan_iter(f"{settings.REDIS_PREFIX}:bots:*"):
        redis.delete(key)
    with patch.object(together.current_app, "send_task") as sent:
        yield sent


def slots(sent):
    return [call.args[1][0] for call in sent.call_args_list]


def test_twenty_at_once_are_three_tasks_and_each_is_taken_by_one(sent):
    due_at = timezone.now() + timedelta(seconds=5)
    for number in range(20):
        together.come(number, due_at)
    [slot] = set(slots(sent))
    assert len(slots(sent)) == 3 and 4.9 < sent.call_args.kwargs["countdown"] < 5.2
    taken = [together.take(slot) for _task in slots(sent)]
    assert [len(each) for each in taken] == [8, 8, 4] and sum(taken, []) == list(range(20))
    assert together.take(slot) == []


def test_who_comes_after_they_were_taken_has_another_task_come(sent):
    due_at = timezone.now() + timedelta(seconds=5)
    together.come(1, due_at)
    [slot] = slots(sent)
    assert together.take(slot) == [1]
    together.come(2, due_at)
    assert slots(sent) == [slot, slot] and together.take(slot) == [2]


def test_no_task_comes_before_its_turns_are_due(sent):
    now = timezone.now()
    for milliseconds in range(0, 1000, 70):
        together.come(milliseconds, now + timedelta(milliseconds=milliseconds))
    for slot in set(slots(sent)):
        assert all(now.timestamp() + each / 1000 <= slot * together.PACE for each in together.take(slot))


@pytest.mark.django_db(transaction=True)
def test_one_that_breaks_leaves_the_others_alone(chat):
    rooms = talking(chat, Bot.objects.create(name="Fern"), 3)
    BotTurn.objects.update(key=None, taken_at=None, tries=0, due_at=timezone.now())
    think = turn.brain.think

    def breaks(asked):
        if asked.conversation == rooms[0].pk:
            raise turn.OperationalError("gone")
        return think(asked)

    with patch.object(turn.brain, "think", breaks):
        turn.run_each([room.pk for room in rooms])
    answered = Message.objects.filter(is_bot=True).values_list("conversation", flat=True).distinct()
    assert set(answered) == {room.pk for room in rooms[1:]}
    assert BotTurn.objects.get().pk == rooms[0].pk  # for the sweep


def test_where_one_takes_long_others_come_for_the_rest(chat, sent, django_capture_on_commit_callbacks):
    with (
        patch.object(turn, "run") as run,
        patch.object(turn.time, "monotonic", side_effect=[0.0, 0.1, 0.2, 5.0, *[6.0] * 20]),
        django_capture_on_commit_callbacks(execute=True),
    ):
        turn.run_each([11, 12, 13, 14])
    assert [call.args[0] for call in run.call_args_list] == [11, 12]
    assert sorted(pk for slot in set(slots(sent)) for pk in together.take(slot)) == [13, 14]
