"""Text messages that came while the desk was away: compared with the provider, and read again where it has them."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from django.utils import timezone

from conversations.models import Medium, Message
from customers.consent import of_customer
from integrations.adapters.media.twilio import past
from integrations.inbound import files
from integrations.models import RawEvent
from integrations.reconciling import compared
from integrations.simulators.twilio import GIF, NUMBER
from tests.adapters.pasts import counted, period, read_again
from tests.adapters.phoning import ANN, aside, hear, only_message, twilio_connector
from tests.adapters.sms.test_others import THEIRS, server  # noqa: F401  a fixture
from tests.adapters.sms.test_others import texts as bandwidth_texts  # noqa: F401

pytestmark = pytest.mark.django_db


def test_twilios_texts_are_compared_and_read_again_page_by_page_without_doubles(twilio, texts, monkeypatch):
    monkeypatch.setattr(past, "AT_ONCE", 5)
    for number in range(4):
        twilio.text(ANN, f"Heard {number}")
    hear(twilio)
    for number in range(8):
        twilio.text(ANN, f"Missed {number}")
    twilio.owed.clear()
    assert counted(texts) == [(12, 4)]
    [step] = compared(texts, *period())
    assert "12 there, 4 here" in str(step.text) and "8 are missing" in str(step.fix)
    assert read_again(texts) == 3
    assert counted(texts) == [(12, 12)] and Message.objects.filter(kind="inbound").count() == 12
    read_again(texts)
    assert Message.objects.filter(kind="inbound").count() == 12 and aside() == []


def test_what_is_read_again_keeps_its_time_its_files_and_a_stop(twilio, texts):
    then = timezone.now().replace(microsecond=0) - timedelta(days=3)
    twilio.text(ANN, "Look", files=("image/gif",))
    twilio.text(ANN, "STOP")
    for number, each in enumerate(twilio.inbound):
        each["date_sent"] = format_datetime(then + timedelta(minutes=number))
    twilio.owed.clear()
    read_again(texts)
    message = only_message(text="Look")
    assert message.created_at == then
    files.fetch(message.attachments.get().pk)
    assert message.attachments.get().file.read() == GIF
    assert of_customer(message.conversation.customer)


def test_a_period_is_kept_to(twilio, texts):
    twilio.text(ANN, "Old")
    twilio.inbound[0]["date_sent"] = format_datetime(timezone.now() - timedelta(days=30))
    twilio.text(ANN, "New")
    twilio.owed.clear()
    assert counted(texts) == [(1, 0)]
    read_again(texts)
    assert only_message().text == "New"


def test_whatsapp_through_twilio_has_a_past_too(returns, twilio):
    connector = twilio_connector(twilio, "twilio_whatsapp", Medium.WHATSAPP)
    twilio.text(f"whatsapp:{ANN}", "Hello", to=f"whatsapp:{NUMBER}", hook="https://desk.example/")
    twilio.text(ANN, "A text, and not by WhatsApp")
    twilio.owed.clear()
    assert counted(connector) == [(1, 0)]
    read_again(connector)
    assert (only_message().text, only_message().identity.kind) == ("Hello", "whatsapp")


def test_bandwidth_keeps_no_words_and_can_be_compared(server, bandwidth_texts):  # noqa: F811
    server.at_once = 2
    for number in range(3):
        server.text(THEIRS, f"Heard {number}")
    hear(server)
    server.text(THEIRS, "Missed")
    assert counted(bandwidth_texts) == [(4, 3)]
    assert RawEvent.objects.count() == 3
