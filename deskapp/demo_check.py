"""`demo --check`: one mail through the whole pipeline, by the door that customers use."""

import json
import smtplib
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from email.message import EmailMessage

from django.core.management.base import CommandError
from django.db import connection

from conversations.models import Message
from integrations.models import Connector, RawEvent

ARRIVES_SECONDS = 60


def is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def why_not(url: str) -> str:
    """What /readyz says of the parts that are not well."""
    try:
        urllib.request.urlopen(url, timeout=5).close()  # noqa: S310
    except urllib.error.HTTPError as refusal:
        parts = json.load(refusal)
        return "; ".join(f"{name} {said}" for name, said in parts.items() if said not in ("ok", False))
    except OSError as error:
        return f"the web process does not answer ({error})"
    return "it was too slow"


def check_pipeline(site: str, *, watch: Callable[..., bool]) -> str:
    """Sends a mail to the demo's mailbox and waits for its message; `watch` keeps the processes alive meanwhile.

    Raises CommandError with the step at which the mail was last seen.
    """
    try:
        return _check(site, watch)
    finally:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # its threads would miss the database that stops next


def _check(site: str, watch: Callable[..., bool]) -> str:
    connector = (
        Connector.objects.filter(adapter="imap", is_active=True).select_related("channel").order_by("pk").first()
    )
    if connector is None or connector.channel is None:
        raise CommandError("The desk is up, but no mailbox is connected: nothing could be sent through it.")
    mark = str(uuid.uuid4())
    subject = f"A check of the whole desk, {mark}"
    started = time.monotonic()
    send(connector, to=connector.channel.address, subject=subject)
    arrived = Message.objects.filter(subject=subject, kind=Message.Kind.INBOUND)

    def done() -> bool:
        return time.monotonic() - started > ARRIVES_SECONDS or arrived.exists()

    if not watch(until=done) or not arrived.exists():
        raise CommandError(f"The desk is up, but a mail did not come through: {last_seen(mark)}.")
    seconds = time.monotonic() - started
    return f"Throughline is well: {site} is ready, and a mail became a message within {seconds:.1f} s."


def send(connector: Connector, *, to: str, subject: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ann Check <ann@check.example>", to, subject
    mail["Message-ID"] = f"<{uuid.uuid4()}@check.example>"
    mail.set_content("Does the desk hear me?")
    host, port = str(connector.settings["smtp_host"]), int(connector.settings["smtp_port"])
    try:
        with smtplib.SMTP(host, port, timeout=10) as server:
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise CommandError(f"The desk is up, but the mail server of the demo does not take mail: {error}.") from None


def last_seen(mark: str) -> str:
    newest = RawEvent.objects.order_by("-pk")[:50]
    raw = next((raw for raw in newest if mark.encode() in bytes(raw.body)), None)
    if raw is None:
        return "the mailbox was not fetched (logs/watch.log)"
    return f"it was kept as event {raw.pk}, which is {raw.get_state_display()} (logs/worker.log) {raw.error}".strip()
