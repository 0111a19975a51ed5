"""A key that was taken back at a provider that calls us shows on the admins' screens although nobody has answered."""

import pytest
from django.core import mail as outbox

from conversations.models import Medium
from integrations import health, proving
from integrations.adapters import ADAPTERS, adapter_named
from integrations.models import Connector
from integrations.simulators import bandwidth as bandwidth_at
from integrations.simulators import sipgate as sipgate_at
from integrations.simulators.bandwidth import BandwidthServer
from integrations.simulators.meta import GraphServer
from integrations.simulators.sipgate import SipgateServer
from integrations.simulators.twilio import TwilioServer
from tests.adapters.meta.talking import connected as of_meta
from tests.adapters.phoning import connected, twilio_connector
from tests.conftest import agent

pytestmark = pytest.mark.django_db

# Those that are asked for news all the time hear of it there; the others have no key at the provider's.
ASKED_ANYWAY = {"imap", "mastodon", "x", "shopify", "woocommerce"}
WITHOUT_KEY = {"libretranslate", "api", "asterisk", "calls", "chat", "form", "freeswitch", "orders", "segment", "sms"}
WITHOUT_KEY |= {"bot_webhook"}
ONLY_ON_SENDING = {"esp"}  # services differ in what a key for sending alone may ask


def test_each_adapter_with_a_key_is_asked_for_it():
    asked = {name for name in ADAPTERS if hasattr(adapter_named(name), "prove")}
    assert asked | ASKED_ANYWAY | WITHOUT_KEY | ONLY_ON_SENDING == set(ADAPTERS)
    assert not asked & (ASKED_ANYWAY | WITHOUT_KEY | ONLY_ON_SENDING)


def broken():
    for pk in proving.due():
        proving.prove(pk)
    return list(Connector.objects.filter(broken_at__isnull=False).order_by("name").values_list("adapter", flat=True))


@pytest.mark.parametrize("on", ["messenger", "instagram", "whatsapp"])
def test_a_token_of_metas_that_was_taken_back_is_told_of_and_its_end_too(root, on):
    with GraphServer() as graph:
        one = of_meta(on, graph)
        assert broken() == []
        graph.revoked = True
        assert broken() == [on]
        health.tell_admins()
        assert outbox.outbox[0].to == [root.email]
        assert [each.pk for each in health.in_trouble()] == [one.pk]
        graph.revoked = False
        assert broken() == [] and health.in_trouble() == []


@pytest.mark.parametrize(("adapter", "medium"), [
    ("twilio", Medium.SMS), ("twilio_whatsapp", Medium.WHATSAPP), ("twilio_voice", Medium.VOICE),
])  # fmt: skip
def test_a_token_of_twilios(adapter, medium):
    with TwilioServer() as server:
        one = twilio_connector(server, adapter, medium)
        assert broken() == []
        one.secrets = {**one.secrets, "auth_token": "another"}
        one.save()
        assert broken() == [adapter]


def test_keys_of_bandwidth_and_sipgate():
    with BandwidthServer() as bandwidth, SipgateServer() as sipgate:
        wired = {"account_id": bandwidth_at.ACCOUNT, "api_user": bandwidth_at.USER, "api_url": bandwidth.url}
        connected("bandwidth", Medium.SMS, bandwidth_at.OURS, secrets={"api_password": "x"}, **wired)
        wired = {"token_id": sipgate_at.TOKEN_ID, "api_url": sipgate.url}
        connected("sipgate", Medium.VOICE, "+492111234567", secrets={"token": "x"}, **wired)
        connected("sipgate", Medium.VOICE, "+492111234568", api_url=sipgate.url)  # without a token there is no key
        assert sorted(broken()) == ["bandwidth", "sipgate"]


def test_an_outage_says_nothing_of_the_key_and_a_paused_one_is_left_in_peace():
    agent("Rosa Admin", "admin")
    with GraphServer() as graph:
        one = of_meta("messenger", graph)
        graph.revoked = True
        Connector.objects.filter(pk=one.pk).update(paused_at="2026-01-01T00:00Z")
        assert broken() == []
        Connector.objects.filter(pk=one.pk).update(paused_at=None)
    assert broken() == []  # nobody is there any more
