"""Who has the word, when two want it at once: five hundred times each, on two connections that really meet."""

import random
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.utils import timezone

from conversations.actions import change
from conversations.actions.change import locked
from conversations.bots import acting, brain, turn
from conversations.bots.acts import Answer, Asked, Line, Say
from conversations.bots.memory import Memory, memory_of
from conversations.handoff import handing, lease, stepping_in
from conversations.handoff.packet import Packet
from conversations.models import Bot, BotTalk, BotTurn, Conversation, Delivery, Handoff, Lease, Message
from conversations.outbound import speaking
from conversations.outbound.speaking import Path
from tests.conversations.bots.stage import says, talking

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 500
BESIDE = {
    handing: ("log", "push_removal"),
    handing.by_hand: ("note",),
    handing.waiting: ("leave",),
    lease: ("summarise", "push_message"),
    change: ("push_row",),
    speaking: ("push_said",),
    speaking.repeats: ("count",),
    speaking.outbox: ("takes_at_once",),
}


def the_line_alone(conversation, talk, *, until):
    """What the brain was asked, without the thread around its line."""
    line = Line(until, "customer", "Hi", conversation.waiting_since)
    return Asked(
        conversation.pk, conversation.customer_id, talk.bot_id, talk.pk, talk.term, "en", "chat", 8, (line,), (line,),
        memory_of(talk.state), timezone.now(),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _only_who_has_the_word(monkeypatch):
    """Pushes, tasks, the packet, the log and what is read for the words have tests of their own: here it is the rows of
    the lease that meet, and every statement more is sent two thousand times."""
    for module, names in BESIDE.items():
        for name in names:
            monkeypatch.setattr(module, name, lambda *_given, **_options: None)
    monkeypatch.setattr(lease, "log", SimpleNamespace(info=lambda *_given, **_options: None))
    monkeypatch.setattr(acting, "asked_of", the_line_alone)
    monkeypatch.setattr(transaction, "on_commit", lambda *_given, **_options: None)
    monkeypatch.setattr(handing, "packet_for", lambda *_given, **_options: Packet())
    monkeypatch.setattr(brain, "think", says("Fern here."))
    monkeypatch.setattr(speaking, "path_to", lambda _conversation, heard: Path(heard.channel, heard.identity))


def meet(rooms, *sides):
    """Each side does its part of every room, and all come to a room at the same moment."""
    gate, failures = threading.Barrier(len(sides)), []

    def walk(side):
        chance = random.Random(side.__name__)
        try:
            for room in rooms:
                gate.wait(60)
                if chance.random() < 0.5:
                    threading.Event().wait(chance.random() * 0.004)
                side(room)
        except Exception as error:
            failures.append(error)
            gate.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=walk, args=(side,)) for side in sides]
    for each in threads:
        each.start()
    for each in threads:
        each.join(300)
    if failures:
        raise failures[0]


def answers(room):
    """A worker that has thought says it."""
    key = BotTurn.objects.filter(pk=room.pk).values_list("key", flat=True).first()
    if key:
        turn.heard(key, Answer((Say("Fern here."),), Memory()))


def steps_in(agent):
    @transaction.atomic
    def side(room):
        stepping_in.step_in(locked(room), by=agent)

    side.__name__ = agent.name
    return side


def test_a_bots_answer_meets_a_takeover(chat, ada):
    rooms = talking(chat, Bot.objects.create(name="Fern"), TIMES)
    meet(rooms, answers, steps_in(ada))
    assert not Lease.objects.filter(holder="bot").exists() and not BotTurn.objects.exists()
    assert Conversation.objects.filter(status="open", assignee=ada).count() == TIMES
    assert Handoff.objects.filter(reason="stepped_in").count() == TIMES
    assert not Delivery.objects.exclude(status="cancelled").exists(), "what was said and has not gone, does not go"
    assert 0 < Message.objects.filter(is_bot=True).count() < TIMES, "both orders were met"


def test_two_agents_meet(chat, ada, grace):
    rooms = talking(chat, Bot.objects.create(name="Fern"), TIMES)
    meet(rooms, steps_in(ada), steps_in(grace))
    assert Handoff.objects.count() == TIMES and not Lease.objects.exclude(holder="people", term=3).exists()
    assert set(Handoff.objects.values_list("by", flat=True)) == {ada.pk, grace.pk}, "both orders were met"
    handed = dict(Handoff.objects.values_list("conversation", "by"))
    assert dict(Conversation.objects.values_list("pk", "assignee")) == handed, "one has it, and it is the first"


def test_a_hand_back_meets_the_customers_word(chat, ada):
    """Whichever comes first, the bot has the word and knows that it must speak."""
    fern = Bot.objects.create(name="Fern")
    rooms = talking(chat, fern, TIMES)
    BotTurn.objects.all().delete()
    BotTalk.objects.update(ended_at=timezone.now(), end="handed")
    Lease.objects.update(holder="people", term=3)
    Conversation.objects.update(status="open", waiting_since=None, assignee=ada)

    @transaction.atomic
    def gives_back(room):
        lease.give(locked(room), fern, by=ada)

    @transaction.atomic
    def writes(room):
        conversation = locked(room)
        message = Message.objects.create(conversation=conversation, kind="inbound", text="And?", channel=chat)
        conversation.waiting_since = conversation.waiting_since or message.created_at
        conversation.save()
        turn.asked([message])

    meet(rooms, gives_back, writes)
    assert Lease.objects.filter(holder="bot", term=4).count() == TIMES
    assert Conversation.objects.filter(status="pending").count() == BotTurn.objects.count() == TIMES
    begun = BotTalk.objects.filter(ended_at=None)
    assert begun.count() == TIMES and 0 < begun.filter(first=None).count() < TIMES, "both orders were met"


def test_a_worker_that_was_taken_for_dead_meets_the_one_that_came_for_it(chat):
    rooms = talking(chat, Bot.objects.create(name="Fern"), TIMES)
    keys = dict(BotTurn.objects.values_list("pk", "key"))
    BotTurn.objects.update(due_at=timezone.now() - timedelta(seconds=1))

    def comes_back_to_life(room):
        turn.heard(keys[room.pk], Answer((Say("Fern here, at last."),), Memory()))

    def comes_instead(room):
        turn.run(room.pk)

    meet(rooms, comes_back_to_life, comes_instead)
    told = Message.objects.filter(is_bot=True).values_list("conversation", flat=True)
    assert sorted(told) == sorted(room.pk for room in rooms), "each was told once"
    assert len(set(Message.objects.filter(is_bot=True).values_list("text", flat=True))) == 2, "by the one or the other"
    assert not BotTurn.objects.exists() and BotTalk.objects.filter(turns=1).count() == TIMES
