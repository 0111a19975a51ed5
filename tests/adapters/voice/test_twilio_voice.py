"""Calls through Twilio: it asks what to do, rings who is to be rung, and every webhook ends in the one call."""

import uuid
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from conversations.envelopes import OutboundCall
from conversations.inbound.calls import hear as receive_call
from conversations.models import CallBack, Message, SurveyAsk, SurveyResponse
from conversations.surveys.asking import ask_due
from customers.models import Identity
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError
from integrations.inbound import files
from integrations.models import RawEvent
from integrations.simulators.tone import spoken
from integrations.simulators.twilio import NUMBER
from integrations.simulators.twilio_calls import Course
from tests.adapters.phoning import ANN, hear, post, work_off
from tests.adapters.voice.conftest import ADA_LINE, LINUS_LINE
from tests.conversations.surveys.asked import survey

pytestmark = pytest.mark.django_db


def the_call():
    work_off()
    message = Message.objects.get(kind="call")
    return message, message.details["call"]


def test_a_call_rings_is_answered_and_is_recorded(board, ada):
    sid = board.ring(ANN, course=Course(answers=ADA_LINE, name="ANN BELL"))
    message, call = the_call()
    assert (message.external_id, message.identity.value) == (sid, ANN)
    assert (call["state"], call["seconds"], call["direction"], call["ours"]) == ("ended", 42, "in", NUMBER)
    assert [each["agent"] for each in call["answered"]] == [ada.pk]
    assert [each["line"] for each in call["tried"]] == [ADA_LINE, LINUS_LINE]
    recording = message.attachments.get()
    files.fetch(recording.pk)
    recording.refresh_from_db()
    assert recording.is_whole and recording.file.read() == spoken(42)
    assert not CallBack.objects.exists()


def test_the_same_told_twice_and_backwards_is_the_same_call(board, twilio):
    board.holds = True
    board.ring(ANN, course=Course(answers=ADA_LINE))
    hear(twilio, order=list(reversed(range(len(twilio.owed)))), copies=2)
    message, call = the_call()
    assert (call["state"], call["seconds"]) == ("ended", 42) and message.attachments.count() == 1
    assert Identity.objects.filter(kind="phone").count() == 1


@pytest.mark.parametrize(
    ("verstat", "is_believed", "is_vouched"),
    [
        ("TN-Validation-Passed-A", True, True),
        ("TN-Validation-Passed-B", True, False),
        ("No-TN-Validation", True, False),
        ("TN-Validation-Failed-C", False, False),
    ],
    ids=["signed", "signed by half", "unsigned", "forged"],
)
def test_a_number_whose_signature_does_not_fit_says_nothing_of_who_calls(board, line, verstat, is_believed, is_vouched):
    board.ring(ANN)
    ann = the_call()[0].conversation.customer
    fields = {"CallSid": "CA1", "From": ANN, "To": NUMBER, "CallStatus": "ringing", "StirVerstat": verstat}
    raw = RawEvent(connector=line, body=urlencode(fields).encode(), received_at=timezone.now(), headers={})
    (report,) = adapter_named("twilio_voice").understand(line, raw)
    message = receive_call(report)
    assert (message.conversation.customer == ann) is is_believed
    assert message.details["call"].get("vouched", False) is is_vouched
    assert ("asks" not in message.details["call"]) is is_believed


def test_what_the_caller_hears(board, line, twilio):
    line.settings |= {"menu": [f"1={LINUS_LINE}"], "menu_text": "Press 1 for returns & <more>"}
    line.save()
    board.ring(ANN, course=Course(presses="1", answers=LINUS_LINE))
    _message, call = the_call()
    assert call["keys"] == "1" and [each["line"] for each in call["answered"]] == [LINUS_LINE]


def test_one_that_nobody_answers_is_to_be_called_back(board):
    board.ring(ANN)
    _message, call = the_call()
    assert (call["state"], call["cause"]) == ("missed", "Nobody answered.")
    assert CallBack.objects.count() == 1


def test_who_hangs_up_while_it_rings_is_missed(board):
    board.ring(ANN, course=Course(gives_up=True))
    assert the_call()[1]["state"] == "missed"


def test_a_busy_line_does_not_end_a_call_that_rings_elsewhere(board, twilio):
    number = twilio.numbers[NUMBER]
    twilio.owe(number["voice_url"], {"CallSid": "CA1", "From": ANN, "To": NUMBER, "CallStatus": "ringing"})
    leg = {"CallSid": "CA2", "ParentCallSid": "CA1", "From": ANN, "To": ADA_LINE, "CallStatus": "busy"}
    twilio.owe(f"{number['voice_url']}leg/", leg)
    hear(twilio)
    assert the_call()[1]["state"] == "ringing"


def test_a_message_is_taken_and_written_down(board, line):
    line.settings |= {"voicemail": True, "transcribes": True}
    line.save()
    board.ring(ANN, course=Course(leaves="Please call me about the jacket."))
    message, call = the_call()
    assert call["state"] == "missed" and call["transcript"] == "Please call me about the jacket."
    assert message.attachments.count() == 1


@pytest.mark.parametrize("caller", ["+266696687", "anonymous", "+86282452253"])
def test_an_anonymous_caller_is_nobody(board, caller):
    board.ring(caller, course=Course(answers=ADA_LINE))
    message, call = the_call()
    assert message.identity is None and "number" not in call


def asked(ada, to=ANN):
    return OutboundCall(1, 1, 1, str(uuid.uuid4()), ADA_LINE, to, NUMBER, "Ada", "Ann")


def test_a_call_out_rings_the_agent_and_then_the_customer(board, line, twilio, ada):
    call = asked(ada)
    report = adapter_named("twilio_voice").call(line, call)
    assert report.status == "sent" and twilio.phone_calls[report.external_id]["To"] == ADA_LINE
    board.run_asked(report.external_id, course=Course(answers=ANN))
    message, told = the_call()
    assert (told["state"], told["direction"], told["seconds"], told["number"]) == ("ended", "out", 42, ANN)
    assert message.client_id == uuid.UUID(call.key) and message.identity.value == ANN


def test_a_call_out_that_they_do_not_answer(board, line, ada):
    report = adapter_named("twilio_voice").call(line, asked(ada))
    board.run_asked(report.external_id, course=Course(ends="busy"))
    assert the_call()[1]["cause"] == "Their line was busy."


def test_a_call_out_that_the_agent_does_not_answer(board, line, ada):
    report = adapter_named("twilio_voice").call(line, asked(ada))
    board.run_asked(report.external_id, course=Course(ends="agent"))
    _message, told = the_call()
    assert told["state"] == "missed" and "agent's own line" in told["cause"]


def test_what_twilio_refuses_is_said_in_words(line, ada):
    wrong = OutboundCall(1, 1, 1, "k", "+15005550001", ANN, NUMBER)
    with pytest.raises(AdapterError, match="no phone number") as caught:
        adapter_named("twilio_voice").call(line, wrong)
    assert caught.value.permanent


def test_a_forged_call_is_told_nothing(board, twilio, line):
    twilio.owe(twilio.numbers[NUMBER]["voice_url"], {"CallSid": "CA1", "From": ANN, "To": NUMBER})
    (webhook,) = twilio.owed
    answer = post(webhook, body=webhook.body + b"&CallStatus=ringing")
    assert answer.status_code == 403 and not answer.content and not RawEvent.objects.exists()


def test_the_check_says_what_is_left_to_do(line, twilio):
    line.settings |= {"ring": [], "greeting": ""}
    wrong = [str(step.text) for step in adapter_named("twilio_voice").check(line) if not step.is_well]
    assert wrong == ["Nobody's line rings, and no message is taken.", "Calls are recorded, and callers are not told."]
    twilio.numbers[NUMBER]["capabilities"]["voice"] = False
    assert "takes no calls" in str(list(adapter_named("twilio_voice").check(line))[-1].text)


def test_one_led_by_a_flow_at_twilio_is_told_of_by_its_status(line, twilio):
    line.settings["flow"] = "elsewhere"
    line.save()
    url = twilio.numbers[NUMBER]["status_callback"]
    for status, more in (("ringing", {}), ("in-progress", {}), ("completed", {"CallDuration": "31"})):
        twilio.owe(url, {"CallSid": "CA7", "From": ANN, "To": NUMBER, "CallStatus": status, **more})
    hear(twilio)
    assert (the_call()[1]["state"], the_call()[1]["seconds"]) == ("ended", 31)


def rated_line(line, board):
    """The desk hears of each step as it happens, and asks at the end."""
    line.settings["rates"] = True
    line.save()
    ask = board.ask

    def at_once(webhook):
        told = ask(webhook)
        work_off()
        return told

    board.ask = at_once


@pytest.mark.parametrize(("pressed", "score"), [("5", 5), ("", None), ("9", None)])
def test_a_caller_says_with_a_key_how_it_was(board, line, twilio, pressed, score):
    survey("csat", "call")
    rated_line(line, board)
    board.ring(ANN, course=Course(answers=ADA_LINE, rates=pressed))
    ask = SurveyAsk.objects.get()
    assert (ask.state, ask.touchpoint) == ("asked" if score is None else "answered", "call")
    assert [(each.score, each.way) for each in SurveyResponse.objects.all()] == (
        [] if score is None else [(score, "keys")]
    )
    ask_due()
    assert not Message.objects.filter(kind="outbound").exists()  # nobody is asked twice


def test_who_hangs_up_first_is_asked_in_writing_later(board, line):
    survey("csat", "call")
    board.ring(ANN, course=Course(answers=ADA_LINE))
    work_off()
    ask = SurveyAsk.objects.get()
    assert ask.state == "due" and ask.due_at > timezone.now()


def test_nobody_is_asked_by_keys_who_was_asked_lately(board, line):
    survey("csat", "call", rest_days=14)
    rated_line(line, board)
    board.ring(ANN, course=Course(answers=ADA_LINE, rates="4"))
    board.ring(ANN, course=Course(answers=ADA_LINE, rates="1"))
    assert list(SurveyResponse.objects.values_list("score", flat=True)) == [4]
