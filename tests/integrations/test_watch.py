"""The watcher of all lines that stay open: each is held by one process, and ends when it is asked to."""

import time
from threading import Event

import pytest
from django.core.management import call_command
from django.db import connection, connections

from conversations.models import Medium
from integrations.inbound.watch import Watcher
from integrations.management.commands import watch
from integrations.models import Connector, RawEvent
from integrations.simulators.telegram import TOKEN, TelegramServer
from tests.adapters.social.messengers import connect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server():
    with TelegramServer() as running:
        yield running


@pytest.fixture
def polled(server):
    return connect("telegram", Medium.TELEGRAM, server, {"token": TOKEN}, way="polling")


@pytest.fixture
def elsewhere():
    """A second process's connection to the database."""
    other = connections.create_connection("default")
    yield other
    other.close()


def until(holds, seconds=30):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def a_command():
    command = watch.Command()
    command.ending = Event()
    return command


def test_line_that_another_process_holds_is_left_alone_until_it_is_let_go(polled, server, elsewhere):
    with elsewhere.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s, %s)", [watch._LOCK, polled.pk])
    command, watched = a_command(), {}
    command.tend(watched)
    assert watched == {}
    with elsewhere.cursor() as cursor:
        cursor.execute("select pg_advisory_unlock(%s, %s)", [watch._LOCK, polled.pk])
    try:
        command.tend(watched)
        assert list(watched) == [polled.pk]
        with elsewhere.cursor() as cursor:
            cursor.execute("select pg_try_advisory_lock(%s, %s)", [watch._LOCK, polled.pk])
            assert cursor.fetchone() == (False,)
        server.write(23, "Hello")
        until(lambda: RawEvent.objects.exists())
    finally:
        watch.end([each.watcher for each in watched.values()])
        watch.let_go(polled.pk)


def test_line_is_given_back_only_when_its_thread_has_ended(polled, server):
    command, watched = a_command(), {}
    command.tend(watched)
    first = watched[polled.pk].watcher
    try:
        Connector.objects.update(settings={**polled.settings, "changed": "yes"})
        command.tend(watched)
        assert first.stop.is_set()
        assert watched.get(polled.pk) is None or watched[polled.pk].watcher is first or not first.is_alive()
        server.write(23, "so that the question is answered")
        until(lambda: not first.is_alive())
        command.tend(watched)
        assert watched[polled.pk].watcher is not first
    finally:
        watch.end([each.watcher for each in watched.values()])
        watch.let_go(polled.pk)


def test_who_is_called_by_a_webhook_or_has_a_refused_key_is_not_watched(polled, server):
    assert [each.pk for each in watch.connectors()] == [polled.pk]
    server.revoked = True
    Watcher(polled.pk).run()  # it ends by itself
    assert watch.connectors() == []
    Connector.objects.update(broken_at=None, settings={**polled.settings, "way": "webhook"})
    assert watch.connectors() == []


def test_one_look_fetches_what_is_there(polled, server, capsys):
    server.write(23, "Hello")
    call_command("watch", "--once")
    assert "1 new" in capsys.readouterr().out
    assert RawEvent.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_unlock_all()")
