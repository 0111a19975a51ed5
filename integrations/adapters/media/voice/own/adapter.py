"""The adapter of any phone system that can call a webhook: ours, signed, both ways. docs/calls.md explains it.

Its settings: region, call_url (where the desk asks for a call), recordings_url and recordings_user. Its secrets:
webhook_secret, signing_secret, recordings_password or recordings_token.
"""

import json
import secrets as randomness
from collections.abc import Iterator, Mapping

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conversations.envelopes import CallRating, CallReport, DeliveryReport, OutboundCall, OutboundMessage
from conversations.models import Delivery, Medium
from integrations.adapters import signed
from integrations.adapters.about import About, Field, Step
from integrations.adapters.base import AdapterError, Fetched, Understood
from integrations.adapters.media import ours, phones
from integrations.adapters.media.heard import items_of
from integrations.adapters.media.provider import Provider
from integrations.adapters.media.voice import recordings
from integrations.adapters.media.voice.causes import why
from integrations.adapters.media.voice.own import schema
from integrations.adapters.media.voice.spoken import refuse_text
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent

SYSTEM = Provider("The phone system", {}, lambda refused: (str(refused.status),))


class CallsAdapter:
    about = About(
        title=_("Any other phone system"),
        what=_("Your phone system tells of calls by a signed webhook, and makes those that agents ask for."),
        medium=Medium.VOICE,
        address=_("Phone number"),
        fields=(
            Field("region", _("Country"), is_required=False, example="GB"),
            Field(
                "call_url",
                _("Where the desk asks for a call"),
                kind="address",
                is_required=False,
                settled=ours.outside,
                example="https://pbx.example/throughline/calls",
            ),
            Field(
                "recordings_url",
                _("Address of the recordings"),
                kind="address",
                is_required=False,
                settled=ours.outside,
            ),
            phones.VOUCHES,
            Field("recordings_token", _("Token for the recordings"), kind="secret", is_required=False),
        ),
        at_provider=(
            _("Have your system post JSON to {address}, as docs/calls.md says."),
            _("Sign each with the key {signing_secret}."),
        ),
        made={"signing_secret": lambda: randomness.token_urlsafe(32)},
        has_hook=True,
    )

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> list[Arrival]:
        return ours.hear(connector, request, secret=secret, kind=kind)

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        return ours.each(items_of(bytes(raw.body)), lambda found: [told_of(connector, schema.read(found))])

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        return refuse_text()

    def can_call(self, connector: Connector) -> bool:
        return bool(connector.settings.get("call_url"))

    def call(self, connector: Connector, call: OutboundCall) -> DeliveryReport:
        url = str(connector.settings.get("call_url", ""))
        if not url:
            raise AdapterError(
                gettext("The desk cannot call by this line. An admin can set where to ask."), permanent=True
            )
        asked = {
            "kind": "call", "key": call.key, "agent": call.agent, "to": call.to, "ours": call.ours,
            "agent_name": call.agent_name, "to_name": call.to_name,
        }  # fmt: skip
        body = json.dumps(asked, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": call.key,
            **signed.signed(connector.secrets.get("signing_secret", ""), body),
        }
        answer = SYSTEM.ask("POST", url, data=body, headers=headers, changes=True)
        try:
            found = answer.json if answer.body else {}
        except ValueError:
            found = {}
        call_id = str(found.get("call_id", "")) if isinstance(found, dict) else ""
        return DeliveryReport(Delivery.Status.SENT, external_id=call_id)

    def fetch(self, connector: Connector, source: Mapping[str, str], *, largest: int) -> Fetched:
        return recordings.fetch(connector, source, largest=largest)

    def check(self, connector: Connector) -> Iterator[Step]:
        """The desk asks for no call only to try it: it says hello, signed as a call would be."""
        url = str(connector.settings.get("call_url", ""))
        if not url:
            yield Step(gettext("The desk waits for what your phone system tells. Agents cannot call by it."))
            return
        body = b'{"kind": "hello"}'
        headers = {"Content-Type": "application/json", **signed.signed(connector.secrets["signing_secret"], body)}
        SYSTEM.ask("POST", url, data=body, headers=headers)
        yield Step(gettext("Your phone system answers where the desk asks for calls."))


def told_of(connector: Connector, call: schema.Call) -> CallReport | CallRating:
    assert connector.channel_id is not None
    if call.state == "rated":
        return CallRating(connector.channel_id, call.call_id, call.keys)
    file = call.recording
    return CallReport(
        channel_id=connector.channel_id,
        call_id=call.call_id,
        direction=call.direction,
        state=call.state,
        at=call.at,
        handles=phones.whose(call.number, name=call.name, region=str(connector.settings.get("region", ""))),
        ours=call.ours,
        is_vouched=call.direction == "in" and phones.vouches(connector),
        agent=call.agent,
        seconds=call.seconds,
        cause=why(call.cause, theirs=call.direction == "out") or call.cause,
        recording=recordings.recording(connector, file.url, name=file.name, content_type=file.type) if file else None,
        transcript=call.transcript,
        language=call.language,
        keys=call.keys,
        key=call.key,
    )
