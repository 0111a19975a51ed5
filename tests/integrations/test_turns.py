"""One broken channel delays no other: turns, rests, the order of a conversation, and a key that is refused."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from conversations.envelopes import DeliveryReport
from conversations.inbound.receive import receive
from conversations.models import Channel, Delivery
from conversations.outbound.compose import reply
from conversations.outbound.outbox import undo
from integrations import health, turns
from integrations.adapters.base import AdapterError, AwayError, CredentialError
from integrations.models import Connector
from integrations.outbound import deliver
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


class Provider:
    """What the adapter of every connector does here: takes a message, or raises what the test has it raise."""

    def __init__(self):
        self.taken, self.trouble = [], None

    def send(self, connector, message):
        if self.trouble:
            raise self.trouble
        self.taken.append(message.text)
        return DeliveryReport("sent", f"id-{len(self.taken)}")


@pytest.fixture
def provider(monkeypatch):
    found = Provider()
    monkeypatch.setattr(deliver, "adapter_named", lambda name: found)
    return found


@pytest.fixture
def queued(monkeypatch):
    """The deliveries that were asked for meanwhile."""
    asked = []
    monkeypatch.setattr(deliver, "queue_delivery", lambda **kwargs: asked.append(kwargs["delivery_id"]))
    return asked


@pytest.fixture
def connector(mail):
    return Connector.objects.create(name="Mail", adapter="imap", channel=mail)


@pytest.fixture
def heard(mail):
    return receive(from_ann(mail))


def said(heard, ada, text, **fields):
    """Due now."""
    message = reply(
        heard.conversation,
        html=f"<p>{text}</p>",
        by=ada,
        channel=heard.channel,
        identity=heard.identity,
        client_id=uuid.uuid4(),
        **fields,
    )
    if "send_at" not in fields:
        due_now(message.delivery)
    return message.delivery


def due_now(*deliveries):
    Delivery.objects.filter(pk__in=[each.pk for each in deliveries]).update(
        due_at=timezone.now() - timedelta(seconds=1)
    )


def work_off():
    """As the sweep, until nothing is due."""
    for _round in range(10):
        for delivery_id, _channel in deliver.due():
            deliver.deliver(delivery_id)


def test_the_second_word_does_not_overtake_the_first(heard, ada, connector, provider, queued):
    first, second = said(heard, ada, "First"), said(heard, ada, "Second")
    assert deliver.deliver(second.pk) is None
    assert queued == [first.pk]
    deliver.deliver(first.pk)
    assert queued == [first.pk, second.pk]
    deliver.deliver(second.pk)
    assert provider.taken == ["First", "Second"]


def test_what_is_to_go_later_or_was_taken_back_holds_nothing_up(heard, ada, connector, provider, queued):
    said(heard, ada, "Tomorrow", send_at=timezone.now() + timedelta(days=1))
    undo(said(heard, ada, "Never mind"))
    assert deliver.deliver(said(heard, ada, "Now").pk).status == "sent"


def test_an_outage_keeps_everything_in_its_order(heard, ada, connector, provider, queued):
    provider.trouble = AwayError("It does not answer.")
    first, second, third = (said(heard, ada, text) for text in ("One", "Two", "Three"))
    deliver.deliver(first.pk)
    connector.refresh_from_db()
    assert connector.failures == 1 and connector.rests_until > timezone.now()
    assert deliver.due() == []
    for each in (second, third):
        deliver.deliver(each.pk)
        each.refresh_from_db()
        assert each.status == "queued" and each.due_at == connector.rests_until
        assert each.attempts.count() == 0
    provider.trouble = None
    Connector.objects.update(rests_until=timezone.now())
    due_now(first)
    work_off()
    assert provider.taken == ["One", "Two", "Three"]
    connector.refresh_from_db()
    assert (connector.failures, connector.rests_until) == (0, None)


def test_rests_grow_to_half_a_minute_and_a_provider_that_says_how_long_is_heard(connector):
    waits = []
    for _failure in range(7):
        connector.refresh_from_db()
        waits.append(round((turns.rest(connector, None) - timezone.now()).total_seconds()))
    assert waits == [5, 10, 20, 30, 30, 30, 30]
    assert round((turns.rest(connector, 300) - timezone.now()).total_seconds()) == 300


def test_the_answer_waits_as_long_as_the_provider_asked(heard, ada, connector, provider, queued):
    provider.trouble = AdapterError("This chat only: too much.", wait=33)
    delivery = said(heard, ada, "Hello")
    deliver.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert delivery.status == "queued" and 30 < (delivery.due_at - timezone.now()).total_seconds() <= 33
    connector.refresh_from_db()
    assert connector.rests_until is None  # it was said of this message alone


def test_one_that_fails_for_an_hour_does_not_stop_the_others(heard, ada, connector, provider, queued):
    provider.trouble = AdapterError("Their mailbox is full.")
    first, second = said(heard, ada, "One"), said(heard, ada, "Two")
    deliver.deliver(first.pk)
    provider.trouble = None
    assert deliver.deliver(second.pk) is None
    Delivery.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(hours=2))
    assert deliver.deliver(second.pk).status == "sent"


def test_a_refused_key_stops_the_connector_and_loses_nothing(client, heard, ada, connector, provider, queued):
    provider.trouble = CredentialError("The password is not accepted.", permanent=True)
    delivery = said(heard, ada, "Hello")
    deliver.deliver(delivery.pk)
    connector.refresh_from_db()
    assert connector.broken_at and connector.error == "The password is not accepted."
    delivery.refresh_from_db()
    assert delivery.status == "queued" and deliver.due() == []
    client.force_login(ada)
    shown = client.get(f"/conversations/{delivery.conversation_id}/").content.decode()
    assert "The password is not accepted." in shown and "tried again at" not in shown
    assert deliver.deliver(delivery.pk) is None and delivery.attempts.count() == 1
    provider.trouble = None
    health.mended(connector)
    work_off()
    assert provider.taken == ["Hello"]


def test_what_goes_waits_while_an_admin_has_paused_it(heard, ada, connector, provider, queued):
    delivery = said(heard, ada, "Hello")
    Connector.objects.update(paused_at=timezone.now())
    assert deliver.due() == [] and deliver.deliver(delivery.pk) is None
    Connector.objects.update(paused_at=None)
    work_off()
    assert provider.taken == ["Hello"]


@pytest.mark.django_db(transaction=True)
def test_a_provider_that_hangs_holds_up_its_own_channel_alone(heard, ada, mail, connector, provider, queued, returns):
    other = Channel.objects.create(name="Other", medium="email", address="other@hollinfell.example", team=returns)
    Connector.objects.create(name="Other", adapter="imap", channel=other)
    elsewhere = receive(from_ann(other, address="bob@home.example"))
    slow, behind = said(heard, ada, "Slow"), said(receive(from_ann(mail, address="cy@home.example")), ada, "Behind")
    quick = said(elsewhere, ada, "Quick")
    hangs, goes_on, take = threading.Event(), threading.Event(), provider.send

    def send(connector, message):
        if message.text == "Slow":
            hangs.set()
            goes_on.wait(30)
        return take(connector, message)

    provider.send = send
    worker = threading.Thread(target=lambda: (deliver.deliver(slow.pk), connection.close()))
    worker.start()
    assert hangs.wait(30)
    assert deliver.deliver(behind.pk) is None  # no second worker is kept waiting
    assert deliver.deliver(quick.pk).status == "sent"
    goes_on.set()
    worker.join(30)
    assert behind.pk in queued  # whoever ended the turn asks for it
    assert deliver.deliver(behind.pk).status == "sent"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trouble", [AwayError("It does not answer."), CredentialError("The key is not accepted.")])
def test_a_failure_is_known_although_the_database_was_away_just_then(
    heard, ada, connector, provider, queued, monkeypatch, trouble
):
    delivery = said(heard, ada, "Hello")
    monkeypatch.setattr(deliver, "WAITS", (0.1, 0.1))

    def send(connector, message):
        cut_off()
        raise trouble

    provider.send = send
    deliver.deliver(delivery.pk)
    delivery.refresh_from_db()
    connector.refresh_from_db()
    assert (delivery.status, delivery.error) == ("queued", str(trouble))
    assert bool(connector.broken_at) == isinstance(trouble, CredentialError)
    assert bool(connector.rests_until) == isinstance(trouble, AwayError)
    with turns.turn(connector.pk) as is_ours:
        assert is_ours


def cut_off():
    """Ends our connection to the database, as an administrator or a restart does."""
    connection.ensure_connection()
    ours, other = connection.connection.info.backend_pid, connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(%s, 5000)", [ours])
    other.close()


def test_a_long_outage_takes_no_tries_and_is_over_when_it_is_over(heard, ada, connector, provider, queued):
    """More than an hour, with the clock turned forward: whoever asks in vain is asked for at most every half minute."""
    provider.trouble = AwayError("It does not answer.")
    first, second = said(heard, ada, "One"), said(heard, ada, "Two")
    for _half_minute in range(130):
        for delivery_id, _channel in deliver.due():
            deliver.deliver(delivery_id)
        connector.refresh_from_db()
        assert connector.rests_until - timezone.now() <= timedelta(seconds=30)
        Connector.objects.update(rests_until=timezone.now())
        due_now(first, second)
    provider.trouble = None
    work_off()
    assert provider.taken == ["One", "Two"]
    first.refresh_from_db()
    assert first.attempts.filter(outcome="away").count() == 130
