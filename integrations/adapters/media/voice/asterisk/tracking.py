"""Follows the calls that Asterisk's manager tells of, event by event, and says which events tell of a customer's call.

An event names channels; that they are one call, who in it is the customer, and when it is over, is known only by what
came before. What is kept of each event is the event itself, and beside it what is known of its call by then.
"""

import re
from dataclasses import asdict, dataclass, field

from integrations.adapters.media.voice.asterisk.ami import Packet
from integrations.adapters.media.voice.asterisk.cdr import KEY
from integrations.adapters.media.voice.sides import Sides, is_extension, peer_of, sides
from integrations.models import Connector

MOST_CALLS = 5000
_NUMBER = re.compile(r"\+?\d{6,15}")


@dataclass
class Call:
    """`theirs`: the customer's channel, by its unique id: the call lasts as long as it does."""

    id: str
    first: str = ""
    number: str = ""
    dialled: str = ""
    context: str = ""
    name: str = ""
    direction: str = ""  # "in", "out", "" while it is not known, "house"
    customer: str = ""
    ours: str = ""
    line: str = ""
    theirs: str = ""
    status: str = ""  # of the last dial
    is_answered: bool = False
    channels: set[str] = field(default_factory=set)

    def told(self) -> dict[str, str | bool]:
        """What `understand` needs of it."""
        names = ("id", "direction", "customer", "ours", "line", "name", "status", "is_answered")
        return {name: value for name, value in asdict(self).items() if name in names}


class Tracker:
    def __init__(self, connector: Connector) -> None:
        self.connector = connector
        self.calls: dict[str, Call] = {}

    def heard(self, event: Packet) -> Call | None:
        """The call, where the event tells something of a customer's."""
        act = {
            "Newchannel": self._new,
            "CoreShowChannel": self._new,
            "DialBegin": self._dial,
            "DialEnd": self._dialled,
            "BridgeEnter": self._bridged,
            "BlindTransfer": self._transferred,
            "AttendedTransfer": self._transferred,
            "Hangup": self._hung_up,
        }.get(event.get("Event", ""))
        call = act(event) if act else None
        return call if call and call.direction in ("in", "out") else None

    def _of(self, event: Packet, *names: str) -> Call | None:
        linked = next((event[name] for name in names if event.get(name)), "")
        return self.calls.get(linked)

    def _new(self, event: Packet) -> Call | None:
        """Told of once a customer's call begins: one from outside rings before anybody's line does."""
        linked, own = event.get("Linkedid", ""), event.get("Uniqueid", "")
        if not linked or not own:
            return None
        if linked not in self.calls and len(self.calls) >= MOST_CALLS:
            self.calls.pop(next(iter(self.calls)))  # its end was missed
        call = self.calls.setdefault(linked, Call(linked))
        call.channels.add(own)
        if own != linked:
            if event["Event"] == "CoreShowChannel":  # the desk came in the middle of it
                self._settle(call, event.get("Channel", ""), own)
                call.is_answered = call.is_answered or event.get("ChannelStateDesc") == "Up"
            return None
        call.first, call.number = event.get("Channel", ""), event.get("CallerIDNum", "")
        call.dialled, call.context = event.get("Exten", ""), event.get("Context", "")
        call.name = event.get("CallerIDName", "")
        if linked.startswith(KEY):  # that the desk asked for: the agent's own line is rung first
            self._take(call, Sides("out", "", peer_of(call.first)), own)
            return None
        found = self._sides(call, "")
        if found and found.direction == "in":
            self._take(call, found, own)
            return call if event["Event"] == "Newchannel" else None
        return None

    def _dial(self, event: Packet) -> Call | None:
        call = self._of(event, "Linkedid", "DestLinkedid")
        if call is None:
            return None
        call.channels.add(event.get("DestUniqueid", ""))
        if event.get("Exten") and call.dialled in ("", "s"):
            call.dialled = event["Exten"]
        self._settle(call, event.get("DestChannel", ""), event.get("DestUniqueid", ""), event.get("DialString", ""))
        return call

    def _settle(self, call: Call, other: str, unique: str, dial: str = "") -> None:
        if call.direction == "out" and unique:
            call.theirs = unique
            named = call.dialled if not is_extension(self.connector, call.dialled) else _number_in(dial)
            call.customer = call.customer or named
        if call.direction:
            return
        found = self._sides(call, other)
        if found is None:
            call.direction = "house"
        else:
            self._take(call, found, call.id if found.direction == "in" else unique)

    def _sides(self, call: Call, other: str) -> Sides | None:
        names = {"context": call.context, "channel": call.first, "other": other}
        return sides(self.connector, call.number, call.dialled, **names)

    def _take(self, call: Call, found: Sides, theirs: str) -> None:
        call.direction, call.customer, call.ours, call.theirs = found.direction, found.number, found.ours, theirs
        call.line = found.line if found.direction == "out" else ""

    def _dialled(self, event: Packet) -> Call | None:
        call = self._of(event, "Linkedid", "DestLinkedid")
        if call is None:
            return None
        call.status = event.get("DialStatus", "")
        if call.status != "ANSWER":
            return None
        call.is_answered = True
        return call

    def _bridged(self, event: Packet) -> Call | None:
        """Where nothing was dialled, as out of a parking place: two channels in one bridge speak."""
        call = self._of(event, "Linkedid")
        if call is None or call.is_answered or event.get("Uniqueid") == call.theirs:
            return None
        if not event.get("BridgeNumChannels", "").isdigit() or int(event["BridgeNumChannels"]) < 2:
            return None
        call.is_answered = True
        return call

    def _transferred(self, event: Packet) -> Call | None:
        if event.get("Result") != "Success":
            return None
        names = ("TransfereeLinkedid", "TransfererLinkedid", "OrigTransfererLinkedid", "SecondTransfererLinkedid")
        found = [self.calls[event[name]] for name in names if event.get(name) in self.calls]
        return next((call for call in found if call.direction in ("in", "out")), None)

    def _hung_up(self, event: Packet) -> Call | None:
        call = self._of(event, "Linkedid")
        if call is None:
            return None
        own = event.get("Uniqueid", "")
        call.channels.discard(own)
        is_over = own == call.theirs or not call.channels
        if not call.channels:
            self.calls.pop(call.id, None)
        return call if is_over else None


def _number_in(dial: str) -> str:
    """“447700900456” of “PJSIP/447700900456@provider” and of “provider/447700900456”."""
    found = _NUMBER.findall(dial)
    return found[-1] if found else ""
