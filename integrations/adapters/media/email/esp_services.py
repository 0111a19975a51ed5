"""The e-mail services there are, and which secrets each of them wants."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Service:
    name: str  # as Anymail spells it in its modules
    api: tuple[str, ...]  # secrets that its API wants
    keys: tuple[str, ...] = ()  # secrets that its webhooks are signed with


SERVICES = {
    "mailgun": Service("mailgun.Mailgun", ("api_key",), ("webhook_signing_key",)),
    "postmark": Service("postmark.Postmark", ("server_token",)),
    "sendgrid": Service("sendgrid.SendGrid", ("api_key",), ("tracking_webhook_verification_key",)),
    "brevo": Service("brevo.Brevo", ("api_key",)),
    "mailjet": Service("mailjet.Mailjet", ("api_key", "secret_key")),
}
