"""The adapter for any other service of text messages: our own signed webhook in, a template of its API out.

Its settings: send_url, encoding ("json" or "form"), fields ("name={to}" …), auth ("none", "bearer", "basic", "header"),
auth_header, id_path, region. Its secrets: webhook_secret, signing_secret, token.
"""

import secrets as randomness
from collections.abc import Iterable, Iterator, Mapping

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conversations.envelopes import DeliveryReport, InboundAttachment, InboundMessage, OutboundMessage
from conversations.models import Delivery, Medium
from integrations.adapters.about import About, Field, Step
from integrations.adapters.base import (
    AdapterError,
    AwayError,
    CredentialError,
    Fetched,
    Ignored,
    Understood,
)
from integrations.adapters.media import fetching, ours
from integrations.adapters.media.heard import address_of, items_of
from integrations.adapters.media.phones import whose
from integrations.adapters.media.sms.consent import consent_of, word_of
from integrations.adapters.media.sms.own import schema, sending
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent

OUT = _("How it sends")


class SmsAdapter:
    about = About(
        title=_("Text messages through another service"),
        what=_("Any service with an API: it tells the desk by a signed webhook, and gets answers as it wants them."),
        medium=Medium.SMS,
        address=_("Phone number"),
        fields=(
            Field("region", _("Country"), is_required=False, example="GB"),
            Field("send_url", _("Address of its API"), "address", is_required=False, settled=ours.outside, group=OUT),
            Field(
                "encoding",
                _("Sent as"),
                kind="choice",
                default="json",
                choices=(("json", "JSON"), ("form", _("a form"))),
                group=OUT,
            ),
            Field(
                "fields",
                _("Fields"),
                kind="list",
                is_required=False,
                help=_("One a line: its name for it, and {to}, {from}, {text}, {files}, {key} or {delivery}."),
                example="to={to} from={from} text={text}",
                group=OUT,
            ),
            Field(
                "auth",
                _("Signing in"),
                kind="choice",
                default="none",
                choices=(
                    ("none", _("by the desk's signature alone")),
                    ("bearer", _("a token")),
                    ("basic", _("user:password")),
                    ("header", _("a header of its own")),
                ),
                group=OUT,
            ),
            Field("auth_header", _("Header"), is_required=False, example="X-Api-Key", group=OUT),
            Field("token", _("Token"), kind="secret", is_required=False, group=OUT),
            Field(
                "id_path",
                _("Where its answer names the message"),
                is_required=False,
                default="id",
                example="messages.0.id",
                group=OUT,
            ),
        ),
        at_provider=(
            _("Have the service, or a script beside it, post JSON to {address}, as docs/calls.md says."),
            _("Sign each with the key {signing_secret}."),
        ),
        made={"signing_secret": lambda: randomness.token_urlsafe(32)},
        has_hook=True,
    )

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> list[Arrival]:
        return ours.hear(connector, request, secret=secret, kind=kind)

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        def read(found: object) -> Iterable[Understood]:
            item = schema.read(found)
            return [_report(item)] if isinstance(item, schema.Report) else _said(connector, raw, item)

        return ours.each(items_of(bytes(raw.body)), read)

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        return sending.send(connector, message)

    def fetch(self, connector: Connector, source: Mapping[str, str], *, largest: int) -> Fetched:
        known = [host for host in [fetching.host_of(str(connector.settings.get("send_url", "")))] if host]
        headers = sending.authorization(connector)
        return fetching.fetch(source["url"], largest=largest, headers=headers or None, known=known)

    def check(self, connector: Connector) -> Iterator[Step]:
        """Its API is only looked at: a call would send somebody a message."""
        yield Step(gettext("Messages come in by %(address)s.") % {"address": address_of(connector)})
        if not connector.settings.get("send_url"):
            yield Step(gettext("It only brings messages in: no address for answers is entered."))
            return
        try:
            sending.SERVICE.ask("HEAD", str(connector.settings["send_url"]), headers=sending.authorization(connector))
        except (AwayError, CredentialError):
            raise
        except AdapterError as error:  # it takes other methods only: then it is there
            yield Step(gettext("The service answers: %(said)s") % {"said": error.said[:60]})
        sample = {"to": "+44…", "from": "+44…", "text": "…", "files": "", "delivery": "1", "key": "…"}
        body, _kind = sending.body_of(connector, sample)
        yield Step(gettext("An answer is sent as %(body)s.") % {"body": body.decode()[:200]})


def _report(report: schema.Report) -> DeliveryReport:
    failed = report.status == "failed"
    return DeliveryReport(
        Delivery.Status(report.status),
        external_id=report.id,
        delivery_id=int(report.key) if report.key.isdecimal() else None,
        error=(report.error or gettext("The service could not deliver it.")) if failed else "",
        said=report.error,
    )


def _said(connector: Connector, raw: RawEvent, item: schema.Text) -> Iterator[Understood]:
    handles = whose(item.number, name=item.name, region=str(connector.settings.get("region", "")))
    if not handles or not handles[0].value.startswith("+"):
        yield Ignored("message", f"It is from “{item.number[:40]}”, which is no number to answer to.")
        return
    assert connector.channel_id is not None
    at = item.at or raw.received_at
    files = tuple(InboundAttachment(each.name, each.type, 0, source={"url": each.url}) for each in item.files)
    yield InboundMessage(
        channel_id=connector.channel_id,
        external_id=item.id,
        handles=handles,
        text=item.text,
        received_at=at,
        attachments=files,
    )
    yield from consent_of(connector.pk, handles, word_of(item.text), at)
