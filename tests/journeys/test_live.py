"""The agents' socket: what arrives is seen at once, by those who may see it and by nobody else."""

import asyncio
import json
import uuid
from types import SimpleNamespace

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async as in_database
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from conversations.actions.change import log
from conversations.inbound.receive import receive
from conversations.live import awake, consumers, groups, presence
from conversations.models import Channel, Conversation, Medium
from conversations.outbound.compose import note
from tests.conftest import from_ann
from tests.visitors import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


class Desk:
    """One browser's socket."""

    def __init__(self, cookie):
        from deskapp.asgi import application

        headers = [(b"origin", b"http://testserver"), (b"host", b"testserver")]
        if cookie:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()))
        scope = {"type": "websocket", "path": "/ws/desk/", "query_string": b"", "headers": headers, "subprotocols": []}
        self.socket = ApplicationCommunicator(application, scope)

    async def connect(self):
        await self.socket.send_input({"type": "websocket.connect"})
        assert (await self.frame())["type"] == "websocket.accept"

    async def disconnect(self):
        await self.socket.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.socket.wait(PATIENCE)

    async def says(self, frame):
        await self.socket.send_input({"type": "websocket.receive", "text": json.dumps(frame)})

    async def frame(self, seconds=PATIENCE):
        return await asyncio.wait_for(self.socket.output_queue.get(), seconds)

    async def hears(self, kind, **expected):
        """The next frame of this kind with these values; others are passed over."""
        while True:
            heard = json.loads((await self.frame())["text"])
            if heard["type"] == kind and expected.items() <= heard.items():
                return heard

    async def hears_nothing_of(self, kind, seconds=0.3):
        try:
            async with asyncio.timeout(seconds):
                while True:
                    assert json.loads((await self.frame())["text"])["type"] != kind
        except TimeoutError:
            return

    async def is_settled(self):
        """Everything said before was dealt with."""
        await self.says({"ping": 1})
        await self.hears("pong")


def cookie_of(agent):
    client = Client()
    client.force_login(agent)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


async def desk_of(agent, *, opened=None):
    desk = Desk(await in_database(cookie_of)(agent))
    await desk.connect()
    if opened:
        await desk.says({"open": opened})
    await desk.is_settled()
    return desk


async def test_a_stranger_is_shown_the_door(db):
    stranger = Desk(None)
    await stranger.connect()
    assert await closed(stranger) == consumers.SIGNED_OUT


async def test_a_mail_arrives_as_a_row_and_in_the_open_thread(ada, mail):
    first = await in_database(receive)(from_ann(mail, "First"))
    desk = await desk_of(ada, opened=first.conversation_id)
    second = await in_database(receive)(from_ann(mail, "Second"))
    event = await desk.hears("desk.event", conversation=first.conversation_id)
    row = await desk.hears("desk.row", conversation=first.conversation_id, inbound=True)
    assert f'id="message-{second.pk}"' in event["html"] and "Second" in event["html"]
    assert f'id="row-{first.conversation_id}"' in row["html"] and "Second" in row["html"]
    await desk.disconnect()


async def test_an_act_on_an_order_is_told_without_its_words(ada, mail):
    first = await in_database(receive)(from_ann(mail, "First"))
    desk = await desk_of(ada, opened=first.conversation_id)
    await in_database(log)(first.conversation, "refunded", by=ada, to="£40.00 of HF-48213")
    event = await desk.hears("desk.event", conversation=first.conversation_id)
    assert event["html"] == "" and event["language"] not in dict(settings.LANGUAGES)
    await desk.disconnect()


async def test_conversation_that_finds_its_team_leaves_the_lists_of_the_others(ada, linus, mail, billing):
    def teamless():
        everybodys = Channel.objects.create(name="Hello", medium=Medium.EMAIL, address="hello@hollinfell.example")
        return receive(from_ann(everybodys, "Is anybody there?"))

    first = await in_database(teamless)()
    theirs, others = await desk_of(ada), await desk_of(linus, opened=first.conversation_id)
    second = await in_database(receive)(from_ann(mail, "Where is my kettle?"))
    assert second.conversation_id == first.conversation_id
    await others.hears("desk.gone", conversation=first.conversation_id)
    await others.hears_nothing_of("desk.row")
    await theirs.hears("desk.row", conversation=first.conversation_id)
    await theirs.hears_nothing_of("desk.gone")
    await theirs.disconnect()
    await others.disconnect()


async def test_another_team_hears_nothing_even_when_it_asks(ada, linus, mail):
    first = await in_database(receive)(from_ann(mail, "First"))
    desk = await desk_of(linus, opened=first.conversation_id)
    await in_database(receive)(from_ann(mail, "Second"))
    await desk.hears_nothing_of("desk.event")
    await desk.hears_nothing_of("desk.row")
    await desk.disconnect()


async def test_a_closed_thread_is_quiet(ada, mail):
    first = await in_database(receive)(from_ann(mail, "First"))
    desk = await desk_of(ada, opened=first.conversation_id)
    await desk.says({"close": first.conversation_id})
    await desk.is_settled()
    await in_database(receive)(from_ann(mail, "Second"))
    await desk.hears("desk.row")
    await desk.hears_nothing_of("desk.event")
    await desk.disconnect()


async def test_who_looks_and_who_writes_is_seen_by_the_others(ada, grace, mail):
    conversation = (await in_database(receive)(from_ann(mail))).conversation_id
    adas, graces = await desk_of(ada), await desk_of(grace, opened=conversation)
    seen = await adas.hears("desk.viewers", conversation=conversation)
    assert [(each["short"], each["writing"]) for each in seen["viewers"]] == [("Grace", False)]
    await graces.says({"typing": conversation, "writing": True})
    seen = await adas.hears("desk.viewers", conversation=conversation)
    assert [(each["short"], each["writing"]) for each in seen["viewers"]] == [("Grace", True)]
    await graces.disconnect()
    seen = await adas.hears("desk.viewers", conversation=conversation)
    assert seen["viewers"] == []
    await adas.disconnect()


async def test_two_tabs_are_one_viewer_until_both_are_closed(ada, grace, mail):
    conversation = (await in_database(receive)(from_ann(mail))).conversation_id
    adas = await desk_of(ada)
    first, second = await desk_of(grace, opened=conversation), await desk_of(grace, opened=conversation)
    await first.disconnect()
    await adas.is_settled()
    assert len((await in_database(presence.in_conversations)([conversation]))[conversation]) == 1
    await second.disconnect()
    while (await adas.hears("desk.viewers"))["viewers"]:
        pass
    await adas.disconnect()


async def test_only_words_of_an_open_thread_tell_that_one_writes(linus, ada, mail):
    conversation = (await in_database(receive)(from_ann(mail))).conversation_id
    adas, linuss = await desk_of(ada), await desk_of(linus)
    await linuss.says({"typing": conversation, "writing": True})
    await linuss.is_settled()
    await adas.hears_nothing_of("desk.viewers")
    await adas.disconnect()
    await linuss.disconnect()


async def test_a_note_reaches_whom_it_calls_wherever_they_are(ada, linus, mail):
    conversation = (await in_database(receive)(from_ann(mail))).conversation
    desk = await desk_of(linus)
    await in_database(note)(conversation, html="<p>@Linus</p>", by=ada, client_id=uuid.uuid4(), mentions=[linus])
    await desk.hears("desk.row", conversation=conversation.pk, mentioned=True)
    await desk.disconnect()


async def test_who_leaves_the_team_is_thrown_out_at_once(ada, returns, mail):
    conversation = (await in_database(receive)(from_ann(mail))).conversation_id
    desk = await desk_of(ada, opened=conversation)

    def leave():
        returns.members.remove(ada)
        groups.kick(ada.pk)

    await in_database(leave)()
    assert await closed(desk) == consumers.CHANGED


async def test_a_revoked_session_closes_its_socket(ada, mail):
    desk = await desk_of(ada)

    def revoke():
        Session.objects.all().delete()
        groups.kick(ada.pk)

    await in_database(revoke)()
    assert await closed(desk) == consumers.SIGNED_OUT


async def test_a_revoked_session_is_noticed_though_nobody_said_so(ada, mail, monkeypatch):
    desk = await desk_of(ada)
    monkeypatch.setattr(consumers, "LOOK_AGAIN", 0)
    await in_database(Session.objects.all().delete)()
    await desk.says({"ping": 1})
    assert await closed(desk) == consumers.SIGNED_OUT


async def closed(desk):
    while True:
        frame = await desk.frame()
        if frame["type"] == "websocket.close":
            return frame["code"]


async def test_a_conversation_that_left_the_team_goes_from_the_screen(ada, billing, mail):
    from conversations.live.push import push_removal

    conversation = (await in_database(receive)(from_ann(mail))).conversation_id
    desk = await desk_of(ada, opened=conversation)

    def move():
        found = Conversation.objects.get(pk=conversation)
        before = groups.watching(found)
        found.team = billing
        found.save()
        push_removal(found, before)

    await in_database(move)()
    await desk.hears("desk.gone", conversation=conversation)
    await desk.disconnect()


@pytest.mark.parametrize(
    "frame", [{"open": "1; drop"}, {"open": True}, {"open": 10**30}, {"typing": 7}, [], "x", {"ping": []}]
)
async def test_senseless_frames_change_nothing(ada, frame):
    desk = await desk_of(ada)
    await desk.says(frame)
    await desk.is_settled()
    await desk.disconnect()


async def test_what_an_agent_has_before_them_while_awake_is_their_work(ada, mail, monkeypatch):
    now = [1_800_000_600.0]  # ten minutes past an hour
    monkeypatch.setattr(awake, "time", SimpleNamespace(time=lambda: now[0]))
    conversation = (await in_database(receive)(from_ann(mail))).conversation_id
    desk = await desk_of(ada, opened=conversation)
    # The seconds since its word before, whether it is awake, and what of them counts.
    for later, is_awake, counts in ((5, True, 0), (20, True, 20), (300, True, 30), (20, False, 0), (20, True, 0)):
        now[0] += later
        before = await spent(ada, conversation)
        await desk.says({"ping": 1, "awake": is_awake})
        await desk.hears("pong")
        assert await spent(ada, conversation) - before == counts
    now[0] += 10
    await desk.disconnect()
    assert await spent(ada, conversation) == 60


async def spent(agent, conversation):
    found = await in_database(lambda: list(awake.hours()))()
    return sum(seconds.get((agent.pk, conversation), 0) for _hour, seconds in found)
