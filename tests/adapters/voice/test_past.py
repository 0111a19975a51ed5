"""Calls that came while the desk was away: compared with the provider's list, and read again, without a second row."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import CallBack, Message
from integrations.adapters.media.twilio import past
from integrations.adapters.media.voice.sipgate import past as sipgate_past
from integrations.simulators.twilio_calls import Course, Switchboard
from tests.adapters.pasts import counted, read_again
from tests.adapters.phoning import ANN, aside, hear, work_off
from tests.adapters.voice.conftest import ADA_LINE
from tests.adapters.voice.test_pushes import line as sipgate_line  # noqa: F401  fixtures
from tests.adapters.voice.test_pushes import sipgate  # noqa: F401

pytestmark = pytest.mark.django_db


def calls():
    found = Message.objects.filter(kind="call").order_by("created_at")
    return [(each.details["call"]["state"], each.details["call"]["number"]) for each in found]


def unheard(webhook):
    """The desk is away: Twilio rings the lines all the same, as it was told before."""
    lines = f'<Number statusCallback="">{ADA_LINE}</Number>'
    rings = f'<Response><Dial action="">{lines}</Dial></Response>'
    return rings if b"ringing" in webhook.body else "<Response/>"


def test_twilios_calls_are_read_again_as_they_ended(twilio, line, board, monkeypatch):
    monkeypatch.setattr(past, "AT_ONCE", 2)
    board.ring(ANN, course=Course(answers=ADA_LINE, seconds=90))
    work_off()
    heard = calls()
    twilio.owed.clear()
    away = Switchboard(twilio, unheard)
    away.ring("+447700900001", course=Course(answers=ADA_LINE, seconds=30))
    away.ring("+447700900002", course=Course(at=timezone.now() - timedelta(hours=2)))
    assert counted(line) == [(3, 1)]
    read_again(line)
    assert counted(line) == [(3, 3)] and aside() == []
    assert sorted(calls()) == sorted([*heard, ("ended", "+447700900001"), ("missed", "+447700900002")])
    assert CallBack.objects.get().missed.details["call"]["number"] == "+447700900002"
    read_again(line)
    assert len(calls()) == 3


def test_sipgates_calls_are_known_by_number_and_time_and_read_again(sipgate, sipgate_line, monkeypatch):  # noqa: F811
    monkeypatch.setattr(sipgate, "at_once", 2)
    call = sipgate.ring("447700900456")
    hear(sipgate)
    sipgate.hang_up(call, "noAnswer")
    hear(sipgate)
    Message.objects.update(created_at=timezone.now() - timedelta(hours=3))
    sipgate.write_down("447700900456", at=timezone.now() - timedelta(hours=3))
    sipgate.write_down("447700900001", at=timezone.now() - timedelta(hours=2), seconds=70)
    sipgate.write_down("447700900002", at=timezone.now() - timedelta(hours=1), status="BUSY")
    sipgate.write_down("447700900003", at=timezone.now())  # under way, perhaps
    assert counted(sipgate_line) == [(3, 1)]
    read_again(sipgate_line)
    assert counted(sipgate_line) == [(3, 3)] and aside() == []
    assert ("ended", "+447700900001") in calls() and ("missed", "+447700900002") in calls() and len(calls()) == 3
    ended = Message.objects.get(details__call__number="+447700900001")
    assert ended.details["call"]["seconds"] == 70
    assert abs(ended.created_at - (timezone.now() - timedelta(hours=2))) < sipgate_past.NEAR
