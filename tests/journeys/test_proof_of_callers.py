"""What a caller's number proves: it finds the thread, and says so; it opens no till."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from conversations.call_pop import Pop
from conversations.call_words import about, call_of
from conversations.envelopes import CallReport
from conversations.inbound.calls import hear
from conversations.inbound.receive import receive
from conversations.models import Channel, Medium, OrderAct
from conversations.proof import is_by_number_alone
from customers import commerce
from customers.facts import OrderFact
from customers.identify import Handle
from customers.models import Order
from integrations.models import Connector
from integrations.outbound import shops
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db

ANN = "+447700900456"
NOT_PROVED = "by their number, not proved"


@pytest.fixture
def phone(returns):
    return Channel.objects.create(name="Phone", medium=Medium.VOICE, address="+441632960100", team=returns)


def rings(phone, **more):
    at = timezone.now()
    return CallReport(phone.pk, f"c-{at.timestamp()}", "in", "ringing", at, (Handle("phone", ANN, "Ann Bell"),), **more)


def texted(team):
    texts = Channel.objects.create(name="SMS", medium=Medium.SMS, address="+447700900140", team=team)
    return receive(from_ann(texts, "My jacket", handles=(Handle("phone", ANN, "Ann Bell"),)))


def test_an_ordinary_call_joins_the_thread_of_its_number_and_says_that_nothing_is_proved(phone, returns):
    said = texted(returns)
    call = hear(rings(phone))
    assert call.conversation == said.conversation
    assert NOT_PROVED in about(call_of(call)) and is_by_number_alone(call.conversation)
    pop = Pop(call, call_of(call), call.conversation, None, None, is_mine=False)
    assert pop.title == "Ann Bell is calling, the number says" and pop.is_by_number


def test_one_that_somebody_vouches_for_is_proved_whichever_report_says_so(phone, returns):
    texted(returns)
    report = rings(phone)
    call = hear(report)
    hear(replace(report, state="answered", at=report.at + timedelta(seconds=5), is_vouched=True))
    call = hear(replace(report, state="ended", at=report.at + timedelta(seconds=60)))
    assert NOT_PROVED not in about(call_of(call)) and not is_by_number_alone(call.conversation)


def test_what_they_say_by_a_channel_of_their_own_afterwards_is_proof_again(phone, returns):
    said = texted(returns)
    hear(rings(phone))
    texts = said.channel
    assert is_by_number_alone(said.conversation)
    receive(from_ann(texts, "It was me", handles=(Handle("phone", ANN, "Ann Bell"),)))
    assert not is_by_number_alone(said.conversation)


def test_an_order_is_acted_on_only_once_an_agent_is_sure_that_it_is_them(phone, returns, ada, client, monkeypatch):
    said = texted(returns)
    till = Connector.objects.create(name="Till", adapter="orders", settings={"act_url": "http://x", "acts": ["hold"]})
    at = datetime(2026, 11, 2, 12, tzinfo=UTC)
    fact = OrderFact(
        source=till.pk, external_id="o1", number="HF-1", status="paid", currency="GBP", total=Decimal("148"),
        handles=(Handle("phone", ANN),), placed_at=at, changed_at=at, lines=(),
    )  # fmt: skip
    commerce.order(fact)
    order = Order.objects.get()
    assert order.identity.customer == said.conversation.customer
    hear(rings(phone))
    monkeypatch.setattr(shops, "carry_out", lambda act: act)
    client.force_login(ada)
    address, sure = reverse("order_act", args=[order.pk, "hold"]), {"key": str(uuid.uuid4()), "confirmed": "1"}
    asked = client.post(address, sure, HTTP_HX_REQUEST="true")
    assert asked.status_code == 422 and 'name="proven"' in asked.content.decode() and not OrderAct.objects.exists()
    done = client.post(address, {**sure, "proven": "1"}, HTTP_HX_REQUEST="true")
    assert done.status_code == 200 and OrderAct.objects.count() == 1
