"""What Twilio is told to do with a call, as the connector's settings want it: greet, ask, ring, take a message.

https://www.twilio.com/docs/voice/twiml and the pages of its verbs: Dial, Number, Gather, Record, Say.
"""

from urllib.parse import urlencode
from xml.etree import ElementTree as Xml

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from conversations.envelopes import OutboundCall
from conversations.surveys import by_keys
from integrations.adapters.media.heard import address_of
from integrations.adapters.media.twilio.hearing import twiml
from integrations.adapters.media.twilio.signature import fields_of
from integrations.models import Connector

# The addresses below the connector's: what each of them is asked, or told.
MENU, DIALLED, LEG, STATUS = "menu", "dialled", "leg", "status"
RATED = "rated"
RECORDING, TRANSCRIPTION, RECORDED = "recording", "transcription", "recorded"
SPOKEN = {"completed", "answered"}
RING_SECONDS = 25
LONGEST_MESSAGE = 180  # seconds of a voice-mail
EVENTS = "initiated ringing answered completed"
MOST_AT_ONCE = 10  # lines in one Dial


def answer(connector: Connector, request: HttpRequest, kind: str) -> HttpResponse:
    said = dict(fields_of(request.body))
    if kind == "":
        return twiml(_inner(_incoming(connector)))
    if kind == MENU:
        return twiml(_inner(_rung(connector, _pressed(connector, said.get("Digits", "")))))
    if kind == DIALLED and request.GET.get("direction") != "out":
        has_spoken = said.get("DialCallStatus") in SPOKEN
        return twiml(_inner(_asked(connector, said.get("CallSid", "")) if has_spoken else _message(connector)))
    if kind == RATED and said.get("Digits"):
        return twiml(_inner([_say(connector, by_keys.thanks(_tongue(connector)))]))
    return twiml()


def _asked(connector: Connector, call_id: str) -> list[Xml.Element]:
    """How it was, of a caller who is still there when ours has hung up."""
    assert connector.channel_id is not None
    asks = connector.settings.get("rates")
    spoken = by_keys.spoken(connector.channel_id, call_id, language=_tongue(connector)) if asks else None
    if spoken is None:
        return []
    gather = Xml.Element(
        "Gather",
        action=address(connector, RATED),
        numDigits=str(spoken.keys),
        timeout="6",
        method="POST",
        actionOnEmptyResult="true",
    )
    gather.append(_say(connector, spoken.text))
    return [gather]


def _tongue(connector: Connector) -> str:
    return str(connector.settings.get("language", "")).partition("-")[0]


def outgoing(connector: Connector, call: OutboundCall) -> str:
    """What the agent's line is told once they have picked up: ring the customer."""
    assert connector.channel is not None
    marks = marks_of(call)
    dial = _dial(connector, marks)
    dial.set("callerId", call.ours or connector.channel.address)
    _line(connector, dial, call.to, marks)
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{_inner([dial])}</Response>'


def marks_of(call: OutboundCall) -> dict[str, str]:
    """What the reports of a call of ours bring back, in the query of their address."""
    return {"direction": "out", "key": call.key, "agent": call.agent, "to": call.to}


def address(connector: Connector, kind: str, marks: dict[str, str] | None = None) -> str:
    return f"{address_of(connector)}{kind}/" + (f"?{urlencode(marks)}" if marks else "")


def _incoming(connector: Connector) -> list[Xml.Element]:
    said = connector.settings
    parts = [_say(connector, str(said.get("greeting", "")))] if said.get("greeting") else []
    if said.get("menu"):
        gather = Xml.Element("Gather", action=address(connector, MENU), numDigits="1", timeout="6", method="POST")
        gather.append(_say(connector, str(said.get("menu_text", "")) or str(_("Please press a key."))))
        parts.append(gather)
    return [*parts, *_rung(connector, _lines(connector))]


def _pressed(connector: Connector, digits: str) -> list[str]:
    """The lines behind a key: “1=+441632960001”, each key as often as it has lines."""
    pairs = [str(each).partition("=") for each in connector.settings.get("menu", [])]
    return [line.strip() for key, _equals, line in pairs if key.strip() == digits] or _lines(connector)


def _lines(connector: Connector) -> list[str]:
    return [str(each) for each in connector.settings.get("ring", []) if str(each).strip()]


def _rung(connector: Connector, lines: list[str]) -> list[Xml.Element]:
    if not lines:
        return _message(connector)
    dial = _dial(connector, {})
    dial.set("timeout", str(connector.settings.get("ring_seconds") or RING_SECONDS))
    for line in lines[:MOST_AT_ONCE]:
        _line(connector, dial, line, {})
    return [dial]


def _dial(connector: Connector, marks: dict[str, str]) -> Xml.Element:
    """`answerOnBridge`: the caller hears it ring until somebody answers, and nobody pays before."""
    dial = Xml.Element("Dial", answerOnBridge="true", action=address(connector, DIALLED, marks), method="POST")
    if connector.settings.get("records"):
        dial.set("record", "record-from-answer-dual")
        dial.set("recordingStatusCallback", address(connector, RECORDING, marks))
    return dial


def _line(connector: Connector, dial: Xml.Element, line: str, marks: dict[str, str]) -> None:
    noun, _colon, rest = line.partition(":")
    kind = {"sip": "Sip", "client": "Client"}.get(noun, "Number")
    told = Xml.SubElement(dial, kind, statusCallback=address(connector, LEG, marks), statusCallbackEvent=EVENTS)
    told.text = rest if kind == "Client" else line


def _message(connector: Connector) -> list[Xml.Element]:
    """Nobody answers: a message is taken, or a word is said."""
    said = connector.settings
    if not said.get("voicemail"):
        sorry = str(said.get("sorry_text", "")) or str(_("Nobody can take your call just now. Please call again."))
        return [_say(connector, sorry), Xml.Element("Hangup")]
    please = str(said.get("voicemail_text", "")) or str(_("Please leave a message after the tone."))
    record = Xml.Element(
        "Record",
        action=address(connector, RECORDED),
        maxLength=str(LONGEST_MESSAGE),
        recordingStatusCallback=address(connector, RECORDING),
        playBeep="true",
    )
    if said.get("transcribes"):
        record.set("transcribe", "true")
        record.set("transcribeCallback", address(connector, TRANSCRIPTION))
    return [_say(connector, please), record]


def _say(connector: Connector, words: str) -> Xml.Element:
    say = Xml.Element("Say")
    if language := str(connector.settings.get("language", "")):
        say.set("language", language)
    say.text = words
    return say


def _inner(parts: list[Xml.Element]) -> str:
    return "".join(Xml.tostring(part, encoding="unicode") for part in parts)
