"""Calls at the simulated Twilio: it asks the desk what to do with each, does it, and tells what came of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.etree import ElementTree as Xml

from integrations.simulators.server import Webhook
from integrations.simulators.tone import spoken
from integrations.simulators.twilio import ACCOUNT, NUMBER, TwilioServer

Ask = Callable[[Webhook], str]  # hands a webhook to the desk, and gives the TwiML that it answers


@dataclass
class Course:
    """How a call goes. `answers`: the line that picks up, "" for none; `presses`: the key; `rates`: what they press
    when they are asked at the end; `leaves`: the words of a
    voice-mail, "" for none; `gives_up`: the caller hangs up while it rings; `ends`: how a line that is not answered
    ends: "no-answer", "busy" or "failed"."""

    answers: str = ""
    presses: str = ""
    rates: str = ""
    leaves: str = ""
    gives_up: bool = False
    ends: str = "no-answer"
    seconds: int = 42
    name: str = ""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Switchboard:
    """Of one account. What the desk is asked goes out at once, since the call waits for it; what it is told, too,
    unless `holds`: then it is owed, to be delivered in any order."""

    def __init__(self, server: TwilioServer, ask: Ask, *, holds: bool = False) -> None:
        self.server, self.ask, self.holds = server, ask, holds

    def ring(self, caller: str, *, to: str = NUMBER, course: Course | None = None) -> str:
        """Somebody calls. Gives the call's SID."""
        course, number = course or Course(), self.server.numbers[to]
        call = {"CallSid": self.server.sid("CA"), "From": caller, "To": to, "Direction": "inbound"}
        if course.name:
            call["CallerName"] = course.name
        verbs = self._asked(number["voice_url"], {**call, "CallStatus": "ringing"})
        has_spoken = self._run(verbs, call, course)
        status = "completed" if has_spoken or not course.gives_up else "no-answer"
        self._told(number["status_callback"], {**call, "CallStatus": status, "CallDuration": "60"}, course)
        self._written_down(call["CallSid"], call, status, course, 60 if status == "completed" else 0)
        return call["CallSid"]

    def run_asked(self, sid: str, *, course: Course) -> None:
        """A call that the desk asked for: the agent's line is rung, then the customer's."""
        asked = self.server.phone_calls[sid]
        call = {"CallSid": sid, "From": asked["From"], "To": asked["To"], "Direction": "outbound-api"}
        states = ["initiated", "ringing"] + (["in-progress"] if course.ends != "agent" else ["no-answer"])
        for status in states:
            self._told(asked["StatusCallback"], {**call, "CallStatus": status}, course)
        if course.ends == "agent":
            return
        self._run(Xml.fromstring(asked["Twiml"]), call, course)  # noqa: S314  the desk's own
        self._told(asked["StatusCallback"], {**call, "CallStatus": "completed", "CallDuration": "60"}, course)

    def _run(self, verbs: Xml.Element, call: dict[str, str], course: Course) -> bool:
        """Says whether anybody spoke."""
        for verb in verbs:
            if verb.tag == "Gather" and verb.get("actionOnEmptyResult"):
                told = {**call, "Digits": course.rates}
                self._run(self._asked(verb.get("action", ""), told), call, course)
                continue
            if verb.tag == "Gather" and course.presses:
                return self._run(self._asked(verb.get("action", ""), {**call, "Digits": course.presses}), call, course)
            if verb.tag == "Dial":
                return self._dial(verb, call, course)
            if verb.tag == "Record":
                self._record(verb, call, course)
        return False

    def _dial(self, verb: Xml.Element, call: dict[str, str], course: Course) -> bool:
        reached, last = "", ""
        for line in verb:
            number = line.text or ""
            leg = {
                **call, "CallSid": self.server.sid("CA"), "ParentCallSid": call["CallSid"], "To": number,
                "From": verb.get("callerId") or call["From"], "Direction": "outbound-dial",
            }  # fmt: skip
            last, picks_up = leg["CallSid"], number == course.answers and not reached and not course.gives_up
            reached = number if picks_up else reached
            ends = "completed" if picks_up else "canceled" if reached or course.gives_up else course.ends
            for status in ["initiated", "ringing", *(["in-progress"] if picks_up else []), ends]:
                more = {"CallDuration": str(course.seconds)} if status == "completed" else {}
                self._told(line.get("statusCallback", ""), {**leg, "CallStatus": status, **more}, course)
            self._written_down(leg["CallSid"], leg, ends, course, course.seconds if picks_up else 0)
        if course.gives_up:
            return False
        told = {**call, "DialCallSid": last, "DialCallStatus": "completed" if reached else course.ends}
        if reached:
            told |= {"DialCallDuration": str(course.seconds), "DialBridged": "true"}
            if verb.get("record"):
                self.keep(verb.get("recordingStatusCallback", ""), call, course)
        return self._run(self._asked(verb.get("action", ""), told), call, course) or bool(reached)

    def _written_down(self, sid: str, call: dict[str, str], status: str, course: Course, seconds: int) -> None:
        """As the account lists it afterwards."""
        ends = course.at + timedelta(seconds=seconds)
        self.server.rung.append({
            "sid": sid, "parent_call_sid": call.get("ParentCallSid"), "from": call["From"], "to": call["To"],
            "direction": call["Direction"], "status": status, "caller_name": course.name or None,
            "start_time": format_datetime(course.at), "end_time": format_datetime(ends), "duration": str(seconds),
        })  # fmt: skip

    def _record(self, verb: Xml.Element, call: dict[str, str], course: Course) -> None:
        if not course.leaves:
            return
        recording = self.keep(verb.get("recordingStatusCallback", ""), call, course)
        self._asked(verb.get("action", ""), {**call, "RecordingUrl": recording, "Digits": "hangup"})
        if verb.get("transcribe"):
            words = {"TranscriptionSid": "TR1", "TranscriptionText": course.leaves, "TranscriptionStatus": "completed"}
            self._told(verb.get("transcribeCallback", ""), {**call, **words}, course)

    def keep(self, callback: str, call: dict[str, str], course: Course) -> str:
        """A recording, of which the callback is told once it lies there. Gives its address."""
        name = self.server.sid("RE")
        self.server.files[name] = ("audio/wav", spoken(course.seconds))
        url = f"{self.server.url}/2010-04-01/Accounts/{ACCOUNT}/Recordings/{name}"
        fields = {
            "CallSid": call["CallSid"], "RecordingSid": name, "RecordingUrl": url, "RecordingStatus": "completed",
            "RecordingDuration": str(course.seconds), "RecordingChannels": "2", "RecordingSource": "DialVerb",
        }  # fmt: skip
        self._told(callback, fields, course)
        return url

    def _asked(self, url: str, fields: dict[str, str]) -> Xml.Element:
        self.server.owe(url, {"AccountSid": ACCOUNT, "CallStatus": "in-progress", "ApiVersion": "2010-04-01", **fields})
        answer = self.ask(self.server.owed.pop())
        return Xml.fromstring(answer)  # noqa: S314  the desk's own

    def _told(self, url: str, fields: dict[str, str], course: Course) -> None:
        if not url:
            return
        course.at += timedelta(seconds=1)
        stamp = {
            "Timestamp": format_datetime(course.at),
            "SequenceNumber": "0",
            "CallbackSource": "call-progress-events",
        }
        self.server.owe(url, {"AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", **stamp, **fields})
        if not self.holds:
            self.ask(self.server.owed.pop())
