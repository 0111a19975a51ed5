"""What an event of Asterisk's manager says of a customer's call.

https://docs.asterisk.org/Latest_API/API_Documentation/AMI_Events/: Newchannel, DialBegin, DialEnd, BridgeEnter,
BlindTransfer, AttendedTransfer, Hangup.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from conversations.envelopes import CallReport, CallState
from integrations.adapters.base import Ignored, Understood
from integrations.adapters.media import phones
from integrations.adapters.media.voice.asterisk.cdr import KEY
from integrations.adapters.media.voice.causes import why
from integrations.adapters.media.voice.sides import peer_of
from integrations.adapters.reading import inner, needed, words
from integrations.models import Connector, RawEvent

Json = dict[str, Any]


def understand(connector: Connector, raw: RawEvent, found: Json) -> Iterator[Understood]:
    event, call = inner(found, "event"), inner(found, "call")
    name = needed(event, "Event")
    at = datetime.fromtimestamp(float(found.get("at") or raw.received_at.timestamp()), UTC)
    is_out = call.get("direction") == "out"
    line = words(call.get("line")) if is_out else ""
    if name == "Newchannel":
        yield _report(connector, call, "ringing", at)
    elif name == "DialBegin":
        yield _report(connector, call, "ringing", at, agent=line or peer_of(words(event.get("DestChannel"))))
    elif name == "DialEnd":
        yield _report(connector, call, "answered", at, agent=line or peer_of(words(event.get("DestChannel"))))
    elif name == "BridgeEnter":
        yield _report(connector, call, "answered", at, agent=line or peer_of(words(event.get("Channel"))))
    elif name in ("BlindTransfer", "AttendedTransfer"):
        yield _report(connector, call, "transferred", at, agent=_target(event))
    elif name == "Hangup":
        yield _ended(connector, call, event, at)
    else:
        yield Ignored(name, "It asks for nothing.")


def _target(event: Json) -> str:
    return words(event.get("Extension")) or words(event.get("SecondTransfererConnectedLineNum"))


def _ended(connector: Connector, call: Json, event: Json, at: datetime) -> CallReport:
    if call.get("is_answered") is True:
        return _report(connector, call, "ended", at)
    is_out = call.get("direction") == "out"
    if is_out and not call.get("status"):  # the customer was not even dialled
        return _report(connector, call, "missed", at, cause=_("The agent's own line did not answer."))
    cause = why(words(call.get("status")), theirs=is_out) or why(words(event.get("Cause")), theirs=is_out)
    return _report(
        connector, call, "missed", at, cause=cause or why("cancel" if not is_out else "failed", theirs=is_out)
    )


def _report(connector: Connector, call: Json, state: CallState, at: datetime, **more: Any) -> CallReport:
    assert connector.channel_id is not None
    number, name = words(call.get("customer")), words(call.get("name"))
    region, call_id = str(connector.settings.get("region", "")), needed(call, "id")
    is_out = call.get("direction") == "out"
    return CallReport(
        channel_id=connector.channel_id,
        call_id=call_id,
        direction="out" if is_out else "in",
        state=state,
        at=at,
        handles=phones.whose(number, name="" if is_out else name, region=region),
        ours=words(call.get("ours")),
        is_vouched=not is_out and phones.vouches(connector),
        key=call_id.removeprefix(KEY) if call_id.startswith(KEY) else "",
        **more,
    )
