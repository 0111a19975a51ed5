"""What a record of FreeSWITCH says of its call. There is one for each leg, when it ends: the caller's, and one for each
line that was rung for them; all are told as the caller's call.

The variables: https://developer.signalwire.com/freeswitch/FreeSWITCH-Explained/Dialplan/ (hangup causes, channel
variables, CDR), switch_channel.c and switch_ivr_async.c for transfer_history.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from conversations.envelopes import CallReport, CallState, InboundAttachment
from integrations.adapters.base import Ignored, Understood
from integrations.adapters.media import phones
from integrations.adapters.media.voice.causes import why
from integrations.adapters.media.voice.freeswitch.records import Json, record_of
from integrations.adapters.media.voice.recordings import recording
from integrations.adapters.media.voice.sides import Sides, is_extension, sides
from integrations.adapters.reading import inner, words
from integrations.models import Connector, RawEvent

# The variables by which a call that the desk asked for is known again (calling.py): its key, the customer's number, and
# the agent's line.
KEY, TO, AGENT = "throughline_key", "throughline_to", "throughline_agent"
RACE = {"LOSE_RACE", "PICKED_OFF"}  # another line was faster


def understand(connector: Connector, raw: RawEvent) -> Iterator[Understood]:
    told = _Told(connector, record_of(bytes(raw.body)))
    if told.sides is None:
        yield Ignored("call", "It was within the house.")
        return
    yield from told.reports()


def tell(raw: RawEvent, envelope: object) -> dict[str, Any]:
    """For whoever debugs: what the record says of itself."""
    record = record_of(bytes(raw.body))
    said, profile = record["variables"], _profile(record)
    names = {
        "duration": "duration",
        "billsec": "billsec",
        "disposition": "hangup_cause",
        "hangup_cause": "hangup_cause",
    }
    told: dict[str, Any] = {
        "sender_id": words(profile.get("caller_id_number") or said.get("caller_id_number")),
        "sender_name": words(profile.get("caller_id_name") or said.get("caller_id_name")),
        "to": words(profile.get("destination_number") or said.get("destination_number")),
        "started": words(said.get("start_stamp") or said.get("start_epoch")),
        "call_id": words(said.get("uuid")),
    }
    for name, variable in names.items():
        text = words(said.get(variable))
        told[name] = int(text) if text.isdigit() else text
    return told


class _Told:
    def __init__(self, connector: Connector, record: Json) -> None:
        self.connector, self.said, self.profile = connector, record["variables"], _profile(record)
        self.record, self.id = record, words(self.said.get("uuid"))
        if not self.id:
            raise ValueError("“uuid” is missing.")
        self.caller = words(self.said.get("originating_leg_uuid")) or words(self._originator().get("uuid"))
        self.is_leg = bool(self.caller) and self.caller != self.id
        self.sides = self._sides()

    def reports(self) -> Iterator[Understood]:
        started, answered, ended = (self.at(name) for name in ("start", "answer", "end"))
        if started is None or ended is None:
            raise ValueError("“start_epoch” or “end_epoch” is missing.")
        assert self.sides is not None
        spoke = answered is not None and self.has_spoken()
        line = self.line()
        yield self.report("ringing", started, agent=line if self.is_leg or self.sides.direction == "out" else "")
        if spoke and answered is not None:
            yield self.report("answered", answered, agent=line)
        yield from self.transfers()
        if self.is_leg:
            return  # how the call ended is for the caller's own record to say
        if spoke:
            yield self.report("ended", ended, seconds=int(words(self.said.get("billsec")) or 0), agent=line)
        else:
            yield self.report("missed", ended, cause=self.cause(answered))
        if file := self.recorded():
            yield self.report("recording", ended, recording=file)

    def report(self, state: CallState, at: datetime, **more: Any) -> CallReport:
        assert self.connector.channel_id is not None and self.sides is not None
        region = str(self.connector.settings.get("region", ""))
        name = words(self.profile.get("caller_id_name")) if self.sides.direction == "in" else ""
        return CallReport(
            channel_id=self.connector.channel_id,
            call_id=self.caller if self.is_leg else self.id,
            direction=self.sides.direction,
            state=state,
            at=at,
            handles=phones.whose(self.sides.number, name=name, region=region),
            ours=self.sides.ours,
            is_vouched=self.sides.direction == "in" and phones.vouches(self.connector),
            key=words(self.said.get(KEY)),
            **more,
        )

    def at(self, name: str) -> datetime | None:
        """Of “answer”: 0 where nobody did."""
        for variable, parts in ((f"{name}_uepoch", 1_000_000), (f"{name}_epoch", 1)):
            text = words(self.said.get(variable))
            if text.isdigit() and int(text):
                return datetime.fromtimestamp(int(text) / parts, UTC)
        return None

    def has_spoken(self) -> bool:
        """A leg of its own was answered. The caller's is answered by a menu or a voice-mail, too: only where it was
        bridged with another did anybody speak."""
        if self.is_leg:
            return words(self.said.get("hangup_cause")) not in RACE
        marks = ("bridge_uuid", "last_bridge_to", "signal_bond", "bridge_channel", "bridge_epoch", "cc_agent_bridged")
        return any(words(self.said.get(mark)) not in ("", "0", "false") for mark in marks)

    def cause(self, answered: datetime | None) -> str:
        """Of a call that the desk asked for, the customer's leg says why, once the agent's own line was picked up."""
        assert self.sides is not None
        if words(self.said.get(KEY)) and answered is None:
            return _("The agent's own line did not answer.")
        names = ("originate_failed_cause", "originate_disposition") if words(self.said.get(KEY)) else ()
        told = next((words(self.said.get(name)) for name in (*names, "hangup_cause") if self.said.get(name)), "")
        return why(told, theirs=self.sides.direction == "out")

    def line(self) -> str:
        """Of ours: who was rung, or who calls."""
        assert self.sides is not None
        if self.sides.direction == "out":
            return self.sides.line
        names = ("dialed_user", "cc_agent", "last_sent_callee_id_number", "callee_id_number")
        rung = next((words(self.said.get(name)) for name in names if words(self.said.get(name))), "")
        if not rung and self.is_leg:
            rung = words(self.profile.get("destination_number"))
        if not rung:
            rung = words(self._originatee().get("destination_number")) or self.sides.line
        return rung.partition("@")[0]

    def transfers(self) -> Iterator[Understood]:
        """“1763806000:uuid:bl_xfer:204/default/XML”, and several of them behind “ARRAY::”, with “|:” between."""
        said = self.said.get("transfer_history") or ""
        told = said if isinstance(said, list) else str(said).removeprefix("ARRAY::").split("|:")
        for each in map(str, told):
            when, _leg, kind, rest = [*each.split(":", 3), "", "", ""][:4]
            if when.isdigit() and kind in ("bl_xfer", "att_xfer", "uuid_br"):
                to = rest.partition("/")[0].partition("@")[0]
                at = datetime.fromtimestamp(int(when[:10]), UTC)
                yield self.report("transferred", at, agent=to if kind == "bl_xfer" else "")

    def recorded(self) -> InboundAttachment | None:
        names = ("recording_url", "record_name", "recording_file", "cc_record_filename", "record_path")
        named = next((words(self.said.get(name), 2000) for name in names if words(self.said.get(name))), "")
        return recording(self.connector, named) if named else None

    def _sides(self) -> Sides | None:
        """The caller's leg, or for a leg that was rung: between whom the call is."""
        said, profile = self.said, self.profile
        if words(said.get(KEY)):
            return Sides("out", words(said.get(TO)), words(said.get(AGENT)))
        src = words(profile.get("caller_id_number")) or words(said.get("caller_id_number")) or words(profile.get("ani"))
        dst = words(profile.get("destination_number")) or words(said.get("destination_number"))
        told = words(said.get("call_direction"))  # FusionPBX says so itself
        channel = words(said.get("channel_name"))
        if told == "local":
            return None
        if told in ("inbound", "outbound") and not self.is_leg:
            is_in = told == "inbound"
            return Sides("in", src, "", dst) if is_in else Sides("out", dst, words(said.get("sip_from_user")) or src)
        if self.is_leg and is_extension(self.connector, dst) and not is_extension(self.connector, src):
            return Sides("in", src, dst)
        return sides(
            self.connector,
            src,
            dst,
            context=words(profile.get("context")) or words(said.get("user_context")),
            channel=channel,
            other=words(said.get("bridge_channel")),
        )

    def _originator(self) -> Json:
        found = inner(self.profile, "originator")
        return _one(found.get("originator_caller_profile") or found.get("originator_caller_profiles"))

    def _originatee(self) -> Json:
        found = inner(self.profile, "originatee")
        return _one(found.get("originatee_caller_profile") or found.get("originatee_caller_profiles"))


def _profile(record: Json) -> Json:
    """Of the first part of the way: a transfer begins another one, in front of it."""
    flow = record.get("callflow")
    parts = [each for each in flow if isinstance(each, dict)] if isinstance(flow, list) else []
    parts = parts or ([flow] if isinstance(flow, dict) else [])
    parts.sort(key=lambda part: words(inner(part, "times").get("created_time")) or "0")
    return inner(parts[0], "caller_profile") if parts else {}


def _one(found: object) -> Json:
    if isinstance(found, list):
        found = found[-1] if found else {}
    return found if isinstance(found, dict) else {}
