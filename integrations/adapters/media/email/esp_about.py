"""What an e-mail service tells of itself, and the test of its key: the call that each of them has for that.

Postmark: https://postmarkapp.com/developer/api/server-api; SendGrid:
https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions; Mailgun:
https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/domains; Brevo:
https://developers.brevo.com/reference/getaccount; Mailjet: https://dev.mailjet.com/email/reference/settings/.
"""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from anymail.exceptions import AnymailError
from anymail.message import AnymailMessage
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import Medium
from integrations.adapters.about import About, Field, Step, Words
from integrations.adapters.base import AdapterError
from integrations.adapters.media.email.esp_services import SERVICES
from integrations.adapters.media.email.mailbox_about import an_address
from integrations.adapters.media.email.own_letter import HEADER, marks, own_words
from integrations.adapters.media.provider import Provider
from integrations.models import Connector, RawEvent

_KEYS, _MORE = gettext_lazy("Keys of the service"), gettext_lazy("Details")
NAMES = {"mailgun": "Mailgun", "postmark": "Postmark", "sendgrid": "SendGrid", "brevo": "Brevo", "mailjet": "Mailjet"}
BACK_SECONDS, LOOK_SECONDS = 20.0, 1.0
API = {
    "mailgun": "https://api.mailgun.net/v3",
    "postmark": "https://api.postmarkapp.com",
    "sendgrid": "https://api.sendgrid.com/v3",
    "brevo": "https://api.brevo.com/v3",
    "mailjet": "https://api.mailjet.com/v3.1",
}


def _secret(name: str, label: Words) -> Field:
    return Field(name, label, "secret", is_required=False, group=_KEYS)


ABOUT = About(
    title=gettext_lazy("An e-mail service"),
    what=gettext_lazy("Mail comes in and goes out by Mailgun, Postmark, SendGrid, Brevo or Mailjet."),
    medium=Medium.EMAIL,
    address=gettext_lazy("Address that customers write to"),
    manual="https://anymail.dev/en/stable/esps/",
    has_hook=True,
    at_provider=(
        gettext_lazy("At the service, have incoming mail posted to this address: {address}"),
        gettext_lazy("Have delivery reports (delivered, bounced, complained) posted to this one: {address_tracking}"),
        gettext_lazy("Make an API key that may send, and enter it below."),
    ),
    fields=(
        Field("esp", gettext_lazy("Service"), "choice", choices=tuple(NAMES.items()), default="postmark", group=_KEYS),
        _secret("api_key", gettext_lazy("API key")),
        _secret("server_token", gettext_lazy("Server token, for Postmark")),
        _secret("secret_key", gettext_lazy("Secret key, for Mailjet")),
        _secret("webhook_signing_key", gettext_lazy("Webhook signing key, for Mailgun")),
        _secret("tracking_webhook_verification_key", gettext_lazy("Verification key, for SendGrid's reports")),
        Field("sender_domain", gettext_lazy("Domain that sends, for Mailgun"), is_required=False, group=_KEYS),
        Field("api_url", gettext_lazy("Address of its API, if not the usual one"), is_required=False, group=_MORE),
        Field("brand", gettext_lazy("Name that customers see"), is_required=False, group=_MORE),
        Field(
            "aliases",
            gettext_lazy("Further addresses of yours"),
            "list",
            is_required=False,
            settled=an_address,
            group=_MORE,
        ),
        Field(
            "authserv",
            gettext_lazy("Server that checks senders"),
            help=gettext_lazy(
                "As it names itself in the header Authentication-Results. By its word alone a bot knows who wrote."
            ),
            is_required=False,
            example="mx.example.com",
            group=_MORE,
        ),
        Field(
            "plus_addresses",
            gettext_lazy("The service takes support+word@…"),
            "switch",
            default="on",
            is_required=False,
            group=_MORE,
        ),
    ),
)


def wire(connector: Connector) -> None:
    """Each service wants keys of its own. Raises WrongError."""
    from integrations.wiring import WrongError

    service = SERVICES[str(connector.settings["esp"])]
    missing = [name for name in (*service.api, *service.keys) if not connector.secrets.get(name)]
    if missing:
        words = _("%(service)s needs it.") % {"service": NAMES[str(connector.settings["esp"])]}
        raise WrongError(dict.fromkeys(missing, words))


def check(connector: Connector, backend: Any) -> Iterator[Step]:
    """`backend` is Anymail's, with this connector's keys. Raises AdapterError, CredentialError among them."""
    began, name = time.monotonic(), NAMES[str(connector.settings["esp"])]
    _ask(connector, name)
    yield Step(_("%(name)s knows the key") % {"name": name}, seconds=time.monotonic() - began)
    before, began = timezone.now(), time.monotonic()
    _to_itself(connector, backend)
    yield Step(_("%(name)s took a letter to ourselves") % {"name": name}, seconds=time.monotonic() - began)
    came = _came_back(connector, before)
    words = _("It came back by the webhook") if came else _("It has not come back by the webhook yet")
    fix = "" if came else _("If it does not appear among the raw events: look at the webhook's address at the service.")
    yield Step(words, seconds=time.monotonic() - began, fix=fix)


def _to_itself(connector: Connector, backend: Any) -> None:
    address = connector.channel.address if connector.channel else ""
    mail = AnymailMessage(_("A test of the connection"), own_words(), address, [address], headers=marks())
    try:
        backend.send_messages([mail])
    except AnymailError as error:
        refused = _("The mail service does not take it: %(error)s") % {"error": " ".join(str(error).split())[:300]}
        raise AdapterError(refused, said=str(error)[:4000]) from error


def _came_back(connector: Connector, before: datetime) -> bool:
    until = time.monotonic() + float(connector.settings.get("back_seconds", BACK_SECONDS))
    mine = RawEvent.objects.filter(connector=connector, received_at__gte=before).exclude(kind="tracking")
    while not any(HEADER.lower().encode() in bytes(raw.body).lower() for raw in mine.order_by("-pk")[:20]):
        if time.monotonic() > until:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def _ask(connector: Connector, name: str) -> None:
    esp, secrets = str(connector.settings["esp"]), connector.secrets
    base = str(connector.settings.get("api_url") or API[esp]).rstrip("/")
    domain = connector.settings.get("sender_domain") or (
        connector.channel.address.rpartition("@")[2] if connector.channel else ""
    )
    key, token = secrets.get("api_key", ""), secrets.get("server_token", "")
    ways: dict[str, tuple[str, dict[str, Any]]] = {
        "mailgun": (f"/domains/{domain}", {"auth": ("api", key)}),
        "postmark": ("/server", {"headers": {"X-Postmark-Server-Token": token, "Accept": "application/json"}}),
        "sendgrid": ("/scopes", {"headers": {"Authorization": f"Bearer {key}"}}),
        "brevo": ("/account", {"headers": {"api-key": key}}),
        "mailjet": ("/REST/apikey", {"auth": (key, secrets.get("secret_key", ""))}),
    }
    path, given = ways[esp]
    provider = Provider(name, {}, lambda refused: ())
    if esp == "mailjet":
        base = base.replace("/v3.1", "/v3")
    provider.ask("GET", base + path, **given)
