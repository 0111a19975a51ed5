"""What several visitors say while others are stored goes into one transaction, and each of them fails alone."""

import asyncio
import json
import threading
import uuid

import pytest
from asgiref.sync import sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile
from redis import Redis

from conversations.models import Attachment, Conversation, Message
from customers.models import Customer, Identity
from integrations.adapters.media.chat import door, limits, looks
from integrations.adapters.media.chat.door import Busy, Flood, Line, Refused, say_each
from integrations.adapters.media.chat.sessions import Visitor
from integrations.adapters.media.chat.sight import Sight
from integrations.adapters.media.chat.turns import turns
from integrations.inbound import together
from integrations.inbound.process import process
from integrations.models import RawEvent
from tests.visitors import Visitor as Tab
from tests.visitors import arrives, session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visitors(shop):
    return [Sight(shop, Visitor(shop.pk, str(uuid.uuid4())), "http://desk.example") for _ in range(10)]


@pytest.fixture
def alone(monkeypatch):
    """The events that were processed one by one."""
    taken = []
    monkeypatch.setattr(together, "process", lambda raw_id: (taken.append(raw_id), process(raw_id))[1])
    return taken


def line(sight, text="Is the large back?", *, id=None, **more):
    return Line(sight, {"t": "say", "id": id or str(uuid.uuid4()), "text": text, **more}, "https://shop.example")


def texts(outcomes):
    return [outcome["text"] if isinstance(outcome, dict) else type(outcome) for outcome in outcomes]


def test_lines_of_several_visitors_are_stored_in_few_statements(visitors, alone, django_assert_max_num_queries):
    say_each([line(sight, "Hello") for sight in visitors])
    assert Conversation.objects.count() == Customer.objects.count() == 10
    said = [line(sight, f"Line {number}") for number, sight in enumerate(visitors)]
    with django_assert_max_num_queries(18):
        outcomes = say_each(said)
    assert texts(outcomes) == [f"Line {number}" for number in range(10)]
    assert [outcome["key"] for outcome in outcomes] == [each.frame["id"] for each in said]
    assert not alone
    assert set(RawEvent.objects.values_list("state", flat=True)) == {"done"}
    assert Conversation.objects.count() == Customer.objects.count() == 10 and Message.objects.count() == 20
    raw = RawEvent.objects.order_by("pk").last()
    assert json.loads(bytes(raw.body)) == said[-1].frame and raw.message.text == "Line 9"
    assert raw.headers["visitor"] == visitors[-1].visitor.id and raw.kind == "message"


def test_a_line_alone_is_what_it_would_be_among_others(visitors, alone):
    one, other = say_each([line(visitors[0])])[0], say_each([line(visitors[1]), line(visitors[2])])[0]
    for name in ("text", "mine", "by", "files"):
        assert one[name] == other[name]
    first, second = Message.objects.get(pk=one["id"]), Message.objects.get(pk=other["id"])
    for name in ("kind", "channel", "text", "details", "is_automatic", "is_unverified"):
        assert getattr(first, name) == getattr(second, name)
    assert first.conversation.team == second.conversation.team == first.channel.team
    assert not alone


def test_lines_of_one_visitor_keep_their_order(visitors, alone):
    said = [line(visitors[number % 2], f"Line {number}") for number in range(8)]
    assert texts(say_each(said)) == [f"Line {number}" for number in range(8)]
    for number in (0, 1):
        theirs = Message.objects.filter(identity__value=visitors[number].visitor.id).order_by("pk")
        assert list(theirs.values_list("text", flat=True)) == [f"Line {each}" for each in range(number, 8, 2)]
    assert Conversation.objects.count() == 2 and not alone


def test_the_same_id_twice_among_others_is_one_message(visitors):
    once = line(visitors[0], "Once")
    first, second, other = say_each([once, once, line(visitors[1])])
    again = say_each([once])[0]
    assert first == second == again and other["id"] != first["id"]
    assert Message.objects.count() == RawEvent.objects.count() == 2


def test_what_breaks_the_batch_fails_alone_and_is_kept(visitors, monkeypatch):
    def break_on_poison(html):
        raise RuntimeError("something of ours is broken")

    record = together.receive_each
    monkeypatch.setattr(together, "receive_each", lambda some: break_on_poison("") if is_poison(some) else record(some))
    monkeypatch.setattr("integrations.inbound.process.receive", poisoned(break_on_poison))
    outcomes = say_each([line(visitors[0], "One"), line(visitors[1], "poison"), line(visitors[2], "Three")])
    assert texts(outcomes) == ["One", Busy, "Three"]
    assert list(RawEvent.objects.order_by("pk").values_list("state", "tries")) == [
        ("done", 0),
        ("kept", 1),
        ("done", 0),
    ]


def is_poison(some):
    return any(each.text == "poison" for each in some)


def poisoned(break_):
    from conversations.inbound.receive import receive

    return lambda inbound: break_("") if is_poison([inbound]) else receive(inbound)


def test_what_is_no_message_or_cannot_be_kept_leaves_the_others_alone(visitors, shop):
    nul = Sight(shop, Visitor(shop.pk, str(uuid.uuid4()), shop="17", name="nul \x00"), "http://desk.example")
    outcomes = say_each(
        [
            line(visitors[0], "One"),
            line(visitors[1], ""),
            line(visitors[2], "half \ud83d an emoji"),
            line(nul, "nobody's name"),
            line(visitors[3], "Five"),
        ]
    )
    assert texts(outcomes) == ["One", Refused, Refused, Busy, "Five"]
    assert Message.objects.count() == 2


def test_each_visitor_is_counted_for_themselves(visitors, monkeypatch):
    monkeypatch.setitem(limits.MOST, "message", (2, 3600))
    monkeypatch.setitem(limits.MOST, "frame", (3, 3600))
    hasty, other = visitors[:2]
    outcomes = say_each([*(line(hasty, str(number)) for number in range(4)), line(other, "calm")])
    assert texts(outcomes) == ["0", "1", Busy, Flood, "calm"]


def test_where_nothing_can_be_counted_nobody_is_refused(visitors, monkeypatch, tmp_path):
    monkeypatch.setattr(limits, "_redis", lambda: Redis(unix_socket_path=f"{tmp_path}/nowhere.sock"))
    assert texts(say_each([line(visitors[0], "One")])) == ["One"]


def test_a_file_comes_with_its_line_among_others(visitors):
    kept = door.keep_file(visitors[0].visitor, SimpleUploadedFile("zip.png", b"not much", "image/png"))
    mine, other = say_each([line(visitors[0], "My zip", files=[kept]), line(visitors[1])])
    assert [file["name"] for file in mine["files"]] == ["zip.png"] and other["files"] == []
    assert Attachment.objects.get().message_id == mine["id"]


def test_a_signed_in_customer_is_known_by_all_their_handles_among_others(visitors, shop, alone):
    proven = Visitor(shop.pk, str(uuid.uuid4()), shop="17", email="ann@home.example", name="Ann Bell")
    ann = Sight(shop, proven, "http://desk.example")
    assert texts(say_each([line(visitors[0], "One"), line(ann, "I am Ann"), line(visitors[1], "Three")])) == [
        "One",
        "I am Ann",
        "Three",
    ]
    assert set(Identity.objects.filter(customer__name="Ann Bell").values_list("kind", flat=True)) == {
        "visitor",
        "shop",
        "email",
    }
    assert len(alone) == 1


async def test_what_is_said_while_another_line_is_stored_goes_together_into_the_next(shop, monkeypatch):
    tabs = [await arrives() for _ in range(6)]
    batches, goes_on, say_each = [], threading.Event(), door.say_each

    def held(lines):
        batches.append(len(lines))
        goes_on.wait(60)
        return say_each(lines)

    monkeypatch.setattr(door, "say_each", held)
    for number, tab in enumerate(tabs):
        await tab.send({"t": "say", "id": str(uuid.uuid4()), "text": f"Line {number}"})
        while not batches:  # the first goes at once
            await asyncio.sleep(0.01)
    while len(turns().waiting) < 5:
        await asyncio.sleep(0.01)
    goes_on.set()
    told = [(await tab.hear("ack"))["message"]["text"] for tab in tabs]
    assert told == [f"Line {number}" for number in range(6)]
    assert batches[0] == 1 and sum(batches) == 6 and len(batches) <= 3
    for tab in tabs:
        await tab.leave()


async def test_a_socket_that_is_gone_meanwhile_loses_nothing_of_what_it_said(shop, monkeypatch):
    gone, here = await arrives(), await arrives()
    begun, goes_on, say_each = threading.Event(), threading.Event(), door.say_each
    monkeypatch.setattr(door, "say_each", lambda lines: (begun.set(), goes_on.wait(60), say_each(lines))[-1])
    await gone.send({"t": "say", "id": str(uuid.uuid4()), "text": "And away"})
    while not begun.is_set():
        await asyncio.sleep(0.01)
    gone.socket.stop()
    goes_on.set()
    assert (await here.say("Still here"))["t"] == "ack"
    assert {message.text async for message in Message.objects.all()} == {"And away", "Still here"}
    await here.leave()


async def test_what_one_tab_says_shows_in_the_other_and_is_not_read_again_for_the_first(shop, monkeypatch):
    opened = await session()
    tabs = [Tab(opened), Tab(opened)]
    for tab in tabs:
        await tab.connect()
    await tabs[0].say("First")
    assert [said["text"] for said in (await tabs[1].hear("messages"))["messages"]] == ["First"]
    read, look = [], looks.look_each
    monkeypatch.setattr(
        looks, "look_each", lambda asked: (read.extend(pk for _, pks in asked for pk in pks), look(asked))[1]
    )
    said = (await tabs[0].say("Second"))["message"]
    assert [each["id"] for each in (await tabs[1].hear("messages"))["messages"]] == [said["id"]]
    await tabs[0].send({"t": "ping"})
    assert (await tabs[0].hear("pong")) and await sync_to_async(len)(read) == 1
    for tab in tabs:
        await tab.leave()
