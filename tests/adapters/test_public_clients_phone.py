"""Public packages of others, unchanged, for phones: Twilio's own library, and a client of Asterisk's manager."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

import panoramisk
import pytest
from django.http import QueryDict
from django.test import Client
from panoramisk.message import Message as Packet
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client as Twilio

from conversations.envelopes import OutboundCall
from conversations.models import Delivery, Medium
from integrations.adapters import adapter_named
from integrations.adapters.media.twilio.signature import KEY, SIGNATURE, signed
from integrations.adapters.media.voice.asterisk.ami import packet_of
from integrations.models import RawEvent
from integrations.simulators.asterisk import SECRET, USER, AsteriskServer
from integrations.simulators.twilio import ACCOUNT, NUMBER, TOKEN, TwilioServer
from tests.adapters.phoning import ADDRESS, ANN, answered, connected, hear, only_message, twilio_connector

FORM = "application/x-www-form-urlencoded"
PATIENCE = 30  # seconds


@pytest.fixture
def server():
    with TwilioServer() as running:
        yield running


@pytest.fixture
def texts(db, server, settings):
    """Our number, whose webhooks go to the desk."""
    connector = twilio_connector(server)
    server.numbers[NUMBER]["sms_url"] = f"{settings.SITE_URL}/hooks/{connector.pk}/{ADDRESS}/"
    return connector


@pytest.fixture
def client(server):
    made = Twilio(ACCOUNT, TOKEN)
    made.api.base_url = server.url
    return made


# Twilio: the signature


def test_twilios_validator_accepts_what_the_simulator_signs(server):
    server.text(ANN, "Größe 43? 👟 & = + %", hook="https://desk.example/hooks/1/?kind=text")
    (webhook,) = server.owed
    validator, said = RequestValidator(TOKEN), webhook.headers[SIGNATURE]
    fields = dict(parse_qsl(webhook.body.decode(), keep_blank_values=True))
    assert validator.validate(webhook.url, fields, said)
    assert validator.validate(webhook.url, QueryDict(webhook.body), said)
    assert not validator.validate(webhook.url, {**fields, "Body": "Size 44"}, said)
    assert not validator.validate(webhook.url + "&more=1", fields, said)
    assert not RequestValidator("another token").validate(webhook.url, fields, said)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_the_two_signatures_are_one_for_values_that_come_twice(algorithm):
    url, pairs = "https://desk.example/hooks/1/?a=b", [("Media", "z"), ("Media", "a"), ("Empty", ""), ("Media", "z")]
    theirs = RequestValidator(TOKEN).compute_signature(url, QueryDict(urlencode(pairs)), f"HMAC_{algorithm.upper()}")
    assert signed(url, pairs, TOKEN, algorithm) == theirs


def _bring(texts, settings, validator, *, query="", algorithm=None, headers=None, body="Hello", changed=""):
    path = f"/hooks/{texts.pk}/{ADDRESS}/{query}"
    fields = {"MessageSid": f"SM{'7' * 32}", "From": ANN, "To": NUMBER, "Body": body, "NumMedia": "0"}
    said = validator.compute_signature(settings.SITE_URL + path, fields, algorithm)
    sent = urlencode({**fields, "Body": changed or body})
    return Client().post(path, sent, content_type=FORM, headers={SIGNATURE: said, **(headers or {})}).status_code


def test_the_desk_takes_what_twilios_library_signs(texts, settings):
    validator = RequestValidator(TOKEN)
    assert _bring(texts, settings, validator, changed="Hello!") == 403
    assert _bring(texts, settings, RequestValidator("another token")) == 403
    assert not RawEvent.objects.exists()
    assert _bring(texts, settings, validator, body="Wo ist مرحبا 👟?") == 200
    assert RawEvent.objects.count() == 1


def test_the_desk_takes_what_is_signed_by_a_webhook_key(texts, settings):
    texts.secrets = {**texts.secrets, "webhook_key": "the shared key"}
    texts.save()
    told = {KEY: "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"}
    newer = {"algorithm": "HMAC_SHA256", "headers": told}
    assert _bring(texts, settings, RequestValidator(TOKEN), **newer) == 403
    assert _bring(texts, settings, RequestValidator("the shared key"), **newer) == 200


def test_the_desk_takes_json_whose_digest_twilios_library_signed(texts, settings):
    validator, body = RequestValidator(TOKEN), json.dumps({"MessageSid": "SM1", "Body": "é"})
    path = f"/hooks/{texts.pk}/{ADDRESS}/?bodySHA256={validator.compute_hash(body)}"
    said = validator.compute_signature(settings.SITE_URL + path, {})
    assert validator.validate(settings.SITE_URL + path, body, said)
    for sent, status in ((body + " ", 403), (body, 200)):
        answer = Client().post(path, sent, content_type="application/json", headers={SIGNATURE: said})
        assert answer.status_code == status


# Twilio: its REST client


def test_twilios_client_sends_and_reads_what_became_of_it(server, client):
    sent = client.messages.create(to=ANN, from_=NUMBER, body="On its way 👟", status_callback="https://desk.example/s")
    assert (sent.status, sent.to, sent.from_, sent.body) == ("queued", ANN, NUMBER, "On its way 👟")
    found = client.messages(sent.sid).fetch()
    assert (found.status, found.error_code, found.direction) == ("delivered", None, "outbound-api")
    validator = RequestValidator(TOKEN)
    for webhook in server.owed:
        assert validator.validate(webhook.url, dict(parse_qsl(webhook.body.decode())), webhook.headers[SIGNATURE])
    lost = client.messages.create(to="+15005550030", from_=NUMBER, body="Hello")
    found = client.messages(lost.sid).fetch()
    assert (found.status, found.error_code) == ("undelivered", 30003)


def test_twilios_client_lists_page_by_page_what_came_and_went(server, client):
    came = [server.text(ANN, f"Number {number}") for number in range(5)]
    went = client.messages.create(to=ANN, from_=NUMBER, body="Answer").sid
    assert {each.sid for each in client.messages.list(page_size=2)} == {*came, went}
    found = client.messages.list(to=NUMBER, page_size=2)
    assert [each.sid for each in found] == came[::-1]
    assert {each.direction for each in found} == {"inbound"}
    assert [each.sid for each in client.messages.list(from_=NUMBER)] == [went]
    now = datetime.now(UTC)
    assert abs(found[0].date_sent - now) < timedelta(minutes=5)
    assert not client.messages.list(date_sent_after=now + timedelta(hours=1))
    assert len(client.messages.list(date_sent_after=now - timedelta(hours=1), limit=3)) == 3


@pytest.mark.parametrize(
    "to, sender, code",
    [("+15005550001", NUMBER, 21211), ("+15005550009", NUMBER, 21614), (ANN, "+15005550007", 21606)],
)
def test_twilios_client_is_told_why_it_is_refused(client, to, sender, code):
    with pytest.raises(TwilioRestException) as refusal:
        client.messages.create(to=to, from_=sender, body="Hello")
    assert (refusal.value.status, refusal.value.code) == (400, code)


def test_twilios_client_is_refused_with_a_wrong_token_and_when_it_is_busy(server, client):
    server.busy = 1
    with pytest.raises(TwilioRestException) as refusal:
        client.balance.fetch()
    assert (refusal.value.status, refusal.value.code) == (429, 20429)
    stranger = Twilio(ACCOUNT, "a guess")
    stranger.api.base_url = server.url
    with pytest.raises(TwilioRestException) as refusal:
        stranger.balance.fetch()
    assert (refusal.value.status, refusal.value.code) == (401, 20003)


def test_twilios_client_wires_the_number_and_reads_the_balance(server, client):
    (number,) = client.incoming_phone_numbers.list(phone_number=NUMBER)
    changed = number.update(sms_url="https://desk.example/hooks/9/", sms_method="POST")
    assert (changed.sms_url, server.numbers[NUMBER]["sms_url"]) == ("https://desk.example/hooks/9/",) * 2
    assert client.balance.fetch().balance == "42.10"
    assert client.api.accounts(ACCOUNT).fetch().status == "active"


def test_twilios_client_reads_what_the_desk_sent(server, texts, client, ada):
    came = server.text(ANN, "Where is it?")
    hear(server)
    delivery = answered(only_message(), "It is on its way", ada)
    assert delivery.status == Delivery.Status.SENT
    found = client.messages(delivery.external_id).fetch()
    assert (found.body, found.to, found.status) == ("It is on its way", ANN, "delivered")
    assert {each.sid for each in client.messages.list()} == {came, delivery.external_id}


# Asterisk's manager


@pytest.fixture
def asterisk():
    with AsteriskServer() as running:
        yield running


def managed(asterisk, act, *, secret=SECRET, patterns=()):
    """What `act(manager, heard)` gives, of a manager that is signed in; `heard`: the events of these patterns."""

    async def run():
        manager = panoramisk.Manager(
            loop=asyncio.get_running_loop(), host="127.0.0.1", port=asterisk.port, username=USER, secret=secret,
            reconnect_timeout=3600,
        )  # fmt: skip
        heard = asyncio.Queue()
        for pattern in patterns:
            manager.register_event(pattern, lambda _manager, event: heard.put_nowait(event))
        try:
            await manager.connect()
            while manager.authenticated_future is None and not manager.authenticated:
                await asyncio.sleep(0)
            if manager.authenticated_future is not None:
                await asyncio.wait([manager.authenticated_future])
            return await act(manager, heard)
        finally:
            manager.close()

    return asyncio.run(asyncio.wait_for(run(), PATIENCE))


async def _until(heard, name):
    """The events as they come, up to the first of this name."""
    found = []
    while not found or found[-1].event != name:
        found.append(await heard.get())
    return found


def test_the_manager_signs_in_pings_and_is_refused(asterisk):
    async def ping(manager, heard):
        pong = await manager.send_action({"Action": "Ping"})
        unknown = await manager.send_action({"Action": "Dance"})
        settings = await manager.send_action({"Action": "CoreSettings"})
        booted = await _until(heard, "FullyBooted")
        return pong, unknown, settings, booted

    pong, unknown, settings, booted = managed(asterisk, ping, patterns=["FullyBooted"])
    assert (pong.success, pong.ping) == (True, "Pong") and len(booted) == 1
    assert (unknown.success, unknown.message) == (False, "Invalid/unknown command")
    assert settings.asteriskversion.startswith("20.")

    async def nothing(manager, heard):
        await asyncio.sleep(0)
        return manager.authenticated

    assert managed(asterisk, nothing, secret="a guess") is False


def test_the_manager_hears_a_whole_call(asterisk):
    async def listen(manager, heard):
        while not asterisk.listeners:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(asterisk.whole, ANN, "204", name="Ann Bell")
        first = await _until(heard, "Hangup")
        return [*first, *await _until(heard, "Hangup")]

    told = managed(asterisk, listen, patterns=["Newchannel", "Dial*", "Hangup"])
    assert [each.event for each in told] == ["Newchannel", "Newchannel", "DialBegin", "DialEnd", "Hangup", "Hangup"]
    assert (told[0].calleridnum, told[0].calleridname) == (ANN, "Ann Bell")
    assert told[3].dialstatus == "ANSWER" and {each.linkedid for each in told} == {told[0].uniqueid}


def test_the_manager_lists_the_channels_to_the_end(asterisk):
    call = asterisk.arrive(ANN)
    asterisk.dial(call, "204")

    async def ask(manager, heard):
        return await manager.send_action({"Action": "CoreShowChannels"})

    start, *channels, end = managed(asterisk, ask)
    assert (start.eventlist, end.event, end.listitems) == ("start", "CoreShowChannelsComplete", "2")
    assert {each.linkedid for each in channels} == {call}


@pytest.mark.parametrize("answers, response, reason", [(True, "Success", "4"), (False, "Failure", "3")])
def test_the_manager_calls_out_and_is_told_what_became_of_it(asterisk, answers, response, reason):
    asterisk.agent_answers = answers

    async def call(manager, heard):
        asked = {"Action": "Originate", "Async": "true", "Channel": "PJSIP/204", "ChannelId": "desk-1"}
        return await manager.send_action({**asked, "Context": "from-internal", "Exten": "00447700900456"})

    queued, became = managed(asterisk, call)
    assert queued.message == "Originate successfully queued"
    assert (became.event, became.response, became.reason) == ("OriginateResponse", response, reason)
    assert became.uniqueid == "desk-1"


@pytest.mark.django_db
def test_the_manager_hears_the_call_that_the_desk_asks_for(asterisk):
    wired = {"ami_host": "127.0.0.1", "ami_port": asterisk.port, "ami_user": USER, "region": "GB"}
    wired |= {"trunks": ["PJSIP/trunk"], "dial_prefix": "00"}
    board = connected("asterisk", Medium.VOICE, "+441632960960", secrets={"ami_secret": SECRET}, **wired)
    call = OutboundCall(1, 1, 1, "one-key", "204", ANN, "+441632960960")

    async def listen(manager, heard):
        while not asterisk.listeners:
            await asyncio.sleep(0.01)
        # off the loop, as the adapter's line blocks; it asks the database for nothing
        await asyncio.to_thread(adapter_named("asterisk").call, board, call)
        return await _until(heard, "DialEnd")

    told = managed(asterisk, listen, patterns=["OriginateResponse", "DialEnd"])
    assert (told[0].event, told[0].response, told[0].exten) == ("OriginateResponse", "Success", "00447700900456")
    assert told[-1].dialstatus == "ANSWER" and told[-1].linkedid.endswith("one-key")


def test_a_packet_says_the_same_to_both():
    text = "Event: Newchannel\r\nChannel: PJSIP/trunk-1\r\nCallerIDName: Bell: Ann\r\nExten: s\r\nUniqueid: 1.2"
    assert dict(Packet.from_line(text).items()) == {**packet_of(text.encode()), "content": ""}
