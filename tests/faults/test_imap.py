"""Fetching when the mail server stumbles, goes away or comes back as another: nothing lost, nothing twice."""

import time

import pytest

from conversations.models import Message
from integrations.adapters.media.email.imap import BrokenError
from integrations.inbound.mailbox import MOST_BREAKS
from integrations.inbound.process import process
from integrations.inbound.watch import Watcher
from integrations.models import Connector, RawEvent
from integrations.simulators.mail_servers import MailServers
from tests.faults.servers import Imap
from tests.mailing import a_mail, connect, fetch, work_off

MAILS = {uid: a_mail(f"Mail {uid}") for uid in range(1, 8)}


@pytest.mark.django_db
def test_mail_that_the_server_cannot_hand_out_is_set_aside_alone(mail):
    with Imap(MAILS, refuses=4) as server:
        connector = connect(mail, imap_port=server.port)
        assert fetch(connector) == 6
    assert "still in the mailbox" in RawEvent.objects.get(state="aside").error
    assert Message.objects.count() == 6


@pytest.mark.django_db
def test_mail_at_which_the_connection_always_breaks_does_not_hold_up_the_others(mail):
    with Imap(MAILS, breaks_at=4) as server:
        connector = connect(mail, imap_port=server.port)
        for _ in range(MOST_BREAKS + 1):
            try:
                fetch(connector)
            except BrokenError:
                continue
        for _ in range(MOST_BREAKS + 1):
            try:
                fetch(connector)
            except BrokenError:
                continue
    work_off(connector)
    assert Message.objects.count() == 6
    assert RawEvent.objects.filter(state="aside").count() == 1


@pytest.mark.django_db
def test_break_that_passes_costs_no_mail(mail):
    with Imap(MAILS, breaks_at=4) as server:
        connector = connect(mail, imap_port=server.port)
        with pytest.raises(BrokenError):
            fetch(connector)
        server.breaks_at = None
        fetch(connector)
    work_off(connector)
    assert Message.objects.count() == len(MAILS)
    assert not RawEvent.objects.filter(state="aside").exists()


@pytest.mark.django_db(transaction=True)
def test_server_that_was_away_comes_back_as_another(mail):
    bodies = [a_mail(f"Mail {number}") for number in range(6)]
    first = MailServers({"support@hollinfell.example"})
    first.start()
    connector = connect(mail, first, idle_seconds=2, poll_seconds=1, timeout=4)
    watcher = Watcher(connector.pk)
    watcher.start()
    try:
        for body in bodies:
            first.put(body)
        until(lambda: RawEvent.objects.count() == 6)
        first.stop()
        until(lambda: Connector.objects.get().error)
        again = MailServers({"support@hollinfell.example"}, imap_port=first.imap_port)
        again.start()
        for body in [a_mail("Written meanwhile"), *reversed(bodies)]:
            again.put(body)
        until(lambda: RawEvent.objects.count() == 7 and not Connector.objects.get().error)
        again.stop()
    finally:
        watcher.stop.set()
        watcher.join(60)
    assert not watcher.is_alive()
    for raw_id in RawEvent.objects.order_by("pk").values_list("pk", flat=True):
        process(raw_id)
    assert Message.objects.count() == 7


def until(holds, seconds=120):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
