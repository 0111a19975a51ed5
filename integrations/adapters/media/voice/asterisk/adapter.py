"""The adapter of Asterisk, and of FreePBX, Issabel and others made of it: by its manager (live), by the file of its
records, or by what its dialplan posts.

Its settings: those of integrations.adapters.media.voice.sides; ami_host, ami_port, ami_tls, ami_user; cdr_file (on the
machine of the desk's watcher); agent_channel, call_context, dial_prefix (calls from the desk); recordings_user. Its
secrets: webhook_secret, ami_secret, webhook_user, webhook_password, recordings_password.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from threading import Event
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conversations.envelopes import DeliveryReport, OutboundCall, OutboundMessage
from conversations.models import Delivery, Medium
from integrations.adapters.about import About, Field, Step
from integrations.adapters.base import AdapterError, Fetched, Understood, check_address
from integrations.adapters.media import basic
from integrations.adapters.media.heard import address_of, body_of
from integrations.adapters.media.voice import recordings
from integrations.adapters.media.voice.asterisk import cdr, events
from integrations.adapters.media.voice.asterisk.ami import Line
from integrations.adapters.media.voice.asterisk.watching import AMI, read_file, watch
from integrations.adapters.media.voice.sides import FIELDS
from integrations.adapters.media.voice.spoken import refuse_text
from integrations.adapters.reading import read_json
from integrations.inbound.arrival import Arrival, News
from integrations.models import Connector, RawEvent

# Of a phone of the house. An agent writes it into their own settings: what leads through a trunk ("0900…@trunk") or to
# another technology would have the switchboard call wherever they like, unseen.
EXTENSION = re.compile(r"[A-Za-z0-9_.*#-]{1,80}")
MANAGER = _("Its manager: calls live, and calls from the desk")


class AsteriskAdapter:
    about = About(
        title=_("Asterisk, FreePBX, Issabel"),
        what=_("Agents see who calls while it rings, and call from the desk; every call is in the customer's thread."),
        medium=Medium.VOICE,
        address=_("Phone number"),
        fields=(
            *FIELDS,
            Field("ami_host", _("Host"), is_required=False, example="pbx.example", group=MANAGER),
            Field("ami_port", _("Port"), kind="number", is_required=False, example="5038", group=MANAGER),
            Field("ami_tls", _("By TLS"), kind="switch", is_required=False, group=MANAGER),
            Field("ami_user", _("User"), is_required=False, example="throughline", group=MANAGER),
            Field("ami_secret", _("Secret"), kind="secret", is_required=False, group=MANAGER),
            Field(
                "agent_channel",
                _("Channel of an agent"),
                is_required=False,
                default="PJSIP/{agent}",
                help=_("What rings for the extension {agent}."),
                group=MANAGER,
            ),
            Field("call_context", _("Context to call from"), is_required=False, default="from-internal", group=MANAGER),
            Field(
                "dial_prefix",
                _("In place of +"),
                is_required=False,
                default="00",
                help=_("What the dialplan wants before a number with its country."),
                group=MANAGER,
            ),
            Field(
                "cdr_file",
                _("File of its records"),
                is_required=False,
                help=_(
                    "Master.csv, where the desk can read it: calls then come when they have ended, and none is lost."
                ),
                example="/var/log/asterisk/cdr-csv/Master.csv",
            ),
            Field("webhook_user", _("User of the webhook"), kind="secret", is_required=False),
            Field("webhook_password", _("Password of the webhook"), kind="secret", is_required=False),
            Field("recordings_user", _("User of the recordings"), is_required=False),
            Field("recordings_password", _("Password of the recordings"), kind="secret", is_required=False),
        ),
        at_provider=(
            _("In manager.conf, add a user with read = call,cdr and write = originate,reporting; set timestampevents."),
            _("In cdr.conf, set loguniqueid = yes and usegmtime = yes."),
            _("Or have the dialplan post each record as JSON to {address}."),
        ),
        has_hook=True,
        manual="https://docs.asterisk.org/Configuration/Interfaces/Asterisk-Manager-Interface-AMI/",
    )

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> list[Arrival]:
        check_address(connector, secret)
        basic.check(connector, request)
        body = body_of(request)
        headers = {"content_type": request.content_type or ""}
        return [Arrival("", hashlib.sha256(body).hexdigest(), body, "cdr", headers)]

    def is_watched(self, connector: Connector) -> bool:
        return bool(connector.settings.get("ami_host") or connector.settings.get("cdr_file"))

    def watch(self, connector: Connector, stop: Event) -> Iterator[News]:
        return watch(connector, stop)

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        body = bytes(raw.body)
        if raw.kind == AMI:
            yield from events.understand(connector, raw, _object(body))
        else:
            yield from cdr.understand(connector, _rows(body), body)

    def tell(self, raw: RawEvent, envelope: object) -> dict[str, Any]:
        rows = _rows(bytes(raw.body)) if raw.kind != AMI else []
        return cdr.tell(rows[0]) if len(rows) == 1 else {}

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        return refuse_text()

    def can_call(self, connector: Connector) -> bool:
        return bool(connector.settings.get("ami_host"))

    def call(self, connector: Connector, call: OutboundCall) -> DeliveryReport:
        """https://docs.asterisk.org/Latest_API/API_Documentation/AMI_Actions/Originate: the channel's id is ours,
        so that everything that is told of the call names it, and a second try is refused."""
        said = connector.settings
        if not said.get("ami_host"):
            raise AdapterError(gettext("The desk cannot call by this line: it has no manager."), permanent=True)
        if not EXTENSION.fullmatch(call.agent):
            raise AdapterError(gettext("Your extension is none of this switchboard: enter its number."), permanent=True)
        name = f"{cdr.KEY}{call.key}"
        channel = str(said.get("agent_channel") or "PJSIP/{agent}").replace("{agent}", call.agent)
        number = call.to.replace("+", str(said.get("dial_prefix", "00")), 1)
        with Line(connector) as line:
            line.ask(
                "Originate",
                ("Channel", channel),
                ("Context", str(said.get("call_context") or "from-internal")),
                ("Exten", number),
                ("Priority", "1"),
                ("CallerID", f"<{call.ours}>"),
                ("Timeout", "30000"),
                ("Async", "true"),
                ("ChannelId", name),
            )
        return DeliveryReport(Delivery.Status.SENT, external_id=name)

    def fetch(self, connector: Connector, source: Mapping[str, str], *, largest: int) -> Fetched:
        return recordings.fetch(connector, source, largest=largest)

    def check(self, connector: Connector) -> Iterator[Step]:
        said = connector.settings
        if said.get("ami_host"):
            with Line(connector) as line:
                found = line.ask("CoreSettings")
            yield Step(gettext("Signed in to Asterisk %(version)s.") % {"version": found.get("AsteriskVersion", "")})
        if path := str(said.get("cdr_file", "")):
            rows, _cursor = read_file(path, {})
            yield Step(gettext("The file of the records can be read: %(count)s lines at least.") % {"count": len(rows)})
        if not said.get("ami_host") and not said.get("cdr_file"):
            words = gettext("Have Asterisk post its records to %(address)s.") % {"address": address_of(connector)}
            yield Step(words)
        if not said.get("trunks"):
            yield Step(gettext("No trunk is named: long numbers are taken for customers', short ones for extensions."))


def _rows(body: bytes) -> list[cdr.Row]:
    if not body.lstrip().startswith((b"{", b"[")):
        return cdr.rows_of(body)
    found = read_json(body)
    items = found if isinstance(found, list) else found.get("items", [found])
    return [cdr.row_from(each) for each in items if isinstance(each, dict)]


def _object(body: bytes) -> dict[str, Any]:
    found = read_json(body)
    if not isinstance(found, dict):
        raise ValueError("It is not a JSON object.")
    return found
