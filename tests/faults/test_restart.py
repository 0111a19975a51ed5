"""PostgreSQL stopped and started while mails come in and answers go out: each message once, each answer once."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone
from kombu import Connection

from conversations.inbound.receive import receive
from conversations.models import Channel, Delivery, Medium, Message, Team
from conversations.outbound.compose import reply
from deskapp import embedded
from integrations.inbound.mailbox import keep_mail
from integrations.models import Connector, RawEvent
from integrations.outbound.deliver import give_up_on_the_dead
from integrations.tasks import deliver_one, process_raw_event, sweep_deliveries, sweep_raw_events
from tests.conftest import agent, from_ann
from tests.databases import copy, migrated
from tests.faults.servers import Smtp, until
from tests.mailing import a_mail, connect

MAILS, ANSWERS = 200, 6


class Postgres:
    """A PostgreSQL of this test's own; the keys and files of the desk stay where they are."""

    def __init__(self, data, monkeypatch):
        self.data, self.monkeypatch = data, monkeypatch

    def start(self):
        with self.monkeypatch.context() as patched:
            patched.setenv("THROUGHLINE_DATA", str(self.data))
            return embedded.database_settings(), embedded.database_url()

    def stop(self):
        leave()
        embedded.stop(self.data)


@pytest.fixture
def postgres(short_folder, monkeypatch, django_db_blocker):
    own, before = Postgres(short_folder / "data", monkeypatch), dict(connection.settings_dict)
    with django_db_blocker.unblock():
        leave()
        where, url = own.start()
        connection.settings_dict.update(where)
        try:
            copy(migrated(), to=url)
            yield own
        finally:
            own.stop()
            connection.settings_dict.update(before)


def leave():
    """Ends this process's connections, those in the pool as well."""
    connections.close_all()
    connection.close_pool()


class Slow(Smtp):
    """Has the whole of the first mail and says so only when it is let."""

    def __init__(self):
        self.let, self.has_all = threading.Event(), threading.Event()
        super().__init__()

    def answer(self, line, name, usual):
        if name == "end" and not self.has_all.is_set():
            self.has_all.set()
            self.let.wait(60)
        return super().answer(line, name, usual)


@pytest.fixture
def channel(postgres):
    team = Team.objects.create(name="Returns")
    address = "support@hollinfell.example"
    return Channel.objects.create(name="Support", medium=Medium.EMAIL, address=address, team=team)


def answers(channel):
    ada, deliveries = agent("Ada Okafor"), []
    for number in range(ANSWERS):
        asked = receive(from_ann(channel, f"Question {number}", address=f"ann{number}@far.example"))
        said = reply(
            asked.conversation, html=f"<p>Answer {number}</p>", by=ada, channel=channel, identity=asked.identity,
            client_id=uuid.uuid4(), details={"quote": False},
        )  # fmt: skip
        deliveries.append(said.delivery.pk)
    Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    return deliveries


def test_postgres_restarted_while_mails_come_in_and_answers_go_out(postgres, channel, redis, workers):
    connector = connect(channel)
    mails = [a_mail(f"Mail {n}", sender=f"Ann {n % 10} <ann{n % 10}@home.example>") for n in range(MAILS)]
    raw_ids = [keep_mail(connector, mail)[0].pk for mail in mails]
    deliveries = answers(channel)
    with Slow() as server, Connection(f"redis+socket://{redis}") as broker:
        Connector.objects.update(settings={**connector.settings, "smtp_port": server.port})
        workers(("inbound", "outbound"))
        deliver_one.apply_async((deliveries[0],), connection=broker)
        until(server.has_all.is_set)
        for raw_id in raw_ids:
            process_raw_event.apply_async((raw_id,), connection=broker)
        until(lambda: done() >= 20)
        for delivery_id in deliveries[1:]:
            deliver_one.apply_async((delivery_id,), connection=broker)
        assert done() < MAILS
        postgres.stop()
        server.let.set()  # the answer is taken while there is no database to write that down in
        until(lambda: times_sent(server)[0] == 1)
        postgres.start()
        for sweep in (sweep_raw_events, sweep_deliveries):
            sweep.apply_async(connection=broker)
        until(lambda: done() == MAILS and not Delivery.objects.filter(status="queued").exists())
        until(lambda: Delivery.objects.get(pk=deliveries[0]).status == "sent")
    give_up_on_whatever_is_still_being_sent()
    texts = Message.objects.filter(text__startswith="Mail ").values_list("text", flat=True)
    assert sorted(texts) == sorted(f"Mail {number}" for number in range(MAILS))
    for delivery, times in zip(Delivery.objects.order_by("pk"), times_sent(server), strict=True):
        assert times == 1 if delivery.status == "sent" else delivery.status == "uncertain" and times <= 1


def give_up_on_whatever_is_still_being_sent():
    Delivery.objects.filter(status="sending").update(claimed_at=timezone.now() - timedelta(hours=1))
    give_up_on_the_dead()


def done():
    return RawEvent.objects.filter(state="done").count()


def times_sent(server):
    return [sum(f"Answer {number}".encode() in mail for mail in server.taken) for number in range(ANSWERS)]
