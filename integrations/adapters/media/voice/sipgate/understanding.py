"""What sipgate.io pushes, and phone systems that copy it: https://github.com/sipgate/sipgate.io (API reference),
https://docs.zammad.org/en/latest/api/generic-cti/ (the same events as JSON).
"""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs

from conversations.envelopes import CallReport, CallState
from integrations.adapters.base import Ignored, Understood
from integrations.adapters.media import phones
from integrations.adapters.media.voice.causes import why
from integrations.adapters.media.voice.sipgate.past import PAST, at_of
from integrations.adapters.reading import payload, read_json, words
from integrations.models import Connector, RawEvent

Fields = dict[str, list[str]]

EVENTS = ("newCall", "answer", "hangup", "dtmf", "hold")


def fields_of(body: bytes) -> Fields:
    """A form, or JSON of the same names; "user[]" and "user" are one. Raises ValueError."""
    if body.lstrip().startswith(b"{"):
        found = read_json(body)
        pairs = {name: value if isinstance(value, list) else [value] for name, value in found.items()}
        return {name.removesuffix("[]"): [str(each) for each in value if each] for name, value in pairs.items()}
    form = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=200)
    return {name.removesuffix("[]"): values for name, values in form.items()}


def first(fields: Fields, *names: str) -> str:
    return next((fields[name][0].strip() for name in names if fields.get(name) and fields[name][0].strip()), "")


def understand(connector: Connector, raw: RawEvent) -> Iterator[Understood]:
    if raw.kind == PAST:
        yield _past(connector, raw)
        return
    fields = fields_of(bytes(raw.body))
    event = first(fields, "event")
    if event not in EVENTS or not first(fields, "callId", "call_id"):
        raise ValueError("“event” or “callId” is missing, or is none that sipgate sends.")
    told = _Told(connector, raw, fields)
    if event == "newCall":
        yield from told.rung()
    elif event == "answer":
        yield told.report("transferred" if told.is_further else "answered", agent=told.lines()[0])
    elif event == "hangup":
        yield told.hung_up()
    elif event == "dtmf":
        yield told.report("ringing", keys=first(fields, "dtmf"))
    else:
        yield Ignored(event, "The call is held, and goes on.")


# https://github.com/sipgate-io/sipgateio-node, CallStatusType
_ENDS = {"BUSY": "busy", "BUSY_ON_BUSY": "busy", "REJECTED": "rejected", "REJECTED_DND": "rejected"}


def _past(connector: Connector, raw: RawEvent) -> CallReport:
    """A call as the history has it: over."""
    call = payload(raw)
    assert connector.channel_id is not None
    status, spoken = words(call.get("callStatus")), words(call.get("duration"))
    seconds = int(spoken) if spoken.isdecimal() else 0
    is_spoken = status == "SUCCESS" and words(call.get("direction")) == "INCOMING"
    number = phones.with_plus(words(call.get("source")))
    return CallReport(
        channel_id=connector.channel_id,
        call_id=words(call.get("callId")) or words(call.get("id")),
        direction="in",
        state="ended" if is_spoken else "missed",
        at=at_of(call) + timedelta(seconds=seconds),
        handles=phones.whose(number, region=str(connector.settings.get("region", ""))),
        ours=phones.with_plus(words(call.get("target"))),
        seconds=seconds if is_spoken else None,
        cause="" if is_spoken else why(_ENDS.get(status, "noanswer")),
    )


class _Told:
    def __init__(self, connector: Connector, raw: RawEvent, fields: Fields) -> None:
        self.connector, self.raw, self.fields = connector, raw, fields
        self.id = first(fields, "callId", "call_id")
        self.first_id = first(fields, "origCallId", "originalCallId") or self.id
        self.is_out = first(fields, "direction") == "out"

    @property
    def is_further(self) -> bool:
        """Another leg of a call that was put through."""
        return self.first_id != self.id

    def lines(self) -> list[str]:
        """Of ours; agents enter theirs as sipgate names it: w0, or the number that rings."""
        ours = self.fields.get("userId") or self.fields.get("fullUserId") or self.fields.get("user") or []
        ours = [each for each in ours if each]
        return ours or [first(self.fields, "answeringNumber")]

    def rung(self) -> Iterator[Understood]:
        for line in self.lines():
            yield self.report("ringing", agent=line)

    def hung_up(self) -> Understood:
        """Whatever the cause of one that was answered, the desk knows that it was (conversations.call_state)."""
        cause = first(self.fields, "cause")
        if cause == "forwarded":
            return Ignored("hangup", "The call was put through, and goes on under the other line.")
        if cause in ("normalClearing", ""):
            return self.report("ended")
        return self.report("missed", cause=why(cause, theirs=self.is_out), agent="")

    def report(self, state: CallState, *, agent: str = "", keys: str = "", cause: str = "") -> CallReport:
        assert self.connector.channel_id is not None
        theirs, ours = ("to", "from") if self.is_out else ("from", "to")
        number = phones.with_plus(first(self.fields, theirs))
        dialled = first(self.fields, "diversion") if not self.is_out else ""
        return CallReport(
            channel_id=self.connector.channel_id,
            call_id=self.first_id,
            direction="out" if self.is_out else "in",
            state=state,
            at=self.raw.received_at,
            handles=phones.whose(number, region=str(self.connector.settings.get("region", ""))),
            ours=phones.with_plus(dialled or first(self.fields, ours)),
            agent=agent,
            is_vouched=not self.is_out and phones.vouches(self.connector),
            keys=keys,
            cause=cause,
        )
