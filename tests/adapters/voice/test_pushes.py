"""Phone systems that push their calls: sipgate and its kind, FreeSWITCH, and any other by our own signed webhook."""

import base64
import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import pytest
from django.urls import reverse

from conversations.envelopes import OutboundCall
from conversations.inbound.receive import receive
from conversations.models import CallBack, Channel, Delivery, Medium, Message, SurveyAsk, SurveyResponse
from customers.identify import Handle
from integrations.adapters import adapter_named, signed
from integrations.adapters.base import AdapterError, CredentialError
from integrations.adapters.media.ours import outside
from integrations.models import RawEvent
from integrations.outbound.deliver import deliver
from integrations.simulators.freeswitch import PASSWORD, USER, FreeSwitchServer
from integrations.simulators.server import Webhook
from integrations.simulators.sipgate import TOKEN, TOKEN_ID, SipgateServer
from integrations.simulators.switchboards import leg_of, record_of
from tests.adapters.phoning import ADDRESS, ANN, aside, connected, hear, post, work_off
from tests.conftest import from_ann
from tests.conversations.surveys.asked import survey

pytestmark = pytest.mark.django_db

OURS = "+492111234567"


def the_call():
    message = Message.objects.get(kind="call")
    return message, message.details["call"]


def pushed(connector, body, kind="application/json", **headers):
    answer = post(Webhook("", {"Content-Type": kind}, body), url=f"/hooks/{connector.pk}/{ADDRESS}/", **headers)
    work_off()
    return answer


# sipgate


@pytest.fixture
def sipgate():
    with SipgateServer() as server:
        yield server


@pytest.fixture
def line(returns, sipgate, ada, settings):
    ada.extension = "w0"
    ada.save()
    wired = {"token_id": TOKEN_ID, "api_url": sipgate.url, "region": "DE"}
    connector = connected("sipgate", Medium.VOICE, OURS, secrets={"token": TOKEN}, **wired)
    list(adapter_named("sipgate").check(connector))
    assert sipgate.settings["incomingUrl"] == f"{settings.SITE_URL}/hooks/{connector.pk}/{ADDRESS}/"
    return connector


def test_sipgate_is_asked_to_tell_how_a_call_goes_on(line, sipgate):
    sipgate.ring("447700900456", users=("w0", "w1"))
    answer = post(sipgate.owed[0]).content.decode()
    address = sipgate.settings["incomingUrl"]
    assert f'<Response onAnswer="{address}" onHangup="{address}"/>' in answer


def test_a_call_by_sipgate(line, sipgate, ada):
    call = sipgate.ring("447700900456", users=("w0", "w1"))
    sipgate.pick_up(call, "w0")
    sipgate.hang_up(call)
    hear(sipgate, copies=2)
    message, told = the_call()
    assert (told["state"], told["number"], told["ours"]) == ("ended", ANN, OURS)
    assert [each["agent"] for each in told["answered"]] == [ada.pk] and len(told["tried"]) == 2
    assert message.external_id == call


@pytest.mark.parametrize(
    ("cause", "words"),
    [("cancel", "hung up before"), ("busy", "was busy"), ("noAnswer", "Nobody answered"), ("notFound", "not exist")],
)
def test_one_that_nobody_answers(line, sipgate, cause, words):
    call = sipgate.ring("447700900456")
    sipgate.hang_up(call, cause)
    hear(sipgate, order=[1, 0])
    assert the_call()[1]["state"] == "missed" and words in the_call()[1]["cause"]
    assert CallBack.objects.count() == 1


def test_one_that_is_put_through_stays_one_call(line, sipgate):
    call = sipgate.ring("447700900456")
    sipgate.pick_up(call, "w0")
    further = sipgate.ring("447700900456", users=("w1",), first=call)
    sipgate.hang_up(call, "forwarded")
    sipgate.pick_up(further, "w1", first=call)
    sipgate.hang_up(further, first=call)
    hear(sipgate)
    _message, told = the_call()
    assert told["transfers"] == 1 and [each["line"] for each in told["answered"]] == ["w0", "w1"]


def test_an_anonymous_caller_and_the_keys_they_press(line, sipgate):
    call = sipgate.ring("anonymous")
    sipgate.press(call, "2")
    hear(sipgate)
    message, told = the_call()
    assert message.identity is None and told["keys"] == "2"


def test_one_that_goes_out(line, sipgate):
    call = sipgate.ring("447700900456", direction="out")
    sipgate.hang_up(call, "busy", direction="out")
    hear(sipgate)
    assert the_call()[1]["cause"] == "Their line was busy." and the_call()[1]["number"] == ANN


def test_systems_that_push_the_same_as_json(line):
    said = {"event": "newCall", "from": ANN, "to": OURS, "direction": "in", "callId": "z1", "user": ["ada@x.example"]}
    assert pushed(line, json.dumps(said).encode()).status_code == 200
    said |= {"event": "hangup", "cause": "cancel"}
    pushed(line, json.dumps(said).encode())
    assert the_call()[1]["state"] == "missed"


def asked():
    return OutboundCall(1, 1, 1, str(uuid.uuid4()), "e0", ANN, OURS)


def test_sipgate_calls_for_the_desk(line, sipgate):
    report = adapter_named("sipgate").call(line, asked())
    assert report.status == "sent" and sipgate.sessions[report.said.removeprefix("session ")]["callee"] == ANN
    line.secrets = {**line.secrets, "token": "old"}
    with pytest.raises(CredentialError):
        adapter_named("sipgate").call(line, asked())
    line.secrets = {"webhook_secret": ADDRESS}
    with pytest.raises(AdapterError, match="no token"):
        adapter_named("sipgate").call(line, asked())


def placed(connector, client, agent):
    """A call that an agent has asked for by the desk's own button."""
    conversation, number = texted(connector)
    client.force_login(agent)
    given = {"identity": number.pk, "key": str(uuid.uuid4())}
    assert client.post(reverse("place_call", args=[conversation.pk]), given).status_code in (200, 302)
    return deliver(Delivery.objects.get().pk)


def texted(connector):
    channel = Channel.objects.create(
        name="SMS", medium=Medium.SMS, address="+4915799912345", team=connector.channel.team
    )
    message = receive(from_ann(channel, "Do ring me", handles=(Handle("phone", ANN, "Ann Bell"),)))
    return message.conversation, message.identity


@pytest.mark.parametrize("told_before", [False, True])
def test_a_call_of_the_desk_by_sipgate_is_one_call(line, sipgate, client, ada, told_before):
    """What sipgate answers is a session, what it pushes a call: two names of one."""
    if told_before:
        early = sipgate.ring("447700900999", direction="out")  # somebody else's
        hear(sipgate)
        assert early
    placed(line, client, ada)
    call = sipgate.ring("447700900456", direction="out")
    sipgate.push("answer", call, "447700900456", "out", users=("w0",))
    sipgate.hang_up(call, direction="out")
    hear(sipgate, copies=2)
    message = Message.objects.get(kind="call", identity__value=ANN)
    assert message.external_id == call and message.details["call"]["state"] == "ended"
    assert message.author == ada and Message.objects.filter(kind="call").count() == 1 + told_before


@pytest.mark.parametrize("body", [b"", b"event=what&callId=1", b"{]", b"event=newCall"])
def test_garbage_of_sipgate_is_set_aside(line, body):
    assert pushed(line, body, "application/x-www-form-urlencoded").status_code == 200
    assert aside() and not Message.objects.exists()


# FreeSWITCH


@pytest.fixture
def switch(returns):
    return connected("freeswitch", Medium.VOICE, OURS, region="GB", recordings_url="https://pbx.example/rec")


FORMS = {
    "json": lambda record: json.dumps(record).encode(),
    "encoded values": lambda record: json.dumps(_quoted(record)).encode(),
    "a form": lambda record: urlencode({"cdr": json.dumps(record)}).encode(),
    "base64": lambda record: base64.b64encode(json.dumps(record).encode()),
    "base64 in a form": lambda record: b"cdr=" + quote(base64.b64encode(json.dumps(record).encode())).encode(),
    "xml": lambda record: _as_xml(record),
}


def _quoted(found):
    if isinstance(found, dict):
        return {name: _quoted(value) for name, value in found.items()}
    return [_quoted(each) for each in found] if isinstance(found, list) else quote(str(found))


def _as_xml(record):
    variables = "".join(f"<{name}>{quote(str(value))}</{name}>" for name, value in record["variables"].items())
    profile = record["callflow"][0]["caller_profile"]
    names = ("caller_id_number", "caller_id_name", "destination_number", "context")
    inner = "".join(f"<{name}>{quote(profile[name])}</{name}>" for name in names)
    flow = f"<callflow><caller_profile>{inner}</caller_profile></callflow>"
    return f'<?xml version="1.0"?><cdr><variables>{variables}</variables>{flow}</cdr>'.encode()


@pytest.mark.parametrize("form", FORMS)
def test_a_record_in_whichever_form_it_is_posted(switch, form):
    record = record_of("07700900456", "+441632960960", name="Ann Bell", answered_by="204")
    assert pushed(switch, FORMS[form](record)).status_code == 200
    message, told = the_call()
    assert not aside() and message.external_id == record["variables"]["uuid"]
    assert (told["state"], told["seconds"], told["number"], told["direction"]) == ("ended", 60, ANN, "in")
    assert [each["line"] for each in told["answered"]] == ["204"]
    assert message.conversation.customer.name == "Ann Bell"


def test_the_legs_of_a_call_are_told_as_the_call(switch):
    record = record_of("07700900456", "+441632960960", answered_by="204")
    legs = [leg_of(record, "203", is_answered=False), leg_of(record, "204")]
    for each in (legs[1], record, legs[0], legs[1], record):
        pushed(switch, json.dumps(each).encode())
    _message, told = the_call()
    assert told["state"] == "ended" and [each["line"] for each in told["answered"]] == ["204"]
    assert {each["line"] for each in told["tried"]} == {"203", "204"}


@pytest.mark.parametrize(
    ("cause", "words"),
    [("ORIGINATOR_CANCEL", "hung up before"), ("NO_ANSWER", "Nobody answered"), ("USER_NOT_REGISTERED", "No phone")],
)
def test_one_that_nobody_at_the_switch_answers(switch, cause, words):
    pushed(switch, json.dumps(record_of("07700900456", "+441632960960", cause=cause)).encode())
    assert the_call()[1]["state"] == "missed" and words in the_call()[1]["cause"]


def test_a_voice_mail_has_not_been_spoken_to(switch):
    record = record_of("07700900456", "+441632960960", answered_by="204")
    for name in ("bridge_uuid", "last_bridge_to", "dialed_user"):
        record["variables"].pop(name, None)
    record["variables"] |= {"last_app": "voicemail", "record_name": "msg 7.wav"}
    pushed(switch, json.dumps(record).encode())
    message, told = the_call()
    assert told["state"] == "missed"
    assert message.attachments.get().source == {"url": "https://pbx.example/rec/msg%207.wav"}


def test_one_that_the_switch_put_through(switch):
    record = record_of("07700900456", "+441632960960", answered_by="204")
    at = int(record["variables"]["answer_epoch"]) + 20
    record["variables"]["transfer_history"] = f"ARRAY::{at}:u1:bl_xfer:205/default/XML|:{at + 9}:u2:att_xfer:x@y"
    pushed(switch, json.dumps(record).encode())
    _message, told = the_call()
    assert told["transfers"] == 2 and [each["line"] for each in told["answered"]] == ["204", "205"]


def test_one_out_and_one_within_the_house(switch):
    out = record_of("204", "07700900456", answered_by="07700900456", context="default")
    pushed(switch, json.dumps(out).encode())
    _message, told = the_call()
    assert (told["direction"], told["number"]) == ("out", ANN) and [each["line"] for each in told["answered"]] == [
        "204"
    ]
    assert pushed(switch, json.dumps(record_of("204", "205", context="default")).encode()).status_code == 200
    assert Message.objects.filter(kind="call").count() == 1


@pytest.fixture
def commands():
    with FreeSwitchServer() as server:
        yield server


@pytest.fixture
def calling_switch(returns, commands, ada):
    ada.extension = "204"
    ada.save()
    wired = {"region": "GB", "rpc_url": commands.url, "rpc_user": USER}
    connector = connected("freeswitch", Medium.VOICE, OURS, secrets={"rpc_password": PASSWORD}, **wired)
    commands.records_to = f"http://testserver/hooks/{connector.pk}/{ADDRESS}/"
    return connector


@pytest.mark.parametrize(
    ("agent", "customer", "state", "words"),
    [(True, True, "ended", ""), (True, False, "missed", "Their line was busy"), (False, True, "missed", "agent's own")],
    ids=["spoken", "busy", "agent away"],
)
def test_the_desk_calls_by_freeswitch_and_it_is_one_call(
    calling_switch, commands, client, ada, agent, customer, state, words
):
    commands.agent_answers, commands.customer_answers = agent, customer
    placed(calling_switch, client, ada)
    (asked_,) = commands.asked
    assert (asked_["line"], asked_["number"], asked_["context"]) == ("user/204", "00447700900456", "default")
    hear(commands, copies=2)
    message, told = the_call()
    assert (told["direction"], told["number"], told["state"]) == ("out", ANN, state)
    assert message.external_id == str(message.client_id) and words in told.get("cause", "")
    assert bool(told.get("answered")) == (state == "ended")


def test_freeswitch_says_whether_the_desk_may_command_it(calling_switch, commands):
    adapter = adapter_named("freeswitch")
    assert "FreeSWITCH Version 1.10.12" in next(adapter.check(calling_switch)).text
    call = asked()
    assert adapter.call(calling_switch, call).external_id == call.key
    with pytest.raises(AdapterError, match="refused the call"):
        adapter.call(calling_switch, call)  # the same once more
    for evil in ("204}sofia/gateway/x/0900", "204 &bridge(x)", "x:api_on_answer=system rm"):
        with pytest.raises(AdapterError, match="none of this switchboard"):
            adapter.call(calling_switch, replace(call, agent=evil))
    with pytest.raises(AdapterError, match="these numbers"):
        adapter.call(calling_switch, replace(call, to="+44 77} &system(x)"))
    calling_switch.secrets = {"rpc_password": "old"}
    with pytest.raises(CredentialError):
        adapter.call(calling_switch, asked())
    calling_switch.settings = {}
    assert not adapter.can_call(calling_switch)


def test_the_credentials_of_the_records(returns):
    secrets = {"webhook_user": "fs", "webhook_password": "p"}
    connector = connected("freeswitch", Medium.VOICE, OURS, secrets=secrets)
    body = json.dumps(record_of("07700900456", "204")).encode()
    assert pushed(connector, body).status_code == 401
    assert pushed(connector, body, Authorization="Basic " + base64.b64encode(b"fs:p").decode()).status_code == 200
    assert RawEvent.objects.count() == 1


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><cdr><variables><uuid>&b;</uuid></variables></cdr>'


@pytest.mark.parametrize("body", [b"", b"{}", b"cdr=", b"\x00\x01", b"<cdr></cdr>", b'{"variables": {}}', BOMB])
def test_garbage_of_the_switch_is_set_aside(switch, body):
    assert pushed(switch, body).status_code == 200
    assert aside() and not Message.objects.exists()


# Our own webhook


@pytest.fixture
def own(returns):
    return connected("calls", Medium.VOICE, OURS, secrets={"signing_secret": "s"}, region="GB")


def told_of(connector, *items, at=None):
    body = json.dumps({"items": items} if len(items) != 1 else items[0], default=str).encode()
    return pushed(connector, body, **signed.signed("s", body, at=at)).status_code


AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
RINGS = {"call_id": "c1", "state": "ringing", "at": AT, "number": "07700900456", "name": "Ann", "agent": "204"}
ANSWERS = {"call_id": "c1", "state": "answered", "at": AT + timedelta(seconds=5), "agent": "204"}
ENDS = {"call_id": "c1", "state": "ended", "at": AT + timedelta(seconds=65), "seconds": 60}
KEPT = {
    "call_id": "c1", "state": "recording", "at": AT, "transcript": "Hello",
    "recording": {"url": "https://pbx.example/c1.mp3", "type": "audio/mpeg"},
}  # fmt: skip


def test_any_phone_system_tells_by_our_own_webhook(own):
    assert told_of(own, RINGS) == 200
    assert told_of(own, ENDS, ANSWERS, KEPT) == 200
    message, told = the_call()
    assert (told["state"], told["seconds"], told["number"], told["transcript"]) == ("ended", 60, ANN, "Hello")
    assert message.attachments.get().source == {"url": "https://pbx.example/c1.mp3"}


def test_what_is_wrong_with_one_keeps_no_other_out(own):
    assert told_of(own, RINGS, {"call_id": "c2", "state": "what", "at": AT}, {"state": "ended"}) == 200
    assert Message.objects.filter(kind="call").count() == 1 and len(aside()) == 2
    assert "state" in aside()[0]


def test_unsigned_old_and_changed_ones_are_refused(own):
    body = json.dumps(RINGS, default=str).encode()
    old = signed.signed("s", body, at=datetime.now(UTC).timestamp() - 3600)
    for headers in ({}, old, signed.signed("other", body)):
        assert pushed(own, body, **headers).status_code == 400
    assert pushed(own, body + b" ", **signed.signed("s", body)).status_code == 400
    assert not RawEvent.objects.exists()


def test_a_call_is_not_asked_for_where_others_read_along(settings):
    settings.LOCAL = False
    for address in ("http://pbx.example/calls", "ftp://pbx.example", "https://127.0.0.1/calls"):
        with pytest.raises(ValueError, match=r"https://|public server"):
            outside(address)


def test_the_desk_asks_it_for_a_call(own, sipgate):
    own.settings["call_url"] = f"{sipgate.url}/throughline"
    call = asked()
    report = adapter_named("calls").call(own, call)
    assert report.external_id == f"own-{call.key}"
    (said,) = [each for each in sipgate.calls if each.path == "/throughline"]
    signed.check("s", said.body, stamp=said.headers["x-throughline-timestamp"],
                 signature=said.headers["x-throughline-signature"])  # fmt: skip
    assert said.json["to"] == ANN and said.headers["idempotency-key"] == call.key
    assert all(step.is_well for step in adapter_named("calls").check(own))
    own.settings = {}
    with pytest.raises(AdapterError, match="cannot call by this line"):
        adapter_named("calls").call(own, call)


@pytest.mark.parametrize("adapter", ["asterisk", "freeswitch", "sipgate", "calls"])
def test_an_admin_says_whether_a_phone_system_vouches_for_its_numbers(adapter):
    (field,) = [each for each in adapter_named(adapter).about.fields if each.name == "vouches"]
    assert field.default != "on" and field.kind == "switch"


def told_by(connector, sipgate):
    if connector.adapter == "calls":
        told_of(connector, RINGS)
    elif connector.adapter == "sipgate":
        sipgate.ring("447700900456")
        hear(sipgate)
    else:
        pushed(connector, json.dumps(record_of("07700900456", "+441632960960", answered_by="204")).encode())


@pytest.mark.parametrize("vouches", [True, False])
@pytest.mark.parametrize("system", ["own", "line", "switch"])
def test_what_a_phone_system_vouches_for_is_told_with_its_calls(system, vouches, sipgate, request):
    connector = request.getfixturevalue(system)
    connector.settings = {**connector.settings, "vouches": vouches}
    connector.save()
    told_by(connector, sipgate)
    assert the_call()[1].get("vouched", False) is vouches


def test_what_is_no_json_is_said_in_words(own):
    body = b'{"call_id": '
    assert pushed(own, body, **signed.signed("s", body)).status_code == 200
    assert aside()[0].startswith("ValueError: It is not JSON:")


RATES = {"call_id": "c1", "state": "rated", "at": AT + timedelta(seconds=70), "keys": "5"}
MISSES = {"call_id": "c1", "state": "missed", "at": AT + timedelta(seconds=20), "agent": "204"}


@pytest.fixture
def rates(own, ada):
    """Ada's line is rung, and callers are asked; she has answered this one before."""
    ada.extension = "204"
    ada.save()
    survey("csat", "call")
    earlier = {"call_id": "c0", "number": RINGS["number"], "agent": "204"}
    before = AT - timedelta(minutes=9)
    assert told_of(own, {**earlier, "state": "ringing", "at": before}, {**ANSWERS, **earlier, "at": before}) == 200
    return own


def rated():
    return list(SurveyResponse.objects.values_list("score", flat=True))


def test_a_call_in_which_nobody_spoke_is_rated_by_nobody(rates):
    assert told_of(rates, RINGS, MISSES, RATES) == 200
    assert rated() == [] and not SurveyAsk.objects.exists()
    assert not RawEvent.objects.exclude(state="done").exists()  # nor does it come again


def test_a_rating_that_overtook_the_word_that_somebody_spoke_comes_again_after_it(rates):
    assert told_of(rates, RINGS) == 200
    assert told_of(rates, RATES) == 200
    assert rated() == [] and not SurveyAsk.objects.exists()
    told_of(rates, ANSWERS)
    work_off()
    assert rated() == [5]
