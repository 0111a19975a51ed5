"""The adapter of a mailbox: mail comes in by IMAP (integrations.inbound.mailbox fetches it) and goes out by SMTP.

Its settings: username, auth ("password", "google" or "microsoft", with tenant); imap_host, imap_port, imap_security
("tls", "starttls" or "none"), folder, start ("all" mails, or from "now" on); smtp_host, smtp_port, smtp_security,
smtp_username, smtp_auth; ca (in PEM, whom the desk trusts beside the system's authorities); brand (the name beside
the agent's), aliases (further addresses of ours), plus_addresses (true), dkim_selector, dkim_domain. Its secrets:
password, smtp_password, refresh_token, client_id, client_secret, dkim_key.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, OutboundMessage
from conversations.models import Delivery
from integrations.adapters.about import Compared, Step
from integrations.adapters.base import AdapterError, Ignored, Understood
from integrations.adapters.media.email import mailbox_about, mailbox_check, mailbox_past
from integrations.adapters.media.email.compose import compose
from integrations.adapters.media.email.envelope import understand_mail
from integrations.adapters.media.email.letter import needs_utf8, to_mime
from integrations.adapters.media.email.mailbox_past import TOO_LARGE, UNREADABLE
from integrations.adapters.media.email.own_letter import is_own_letter
from integrations.adapters.media.email.smtp import sign, transmit
from integrations.adapters.shops.base import Cursor, Page
from integrations.models import Connector, RawEvent


class MailboxAdapter:
    about = mailbox_about.ABOUT

    def understand(self, connector: Connector, raw: RawEvent) -> Iterable[Understood]:
        if raw.kind in (TOO_LARGE, UNREADABLE):
            raise ValueError(str(raw.headers.get("why", _("It was not fetched."))))
        if is_own_letter(bytes(raw.body)):
            return [Ignored("test", _("A letter of the desk to itself, to test the connection."))]
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

    def wire(self, connector: Connector) -> None:
        mailbox_about.wire(connector)

    def check(self, connector: Connector) -> Iterator[Step]:
        return mailbox_check.check(connector)

    def pages(
        self, connector: Connector, cursor: Cursor, since: datetime | None, until: datetime | None = None
    ) -> Iterator[Page]:
        return mailbox_past.pages(connector, cursor, since, until)

    def reconcile(self, connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
        return mailbox_past.reconcile(connector, since, until)


def arrived_at(raw: RawEvent) -> datetime:
    """When the server took it, which is what the customer's waiting counts from; never in the future."""
    told = parse_datetime(str(raw.headers.get("arrived_at", "")))
    return min(told, timezone.now()) if told and timezone.is_aware(told) else raw.received_at
