"""The adapter of FreeSWITCH, and of FusionPBX: a record of every call, posted when it ends, and calls from the desk.

Its settings: those of integrations.adapters.media.voice.sides, recordings_user; rpc_url, rpc_user, agent_dial,
call_context, dial_prefix (calls from the desk). Its secrets: webhook_secret, webhook_user and webhook_password
(mod_json_cdr's “cred”), recordings_password, rpc_password.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conversations.envelopes import DeliveryReport, OutboundCall, OutboundMessage
from conversations.models import Medium
from integrations.adapters.about import About, Field, Step
from integrations.adapters.base import Fetched, Understood, check_address
from integrations.adapters.media import basic, ours
from integrations.adapters.media.heard import address_of, body_of
from integrations.adapters.media.voice import recordings
from integrations.adapters.media.voice.freeswitch import calling, understanding
from integrations.adapters.media.voice.freeswitch.records import record_of
from integrations.adapters.media.voice.sides import FIELDS
from integrations.adapters.media.voice.spoken import refuse_text
from integrations.adapters.reading import words
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent

COMMANDS = _("Its commands over HTTP (mod_xml_rpc): calls from the desk")


class FreeSwitchAdapter:
    about = About(
        title=_("FreeSWITCH, FusionPBX"),
        what=_(
            "Every call is in the customer's thread once it has ended, with its recording; agents call from the desk."
        ),
        medium=Medium.VOICE,
        address=_("Phone number"),
        fields=(
            *FIELDS,
            Field("webhook_user", _("User of the records"), kind="secret", is_required=False),
            Field("webhook_password", _("Password of the records"), kind="secret", is_required=False),
            Field("recordings_user", _("User of the recordings"), is_required=False),
            Field("recordings_password", _("Password of the recordings"), kind="secret", is_required=False),
            Field(
                "rpc_url",
                _("Address of its commands"),
                kind="address",
                is_required=False,
                settled=ours.outside,
                example="https://pbx.example/freeswitch",
                help=_("mod_xml_rpc knows no TLS: put a proxy before it that does."),
                group=COMMANDS,
            ),
            Field("rpc_user", _("User"), is_required=False, example="throughline", group=COMMANDS),
            Field("rpc_password", _("Password"), kind="secret", is_required=False, group=COMMANDS),
            Field(
                "agent_dial",
                _("Line of an agent"),
                is_required=False,
                default="user/{agent}",
                help=_("What rings for the extension {agent}."),
                group=COMMANDS,
            ),
            Field("call_context", _("Context to call from"), is_required=False, default="default", group=COMMANDS),
            Field(
                "dial_prefix",
                _("In place of +"),
                is_required=False,
                default="00",
                help=_("What the dialplan wants before a number with its country."),
                group=COMMANDS,
            ),
        ),
        at_provider=(
            _("Load mod_json_cdr, and open autoload_configs/json_cdr.conf.xml."),
            _("Set “url” to {address}, “log-b-leg” to true and “retries” to 5."),
            _("With a user and a password, set “auth-scheme” to basic and “cred” to user:password."),
            _("To call from the desk, load mod_xml_rpc with a user and a password of its own."),
        ),
        has_hook=True,
        manual="https://developer.signalwire.com/freeswitch/FreeSWITCH-Explained/Modules/mod_json_cdr_4653124",
    )

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> list[Arrival]:
        check_address(connector, secret)
        basic.check(connector, request)
        body = body_of(request)
        headers = {"content_type": request.content_type or ""}
        return [Arrival(_named(body), hashlib.sha256(body).hexdigest(), body, kind, headers)]

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        return understanding.understand(connector, raw)

    def tell(self, raw: RawEvent, envelope: object) -> dict[str, Any]:
        return understanding.tell(raw, envelope)

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        return refuse_text()

    def can_call(self, connector: Connector) -> bool:
        return calling.is_there(connector)

    def call(self, connector: Connector, call: OutboundCall) -> DeliveryReport:
        return calling.call(connector, call)

    def fetch(self, connector: Connector, source: Mapping[str, str], *, largest: int) -> Fetched:
        return recordings.fetch(connector, source, largest=largest)

    def check(self, connector: Connector) -> Iterator[Step]:
        """Of what it tells of, only what it has told can be seen."""
        if calling.is_there(connector):
            version = calling.ask(connector, "version")
            yield Step(gettext("Signed in: %(version)s") % {"version": version.partition("~")[0][:80]})
        if connector.last_in_at:
            yield Step(
                gettext("FreeSWITCH has told of calls, last at %(at)s.") % {"at": f"{connector.last_in_at:%H:%M}"}
            )
            return
        words_ = gettext("FreeSWITCH has told of no call yet.")
        fix = gettext("Set “url” to %(address)s, reload mod_json_cdr, and call.") % {"address": address_of(connector)}
        yield Step(words_, is_well=False, fix=fix)


def _named(body: bytes) -> str:
    try:
        return words(record_of(body)["variables"].get("uuid"))[:80]
    except (ValueError, UnicodeError):
        return ""  # kept all the same, and set aside when it is processed
