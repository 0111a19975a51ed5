"""An Asterisk on loopback: its manager interface, and the file of its records.

Its packets are those of Asterisk 20: https://docs.asterisk.org/Asterisk_20_Documentation/API_Documentation/AMI_Events/
"""

import csv
import io
import socket
import socketserver
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from integrations.simulators import server

USER, SECRET = "throughline", "the manager's secret"
CAUSES = {"NOANSWER": "19", "BUSY": "17", "CANCEL": "0", "ANSWER": "16", "CONGESTION": "34"}


class AsteriskServer:
    """`ring`, `answer`, `hang_up` … are what happens; who listens hears it at once. `breaks` closes all lines;
    `refuses`: nobody is let in any more; `silent`: nothing is answered. `answers_agent`: what becomes of a call that
    the desk asks for: the agent's line, and then the customer's."""

    def __init__(self, *, port: int = 0) -> None:
        self.refuses, self.silent, self.agent_answers, self.customer_answers = False, False, True, True
        self.asked: list[dict[str, str]] = []
        self._lines: list[_Line] = []
        self._lock, self._count = threading.Lock(), 0
        self.live: dict[str, list[tuple[str, str]]] = {}  # channels by the call's id
        self._server = _Server(("127.0.0.1", port), _handler(self))
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, args=(server.PULSE,), name="asterisk", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self.breaks()
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def listeners(self) -> int:
        with self._lock:
            return sum(line.listens for line in self._lines)

    def breaks(self) -> None:
        with self._lock:
            lines, self._lines = self._lines, []
        for line in lines:
            line.close()

    # What happens

    def arrive(self, number: str, dialled: str = "+441632960960", *, name: str = "", context: str = "from-pstn") -> str:
        """A call from outside. Gives its id."""
        call = self._new_id()
        self._channel(call, call, "PJSIP/trunk", number, dialled, context, name)
        return call

    def dial(self, call: str, extension: str) -> str:
        """A line of the house is rung for it."""
        return self._dial(call, f"PJSIP/{extension}", extension)

    def leave(self, extension: str, number: str, *, call: str = "") -> str:
        """An agent dials a number outside."""
        call = call or self._new_id()
        self._channel(call, call, f"PJSIP/{extension}", extension, number, "from-internal")
        return call

    def dial_out(self, call: str, number: str) -> str:
        return self._dial(call, "PJSIP/trunk", number)

    def answer(self, call: str, leg: str) -> None:
        self._tell("DialEnd", **self._pair(call, leg), DialStatus="ANSWER")
        for channel, own in self.live[call]:
            if own in (call, leg):
                self._tell("BridgeEnter", Channel=channel, Uniqueid=own, Linkedid=call, BridgeNumChannels="2")

    def fail(self, call: str, leg: str, status: str = "NOANSWER") -> None:
        self._tell("DialEnd", **self._pair(call, leg), DialStatus=status)
        self.hang_up(call, leg, CAUSES[status])

    def transfer(self, call: str, extension: str) -> None:
        linked = {"TransfererLinkedid": call, "TransfereeLinkedid": call}
        self._tell("BlindTransfer", Result="Success", Extension=extension, Context="from-internal", **linked)

    def transfer_attended(self, call: str, extension: str) -> None:
        linked = {"OrigTransfererLinkedid": call, "SecondTransfererLinkedid": call}
        self._tell("AttendedTransfer", Result="Success", SecondTransfererConnectedLineNum=extension, **linked)

    def hang_up(self, call: str, leg: str = "", cause: str = "16") -> None:
        """One leg, or all of them, the last first."""
        for channel, own in [pair for pair in reversed(self.live.get(call, [])) if leg in ("", pair[1])]:
            self.live[call].remove((channel, own))
            self._tell("Hangup", Channel=channel, Uniqueid=own, Linkedid=call, Cause=cause)

    def whole(self, number: str, extension: str = "204", **about: str) -> str:
        """A call that comes in, is answered and ends."""
        call = self.arrive(number, **about)
        self.answer(call, self.dial(call, extension))
        self.hang_up(call)
        return call

    def _dial(self, call: str, technology: str, number: str) -> str:
        leg = self._new_id()
        self._channel(call, leg, technology, number, number, "from-internal")
        self._tell("DialBegin", **self._pair(call, leg), DialString=f"{technology.partition('/')[2]}/{number}")
        return leg

    def _pair(self, call: str, leg: str) -> dict[str, str]:
        first = next((channel for channel, own in self.live[call] if own == call), "")
        other = next((channel for channel, own in self.live[call] if own == leg), "")
        return {"Channel": first, "Uniqueid": call, "Linkedid": call, "DestChannel": other, "DestUniqueid": leg,
                "DestLinkedid": call}  # fmt: skip

    def _channel(
        self, call: str, own: str, technology: str, number: str, exten: str, context: str, name: str = ""
    ) -> None:
        self._count += 1
        channel = f"{technology}-{self._count:08x}"
        self.live.setdefault(call, []).append((channel, own))
        about = {"CallerIDNum": number, "CallerIDName": name or "<unknown>", "Exten": exten, "Context": context}
        self._tell("Newchannel", Channel=channel, Uniqueid=own, Linkedid=call, ChannelStateDesc="Ring", **about)

    def _new_id(self) -> str:
        self._count += 1
        return f"{int(time.time())}.{self._count}"

    def _tell(self, event: str, **fields: str) -> None:
        packet = {"Event": event, "Privilege": "call,all", "Timestamp": f"{time.time():.6f}", **fields}
        with self._lock:
            lines = [line for line in self._lines if line.listens]
        for line in lines:
            line.say(packet)

    # What it is asked

    def heard(self, line: "_Line", packet: dict[str, str]) -> None:
        self.asked.append(packet)
        if self.silent:
            return
        action, number = packet.get("Action", ""), {"ActionID": packet.get("ActionID", "")}
        if action == "Login":
            is_known = packet.get("Username") == USER and packet.get("Secret") == SECRET and not self.refuses
            if is_known:
                events = packet.get("Events", "on")
                line.listens = events != "off"
                line.say({"Response": "Success", **number, "Message": "Authentication accepted"})
                if events == "on" or "system" in events:
                    line.say({"Event": "FullyBooted", "Privilege": "system,all", "Status": "Fully Booted"})
            else:
                line.say({"Response": "Error", **number, "Message": "Authentication failed"})
                line.close()
        elif action == "CoreSettings":
            line.say({"Response": "Success", **number, "AMIversion": "9.0.0", "AsteriskVersion": "20.11.0"})
        elif action == "CoreShowChannels":
            self._show(line, number)
        elif action == "Originate":
            self._originate(line, packet, number)
        elif action == "Ping":
            line.say({"Response": "Success", **number, "Ping": "Pong", "Timestamp": f"{time.time():.6f}"})
        elif action == "Logoff":
            line.say({"Response": "Goodbye", **number, "Message": "Thanks for all the fish."})
            line.close()
        else:
            line.say({"Response": "Error", **number, "Message": "Invalid/unknown command"})

    def _show(self, line: "_Line", number: dict[str, str]) -> None:
        line.say({"Response": "Success", **number, "EventList": "start", "Message": "Channels will follow"})
        count = 0
        for call, channels in list(self.live.items()):
            for channel, own in channels:
                count += 1
                about = {"Channel": channel, "Uniqueid": own, "Linkedid": call, "ChannelStateDesc": "Up",
                         "Context": "from-pstn", "Exten": "s", "CallerIDNum": "+447700900456"}  # fmt: skip
                line.say({"Event": "CoreShowChannel", **number, **about})
        ends = {"Event": "CoreShowChannelsComplete", **number, "EventList": "Complete", "ListItems": str(count)}
        line.say(ends)

    def _originate(self, line: "_Line", packet: dict[str, str], number: dict[str, str]) -> None:
        if packet["ChannelId"] in self.live:
            line.say({"Response": "Error", **number, "Message": "Channel ID already in use"})
            return
        line.say({"Response": "Success", **number, "Message": "Originate successfully queued"})
        call, extension = packet["ChannelId"], packet["Channel"].partition("/")[2]
        self.leave(extension, "s", call=call)
        became, reason = ("Success", "4") if self.agent_answers else ("Failure", "3")
        about = {"Channel": packet["Channel"], "Context": packet.get("Context", ""), "Exten": packet["Exten"]}
        self._tell("OriginateResponse", **number, Response=became, Reason=reason, **about, Uniqueid=call)
        if not self.agent_answers:
            self.hang_up(call, cause="19")
            return
        leg = self.dial_out(call, packet["Exten"])
        if self.customer_answers:
            self.answer(call, leg)
            self.hang_up(call)
        else:
            self.fail(call, leg, "BUSY")
            self.hang_up(call)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who listens may hang up."""


class _Line:
    def __init__(self, connection: socket.socket) -> None:
        self.connection, self.listens, self._lock = connection, False, threading.Lock()

    def say(self, packet: dict[str, str]) -> None:
        text = "".join(f"{name}: {value}\r\n" for name, value in packet.items()) + "\r\n"
        try:
            with self._lock:
                self.connection.sendall(text.encode())
        except OSError:
            self.listens = False

    def close(self) -> None:
        self.listens = False
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _handler(server: AsteriskServer) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            line, buffer = _Line(self.request), b""
            with server._lock:
                server._lines.append(line)
            self.request.sendall(b"Asterisk Call Manager/9.0.0\r\n")
            while part := self.request.recv(65_536):
                *whole, buffer = (buffer + part).split(b"\r\n\r\n")
                for each in whole:
                    pairs = (text.partition(": ") for text in each.decode().splitlines())
                    server.heard(line, {name: value for name, _colon, value in pairs})

    return Handler


class RecordsFile:
    """Master.csv as cdr_csv writes it, with its unique ids."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()

    def write(
        self, src: str, dst: str, *, start: datetime | None = None, spoken: int = 60, name: str = "", call: str = "",
        channel: str = "PJSIP/trunk-00000001", other: str = "PJSIP/204-00000002", context: str = "from-pstn",
        disposition: str = "", app: str = "Dial",
    ) -> str:  # fmt: skip
        """One call; gives the line."""
        start = start or datetime.now(UTC).replace(microsecond=0)
        answer, end = start + timedelta(seconds=5), start + timedelta(seconds=5 + spoken)
        disposition = disposition or ("ANSWERED" if spoken else "NO ANSWER")
        stamp = "%Y-%m-%d %H:%M:%S"
        row: list[object] = [
            "", src, dst, context, f'"{name or src}" <{src}>', channel, other, app, "", start.strftime(stamp),
            answer.strftime(stamp) if disposition == "ANSWERED" else "", end.strftime(stamp), spoken + 5, spoken,
            disposition, "DOCUMENTATION", call or f"{int(start.timestamp())}.1", "",
        ]  # fmt: skip
        line = io.StringIO()
        csv.writer(line, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerow(row)
        with self.path.open("a") as file:
            file.write(line.getvalue())
        return line.getvalue()

    def rotate(self) -> None:
        """As logrotate does."""
        self.path.rename(self.path.with_name(self.path.name + ".1"))
        self.path.touch()
