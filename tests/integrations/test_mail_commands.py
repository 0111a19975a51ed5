"""The commands with which an admin connects, watches and mends mailboxes."""

import os
import signal
import subprocess
import sys
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from conversations.models import Channel, Message
from integrations.adapters.media.email.imap import open_mailbox
from integrations.inbound.mailbox import keep_mail
from integrations.inbound.process import process
from integrations.models import Connector, RawEvent
from integrations.simulators.mail_servers import DESK, PASSWORD, MailServers
from tests.mailing import a_mail, connect

pytestmark = pytest.mark.django_db


@pytest.fixture
def servers():
    with MailServers({"support@hollinfell.example"}) as running:
        yield running


def connected(servers, **changed):
    said = StringIO()
    options = {
        "username": DESK, "password": PASSWORD, "imap_host": "127.0.0.1", "imap_port": servers.imap_port,
        "imap_security": "none", "smtp_host": "127.0.0.1", "smtp_port": servers.smtp_port, "smtp_security": "none",
        "no_smtp_auth": True, "team": "Returns",
    }  # fmt: skip
    call_command("connect_mailbox", "support@hollinfell.example", stdout=said, **{**options, **changed})
    return said.getvalue()


def test_mailbox_is_connected_once_its_sign_ins_work(returns, servers):
    assert "signed in to 127.0.0.1" in connected(servers)
    connector = Connector.objects.get()
    assert connector.channel.team == returns
    assert connector.secrets == {"password": PASSWORD}
    assert PASSWORD.encode() not in bytes(connector.sealed)
    connected(servers, brand="Hollin & Fell")
    assert Connector.objects.get().settings["brand"] == "Hollin & Fell"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"password": "wrong"}, "did not accept the sign-in of desk"),
        ({"imap_host": "no-such-host.invalid"}, "There is no server named no-such-host.invalid"),
        ({"folder": "Nowhere"}, "There is no folder “Nowhere”"),
        ({"smtp_security": "starttls"}, "STARTTLS"),
        ({"team": "Nobody"}, "no team named “Nobody”"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(returns, servers, changed, words):
    with pytest.raises(CommandError, match=words):
        connected(servers, **changed)
    assert not Channel.objects.exists()


def test_server_that_is_not_there_is_said(returns, servers):
    servers.stop()
    with pytest.raises(CommandError, match="does not answer on port"):
        connected(servers)


def test_one_look_fetches_and_tells(mail, servers):
    connector = connect(mail, servers)
    servers.put(a_mail())
    said = StringIO()
    call_command("watch", "--once", stdout=said)
    assert "1 new" in said.getvalue()
    connector.refresh_from_db()
    assert connector.checked_at and not connector.error
    servers.stop()
    call_command("watch", "--once", stdout=said, stderr=said)
    connector.refresh_from_db()
    assert "does not answer" in connector.error


def test_what_was_set_aside_can_be_listed_and_replayed(mail):
    connector = connect(mail)
    raw, _ = keep_mail(connector, a_mail(sender="no address"))
    process(raw.pk)
    said = StringIO()
    call_command("replay_raw", "--list", stdout=said)
    assert "sender" in said.getvalue()
    RawEvent.objects.update(body=a_mail())
    call_command("replay_raw", str(raw.pk), stdout=said)
    assert Message.objects.count() == 1
    with pytest.raises(CommandError):
        call_command("replay_raw")


@pytest.mark.django_db(transaction=True)
def test_simulated_servers_and_watcher_run_beside_each_other_and_end_when_asked(mail):
    from django.db import connection

    connector = connect(mail, imap_port=1, smtp_port=1)
    environment = {**os.environ, "DATABASE_URL": "", "THROUGHLINE_TEST": "1"}
    name = connection.settings_dict["NAME"]
    host = connection.settings_dict["HOST"]
    environment["DATABASE_URL"] = f"postgres://{connection.settings_dict['USER']}@{host.replace('/', '%2F')}/{name}"
    processes = [
        subprocess.Popen([sys.executable, "manage.py", *command], env=environment)
        for command in (["simulate", "--smtp-port", "1", "--imap-port", "1"], ["watch"])
    ]
    try:
        until(lambda: Connector.objects.get().settings["imap_port"] != 1)
        connector.refresh_from_db()
        call_smtp(connector, a_mail("Through the real door"))
        until(lambda: RawEvent.objects.exists())
        with open_mailbox(connector) as mailbox:
            assert len(mailbox.after(0)) == 1
    finally:
        for process_ in processes:
            process_.send_signal(signal.SIGTERM)
        codes = [process_.wait(60) for process_ in processes]
    assert codes == [0, 0]


def call_smtp(connector, body):
    import smtplib

    with smtplib.SMTP("127.0.0.1", connector.settings["smtp_port"]) as server:
        server.sendmail("ann@home.example", ["support@hollinfell.example"], body)


def until(holds, seconds=120):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)
