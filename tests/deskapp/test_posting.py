"""The demo's own mail lies where its customers' mail lies."""

import imaplib

import pytest
from django.core.mail import get_connection, send_mail

from integrations.models import Connector
from integrations.simulators.mail_servers import CUSTOMERS, PASSWORD, MailServers

pytestmark = pytest.mark.django_db


def test_a_code_of_the_demo_lies_in_the_mailbox_of_its_customers(mail):
    with MailServers({mail.address}, name="desk", password="open") as servers:
        place = {"smtp_host": "127.0.0.1", "smtp_port": servers.smtp_port}
        Connector.objects.create(name="Support", adapter="imap", channel=mail, settings=place)
        with get_connection("deskapp.demo.posting.MailboxBackend") as backend:
            send_mail("Your code", "123456 is your code.", None, ["ann@home.example"], connection=backend)
        with imaplib.IMAP4("127.0.0.1", servers.imap_port, timeout=60) as box:
            box.login(CUSTOMERS, PASSWORD)
            box.select("INBOX")
            assert b"123456 is your code." in box.fetch("1", "(RFC822)")[1][0][1]
