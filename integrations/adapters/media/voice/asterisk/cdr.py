"""What Asterisk writes of a call when it has ended: a line of Master.csv, or the same as JSON or as an event.

https://docs.asterisk.org/Configuration/Reporting/Call-Detail-Records-CDR/CDR-Specification/, cdr_csv.c and
cdr_custom.conf.sample for the order of the columns, https://docs.asterisk.org/Latest_API/API_Documentation/AMI_Events/Cdr
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import unquote
from typing import Any

from conversations.envelopes import CallReport, CallState
from integrations.adapters.base import Aside, Ignored, Understood
from integrations.adapters.media import phones
from integrations.adapters.media.voice.causes import why
from integrations.adapters.media.voice.recordings import recording
from integrations.adapters.media.voice.sides import Sides, sides, zone_of
from integrations.models import Connector

ENDS = ("start", "answer", "end", "duration", "billsec", "disposition", "amaflags")
CSV = ("accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", *ENDS,
       "uniqueid", "userfield", "linkedid", "peeraccount", "sequence")  # fmt: skip
CUSTOM = ("clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", *ENDS, "accountcode",
          "uniqueid", "userfield", "linkedid")  # fmt: skip
# In JSON and in events, other words for the same.
SAME_AS = {
    "source": "src", "destination": "dst", "destinationcontext": "dcontext", "callerid": "clid",
    "destinationchannel": "dstchannel", "lastapplication": "lastapp", "starttime": "start", "calldate": "start",
    "answertime": "answer", "endtime": "end", "billableseconds": "billsec", "call_id": "uniqueid", "cnum": "src",
    "recordingfile": "userfield", "recording": "userfield",
}  # fmt: skip
STAMP = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d")
ONLY_HEARD = {
    "voicemail", "vm", "voicemailmain", "playback", "background", "musiconhold", "queue", "read", "echo", "wait",
    "hangup", "busy", "congestion", "answer", "ivr", "goto", "gosub", "macro", "set", "noop",
}  # fmt: skip
KEY = "throughline-"  # before the key of a call that the desk asked for: its uniqueid (calling.py)

Row = dict[str, str]


def rows_of(body: bytes) -> list[Row]:
    """Lines as Asterisk writes them, with or without their titles. Raises ValueError."""
    lines = [line for line in csv.reader(body.decode("utf-8", "replace").splitlines(), strict=False) if line]
    if lines and {"src", "disposition"} <= {title.strip().lower() for title in lines[0]}:
        titles = [SAME_AS.get(title.strip().lower(), title.strip().lower()) for title in lines[0]]
        return [dict(zip(titles, line, strict=False)) for line in lines[1:]]
    return [_row(line) for line in lines]


def row_from(found: Mapping[str, Any]) -> Row:
    """Of an object."""
    named = {str(name).lower().replace("_", "") if name != "call_id" else name: value for name, value in found.items()}
    return {SAME_AS.get(name, name): str(value) for name, value in named.items() if not isinstance(value, dict | list)}


def understand(connector: Connector, rows: Sequence[Row], body: bytes) -> Iterator[Understood]:
    for number, row in enumerate(rows):
        try:
            told = Told(connector, row)
        except ValueError as error:
            if len(rows) == 1:
                raise
            yield Aside(number, str(error), body)
            continue
        if told.sides is None:
            yield Ignored("call", "It was within the house.")
        else:
            yield from told.reports(told.sides)


def tell(row: Row) -> dict[str, Any]:
    """For whoever debugs: the row's own words."""
    told: dict[str, Any] = {
        "sender_id": row.get("src", ""), "to": row.get("dst", ""), "started": row.get("start", ""),
        "disposition": row.get("disposition", ""), "call_id": row.get("uniqueid", ""),
        "sender_name": name_in(row.get("clid", "")),
    }  # fmt: skip
    for name in ("duration", "billsec"):
        told[name] = int(row[name]) if row.get(name, "").isdigit() else row.get(name, "")
    return told


def name_in(clid: str) -> str:
    """“Ann” of “"Ann" <+447700900456>”."""
    name = unquote(clid.partition("<")[0].strip())
    return "" if phones.is_withheld(name) else name


@dataclass
class Told:
    """One row."""

    connector: Connector
    row: Row

    def __post_init__(self) -> None:
        row = self.row
        self.id = row.get("linkedid") or row.get("uniqueid", "")
        if not (row.get("disposition") and row.get("start")):
            raise ValueError("It is no record of a call: “start” or “disposition” is missing.")
        self.sides = self._sides()

    def reports(self, found: Sides) -> Iterator[CallReport]:
        row, spoke = self.row, self.has_spoken()
        started, ended = self.at("start"), self.at("end") or self.at("start")
        if started is None or ended is None:
            raise ValueError(f"“{row.get('start', '')[:40]}” is no time.")
        self.id = self.id or f"{row.get('channel', '')}:{started.isoformat()}"[:200]  # a file without unique ids
        yield self.report(found, "ringing", started, agent=found.line)
        if spoke:
            yield self.report(found, "answered", self.at("answer") or started, agent=found.line)
            yield self.report(found, "ended", ended, agent=found.line, seconds=_number(row.get("billsec", "")))
        else:
            word = "no answer" if row["disposition"].upper() == "ANSWERED" else row["disposition"]
            yield self.report(found, "missed", ended, cause=why(word, theirs=found.direction == "out"))
        file = recording(self.connector, row.get("userfield", "")) if "." in row.get("userfield", "") else None
        if file:
            yield self.report(found, "recording", ended, recording=file)

    def report(self, found: Sides, state: CallState, at: datetime, **more: Any) -> CallReport:
        assert self.connector.channel_id is not None
        region = str(self.connector.settings.get("region", ""))
        name = name_in(self.row.get("clid", "")) if found.direction == "in" else ""
        return CallReport(
            channel_id=self.connector.channel_id,
            call_id=self.id,
            direction=found.direction,
            state=state,
            at=at,
            handles=phones.whose(found.number, name=name, region=region),
            ours=self.row.get("did") or found.ours,
            is_vouched=found.direction == "in" and phones.vouches(self.connector),
            key=self.id.removeprefix(KEY) if self.id.startswith(KEY) else "",
            **more,
        )

    def has_spoken(self) -> bool:
        """A menu, a queue and a voice-mail answer, too: somebody does where another line was reached."""
        row = self.row
        if row["disposition"].strip().upper() != "ANSWERED":
            return False
        return bool(row.get("dstchannel", "").strip()) or row.get("lastapp", "").strip().lower() not in ONLY_HEARD

    def at(self, name: str) -> datetime | None:
        text = self.row.get(name, "").strip()
        try:
            found = datetime.fromisoformat(text) if text else None
        except ValueError:
            return None
        return found if found is None or found.tzinfo else found.replace(tzinfo=zone_of(self.connector))

    def _sides(self) -> Sides | None:
        row = self.row
        if self.id.startswith(KEY):
            return Sides("out", row.get("dst", ""), row.get("src", ""))
        names = {
            "context": row.get("dcontext", ""),
            "channel": row.get("channel", ""),
            "other": row.get("dstchannel", ""),
        }
        return sides(self.connector, row.get("src", ""), row.get("dst", ""), **names)


def _row(line: list[str]) -> Row:
    """Which of the two orders it is in is told by where its first time stands."""
    place = next((number for number, value in enumerate(line) if STAMP.match(value)), -1)
    columns = {CSV.index("start"): CSV, CUSTOM.index("start"): CUSTOM}.get(place)
    if columns is None or len(line) < len(ENDS) + place:
        raise ValueError("It is no line of a Master.csv.")
    return dict(zip(columns, line, strict=False))


def _number(text: str) -> int | None:
    return int(text) if text.strip().isdigit() else None
