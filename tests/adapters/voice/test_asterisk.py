"""Asterisk: live by its manager, afterwards by its records, whichever tells first; and calls out through it."""

import json
import uuid
from contextlib import closing
from datetime import UTC, datetime
from threading import Event

import pytest

from conversations.envelopes import OutboundCall
from conversations.models import Medium, Message
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, AwayError, CredentialError
from integrations.inbound.listening import take
from integrations.models import RawEvent
from integrations.simulators.asterisk import SECRET, USER, AsteriskServer, RecordsFile
from integrations.simulators.server import Webhook
from tests.adapters.phoning import ADDRESS, ANN, connected, post, work_off

pytestmark = pytest.mark.django_db

OURS = "+441632960960"


@pytest.fixture
def asterisk():
    with AsteriskServer() as server:
        yield server


@pytest.fixture
def board(returns, asterisk, ada):
    ada.extension = "204"
    ada.save()
    wired = {"ami_host": "127.0.0.1", "ami_port": asterisk.port, "ami_user": USER, "region": "GB"}
    wired |= {"trunks": ["PJSIP/trunk"], "dial_prefix": "00"}
    return connected("asterisk", Medium.VOICE, OURS, secrets={"ami_secret": SECRET}, **wired)


def listening(connector, *happens):
    """The watcher's rounds, while one thing after another happens; then it is stopped, and all is worked off."""
    stop = Event()
    with closing(adapter_named("asterisk").watch(connector, stop)) as rounds:
        take(connector, next(rounds))
        for each in happens:
            each()
            for _round in range(20):
                news = next(rounds)
                take(connector, news)
                if news.arrivals:
                    break
        for _round in range(3):
            take(connector, next(rounds))
    work_off()


def the_call():
    message = Message.objects.get(kind="call")
    return message, message.details["call"]


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr("integrations.adapters.media.voice.asterisk.watching.LOOK_EVERY", 0.05)


def test_a_call_rings_is_answered_and_ends(board, asterisk, ada):
    listening(board, lambda: asterisk.whole(ANN, name="ANN BELL"))
    message, call = the_call()
    assert (call["state"], call["direction"], call["number"], call["ours"]) == ("ended", "in", ANN, OURS)
    assert [each["agent"] for each in call["answered"]] == [ada.pk] and message.identity.value == ANN


def test_it_rings_before_anybodys_line_does(board, asterisk):
    listening(board, lambda: asterisk.arrive(ANN))
    assert the_call()[1]["state"] == "ringing"


def test_told_twice_and_backwards_it_is_the_same_call(board, asterisk):
    kept = []
    listening(board, lambda: asterisk.whole(ANN))
    for raw in RawEvent.objects.order_by("-pk"):
        kept.append((raw.kind, bytes(raw.body)))
    before = the_call()[1]
    Message.objects.all().delete()
    RawEvent.objects.all().delete()
    for number, (kind, body) in enumerate(kept * 2):
        RawEvent.objects.create(connector=board, external_id=str(number), kind=kind, body=body)
    work_off()
    assert the_call()[1] == before


def test_one_that_nobody_answers(board, asterisk):
    def happens():
        call = asterisk.arrive(ANN)
        asterisk.fail(call, asterisk.dial(call, "204"))
        asterisk.hang_up(call)

    listening(board, happens)
    _message, call = the_call()
    assert (call["state"], call["cause"]) == ("missed", "Nobody answered.")
    assert [each["line"] for each in call["tried"]] == ["204"]


def test_who_hangs_up_while_it_rings(board, asterisk):
    def happens():
        call = asterisk.arrive(ANN)
        asterisk.fail(call, asterisk.dial(call, "204"), "CANCEL")
        asterisk.hang_up(call)

    listening(board, happens)
    assert "hung up before" in the_call()[1]["cause"]


@pytest.mark.parametrize("way", ["transfer", "transfer_attended"])
def test_one_that_is_put_through_stays_one_call(board, asterisk, way):
    def happens():
        call = asterisk.arrive(ANN)
        leg = asterisk.dial(call, "204")
        asterisk.answer(call, leg)
        getattr(asterisk, way)(call, "205")
        asterisk.hang_up(call, leg)
        asterisk.answer(call, asterisk.dial(call, "205"))
        asterisk.hang_up(call)

    listening(board, happens)
    _message, call = the_call()
    assert call["transfers"] == 1 and [each["line"] for each in call["answered"]] == ["204", "205"]
    assert call["state"] == "ended"


def test_one_within_the_house_is_nobodys_business(board, asterisk):
    def happens():
        call = asterisk.leave("204", "205")
        asterisk.answer(call, asterisk.dial(call, "205"))
        asterisk.hang_up(call)

    listening(board, happens)
    assert not RawEvent.objects.exists()


@pytest.mark.parametrize("number", ["anonymous", "", "<unknown>"])
def test_an_anonymous_caller(board, asterisk, number):
    listening(board, lambda: asterisk.whole(number))
    message, call = the_call()
    assert message.identity is None and "number" not in call


def test_one_that_an_agent_dials_by_hand(board, asterisk):
    def happens():
        call = asterisk.leave("204", "07700900456")
        asterisk.answer(call, asterisk.dial_out(call, "07700900456"))
        asterisk.hang_up(call)

    listening(board, happens)
    _message, call = the_call()
    assert (call["direction"], call["number"], call["state"]) == ("out", ANN, "ended")
    assert [each["line"] for each in call["answered"]] == ["204"]


def asked():
    return OutboundCall(1, 1, 1, str(uuid.uuid4()), "204", ANN, OURS)


def test_a_call_that_the_desk_asks_for(board, asterisk):
    call = asked()
    listening(board, lambda: adapter_named("asterisk").call(board, call))
    message, told = the_call()
    (said,) = [each for each in asterisk.asked if each["Action"] == "Originate"]
    assert (said["Channel"], said["Exten"], said["CallerID"]) == ("PJSIP/204", "00447700900456", f"<{OURS}>")
    assert message.client_id == uuid.UUID(call.key) and message.external_id == f"throughline-{call.key}"
    assert (told["direction"], told["state"], told["number"]) == ("out", "ended", ANN)


@pytest.mark.parametrize(
    ("agent", "words"), [(True, "Their line was busy."), (False, "The agent's own line did not answer.")]
)
def test_a_call_that_the_desk_asks_for_and_nobody_answers(board, asterisk, agent, words):
    asterisk.agent_answers, asterisk.customer_answers = agent, False
    listening(board, lambda: adapter_named("asterisk").call(board, asked()))
    assert the_call()[1]["state"] == "missed" and the_call()[1]["cause"] == words


def test_the_same_call_asked_for_twice_is_refused(board, asterisk):
    call = asked()
    asterisk.live[f"throughline-{call.key}"] = []
    with pytest.raises(AdapterError, match="already in use"):
        adapter_named("asterisk").call(board, call)


def test_nothing_that_is_given_begins_a_line_of_its_own(board, asterisk):
    wrong = OutboundCall(1, 1, 1, "k", "204", f"{ANN}\r\nAction: Command\r\nCommand: core stop now", OURS)
    adapter_named("asterisk").call(board, wrong)
    assert [each for each in asterisk.asked if each.get("Action") == "Originate"]
    assert not [each for each in asterisk.asked if each.get("Action") == "Command"]


@pytest.mark.parametrize(
    "agent", ["00900123456@trunk", "sip:x/00900123456", "204&PJSIP/205", "204\r\nAction: Command", "Local/1@out", ""]
)
def test_an_extension_that_leads_elsewhere_is_not_rung(board, asterisk, agent):
    with pytest.raises(AdapterError, match="extension") as refusal:
        adapter_named("asterisk").call(board, OutboundCall(1, 1, 1, "k", agent, ANN, OURS))
    assert refusal.value.permanent
    assert not [each for each in asterisk.asked if each.get("Action") == "Originate"]


def test_a_refused_secret_and_a_line_that_breaks(board, asterisk):
    rounds = adapter_named("asterisk").watch(board, Event())
    next(rounds)
    asterisk.breaks()
    with pytest.raises(AwayError):
        for _round in range(20):
            next(rounds)
    asterisk.refuses = True
    with pytest.raises(CredentialError, match="Authentication failed"):
        next(adapter_named("asterisk").watch(board, Event()))


def test_one_that_began_before_the_desk_listened_is_ended_by_it(board, asterisk):
    call = asterisk.arrive(ANN)
    asterisk.answer(call, asterisk.dial(call, "204"))
    listening(board, lambda: asterisk.hang_up(call))
    assert the_call()[0].external_id == call and the_call()[1]["ended_at"]


def test_the_check_signs_in(board, asterisk):
    steps = list(adapter_named("asterisk").check(board))
    assert "Asterisk 20.11.0" in str(steps[0].text)


# The file of the records


@pytest.fixture
def records(returns, tmp_path):
    file = RecordsFile(tmp_path / "Master.csv")
    connector = connected("asterisk", Medium.VOICE, OURS, cdr_file=str(file.path), region="GB")
    return connector, file


def test_every_line_of_the_file_comes_once(records):
    connector, file = records
    file.write(ANN, OURS, call="1.1", name="Ann Bell")
    listening(connector, lambda: file.write("+447700900789", OURS, call="1.2", spoken=0))
    assert Message.objects.filter(kind="call").count() == 2
    connector.refresh_from_db()
    listening(connector)
    assert RawEvent.objects.count() == 2
    answered = Message.objects.get(external_id="1.1").details["call"]
    assert (answered["state"], answered["seconds"], answered["number"]) == ("ended", 60, ANN)
    assert [each["line"] for each in answered["answered"]] == ["204"]
    assert Message.objects.get(external_id="1.2").details["call"]["state"] == "missed"


def test_a_rotated_file_loses_no_line_and_a_half_written_one_waits(records):
    connector, file = records
    file.write(ANN, OURS, call="1.1")
    listening(connector)
    file.write(ANN, OURS, call="1.2", start=datetime(2026, 11, 20, tzinfo=UTC))
    file.rotate()
    line = file.write(ANN, OURS, call="1.3", start=datetime(2026, 11, 21, tzinfo=UTC))
    file.path.write_text(line[:40])
    connector.refresh_from_db()
    listening(connector)
    assert set(Message.objects.values_list("external_id", flat=True)) == {"1.1", "1.2"}
    file.path.write_text(line)
    connector.refresh_from_db()
    listening(connector)
    assert Message.objects.filter(external_id="1.3").exists()


def test_several_records_of_one_call_are_one_call(records):
    connector, file = records
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    file.write(ANN, OURS, call="1.1", spoken=0, start=at, other="PJSIP/203-00000007", app="Queue")
    file.write(ANN, OURS, call="1.1", start=at, app="Queue")
    listening(connector)
    _message, call = the_call()
    assert call["state"] == "ended" and [each["line"] for each in call["tried"]] == ["203", "204"]


def test_a_queue_alone_has_not_answered(records):
    connector, file = records
    file.write(ANN, OURS, other="", app="Queue")
    listening(connector)
    assert the_call()[1]["state"] == "missed"


def test_a_file_that_is_gone_is_said(records):
    connector, file = records
    file.path.unlink()
    with pytest.raises(AdapterError, match="cannot be read"):
        next(adapter_named("asterisk").watch(connector, Event()))


def test_a_file_elsewhere_on_the_machine_is_not_read(records, settings):
    connector, file = records
    settings.LOCAL, settings.CALL_RECORDS = False, ["/var/log/asterisk"]
    with pytest.raises(AdapterError, match="not below /var/log/asterisk"):
        next(adapter_named("asterisk").watch(connector, Event()))
    settings.CALL_RECORDS = [str(file.path.parent)]
    next(adapter_named("asterisk").watch(connector, Event()))


ROW = {
    "src": "07700900456", "dst": "204", "dcontext": "from-pstn", "channel": "PJSIP/trunk-1", "lastapp": "Dial",
    "dstchannel": "PJSIP/204-2", "start": "2026-11-20 09:00:00", "answer": "2026-11-20 09:00:05", "billsec": 60,
    "end": "2026-11-20 09:01:05", "disposition": "ANSWERED", "uniqueid": "7.1", "linkedid": "7.0",
    "clid": '"Ann" <07700900456>', "recordingfile": "in-204-7.wav",
}  # fmt: skip


def pushed(connector, body):
    return post(Webhook("", {}, body), url=f"/hooks/{connector.pk}/{ADDRESS}/").status_code


def test_a_record_that_the_dialplan_posts(returns):
    wired = {"region": "GB", "recordings_url": "https://pbx.example/rec", "time_zone": "Europe/Oslo"}
    connector = connected("asterisk", Medium.VOICE, OURS, **wired)
    assert pushed(connector, json.dumps(ROW).encode()) == 200
    work_off()
    message, call = the_call()
    assert message.external_id == "7.0" and call["answered_at"].startswith("2026-11-20T08:00:05")
    assert message.attachments.get().source == {"url": "https://pbx.example/rec/in-204-7.wav"}


def test_the_user_and_password_of_the_webhook(returns):
    secrets = {"webhook_user": "pbx", "webhook_password": "p"}
    connector = connected("asterisk", Medium.VOICE, OURS, secrets=secrets)
    assert pushed(connector, json.dumps(ROW).encode()) == 401


CUSTOM = (
    '"""Ann"" <07700900456>","07700900456","204","from-pstn","PJSIP/trunk-1","PJSIP/204-2","Dial","x",'
    '"2026-11-20 09:00:00","2026-11-20 09:00:05","2026-11-20 09:01:05","65","60","ANSWERED","3","","8.1",""'
)
TITLED = (
    "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,duration,billsec,disposition,uniqueid\n"
    '2026-11-20 09:00:00,"Ann",07700900456,204,from-pstn,PJSIP/trunk-1,PJSIP/204-2,Dial,65,60,ANSWERED,8.1'
)


@pytest.mark.parametrize("body", [CUSTOM, TITLED], ids=["cdr_custom", "titled"])
def test_other_orders_of_the_columns(returns, body):
    connector = connected("asterisk", Medium.VOICE, OURS, region="GB")
    assert pushed(connector, body.encode()) == 200
    work_off()
    message, call = the_call()
    assert (message.external_id, call["number"], call["seconds"]) == ("8.1", ANN, 60)


@pytest.mark.parametrize("body", [b"{}", b"\xff\xfe", b"a,b,c", b"[1]", b'{"event": 1}', b""])
def test_garbage_is_set_aside_or_says_nothing(returns, body):
    connector = connected("asterisk", Medium.VOICE, OURS)
    assert pushed(connector, body) == 200
    work_off()
    assert not Message.objects.exists() and RawEvent.objects.get().state in ("aside", "ignored")
