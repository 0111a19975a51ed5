"""Mail over TLS, from the first byte or after STARTTLS: the right certificate passes, any other is refused in words."""

import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from conversations.models import Delivery, Message
from conversations.outbound.compose import reply
from integrations.adapters.base import AdapterError
from integrations.adapters.media.email import smtp
from integrations.adapters.media.email.imap import open_mailbox
from integrations.models import Connector
from integrations.outbound.deliver import deliver
from integrations.simulators.mail_servers import DESK, PASSWORD, MailServers
from tests.adapters.certificates import Authority
from tests.mailing import a_mail, connect, fetch

pytestmark = pytest.mark.django_db

OURS = Authority("The shop's own authority")
OTHER = Authority("Somebody else's authority")


@pytest.fixture(params=["tls", "starttls"])
def security(request):
    return request.param


@pytest.fixture
def serving(security, tmp_path):
    """Starts the loopback servers with a certificate."""
    started = []

    def start(**shown):
        certificate = OURS.context(tmp_path, **shown)
        servers = MailServers({"support@hollinfell.example"}, security=security, certificate=certificate)
        servers.start()
        started.append(servers)
        return servers

    yield start
    for servers in started:
        servers.stop()


def wired(mail, servers, security, **settings):
    return connect(mail, servers, imap_security=security, smtp_security=security, **settings)


def test_mail_comes_in_and_goes_out_where_the_connector_names_the_authority(mail, ada, serving, security):
    servers = serving()
    connector = wired(mail, servers, security, ca=OURS.pem)
    servers.put(a_mail("Where is my kettle?"))
    assert fetch(connector) == 1
    asked = Message.objects.get()
    said = reply(
        asked.conversation, html="<p>On its way.</p>", by=ada, channel=mail, identity=asked.identity,
        client_id=uuid.uuid4(),
    )  # fmt: skip
    Delivery.objects.update(due_at=asked.created_at)
    assert deliver(said.delivery.pk).status == "sent"
    assert b"On its way." in servers.taken[0]


def test_authority_may_be_named_by_the_environment(mail, serving, security, tmp_path, monkeypatch):
    servers = serving()
    (tmp_path / "authorities.pem").write_text(OURS.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authorities.pem"))
    connector = wired(mail, servers, security)
    with open_mailbox(connector), smtp.session(connector):
        pass


@pytest.mark.parametrize(
    ("shown", "ca", "words"),
    [
        ({}, "", "Nobody the desk trusts has signed the certificate of 127.0.0.1"),
        ({}, OTHER.pem, "Nobody the desk trusts has signed the certificate of 127.0.0.1"),
        ({"host": "mail.elsewhere.example"}, OURS.pem, "The certificate of 127.0.0.1 is for another name"),
        ({"days": -1}, OURS.pem, "The certificate of 127.0.0.1 has expired"),
        ({}, "no certificate at all", "cannot be read: it is a file in PEM"),
    ],
)
def test_certificate_that_is_not_good_is_refused_in_words_before_any_password_is_said(
    mail, serving, security, shown, ca, words
):
    connector = wired(mail, serving(**shown), security, ca=ca)
    for opened in (open_mailbox, smtp.session):
        with pytest.raises(AdapterError) as refused, opened(connector):
            pass
        assert words in str(refused.value)


def test_mailbox_is_connected_by_the_command_with_a_file_of_the_authority(returns, serving, security, tmp_path):
    servers, path = serving(), tmp_path / "authority.pem"
    options = {
        "username": DESK, "password": PASSWORD, "imap_host": "127.0.0.1", "imap_port": servers.imap_port,
        "imap_security": security, "smtp_host": "127.0.0.1", "smtp_port": servers.smtp_port, "smtp_security": security,
        "no_smtp_auth": True, "stdout": StringIO(),
    }  # fmt: skip
    with pytest.raises(CommandError, match="Nobody the desk trusts"):
        call_command("connect_mailbox", "support@hollinfell.example", **options)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("connect_mailbox", "support@hollinfell.example", ca_file=path, **options)
    path.write_text(OURS.pem)
    call_command("connect_mailbox", "support@hollinfell.example", ca_file=path, **options)
    assert Connector.objects.get().settings["ca"] == OURS.pem
