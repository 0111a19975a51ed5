"""A provider is away while agents answer, with a real worker: its messages keep their order, the others do not wait."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from kombu import Connection

from conversations.envelopes import InboundMessage
from conversations.inbound.receive import receive
from conversations.models import Channel, Delivery, Medium
from conversations.outbound.compose import reply
from customers.identify import Handle
from integrations.models import Connector
from integrations.simulators.source import Source
from integrations.tasks import sweep_deliveries
from tests.faults.servers import until

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "what-both-sides-know"


def connected(name, server):
    channel = Channel.objects.create(name=name, medium=Medium.API, address=name)
    connector = Connector(name=name, adapter="api", channel=channel)
    connector.settings = {"source": name, "send_url": f"{server.url}/desk"}
    connector.secrets = {"webhook_secret": name, "signing_secret": SECRET}
    connector.save()
    handle = Handle("api", f"{name}:ann", "Ann Bell")
    return receive(InboundMessage(channel.pk, "question", (handle,), "Where is it?", timezone.now()))


def answer(question, text, by):
    reply(
        question.conversation, html=f"<p>{text}</p>", by=by, channel=question.channel, identity=question.identity,
        client_id=uuid.uuid4(),
    )  # fmt: skip


def taken(server):
    return [said["text"] for said in server.taken.values()]


def states(question):
    return set(Delivery.objects.filter(channel=question.channel).values_list("status", flat=True))


def test_an_outage_keeps_the_order_and_delays_no_other_channel(ada, redis, workers):
    with Source(SECRET) as away, Source(SECRET) as there, Connection(f"redis+socket://{redis}") as broker:
        ours, others = connected("app", away), connected("market", there)
        away.outage = True
        for number in range(4):
            answer(ours, f"ours {number}", ada)
            answer(others, f"theirs {number}", ada)
        Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        workers(("outbound",))

        def swept(holds):
            sweep_deliveries.apply_async(connection=broker)
            return holds()

        until(lambda: swept(lambda: states(others) == {"sent"} and Connector.objects.get(name="app").failures > 0))
        assert taken(there) == [f"theirs {number}" for number in range(4)]
        assert taken(away) == [] and states(ours) == {"queued"}
        assert Connector.objects.get(name="market").failures == 0
        away.outage = False
        until(lambda: swept(lambda: states(ours) == {"sent"}))
        assert taken(away) == [f"ours {number}" for number in range(4)]
        assert Connector.objects.get(name="app").failures == 0
