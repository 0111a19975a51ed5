"""What Twilio's webhooks for calls say.

https://www.twilio.com/docs/voice/twiml (its request), /docs/voice/twiml/dial (DialCallStatus), /docs/voice/twiml/number
(statusCallback), /docs/voice/twiml/recording, /docs/voice/twiml/record (transcribeCallback),
/docs/voice/api/call-resource
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from django.utils.translation import gettext as _

from conversations.envelopes import CallRating, CallReport, CallState, InboundAttachment
from customers.identify import Handle
from integrations.adapters.base import Ignored, Understood
from integrations.adapters.media import phones
from integrations.adapters.media.twilio.hearing import asked
from integrations.adapters.media.twilio.past import PAST, time_in
from integrations.adapters.media.twilio.signature import fields_of
from integrations.adapters.media.voice.causes import why
from integrations.adapters.media.voice.twilio import flow
from integrations.adapters.reading import payload, rows, words
from integrations.models import Connector, RawEvent

UNANSWERED = {"busy", "no-answer", "canceled", "failed"}

Fields = dict[str, str]


def understand(connector: Connector, raw: RawEvent) -> Iterator[Understood]:
    if raw.kind == PAST:
        yield _past(connector, raw)
        return
    fields = dict(fields_of(bytes(raw.body)))
    if not fields.get("CallSid"):
        raise ValueError("“CallSid” is missing.")
    act = {
        "": _incoming,
        flow.MENU: _menu,
        flow.LEG: _leg,
        flow.DIALLED: _dialled,
        flow.STATUS: _status,
        flow.RATED: _rated,
        flow.RECORDING: _recording,
        flow.TRANSCRIPTION: _transcription,
        flow.RECORDED: _recorded,
    }.get(raw.kind)
    if act is None:
        raise ValueError(f"There is no address “{raw.kind}”.")
    yield act(_Told(connector, raw, fields))


def _past(connector: Connector, raw: RawEvent) -> CallReport:
    """A call as Twilio has it afterwards. Where the desk led it, a line that was spoken on says that it was answered;
    where others did, the call itself."""
    call = payload(raw)
    legs = [leg for leg in rows(call, "legs") if words(leg.get("status")) == "completed"]
    spoken = [seconds for leg in legs if (seconds := _seconds(words(leg.get("duration"))))]
    if connector.settings.get("flow") == "elsewhere" and words(call.get("status")) == "completed":
        spoken = spoken or [_seconds(words(call.get("duration"))) or 0]
    fields = {"CallSid": words(call.get("sid")), "From": words(call.get("from")), "To": words(call.get("to"))}
    told = _Told(connector, raw, {**fields, "CallerName": words(call.get("caller_name"))})
    told.at = time_in(call, "end_time", "start_time") or raw.received_at
    if spoken:
        return told.report("ended", seconds=max(spoken), agent=words(legs[0].get("to")) if legs else "")
    return told.report("missed", cause=why(words(call.get("status"))))


class _Told:
    """One webhook, with what the desk itself wrote into its address."""

    def __init__(self, connector: Connector, raw: RawEvent, fields: Fields) -> None:
        self.connector, self.fields, self.ours = connector, fields, asked(raw)
        self.is_out = self.ours.get("direction") == "out"
        self.at = _moment(fields.get("Timestamp", "")) or raw.received_at

    def report(self, state: CallState, **more: Any) -> CallReport:
        assert self.connector.channel is not None
        number = self.connector.channel.address
        told: dict[str, Any] = {"agent": self.ours.get("agent", ""), "key": self.ours.get("key", "")}
        return CallReport(
            channel_id=self.connector.channel.pk,
            call_id=self.fields.get("ParentCallSid") or self.fields["CallSid"],
            direction="out" if self.is_out else "in",
            state=state,
            at=self.at,
            handles=self.handles(),
            is_vouched=not self.is_out and self.is_signed,
            ours=number if self.is_out else self.fields.get("To", "") or number,
            **{**told, **more},
        )

    def handles(self) -> tuple[Handle, ...]:
        region = str(self.connector.settings.get("region", ""))
        if self.is_out:
            return phones.whose(self.ours.get("to", ""), region=region)
        found = phones.whose(self.fields.get("From", ""), name=self.fields.get("CallerName", ""), region=region)
        return tuple(replace(each, is_verified=not self.is_forged) for each in found)

    @property
    def is_signed(self) -> bool:
        """In full ("A"): the caller's network knows that the number is theirs, and the signature fits. At "B" and "C"
        it knows less, and outside of North America nothing is signed as yet."""
        return self.fields.get("StirVerstat", "").startswith("TN-Validation-Passed-A")

    @property
    def is_forged(self) -> bool:
        """The networks signed the number, and the signature does not fit (STIR/SHAKEN: “TN-Validation-Failed-A” …):
        somebody shows another's, so that it says nothing of who calls."""
        return self.fields.get("StirVerstat", "").startswith("TN-Validation-Failed")


def _incoming(told: _Told) -> Understood:
    return told.report("ringing")


def _menu(told: _Told) -> Understood:
    return told.report("ringing", keys=told.fields.get("Digits", ""))


def _leg(told: _Told) -> Understood:
    """Of a line that was rung for an incoming call, what it says of the whole is said by `dialled`: a line that is busy
    does not end a call that rings elsewhere."""
    status, line = told.fields.get("CallStatus", ""), told.fields.get("To", "")
    who = told.ours.get("agent", "") if told.is_out else line
    if status in ("ringing", "in-progress"):
        call = told.report("ringing" if status == "ringing" else "answered", agent=who)
        return call if told.is_out else _of_caller(told, call)
    if told.is_out and status in UNANSWERED:
        return told.report("missed", cause=why(status, theirs=True))
    return Ignored(status or "leg", "The call as a whole is told of by itself.")


def _of_caller(told: _Told, call: CallReport) -> CallReport:
    """The caller of a line that the desk rings is the customer, or our own number where Twilio may not show theirs."""
    number = told.connector.channel.address if told.connector.channel else ""
    is_ours = told.fields.get("From", "") == number
    region = str(told.connector.settings.get("region", ""))
    handles = () if is_ours else phones.whose(told.fields.get("From", ""), region=region)
    return replace(call, handles=handles, ours=number)


def _dialled(told: _Told) -> Understood:
    status = told.fields.get("DialCallStatus", "")
    if status in flow.SPOKEN and told.fields.get("DialBridged") != "false":
        return told.report("ended", seconds=_seconds(told.fields.get("DialCallDuration", "")))
    return told.report("missed", cause=why(status, theirs=told.is_out))


def _status(told: _Told) -> Understood:
    """Of the whole call; where the desk calls out, of the agent's own line, which is rung first."""
    status = told.fields.get("CallStatus", "")
    is_foreign = told.connector.settings.get("flow") == "elsewhere"  # others than the desk's flow have led the call
    if status == "completed":
        return told.report("ended", seconds=_seconds(told.fields.get("CallDuration", "")) if is_foreign else None)
    if status in UNANSWERED:
        return told.report("missed", cause=_("The agent's own line did not answer.") if told.is_out else why(status))
    if status in ("ringing", "in-progress") and is_foreign and not told.is_out:
        return told.report("ringing" if status == "ringing" else "answered")
    if status == "ringing":
        return told.report("ringing")
    return Ignored(status or "status", "It asks for nothing.")


def _rated(told: _Told) -> Understood:
    assert told.connector.channel is not None
    return CallRating(told.connector.channel.pk, told.fields["CallSid"], told.fields.get("Digits", ""))


def _recording(told: _Told) -> Understood:
    status, sid = told.fields.get("RecordingStatus", ""), told.fields.get("RecordingSid", "")
    if status != "completed" or not told.fields.get("RecordingUrl"):
        return Ignored(f"recording {status}", "There is no recording.")
    file = InboundAttachment(
        f"{sid}.mp3", "audio/mpeg", 0, source={"url": told.fields["RecordingUrl"] + ".mp3"}, kind="recording"
    )
    return told.report("recording", recording=file)


def _transcription(told: _Told) -> Understood:
    if told.fields.get("TranscriptionStatus") != "completed":
        return Ignored("transcription", "Twilio could not write it down.")
    return told.report("transcript", transcript=told.fields.get("TranscriptionText", ""))


def _recorded(told: _Told) -> Understood:
    return Ignored("recorded", "The message comes when Twilio has stored it.")


def _seconds(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _moment(text: str) -> datetime | None:
    """As in “Thu, 29 Oct 2026 16:09:58 +0000”."""
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else None
