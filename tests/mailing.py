"""Mails as they come over the wire, and a mailbox on real servers, for the tests."""

import uuid
from email.message import EmailMessage
from email.utils import format_datetime

from django.utils import timezone

from integrations.adapters.media.email.imap import open_mailbox
from integrations.inbound.mailbox import fetch_new
from integrations.inbound.together import process_with_next
from integrations.models import Connector, RawEvent
from integrations.simulators.mail_servers import DESK, PASSWORD


def a_mail(
    text="Where is my order?", *, sender="Ann Bell <ann@home.example>", to="support@hollinfell.example", **headers
):
    """The bytes of a plain mail; headers by keyword, with underscores for dashes."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, to
    mail["Subject"] = headers.pop("subject", "My order")
    mail["Date"] = headers.pop("date", None) or format_datetime(timezone.now())
    mail["Message-ID"] = headers.pop("message_id", f"<{uuid.uuid4()}@home.example>")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def connect(channel, servers=None, **settings):
    """A connector of `channel` to the loopback servers."""
    wired = {"username": DESK, "imap_host": "127.0.0.1", "smtp_host": "127.0.0.1", "smtp_auth": False}
    wired |= {"imap_security": "none", "smtp_security": "none", "timeout": 30, "brand": "Hollin & Fell"}
    if servers:
        wired |= {"imap_port": servers.imap_port, "smtp_port": servers.smtp_port}
    connector = Connector(name="Support mailbox", adapter="imap", channel=channel, settings={**wired, **settings})
    connector.secrets = {"password": PASSWORD}
    connector.save()
    return connector


def fetch(connector):
    """One look into the mailbox, and everything new processed. Gives how many mails were new."""
    with open_mailbox(connector) as mailbox:
        new = fetch_new(connector, mailbox)
    work_off(connector)
    return new


def work_off(connector):
    for raw_id in (
        RawEvent.objects.filter(connector=connector, state="kept").order_by("pk").values_list("pk", flat=True)
    ):
        process_with_next(raw_id)
