"""The adapter of an e-mail service: its webhooks bring mail and delivery reports, its API takes what we send.

Its settings: esp (a key of SERVICES), api_url and sender_domain where the service wants them, brand, aliases and
plus_addresses as for a mailbox. Its secrets: webhook_secret (the last word of the webhook's address), those of the
service's API, and where it signs its webhooks the key for that (SERVICES lists the names).
"""

import hashlib
import io
import json
import re
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from anymail.exceptions import (
    AnymailInsecureWebhookWarning,
    AnymailNotSupportedWarning,
    AnymailWebhookValidationFailure,
)
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, OutboundMessage
from integrations.adapters.about import Step
from integrations.adapters.base import Ignored, NotGenuineError, Understood, check_address
from integrations.adapters.media.email import esp_about
from integrations.adapters.media.email.compose import compose
from integrations.adapters.media.email.envelope import understand_mail
from integrations.adapters.media.email.esp_files import BrevoMails
from integrations.adapters.media.email.esp_reports import report_of
from integrations.adapters.media.email.esp_send import hand_over
from integrations.adapters.media.email.esp_services import SERVICES, Service
from integrations.adapters.media.email.letter import one_line
from integrations.adapters.media.email.mailbox import arrived_at
from integrations.adapters.media.email.original import digest, message_id_of
from integrations.adapters.media.email.own_letter import is_own_letter
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent

# The address holds a secret of its own, so no webhook of ours is open to everyone; and SendGrid is wanted all the same.
warnings.simplefilter("ignore", AnymailInsecureWebhookWarning)
warnings.simplefilter("ignore", AnymailNotSupportedWarning)

TRACKING = "tracking"


# What a service writes anew at each try of the same webhook.
_VOLATILE = {"timestamp", "token", "signature"}
_RAW = ("body-mime", "email")  # a form's field with the mail as it came: Mailgun's, SendGrid's
_HEAD_END = re.compile(r"\r?\n\r?\n")


class EspAdapter:
    largest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE  # bytes of a webhook
    about = esp_about.ABOUT

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> Iterable[Arrival]:
        """Raises NotGenuineError unless the address is the secret one and the service's own signature fits."""
        check_address(connector, secret)
        request.body  # noqa: B018  read before anything reads the form, so that it can be kept
        try:
            view = _view(connector, kind)
            view.run_validators(request)
        except AnymailWebhookValidationFailure as error:
            raise NotGenuineError(str(error)) from error
        return [_arrival(request, kind)]

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        request = _request(bytes(raw.body), str(raw.headers.get("content_type", "")))
        if raw.kind == TRACKING:
            yield from (
                report for event in _view(connector, TRACKING).parse_events(request) if (report := report_of(event))
            )
            return
        for mail in _mails(connector, request):
            if is_own_letter(mail):
                yield Ignored("test", _("A letter of the desk to itself, to test the connection."))
                continue
            yield from understand_mail(connector, mail, kept_as=raw.external_id, received_at=arrived_at(raw))

    def tell(self, raw: RawEvent, envelope: Understood) -> dict[str, object]:
        """What the service says beside the mail, for whoever debugs: `manage.py parse_webhook`. Pure."""
        if raw.kind == TRACKING:
            return {}
        request = _request(bytes(raw.body), str(raw.headers.get("content_type", "")))
        events = list(_view(raw.connector, raw.kind).parse_events(request))
        if len(events) != 1:
            return {}
        mail = events[0].message
        said = {
            "event_id": events[0].event_id,
            "envelope_sender": mail.envelope_sender,
            "envelope_recipient": mail.envelope_recipient,
            "stripped_text": mail.stripped_text,
        }
        return {name: value for name, value in said.items() if value}

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        return hand_over(connector, compose(connector, message), backend(connector), delivery_id=message.delivery_id)

    def wire(self, connector: Connector) -> None:
        esp_about.wire(connector)

    def check(self, connector: Connector) -> Iterator[Step]:
        return esp_about.check(connector, backend(connector))


def service_of(connector: Connector) -> Service:
    """Raises ValueError for one that is not on the list."""
    name = str(connector.settings.get("esp", ""))
    if name not in SERVICES:
        raise ValueError(f"There is no e-mail service named “{name}”: it is one of {', '.join(SERVICES)}.")
    return SERVICES[name]


def backend(connector: Connector) -> Any:
    """Anymail's own sending backend, with this connector's keys in place of the project's settings."""
    service = service_of(connector)
    module, _, name = service.name.partition(".")
    options = {key: connector.secrets[key] for key in service.api if connector.secrets.get(key)}
    options |= {key: connector.settings[key] for key in ("api_url", "sender_domain") if connector.settings.get(key)}
    if module != "mailgun":
        options.pop("sender_domain", None)
    return import_string(f"anymail.backends.{module}.EmailBackend")(**options)


def _view(connector: Connector, kind: str) -> Any:
    """Anymail's own webhook view, which knows the service's signatures and shapes."""
    service = service_of(connector)
    module, _, name = service.name.partition(".")
    role = "Tracking" if kind == TRACKING else "Inbound"
    options = {"webhook_secret": connector.secrets.get("webhook_basic_auth", "")}
    options |= {key: connector.secrets[key] for key in service.keys if connector.secrets.get(key)}
    if module == "brevo" and role == "Inbound":
        options |= {"api_key": connector.secrets.get("api_key", "")}
        options |= {"api_url": connector.settings["api_url"]} if connector.settings.get("api_url") else {}
        return BrevoMails(**options)
    if module == "mailgun" and not connector.secrets.get("webhook_signing_key"):
        raise AnymailWebhookValidationFailure("This connector has no signing key of Mailgun.")
    return import_string(f"anymail.webhooks.{module}.{name}{role}WebhookView")(**options)


def _arrival(request: HttpRequest, kind: str) -> Arrival:
    """The webhook under the name of the mail in it, so that a second webhook of the same mail is the same."""
    body, content_type = request.body, request.content_type or ""
    headers = {"content_type": request.META.get("CONTENT_TYPE", "")}
    try:
        again = _request(body, headers["content_type"])
        mime = _raw_mime(again)
        fields = _fields(again)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        mime, fields = None, None  # kept all the same, and set aside when it is processed
    if mime:
        return Arrival(message_id_of(mime), digest(mime), body, kind, headers)
    said = json.dumps(fields, sort_keys=True).encode() if fields is not None else body
    message_id = message_id_of(_named_in(fields).encode()) if kind != TRACKING else ""
    return Arrival(message_id, hashlib.sha256(content_type.encode() + said).hexdigest(), body, kind, headers)


def _fields(request: HttpRequest) -> Any:
    if "json" in (request.content_type or ""):
        data = json.loads(request.body)
        return {key: value for key, value in data.items() if key not in _VOLATILE} if isinstance(data, dict) else data
    fields: dict[str, Any] = {key: request.POST.getlist(key) for key in request.POST if key not in _VOLATILE}
    files = ((key, file) for key, found in request.FILES.lists() for file in found)
    return fields | {f"file {key}": hashlib.sha256(file.read()).hexdigest() for key, file in files}


def _named_in(fields: Any) -> str:
    """A Message-ID line, from wherever the service puts the mail's header."""
    if not isinstance(fields, dict):
        return ""
    items = fields.get("items")
    if isinstance(items, list) and len(items) == 1 and isinstance(items[0], dict):
        fields = items[0]
    found = fields.get("headers") or fields.get("message-headers") or fields.get("Headers")
    if isinstance(found, list) and found and isinstance(found[0], str):  # of a form: SendGrid's text, Mailgun's JSON
        found = json.loads(found[0]) if found[0].lstrip().startswith("[") else found[0]
    if isinstance(found, str):
        return found
    pairs = found.items() if isinstance(found, dict) else [_pair(each) for each in found or []]
    return next((f"Message-ID: {value}\r\n\r\n" for name, value in pairs if str(name).lower() == "message-id"), "")


def _pair(header: Any) -> tuple[str, str]:
    return (header.get("Name", ""), header.get("Value", "")) if isinstance(header, dict) else (header[0], header[1])


def _mails(connector: Connector, request: HttpRequest) -> Iterator[bytes]:
    """Each mail as bytes, with the address it was delivered to and the service's verdict on top."""
    _leave_heads(request)
    mime = _raw_mime(_request(request.body, request.META["CONTENT_TYPE"]))
    events = _view(connector, "").parse_events(request)
    for event in events:
        message = event.message
        head = f"Delivered-To: {one_line(message.envelope_recipient)}\r\n" if message.envelope_recipient else ""
        head += "X-Spam-Flag: YES\r\n" if message.spam_detected else ""
        mime = head.encode() + (mime if mime and len(events) == 1 else message.as_bytes())
        yield mime


def _leave_heads(request: HttpRequest) -> None:
    """Of mails in a form. Anymail would parse the whole, of which it makes many copies, and is asked for no more."""
    if "json" in (request.content_type or ""):
        return
    fields = request.POST.copy()
    for name in _RAW:
        text = str(fields.get(name, ""))
        if end := _HEAD_END.search(text):
            fields[name] = text[: end.end()]
    request.POST = fields  # type: ignore[assignment]


def _raw_mime(request: HttpRequest) -> bytes | None:
    """The mail as it came, from services that hand it on."""
    if "json" in (request.content_type or ""):
        data = json.loads(request.body)
        raw = data.get("RawEmail") if isinstance(data, dict) else None
        return raw.encode("utf-8", "surrogatepass") if raw else None
    request.encoding = "latin-1"  # so that each byte of an old charset comes through
    raw = next((raw for name in _RAW if (raw := request.POST.get(name))), None)
    return raw.encode("latin-1") if raw else None


def _request(body: bytes, content_type: str) -> HttpRequest:
    """The webhook once more, as Django and Anymail read it."""
    environment = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))}
    request = WSGIRequest({**environment, "wsgi.input": io.BytesIO(body)})
    assert len(request.body) == len(body)  # read, so that it can be read again beside POST
    return request
