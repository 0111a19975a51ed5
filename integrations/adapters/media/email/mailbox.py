"""The adapter of a mailbox: mail comes in by IMAP (integrations.inbound.mailbox fetches it) and goes out by SMTP.

Its settings: username, auth ("password", "google" or "microsoft", with tenant); imap_host, imap_port, imap_security
("tls", "starttls" or "none"), folder, start ("all" mails, or from "now" on); smtp_host, smtp_port, smtp_security,
smtp_username, smtp_auth; ca (in PEM, whom the desk trusts beside the system's authorities); brand (the name beside
the agent's), aliases (further addresses of ours), plus_addresses (true), dkim_selector, dkim_domain. Its secrets:
password, smtp_password, refresh_token, client_id, client_secret, dkim_key.
"""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, OutboundMessage
from conversations.models import Delivery
from integrations.adapters.base import AdapterError, Understood
from integrations.adapters.media.email.compose import compose
from integrations.adapters.media.email.envelope import understand_mail
from integrations.adapters.media.email.letter import needs_utf8, to_mime
from integrations.adapters.media.email.smtp import sign, transmit
from integrations.models import Connector, RawEvent

TOO_LARGE = "too large"  # RawEvent.kind of a mail of which only the head was kept
UNREADABLE = "unreadable"  # … of one that the server could not hand out


class MailboxAdapter:
    def understand(self, connector: Connector, raw: RawEvent) -> Iterable[Understood]:
        if raw.kind in (TOO_LARGE, UNREADABLE):
            raise ValueError(str(raw.headers.get("why", _("It was not fetched."))))
        return understand_mail(connector, bytes(raw.body), kept_as=raw.external_id, received_at=arrived_at(raw))

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        """What it raises carries our Message-ID too: an answer or a bounce may prove that the mail did arrive."""
        letter = compose(connector, message)
        others = [each.addr_spec for each in (*letter.cc, *letter.bcc)]
        try:
            words = transmit(
                connector,
                sign(connector, to_mime(letter)),
                sender=letter.return_path,
                to=letter.to.addr_spec,
                others=others,
                utf8=needs_utf8(letter),
            )
        except AdapterError as error:
            error.external_id = letter.message_id
            raise
        return DeliveryReport(Delivery.Status.SENT, external_id=letter.message_id, error=words)


def arrived_at(raw: RawEvent) -> datetime:
    """When the server took it, which is what the customer's waiting counts from; never in the future."""
    told = parse_datetime(str(raw.headers.get("arrived_at", "")))
    return min(told, timezone.now()) if told and timezone.is_aware(told) else raw.received_at
