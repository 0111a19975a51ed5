"""Real workers, killed; Redis emptied; PostgreSQL's connections cut: every mail is there, once."""

import threading

import pytest
from django.db import DatabaseError, InterfaceError, connection
from django.test import Client
from kombu import Connection
from redis import Redis

from conversations.models import Message
from deskapp.celery import app
from integrations.inbound.mailbox import keep_mail
from integrations.inbound.process import process, survives
from integrations.models import RawEvent
from integrations.queueing import queue_event
from integrations.tasks import MOST_OF_EACH, process_raw_event, sweep_raw_events
from tests.adapters.esp_payloads import SECRET, postmark_raw, service
from tests.faults.servers import kill, until
from tests.mailing import a_mail, connect

pytestmark = pytest.mark.django_db(transaction=True)

MAILS = 500


def keep(channel, count=MAILS):
    connector = connect(channel)
    bodies = [a_mail(f"Mail {n}", sender=f"Ann {n % 10} <ann{n % 10}@home.example>") for n in range(count)]
    return [keep_mail(connector, body)[0].pk for body in bodies]


def every_mail_is_there_once(count=MAILS):
    assert RawEvent.objects.filter(state="done").count() == count
    texts = list(Message.objects.values_list("text", flat=True))
    assert sorted(texts) == sorted(f"Mail {number}" for number in range(count))


def test_worker_killed_in_the_middle_and_redis_emptied(mail, redis, workers):
    raw_ids = keep(mail)
    first = workers()
    with Connection(f"redis+socket://{redis}") as broker:
        for raw_id in raw_ids:
            process_raw_event.apply_async((raw_id,), connection=broker)
        until(lambda: Message.objects.count() >= 50)
        kill(first)
        there = Message.objects.count()
        assert 50 <= there < MAILS
        Redis(unix_socket_path=str(redis)).flushall()
        workers()
        for _ in range(2 * (MAILS // MOST_OF_EACH + 1)):  # two at once, and as often as beat would ask
            sweep_raw_events.apply_async(connection=broker)
        until(lambda: not RawEvent.objects.filter(state="kept").exists())
    every_mail_is_there_once()


def test_broker_that_is_gone_loses_no_mail(mail):
    raw_ids = keep(mail, 3)
    before = app.conf.broker_url
    app.conf.broker_url = "redis+socket:///nowhere/redis.sock"
    app._after_fork()  # forget the connections to the broker that is there
    try:
        for raw_id in raw_ids:
            queue_event(raw_id, 1)
    finally:
        app.conf.broker_url = before
        app._after_fork()
    sweep_raw_events()
    every_mail_is_there_once(3)


def test_database_connections_cut_while_mails_are_processed(mail):
    raw_ids = keep(mail, 60)
    cut = threading.Event()
    lost = []

    def work(mine):
        for raw_id in mine:
            try:
                process(raw_id)
            except (DatabaseError, InterfaceError) as error:
                lost.append(error)
                connection.close()
        connection.close()

    threads = [threading.Thread(target=work, args=(raw_ids[part::3],)) for part in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                " and pid <> pg_backend_pid() and state <> 'idle' and backend_type = 'client backend'"
            )
        cut.wait(0.05)
    assert lost, "no connection was cut: the test showed nothing"
    sweep_raw_events()
    every_mail_is_there_once(60)


def test_the_same_webhook_five_times_at_once_is_one_message(mail):
    connector = service(mail, "postmark")
    payload, codes = postmark_raw(), []

    def call():
        answer = Client().post(f"/hooks/{connector.pk}/{SECRET}/", payload, content_type="application/json")
        codes.append(answer.status_code)
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * 5
    sweep_raw_events()
    assert RawEvent.objects.count() == Message.objects.count() == 1


def test_event_that_kills_its_worker_each_time_is_set_aside(mail):
    (raw_id,) = keep(mail, 1)
    assert [survives(raw_id) for _ in range(11)] == [True] * 10 + [False]
    assert RawEvent.objects.get().state == "aside"
