"""Bandwidth's messaging on loopback: takes messages, keeps media, and owes the callbacks of what became of them."""

import base64
import json
from datetime import UTC, datetime

from integrations.simulators.server import Call, Json, ProviderServer, Reply, Webhook

ACCOUNT, APPLICATION, USER, PASSWORD = "5500123", "93de2206-9669-4e07-948d-329f4b722ee2", "desk", "the API's password"
HOOK_USER, HOOK_PASSWORD = "bandwidth", "the callback's password"
OURS, TOKEN = "+15552223333", "a token for an hour"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
LOST = {
    "+15550000030": ("4702", "destination-subscriber-unavailable"),
    "+15550000031": ("4770", "rejected-spam-content"),
}


class BandwidthServer(ProviderServer):
    """`text` is what customers do. `hook` is where the application's callbacks go."""

    def __init__(self, *, port: int = 0, hook: str = "") -> None:
        super().__init__(port=port)
        self.hook, self.password = hook, PASSWORD
        self.messages: dict[str, Json] = {}
        self.inbound: list[Json] = []
        self.tokens, self._count = 0, 0
        self.at_once = 1000  # messages on one page of its list

    def text(self, sender: str, body: str, *, files: tuple[str, ...] = (), to: tuple[str, ...] = (OURS,)) -> str:
        self._count += 1
        number = f"in-{self._count}"
        message: Json = {
            "id": number, "owner": OURS, "applicationId": APPLICATION, "time": _now(), "segmentCount": 1,
            "direction": "in", "to": list(to), "from": sender, "text": body,
        }  # fmt: skip
        if files:
            base = f"{self.url}/api/v2/users/{ACCOUNT}/media"
            message["media"] = [f"{base}/{number}/{name}" for name in files]
        self.inbound.append(message)
        self._owe("message-received", message, description="Incoming message received", to=OURS)
        return number

    def becomes(self, number: str, kind: str, code: str = "", description: str = "") -> None:
        more: Json = {"errorCode": int(code)} if code else {}
        self._owe(
            kind, self.messages[number], description=description or "ok", to=self.messages[number]["to"][0], **more
        )

    def _owe(self, kind: str, message: Json, **more: object) -> None:
        event = {"type": kind, "time": _now(), "message": message, **more}
        login = base64.b64encode(f"{HOOK_USER}:{HOOK_PASSWORD}".encode()).decode()
        headers = {"Content-Type": "application/json", "Authorization": f"Basic {login}"}
        self.owed.append(Webhook(kind, headers, json.dumps([event]).encode(), self.hook))

    # What it answers

    def answer(self, call: Call) -> Reply:
        if call.path == "/api/v1/oauth2/token":
            self.tokens += 1
            known = self._login(call) == f"{USER}:{self.password}"
            return Reply({"access_token": TOKEN, "expires_in": 3600}) if known else _error("unauthorized", 401)
        if self._login(call) != f"{USER}:{self.password}" and call.headers.get("authorization") != f"Bearer {TOKEN}":
            return _error("unauthorized", 401)
        base = f"/api/v2/users/{ACCOUNT}"
        if call.path == f"{base}/messages":
            return self._send(call.json) if call.method == "POST" else self._listed(call)
        if call.path.startswith(f"{base}/media/"):
            return Reply(PNG, 200, {"Content-Type": "image/png"})
        return _error("forbidden", 403)

    def _listed(self, call: Call) -> Reply:
        """Who wrote when, and no words: Bandwidth keeps none."""
        since, until = call.query.get("fromDateTime", ""), call.query.get("toDateTime", "9")
        found = [each for each in self.inbound if since <= each["time"] < until]
        if call.query.get("messageDirection") != "INBOUND":
            found = []
        start, most = int(call.query.get("pageToken") or 0), min(int(call.query.get("limit", 50)), self.at_once)
        page = [
            {
                "messageId": each["id"], "accountId": ACCOUNT, "sourceTn": each["from"], "destinationTn": OURS,
                "messageDirection": "INBOUND", "messageStatus": "RECEIVED", "receiveTime": each["time"],
            }
            for each in found[start : start + most]
        ]  # fmt: skip
        following = {"nextPageToken": str(start + most)} if start + most < len(found) else {}
        return Reply({"totalCount": len(found), "pageInfo": following, "messages": page})

    def refusal_busy(self, call: Call) -> Reply:
        return _error("max-message-queue-size-exceeded", 429)

    def _login(self, call: Call) -> str:
        scheme, _blank, said = call.headers.get("authorization", "").partition(" ")
        return base64.b64decode(said).decode() if scheme == "Basic" else ""

    def _send(self, asked: Json) -> Reply:
        if not asked["to"][0].startswith("+") or asked["applicationId"] != APPLICATION:
            return _error("request-validation", 400)
        number = f"out-{len(self.messages) + 1}"
        self.messages[number] = {**asked, "id": number, "owner": asked["from"], "direction": "out", "time": _now()}
        lost = LOST.get(asked["to"][0])
        self.becomes(number, "message-failed", *lost) if lost else self.becomes(number, "message-delivered")
        return Reply(self.messages[number], 202)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _error(kind: str, status: int) -> Reply:
    return Reply({"type": kind, "description": kind.replace("-", " ")}, status)
