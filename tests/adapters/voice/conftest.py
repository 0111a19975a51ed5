"""Phone systems on loopback, and agents with lines of their own."""

import pytest

from conversations.models import Medium
from integrations.simulators.twilio import TwilioServer
from integrations.simulators.twilio_calls import Switchboard
from tests.adapters.phoning import post, twilio_connector

ADA_LINE, LINUS_LINE = "+441632960001", "+441632960002"


@pytest.fixture
def twilio():
    with TwilioServer() as server:
        yield server


@pytest.fixture
def line(returns, twilio, settings, ada):
    """Our number at Twilio, wired by its own check; it rings at two lines, the first of which is Ada's."""
    from integrations.adapters import adapter_named

    ada.extension = ADA_LINE
    ada.save()
    connector = twilio_connector(
        twilio, "twilio_voice", Medium.VOICE, ring=[ADA_LINE, LINUS_LINE], greeting="Hollin & Fell", records=True
    )
    assert all(step.is_well for step in adapter_named("twilio_voice").check(connector))
    connector.save()
    return connector


@pytest.fixture
def board(twilio, line):
    def ask(webhook):
        answer = post(webhook)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    return Switchboard(twilio, ask)
