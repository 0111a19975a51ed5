"""What came for open widgets is read together, and each visitor sees theirs alone."""

import asyncio
import uuid

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.utils import timezone

from conversations.live import groups
from conversations.models import Delivery, Message
from integrations.adapters.media.chat.door import Line, say_each
from integrations.adapters.media.chat.looks import looks
from integrations.adapters.media.chat.sessions import Visitor
from integrations.adapters.media.chat.sight import Sight, look_each
from tests.visitors import PATIENCE, arrives

pytestmark = pytest.mark.django_db(transaction=True)


def sight_of(shop):
    sight = Sight(shop, Visitor(shop.pk, str(uuid.uuid4())), "http://desk.example")
    say_each([Line(sight, {"t": "say", "id": str(uuid.uuid4()), "text": "Hello"}, "")])
    return sight


def answer(theirs, text, *, status="sent", is_bot=True):
    message = Message.objects.create(
        conversation=theirs.conversation, kind="outbound", channel=theirs.channel, identity=theirs.identity,
        text=text, is_bot=is_bot, created_at=timezone.now(),
    )  # fmt: skip
    Delivery.objects.create(
        message=message, channel=theirs.channel, conversation=theirs.conversation, status=status, due_at=timezone.now()
    )
    return message.pk


def latest(sight):
    return Message.objects.filter(identity__in=sight.identities, kind="inbound").latest("pk")


def texts(looked):
    return [[said["text"] for said in found] for found, _ in looked]


@pytest.fixture
def visitors(shop):
    return [sight_of(shop) for _ in range(3)]


def test_a_first_word_tells_who_it_is_without_a_look(visitors, django_assert_num_queries):
    with django_assert_num_queries(0):
        known = [sight.identities for sight in visitors]
    assert known == [Sight(each.connector, each.visitor, each.desk).identities for each in visitors]
    assert all(len(each) == 1 for each in known)


def test_several_visitors_are_read_for_at_once_and_see_theirs_alone(visitors, django_assert_max_num_queries):
    ann, bea, cem = visitors
    to_ann, to_bea = answer(latest(ann), "For Ann"), [answer(latest(bea), text) for text in ("One", "Two")]
    held = answer(latest(bea), "Not yet", status="queued")
    stranger = Sight(ann.connector, Visitor(ann.connector.pk, str(uuid.uuid4())), ann.desk)
    _ = stranger.identities
    asked = [(ann, [to_ann, to_bea[0]]), (bea, [*to_bea, held, to_ann]), (cem, [to_ann]), (stranger, [to_ann])]
    look_each(asked)  # what is read once a process
    with django_assert_max_num_queries(1):
        looked = look_each(asked)
    assert texts(looked) == [["For Ann"], ["One", "Two"], [], []]
    assert [seen for _, seen in looked] == [0, 0, 0, 0]
    assert texts(look_each([(stranger, [to_ann])])) == [[]]


async def test_a_look_that_fails_is_told_to_each_and_the_next_one_works(visitors, monkeypatch):
    ann = visitors[0]
    pk = await sync_to_async(lambda: answer(latest(ann), "For Ann"))()
    wrong = asyncio.gather(looks().ask((ann, [object()])), looks().ask((visitors[1], [pk])), return_exceptions=True)
    assert [type(each) for each in await wrong] != [tuple, tuple]
    assert texts([await looks().ask((ann, [pk]))]) == [["For Ann"]]


async def test_what_is_said_together_is_shown_together_and_what_comes_after_it_is_told_after_it(shop):
    visitor = await arrives()
    said = (await visitor.say("Hello"))["message"]["id"]
    theirs = await Message.objects.select_related("identity", "channel", "conversation").aget(pk=said)
    ours = [await sync_to_async(answer)(theirs, text) for text in ("Hello, I am Fern.", "It is on its way.")]
    layer, group = get_channel_layer(), groups.of_visitor(theirs.identity_id)
    for pk in ours:
        await layer.group_send(group, {"type": "visitor.message", "message": pk})
    await layer.group_send(group, {"type": "visitor.typing", "name": "Ada"})
    async with asyncio.timeout(PATIENCE):
        shown = await visitor.hear("messages", "typing")
        while shown["t"] == "messages" and shown["messages"][-1]["id"] != ours[-1]:
            shown = await visitor.hear("messages", "typing")
        assert [each["text"] for each in shown["messages"]][-1] == "It is on its way."
        assert (await visitor.hear("messages", "typing"))["t"] == "typing"
    await visitor.leave()
