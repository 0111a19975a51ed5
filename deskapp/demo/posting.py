"""The demo's own mail (codes that prove who somebody is, invitations): by the server that plays its mailbox's provider,
so that it lies in the customers' mailbox as everything else that they get."""

from django.core.mail.backends.smtp import EmailBackend

from integrations.models import Connector


class MailboxBackend(EmailBackend):
    """The port is asked for each time: the server takes a free one where another program has its own."""

    def open(self) -> bool | None:
        mailbox = Connector.objects.filter(adapter="imap", is_active=True).order_by("pk").first()
        if mailbox is not None:
            self.host, self.port = str(mailbox.settings["smtp_host"]), int(mailbox.settings["smtp_port"])
        return super().open()
