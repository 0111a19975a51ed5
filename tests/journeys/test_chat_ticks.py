"""What widgets say that they got and read is written together, a moment later; a flood of it closes a socket once."""

import asyncio
import uuid

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from conversations.models import Delivery, Message
from conversations.outbound import ticks
from conversations.outbound.ticks import Told
from integrations.adapters.media.chat import door, limits
from integrations.adapters.media.chat.door import Line, Tick, say_each
from integrations.adapters.media.chat.sessions import Visitor
from integrations.adapters.media.chat.sight import Sight
from tests.visitors import PATIENCE, arrives

pytestmark = pytest.mark.django_db(transaction=True)


def sight_of(shop):
    sight = Sight(shop, Visitor(shop.pk, str(uuid.uuid4())), "http://desk.example")
    say_each([Line(sight, {"t": "say", "id": str(uuid.uuid4()), "text": "Hello"}, "")])
    return Sight(shop, sight.visitor, sight.desk)


def answers(sight, count=3):
    """So many to this visitor, each sent, in the order in which they were written."""
    theirs = Message.objects.filter(identity=sight.identities[0]).latest("pk")
    found = []
    for number in range(count):
        message = Message.objects.create(
            conversation=theirs.conversation, kind="outbound", channel=theirs.channel, identity=theirs.identity,
            text=f"Answer {number}", created_at=timezone.now(),
        )  # fmt: skip
        Delivery.objects.create(
            message=message, channel=theirs.channel, conversation=theirs.conversation, status="sent",
            due_at=timezone.now(),
        )  # fmt: skip
        found.append(message.pk)
    return found


def states(*messages):
    rows = dict(Delivery.objects.filter(message__in=messages).values_list("message", "status"))
    return [rows[pk] for pk in messages]


@pytest.fixture
def talks(shop):
    sights = [sight_of(shop) for _ in range(3)]
    return [(sight, answers(sight)) for sight in sights]


def test_ticks_of_several_visitors_are_one_statement(talks, django_assert_num_queries):
    (ann, to_ann), (bea, to_bea), (cem, to_cem) = talks
    told = [
        Told(ann.identities, got=to_ann),
        Told(bea.identities, got=to_bea, read=[to_bea[1]]),
        Told(cem.identities, read=[to_cem[0]]),
    ]
    with django_assert_num_queries(3):  # with BEGIN and COMMIT
        ticks.settle_each(told)
    assert states(*to_ann) == ["delivered"] * 3
    assert states(*to_bea) == ["read", "read", "delivered"]
    assert states(*to_cem) == ["read", "sent", "sent"]


def test_nobody_ticks_what_was_said_to_another(talks):
    (ann, to_ann), (bea, to_bea), _ = talks
    ticks.settle_each([Told(ann.identities, got=to_bea, read=to_bea), Told(bea.identities, got=to_ann)])
    assert states(*to_ann, *to_bea) == ["sent"] * 6


def test_two_browsers_of_one_customer_do_not_undo_each_other(talks):
    (ann, to_ann), (bea, to_bea), _ = talks
    both = [*ann.identities, *bea.identities]
    ticks.settle_each([Told(both, read=[to_bea[-1]]), Told(ann.identities, got=to_ann)])
    assert states(*to_ann, *to_bea) == ["read"] * 6
    ticks.settle_each([Told(ann.identities, got=to_ann), Told([], got=to_bea)])
    assert states(*to_ann) == ["read"] * 3


def test_a_flood_of_ticks_is_not_written_and_others_are(talks, monkeypatch):
    (ann, to_ann), (bea, to_bea), _ = talks
    monkeypatch.setitem(limits.MOST, "frame", (4, 3600))
    told = [Tick(ann, got=set(to_ann), frames=4), Tick(bea, got=set(to_bea), frames=3)]
    assert door.settle_each(told[:1]) == [True]
    assert door.settle_each([Tick(ann, read=set(to_ann), frames=1), told[1]]) == [False, True]
    assert states(*to_ann, *to_bea) == ["delivered"] * 6


async def test_what_a_socket_told_is_written_before_it_is_gone(shop):
    visitor = await arrives()
    said = (await visitor.say("Hello"))["message"]["id"]
    theirs = await Message.objects.aget(pk=said)
    sight = await sync_to_async(_sight_by)(shop, theirs)
    ours = await sync_to_async(answers)(sight)
    await visitor.send({"t": "got", "ids": ours})
    await visitor.send({"t": "read", "id": ours[1]})
    await visitor.leave()
    assert await sync_to_async(states)(*ours) == ["read", "read", "delivered"]


def _sight_by(shop, message):
    return Sight(shop, Visitor(shop.pk, message.identity.value), "http://desk.example")


@pytest.mark.parametrize("frame", [{"t": "say", "text": "Again"}, {"t": "got", "ids": [1]}, {"t": "read", "id": 1}])
async def test_a_flood_closes_the_socket_once(shop, monkeypatch, frame):
    monkeypatch.setitem(limits.MOST, "frame", (3, 3600))
    visitor = await arrives()
    for _ in range(30):
        await visitor.send({**frame, "id": frame.get("id", str(uuid.uuid4()))})
    async with asyncio.timeout(PATIENCE):
        while (out := await visitor.socket.receive_output(timeout=PATIENCE))["type"] != "websocket.close":
            assert out["type"] == "websocket.send"
    assert out["code"] == 1000
    assert await visitor.socket.receive_nothing(timeout=0.5)
    await visitor.leave()
