"""The demo's providers, all in one process: wired as an admin would, and people who write, call and answer."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conversations.envelopes import CallReport
from conversations.inbound.calls import hear
from conversations.inbound.receive import receive
from conversations.models import Channel, Delivery, Message
from conversations.outbound.way import Way
from customers.identify import Handle
from deskapp.demo import reached
from deskapp.demo.desk import DOMAIN
from deskapp.models import User
from integrations.inbound import files
from integrations.models import Connector, Trial
from integrations.outbound.deliver import deliver
from integrations.simulators import people, x
from integrations.simulators.mastodon import MastodonServer
from integrations.simulators.meta import GraphServer
from integrations.simulators.people import People, Spoken
from integrations.simulators.telegram import TelegramServer
from integrations.simulators.twilio import TwilioServer
from integrations.simulators.world import World, _opened
from integrations.simulators.x import XServer
from tests.adapters.phoning import answered, work_off
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(returns, billing, settings, tmp_path, monkeypatch):
    """Its turns are ours, and what it tells the desk goes through the door of the tests."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(reached, "LINES", [_anywhere(line) for line in reached.LINES])
    reached.build({"Returns": returns, "Orders": billing}, DOMAIN)
    made = World()
    monkeypatch.setattr(made, "tell", _door)
    made.wired = list(_opened())
    for wired in made.wired:
        wired.server.start()
    yield made
    made.end()


def _anywhere(line):
    """Ports of the tests' own: the demo of this machine may run beside."""
    other = f"http://127.0.0.1:{64990 + int(line.provider[-1])}"
    given = {name: other if value == line.provider else value for name, value in line.given.items()}
    return reached.Line(line.adapter, line.medium, line.name, line.address, other, given, line.team)


def _door(webhook):
    path = webhook.url.replace("http://", "").partition("/")[2]
    kind = webhook.headers.get("Content-Type", "application/json")
    answer = Client().post(f"/{path}", data=webhook.body, content_type=kind, headers=dict(webhook.headers))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_each_connector_of_the_demo_passes_its_own_test(world):
    world._connect()
    trials = Trial.objects.select_related("connector")
    assert {each.connector.adapter for each in trials} == {line.adapter for line in reached.LINES}
    for trial in trials:
        assert all(step["is_well"] for step in trial.steps), (trial.connector, trial.steps)


def test_a_scene_is_played_by_its_medium_and_an_answer_is_answered(world, ada, monkeypatch):
    monkeypatch.setattr(people, "ANSWER_SHARE", 1.0)
    world._connect()
    played = People(world)
    for kind, value in (("phone", "+447700900318"), ("whatsapp", "+4915901234567"), ("telegram", "5171248077"),
                        ("instagram", "17842900417726031"), ("messenger", "7304512896610042"), ("x", "2244994945"),
                        ("line", "U4af4980629b8e2c1d5a7c3e90f1b6d28")):  # fmt: skip
        medium = "sms" if kind == "phone" else kind
        people.put(Spoken(medium, kind, value, "Ann Bell", (f"By {medium}",), ("Thank you!",), 0.0))
    played.look()
    world.turn()
    work_off()
    said = {message.text: message.identity.kind for message in Message.objects.filter(kind="inbound")}
    assert said == {
        "By sms": "phone",
        "By whatsapp": "whatsapp",
        "By telegram": "telegram",
        "By instagram": "instagram",
        "By messenger": "messenger",
        "@hollinfell By x": "x",
        "By line": "line",
    }
    for text in ("By telegram", "By messenger", "@hollinfell By x", "By line"):
        asked = Message.objects.get(text=text)
        assert answered(asked, "Here it is", ada, way=Way(asked, is_public=asked.is_public)).status == "sent"
        played.look()
        world.turn()
        work_off()
        assert Message.objects.filter(text="Thank you!", conversation=asked.conversation).exists(), text


def test_a_provider_that_is_started_again_knows_the_keys_that_the_desk_has(world):
    world._connect()
    known = Connector.objects.get(adapter="x").secrets
    assert known["refresh_token"] != x.SECRETS["refresh_token"]  # it was spent
    again = XServer()
    again.trust(known)
    assert known["access_token"] in again.tokens and again.refresh == known["refresh_token"]


def test_seeded_calls_get_their_recordings_by_the_door(world):
    phone = Channel.objects.get(medium="voice")
    rang = timezone.now() - timedelta(hours=1)
    for state in ("ringing", "answered", "ended"):
        told = CallReport(phone.pk, "CA77", "in", state, rang, (Handle("phone", "+4792150417"),), seconds=4)
        hear(replace(told, transcript="Margit: Hello" if state == "ended" else ""))
    world._connect()
    world.turn()
    work_off()
    call = Message.objects.get(kind="call")
    recording = files.fetch(call.attachments.get().pk)
    assert call.text == "Margit: Hello" and recording.is_audio and recording.size > 4 * 4000
    world._connect()
    assert not world.server(TwilioServer).owed  # once


def test_somebody_calls_and_leaves_a_message(world, monkeypatch):
    monkeypatch.setattr(people, "MISSED_SHARE", 1.0)
    monkeypatch.setattr(people, "RINGS", 0.0)
    world._connect()
    server = world.server(TwilioServer)
    scene = Spoken("voice", "phone", "+447700900318", "Ann Bell", ("Do ring, please.",), (), 0.0)
    People(world)._call(server, scene)
    work_off()
    call = Message.objects.get(kind="call")
    assert call.details["call"]["state"] == "missed" and call.text == "Do ring, please."
    assert call.conversation.call_back_at


def test_who_is_called_from_the_desk_picks_up(world, client, monkeypatch):
    monkeypatch.setattr(people, "RINGS", 0.0)
    monkeypatch.setattr(people, "SPEAKS", 1.0)
    world._connect()
    conversation, number = client_of_the_desk(client)
    said = {"identity": number.pk, "key": str(uuid.uuid4())}
    assert client.post(reverse("place_call", args=[conversation.pk]), said).status_code in (200, 302)
    deliver(Delivery.objects.get().pk)
    (sid,) = world.server(TwilioServer).phone_calls
    played = People(world)
    monkeypatch.setattr(people, "Thread", Now)
    played.look()
    work_off()
    call = Message.objects.get(kind="call")
    assert call.details["call"]["state"] == "ended" and call.details["call"]["direction"] == "out"


class Now:
    """A thread that is over when it has begun."""

    def __init__(self, target, args=(), **named):
        self.run = lambda: args[0]()

    def start(self):
        self.run()


def client_of_the_desk(client):
    """Ada, with her line, at the conversation of somebody who texted."""
    ada = User.objects.create_user("ada@hollinfell.example", "x", name="Ada", role="admin", extension="+441632960141")
    client.force_login(ada)
    channel = Channel.objects.get(medium="sms")
    handles = (Handle("phone", "+447700900318", "Ann Bell"),)
    message = receive(from_ann(channel, "Do ring", handles=handles))
    return message.conversation, message.identity


def test_who_wrote_before_it_was_started_may_be_answered(world, ada):
    assert isinstance(world.server(MastodonServer), MastodonServer)
    telegram, graph = world.server(TelegramServer), world.server(GraphServer)
    telegram.remember("99", name="Ann Bell", at=timezone.now(), said="99:1", text="Hi", is_public=False)
    graph.remember("+4915901234567", name="Ann Bell", at=timezone.now(), said="w1", text="Hi", is_public=False)
    assert telegram.people[99]["first_name"] == "Ann" and "4915901234567" in graph.heard_at
