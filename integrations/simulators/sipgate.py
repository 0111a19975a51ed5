"""sipgate on loopback: pushes the events of calls, and takes the settings and the calls of its REST API."""

import base64
import re
from datetime import UTC, datetime
from urllib.parse import urlencode

from integrations.simulators.server import Call, Json, ProviderServer, Reply, Webhook

TOKEN_ID, TOKEN = "token-A1B2C3", "the personal access token"
OURS = "492111234567"


class SipgateServer(ProviderServer):
    """`ring`, `pick_up`, `hang_up` … are what happens; what is pushed then is owed. It answers at /throughline as well,
    as somebody's own system would that takes the desk's calls."""

    def __init__(self, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.settings: Json = {"incomingUrl": "", "outgoingUrl": "", "log": True, "whitelist": []}
        self.history: list[Json] = []  # of calls, the oldest first; see `write_down`
        self.sessions: dict[str, Json] = {}
        self._count = 0
        self.at_once = 1000  # calls on one page of its history

    def ring(self, number: str, *, users: tuple[str, ...] = ("w0",), direction: str = "in", first: str = "") -> str:
        """Gives the call's id. `first`: of the call that is put through by this."""
        self._count += 1
        call = f"{self._count:032x}"
        people = [(name, each) for each in users for name in ("user[]", "userId[]")]
        self._push("newCall", call, number, direction, first, people)
        return call

    def pick_up(self, call: str, user: str, *, number: str = "447700900456", first: str = "") -> None:
        self._push("answer", call, number, "in", first, [("user", user), ("userId", user)])

    def hang_up(
        self, call: str, cause: str = "normalClearing", *, number: str = "447700900456", direction: str = "in",
        first: str = "",
    ) -> None:  # fmt: skip
        self._push("hangup", call, number, direction, first, [("cause", cause)])

    def write_down(
        self, number: str, *, at: datetime, seconds: int = 0, call: str = "", status: str = "",
    ) -> None:  # fmt: skip
        """A call as the history has it afterwards; one of no seconds was missed."""
        number_of = str(len(self.history) + 1)
        self.history.append({
            "id": f"7{number_of:0>8}", "callId": call or f"h{number_of}", "type": "CALL", "incoming": True,
            "source": f"+{number}", "target": f"+{OURS}", "duration": seconds,
            "created": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "direction": "INCOMING" if seconds else "MISSED_INCOMING",
            "callStatus": status or ("SUCCESS" if seconds else "MISSED"),
        })  # fmt: skip

    def press(self, call: str, keys: str) -> None:
        self.owe([("event", "dtmf"), ("dtmf", keys), ("callId", call)])

    def push(self, event: str, call: str, number: str, direction: str, *, users: tuple[str, ...]) -> None:
        self._push(event, call, number, direction, "", [(name, each) for each in users for name in ("user", "userId")])

    def _push(
        self, event: str, call: str, number: str, direction: str, first: str, more: list[tuple[str, str]]
    ) -> None:
        ends = (number, OURS) if direction == "in" else (OURS, number)
        pairs = [("event", event), ("callId", call), ("origCallId", first or call), ("direction", direction)]
        self.owe([*pairs, ("from", ends[0]), ("to", ends[1]), ("xcid", f"x{first or call}"), *more])

    def owe(self, pairs: list[tuple[str, str]]) -> None:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self.owed.append(Webhook(pairs[0][1], headers, urlencode(pairs).encode(), self.settings["incomingUrl"]))

    # What it answers

    def answer(self, call: Call) -> Reply:
        if call.path == "/throughline":
            said = call.json
            return Reply({"call_id": f"own-{said['key']}"} if said.get("kind") == "call" else {"hello": True})
        said_in = base64.b64decode(call.headers.get("authorization", "").partition(" ")[2] or b"").decode()
        if said_in != f"{TOKEN_ID}:{TOKEN}":
            return Reply("Unauthorized", 401)
        if call.path == "/v2/account":
            return Reply({"company": "Hollin & Fell", "mainProductType": "TEAM", "verified": True})
        if call.path == "/v2/history":
            return self._listed(call)
        if call.path == "/v2/settings/sipgateio":
            return self._set(call)
        if call.path == "/v2/sessions/calls" and call.method == "POST":
            return self._begin(call.json)
        return Reply("Not Found", 404)

    def _listed(self, call: Call) -> Reply:
        """The newest first."""
        since, until = call.query.get("from", ""), call.query.get("to", "9")
        found = [each for each in reversed(self.history) if since <= each["created"] <= until]
        start, most = int(call.query.get("offset", 0)), min(int(call.query.get("limit", 10)), self.at_once)
        return Reply({"items": found[start : start + most], "totalCount": len(found)})

    def _set(self, call: Call) -> Reply:
        if call.method == "PUT":
            self.settings = call.json
            return Reply(None, 204)
        return Reply(self.settings)

    def _begin(self, asked: Json) -> Reply:
        if not re.fullmatch(r"\+?\d{6,15}", asked.get("callee", "")) or not asked.get("caller"):
            return Reply({"message": "invalid"}, 400)
        self._count += 1
        session = f"{self._count:032X}"
        self.sessions[session] = asked
        return Reply({"sessionId": session})
