"""The providers of text messages, on loopback."""

import pytest

from integrations.simulators.twilio import TwilioServer
from tests.adapters.phoning import ADDRESS, twilio_connector


@pytest.fixture
def twilio():
    with TwilioServer() as server:
        yield server


@pytest.fixture
def texts(returns, twilio, settings):
    """Our number at Twilio, which sends the desk its webhooks."""
    connector = twilio_connector(twilio)
    address = f"{settings.SITE_URL}/hooks/{connector.pk}/{ADDRESS}/"
    twilio.numbers[connector.channel.address]["sms_url"] = address
    return connector
