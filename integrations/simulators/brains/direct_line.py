"""Direct Line 3.0 on loopback, with a bot of the Bot Framework behind it, which knows the handoff protocol.

As https://learn.microsoft.com/en-us/azure/bot-service/rest-api/bot-framework-rest-direct-line-3-0-api-reference: the
secret opens every conversation, a watermark says how far one has read, a bot that fails makes 502.
"""

import itertools
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from integrations.simulators.server import Call, Json, ProviderServer, Reply

SECRET = "RCurR_XV9ZA.cwA.BKA.iaJrC8xpy8qbOF5xnR2vtCX7CZj0LdjAPGfiCpg4Fv0"  # noqa: S105
BOT = {"id": "fern-bot", "name": "Fern", "role": "bot"}
PAGE = 20  # activities of one answer
_CONVERSATION = re.compile(r"/v3/directline/conversations/([^/]+)(/activities)?")

Says = Callable[[Json], list[Json]]


def repeats(activity: Json) -> list[Json]:
    return [{"type": "message", "text": f"You said: {activity['text']}"}] if activity["type"] == "message" else []


def handoff(context: Json, transcript: Sequence[Json] = ()) -> Json:
    """What the SDK's CreateHandoffInitiation makes."""
    attached = {"content": {"activities": list(transcript)}, "contentType": "application/json", "name": "Transcript"}
    return {"type": "event", "name": "handoff.initiate", "value": context, "attachments": [attached]}


class DirectLineServer(ProviderServer):
    """`says`: the bot. `thinks_for`: seconds after which what it says is there. `fails`: it throws at each activity.
    `statuses`: the words of handoff.status that it heard."""

    def __init__(self, says: Says = repeats, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.says, self.secret, self.thinks_for, self.fails = says, SECRET, 0.0, False
        self.talks: dict[str, list[tuple[float, Json]]] = {}
        self.heard: list[Json] = []
        self._numbers = itertools.count(1)

    @property
    def statuses(self) -> list[str]:
        return [each["value"]["state"] for each in self.heard if each.get("name") == "handoff.status"]

    def forget(self) -> None:
        """As Direct Line does with conversations that rest for long."""
        self.talks.clear()

    def answer(self, call: Call) -> Reply:
        if call.headers.get("authorization") != f"Bearer {self.secret}":
            return refusal(403, "BadArgument", "Invalid token or secret")
        if call.method == "POST" and call.path in ("/v3/directline/conversations", "/v3/directline/tokens/generate"):
            return self.begin(201 if call.path.endswith("conversations") else 200)
        found = _CONVERSATION.fullmatch(call.path)
        if found is None or found[1] not in self.talks:
            return refusal(404, "BadArgument", "Conversation not found")
        if call.method == "POST" and found[2]:
            return self.hears(found[1], call.json)
        return self.page(found[1], call.query.get("watermark", ""))

    def begin(self, status: int) -> Reply:
        name = f"Kq3{next(self._numbers):05}-eu"
        self.talks[name] = []
        said = {"conversationId": name, "token": f"token-of-{name}", "expires_in": 1800}
        return Reply({**said, "streamUrl": f"{self.url}/v3/directline/conversations/{name}/stream"}, status)

    def hears(self, name: str, activity: Json) -> Reply:
        if not activity.get("type") or not (activity.get("from") or {}).get("id"):
            return refusal(400, "MissingProperty", "Invalid or missing activities in HTTP body")
        if self.fails:
            return refusal(502, "BotRejectedActivity", "Failed to send activity: bot returned an error")
        number = self._keep(name, activity, time.monotonic())
        self.heard.append(activity)
        for said in self.says(activity):
            self._keep(name, {**said, "from": BOT, "replyToId": number}, time.monotonic() + self.thinks_for)
        return Reply({"id": number})

    def page(self, name: str, watermark: str) -> Reply:
        first = int(watermark) if watermark.isdecimal() else 0
        there = [activity for due, activity in self.talks[name] if due <= time.monotonic()]
        return Reply({"activities": there[first : first + PAGE], "watermark": str(min(first + PAGE, len(there)))})

    def _keep(self, name: str, activity: Json, due: float) -> str:
        number = f"{name}|{len(self.talks[name]):07}"
        about = {"id": number, "channelId": "directline", "conversation": {"id": name}}
        self.talks[name].append((due, {**activity, **about, "timestamp": datetime.now(UTC).isoformat()}))
        return number

    def refusal_down(self, call: Call) -> Reply:
        return refusal(500, "ServiceError", "An internal server error occurred within the Direct Line service")

    def refusal_busy(self, call: Call) -> Reply:
        return refusal(429, "TooManyRequests", "Too many requests")


def refusal(status: int, code: str, message: str) -> Reply:
    return Reply({"error": {"code": code, "message": message}}, status)
