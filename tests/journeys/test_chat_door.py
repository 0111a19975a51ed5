"""Chat in and out: a visitor writes, the desk has it once, an agent answers, the widget says what became of it."""

import asyncio
import json
import uuid
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.test import AsyncClient
from django.utils import timezone

from conversations.models import Attachment, Conversation, Delivery, Message, ReadMark
from conversations.outbound.compose import note, reply
from customers.models import Claim, Customer, Identity
from integrations.models import RawEvent
from integrations.outbound.deliver import deliver
from tests.visitors import PATIENCE, Visitor, application, arrives, http, session

pytestmark = pytest.mark.django_db(transaction=True)


def answer(agent, html, *, message=None, send=True):
    """The agent's answer to the newest message, past its seconds of undo and delivered."""
    said = message or Message.objects.filter(kind="inbound").latest("pk")
    ours = reply(
        said.conversation, html=html, by=agent, channel=said.channel, identity=said.identity, client_id=uuid.uuid4()
    )
    if send:
        Delivery.objects.filter(message=ours).update(due_at=timezone.now())
        deliver(ours.delivery.pk)
    return ours


async def test_what_a_visitor_says_is_kept_and_becomes_a_message(shop):
    visitor = await arrives()
    ack = await visitor.say("Is the large back?", page="https://shop.example/kestrel")
    message = await Message.objects.select_related("identity", "conversation").aget()
    raw = await RawEvent.objects.aget()
    assert ack["message"]["id"] == message.pk and ack["message"]["key"] == ack["id"] and ack["message"]["mine"]
    assert message.text == "Is the large back?" and message.details["page"] == "https://shop.example/kestrel"
    assert (message.identity.kind, message.identity.value) == ("visitor", visitor.session["visitor"])
    assert raw.state == "done" and json.loads(bytes(raw.body))["text"] == "Is the large back?"
    await visitor.leave()


async def test_the_same_id_twice_is_one_message(shop):
    visitor, key = await arrives(), str(uuid.uuid4())
    first = await visitor.say("Once", id=key)
    second = await visitor.say("Once", id=key)
    answered = await http(
        "POST",
        "/chat/chat-key/messages",
        json={"id": key, "text": "Once"},
        headers={"Authorization": f"Bearer {visitor.session['token']}"},
    )
    assert first["message"] == second["message"] == answered.json()["message"]
    assert await Message.objects.acount() == 1 == await RawEvent.objects.acount()
    await visitor.leave()


async def test_an_id_taken_from_another_visitor_shows_nothing_of_theirs(shop):
    ann, eve, key = await arrives(), await arrives(), str(uuid.uuid4())
    await ann.say("My card ends in 4242", id=key)
    copied = await eve.say("Hello", id=key)
    assert copied["message"]["text"] == "Hello"
    assert await Message.objects.acount() == 2
    await ann.leave(), await eve.leave()


async def test_twenty_lines_at_once_by_two_tabs_are_one_conversation(shop):
    opened = await session()
    tabs = [Visitor(opened), Visitor(opened)]
    for tab in tabs:
        await tab.connect()
    for number in range(20):
        await tabs[number % 2].send({"t": "say", "id": str(uuid.uuid4()), "text": f"Line {number}"})
    for number in range(20):
        await tabs[number % 2].hear("ack")
    assert await Message.objects.acount() == 20
    assert (
        await Conversation.objects.acount() == await Customer.objects.acount() == await Identity.objects.acount() == 1
    )
    for tab in tabs:
        await tab.leave()


async def test_the_agents_answer_arrives_and_its_ticks_come_back(shop, ada):
    visitor = await arrives()
    await visitor.say("Is the large back?")
    ours = await sync_to_async(answer)(ada, "<p>On <b>Tuesday</b>.</p>")
    shown = (await visitor.hear("messages"))["messages"][0]
    assert (shown["id"], shown["text"], shown["mine"]) == (ours.pk, "On Tuesday.", False)
    assert (shown["by"]["name"], shown["by"]["team"], shown["by"]["initials"]) == ("Ada", "Returns", "AO")
    await visitor.send({"t": "got", "ids": [ours.pk]})
    await settled(ours, "delivered")
    await visitor.send({"t": "read", "id": ours.pk})
    await settled(ours, "read")
    await visitor.leave()


async def settled(message, status):
    async with asyncio.timeout(PATIENCE):
        while (await Delivery.objects.aget(message=message)).status != status:
            await asyncio.sleep(0.02)


async def test_what_can_still_be_undone_is_not_shown(shop, ada):
    visitor = await arrives()
    await visitor.say("Hello")
    await sync_to_async(answer)(ada, "<p>Wrong person, sorry</p>", send=False)
    await visitor.send({"t": "ping"})
    assert (await visitor.next())["t"] == "pong"
    assert [said["text"] for said in (await session(token=visitor.session["token"]))["messages"]] == ["Hello"]
    await visitor.leave()


async def test_notes_never_reach_the_widget(shop, ada):
    visitor = await arrives()
    await visitor.say("Hello")
    conversation = await Conversation.objects.aget()
    await sync_to_async(note)(conversation, html="<p>She is angry</p>", by=ada, client_id=uuid.uuid4())
    await sync_to_async(answer)(ada, "<p>Hi</p>")
    assert [said["text"] for said in (await visitor.hear("messages"))["messages"]] == ["Hi"]
    again = await session(token=visitor.session["token"])
    assert [said["text"] for said in again["messages"]] == ["Hello", "Hi"]
    await visitor.leave()


async def test_after_a_lost_line_the_catch_up_brings_just_what_came(shop, ada):
    visitor = await arrives()
    await visitor.say("Hello")
    await visitor.leave()
    later = await sync_to_async(answer)(ada, "<p>While you were away</p>")
    ready = await Visitor(visitor.session).connect(since=visitor.session["cursor"])
    assert later.pk in [said["id"] for said in ready["messages"]]
    over_http = await http(
        "GET",
        "/chat/chat-key/messages",
        params={"since": visitor.session["cursor"]},
        headers={"Authorization": f"Bearer {visitor.session['token']}"},
    )
    assert later.pk in [said["id"] for said in over_http.json()["messages"]]


async def test_a_lost_nudge_is_made_good_by_the_next_ping(shop, ada, monkeypatch):
    visitor = await arrives()
    await visitor.say("Hello")
    monkeypatch.setattr("conversations.live.push.groups.of_visitor", lambda identity_id: "nobody.listens")
    ours = await sync_to_async(answer)(ada, "<p>Are you there?</p>")
    await visitor.send({"t": "ping", "since": visitor.session["cursor"]})
    assert [said["id"] for said in (await visitor.hear("pong"))["messages"]] == [ours.pk]
    await visitor.send({"t": "ping", "since": visitor.session["cursor"]})
    assert (await visitor.hear("pong"))["messages"] == []
    await visitor.leave()


async def test_a_message_sent_later_is_caught_up_with_although_newer_ones_are_known(shop, ada):
    visitor = await arrives()
    await visitor.say("Hello")
    late = await sync_to_async(answer)(ada, "<p>Later</p>", send=False)
    newer = (await visitor.say("One more thing"))["message"]
    long_ago = timezone.now() - timedelta(hours=2)
    await Message.objects.aupdate(created_at=long_ago)
    await visitor.leave()
    await Delivery.objects.filter(message=late).aupdate(due_at=timezone.now())
    await sync_to_async(deliver)(late.delivery.pk)
    ready = await Visitor(visitor.session).connect(since=f"{newer['id']}-{int(timezone.now().timestamp())}")
    assert [said["id"] for said in ready["messages"]] == [late.pk]


async def test_read_by_an_agent_shows_as_seen(shop, ada):
    visitor = await arrives()
    said = (await visitor.say("Hello"))["message"]
    assert (await session(token=visitor.session["token"]))["seen"] == 0
    conversation = await Conversation.objects.aget()
    await ReadMark.objects.acreate(conversation=conversation, agent=ada, read_at=timezone.now())
    assert (await session(token=visitor.session["token"]))["seen"] == said["id"]
    await visitor.leave()


async def test_agent_and_visitor_see_each_other_write_and_read(shop, ada):
    visitor = await arrives()
    said = (await visitor.say("Hello"))["message"]
    conversation = await Conversation.objects.aget()
    desk = await at_the_desk(ada, conversation)
    await visitor.send({"t": "typing"})
    assert await desk.heard("desk.typing", conversation=conversation.pk)
    await desk.send({"typing": conversation.pk, "writing": True, "mode": "note"})
    await desk.send({"typing": conversation.pk, "writing": True})
    assert (await visitor.hear("typing"))["name"] == "Ada"
    await desk.client.post(f"/conversations/{conversation.pk}/reading/")
    assert (await visitor.hear("seen"))["id"] == said["id"]
    assert await nothing_more(visitor)
    await visitor.leave(), await desk.leave()


async def nothing_more(visitor):
    """What the desk sends in order would have come before the answer to this."""
    await visitor.send({"t": "ping"})
    return (await visitor.next())["t"] == "pong"


class Desk:
    """An agent's browser: signed in, with the socket of one open conversation."""

    def __init__(self, client, socket):
        self.client, self.socket = client, socket

    async def send(self, frame):
        await self.socket.send_input({"type": "websocket.receive", "text": json.dumps(frame)})

    async def heard(self, kind, **fields):
        while True:
            frame = json.loads((await self.socket.receive_output(timeout=PATIENCE))["text"])
            if frame["type"] == kind:
                return all(frame[name] == value for name, value in fields.items())

    async def leave(self):
        await self.socket.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.socket.wait(timeout=PATIENCE)


async def at_the_desk(agent, conversation):
    client = AsyncClient()
    await client.aforce_login(agent)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    headers = [(b"host", b"testserver"), (b"origin", b"http://testserver"), (b"cookie", cookie.encode())]
    scope = {"type": "websocket", "path": "/ws/desk/", "headers": headers, "query_string": b""}
    desk = Desk(client, ApplicationCommunicator(application(), scope))
    await desk.socket.send_input({"type": "websocket.connect"})
    assert (await desk.socket.receive_output(timeout=PATIENCE))["type"] == "websocket.accept"
    await desk.send({"open": conversation.pk})
    await desk.send({"ping": 1})
    await desk.heard("pong")
    return desk


@pytest.mark.filterwarnings("error:StreamingHttpResponse must consume")
async def test_a_file_travels_with_its_message_and_opens_by_its_signed_address(shop, settings):
    visitor = await arrives()
    bearer = {"Authorization": f"Bearer {visitor.session['token']}"}
    content = b"\x89PNG\r\n\x1a\n not much of a picture"
    kept = await http(
        "POST", "/chat/chat-key/files", files={"file": ("zip \u202egnp.png", content, "image/png")}, headers=bearer
    )
    said = await visitor.say("", files=[kept.json()])
    [file] = said["message"]["files"]
    opened = await http("GET", file["url"].removeprefix("http://testserver"))
    assert opened.content == content and opened.headers["content-type"] == "image/png"
    assert "sandbox" in opened.headers["content-security-policy"]
    assert opened.headers["x-content-type-options"] == "nosniff"
    assert (await http("GET", file["url"].removeprefix("http://testserver") + "x")).status_code == 404
    assert (await Attachment.objects.aget()).size == len(content)
    await visitor.leave()


@pytest.mark.filterwarnings("error:StreamingHttpResponse must consume")
async def test_a_page_as_a_file_is_downloaded_and_never_shown(shop):
    visitor = await arrives()
    bearer = {"Authorization": f"Bearer {visitor.session['token']}"}
    evil = {"file": ("bill.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml")}
    kept = await http("POST", "/chat/chat-key/files", files=evil, headers=bearer)
    [file] = (await visitor.say("My bill", files=[kept.json()]))["message"]["files"]
    opened = await http("GET", file["url"].removeprefix("http://testserver"))
    assert opened.headers["content-type"] == "application/octet-stream"
    assert opened.headers["content-disposition"].startswith("attachment")
    await visitor.leave()


async def test_a_file_of_another_visitor_cannot_be_taken_along(shop):
    ann, eve = await arrives(), await arrives()
    kept = await http(
        "POST",
        "/chat/chat-key/files",
        files={"file": ("id.png", b"secret", "image/png")},
        headers={"Authorization": f"Bearer {ann.session['token']}"},
    )
    assert (await eve.say("Mine", files=[kept.json()]))["t"] == "refused"
    assert await Message.objects.acount() == 0
    await ann.leave(), await eve.leave()


async def test_a_typed_address_is_a_claim_and_finds_nobody(shop):
    owner = await Customer.objects.acreate(name="Ann Bell")
    await Identity.objects.acreate(customer=owner, kind="email", value="ann@home.example", is_verified=True)
    visitor = await arrives()
    await visitor.say("It is me", about={"name": "Ann", "email": "Ann@Home.example"})
    message = await Message.objects.select_related("conversation__customer").aget()
    assert message.conversation.customer_id != owner.pk
    claim = await Claim.objects.aget()
    assert (claim.customer_id, claim.value) == (message.conversation.customer_id, "ann@home.example")
    assert [said["text"] for said in (await session(token=visitor.session["token"]))["messages"]] == ["It is me"]
    await visitor.leave()


async def test_go_on_by_mail_is_remembered_where_the_visitor_is_known(shop):
    visitor = await arrives()
    await visitor.say("Hello")
    await visitor.send({"t": "about", "about": {"name": "Ann Bell", "email": "ann@home.example"}})
    await visitor.send({"t": "ping"})
    await visitor.hear("pong")
    assert (await Claim.objects.aget()).value == "ann@home.example"
    assert (await Customer.objects.aget()).name == "Ann Bell"
    await visitor.leave()
