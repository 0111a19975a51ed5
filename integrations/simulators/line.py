"""LINE's Messaging API on loopback: one Official Account, its friends, its webhook, its retry keys and its quota.

As https://developers.line.biz/en/reference/messaging-api/: webhooks are signed with the channel secret, content is
fetched by the number of its message, a retry key that was accepted is refused with 409.
"""

import itertools
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

from integrations.adapters.media.line.adapter import sign
from integrations.simulators.server import Call, Json, ProviderServer, Reply, Webhook

SECRET, TOKEN = "8c570fa6dd201bb328f1c1eac23a96d8", "W1TeHCgfH2Liwa.the-channel-access-token"  # noqa: S105
BOT = {
    "userId": "U0a556ad1a2b6d7b1b1c5a0c6d8e1f203",
    "basicId": "@hollinfell",
    "displayName": "Hollin & Fell",
    "chatMode": "chat",
    "markAsReadMode": "manual",
}
QUOTABLE = ("text", "image", "video", "sticker")


class LineServer(ProviderServer):
    """`said` is what was pushed, oldest first; `quota`: how many may be this month (0: as many as one likes)."""

    def __init__(self, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.token, self.quota, self.is_active, self.reaches_desk = TOKEN, 0, True, True
        self.friends: set[str] = set()
        self.names: dict[str, str] = {}
        self.said: list[Json] = []
        self.keys: dict[str, Json] = {}
        self.files: dict[str, tuple[bytes, str]] = {}
        self.endpoint = ""
        self._numbers = itertools.count(325_708)

    # What people do.

    def write(self, who: str, text: str, **more: object) -> Json:
        return self.send_in(who, {"type": "text", "text": text, **more})

    def share(self, who: str, kind: str, body: bytes, content_type: str = "image/jpeg", **more: object) -> Json:
        message = self.send_in(who, {"type": kind, "contentProvider": {"type": "line"}, **more})
        self.files[message["id"]] = (body, content_type)
        return message

    def send_in(self, who: str, message: Json) -> Json:
        self.friends.add(who)
        number, kind = str(next(self._numbers)), message["type"]
        quote = {"quoteToken": f"quote-{number}"} if kind in QUOTABLE else {}
        drawn = {"stickerResourceType": "STATIC"} if kind == "sticker" else {}
        message = {"id": number, **quote, **drawn, **message}
        self.owe(self.event("message", who, replyToken=f"reply-{message['id']}", message=message))
        return message

    def event(self, kind: str, who: str, **more: object) -> Json:
        head = {"type": kind, "mode": "active", "timestamp": int(time.time() * 1000)}
        name = f"01H{next(self._numbers)}"
        source = {"type": "user", "userId": who}
        return {**head, "source": source, "webhookEventId": name, "deliveryContext": {"isRedelivery": False}, **more}

    def owe(self, *events: Json) -> None:
        body = json.dumps({"destination": BOT["userId"], "events": list(events)}).encode()
        self.owed.append(Webhook("webhook", {"X-Line-Signature": sign(SECRET, body)}, body, self.endpoint))

    def count_from(self, first: int) -> None:
        self._numbers = itertools.count(first * 1000)

    def remember(self, person: str, *, name: str, at: datetime, said: str, text: str, is_public: bool) -> None:
        self.friends.add(person)
        self.names[person] = name

    # What the desk asks.

    def answer(self, call: Call) -> Reply:
        if call.headers.get("authorization") != f"Bearer {self.token}":
            return refusal(
                401, "Authentication failed due to the following reason: invalid token. Confirm that the ..."
            )
        if call.path.endswith("/content"):
            found = self.files.get(call.path.split("/")[4])
            if found is None:
                return refusal(404, "Not found")
            return Reply(found[0], 200 if found[0] else 202, {"Content-Type": found[1]})  # 202: it is worked on
        if call.path.startswith("/v2/bot/profile/"):
            who = call.path.rpartition("/")[2]
            return Reply({"userId": who, "displayName": self.names.get(who) or "LINE Test"})
        answers = ROUTES.get((call.method, call.path))
        return answers(self, call) if answers else refusal(404, "Not found")

    def refusal_busy(self, call: Call) -> Reply:
        return refusal(429, "The API rate limit has been exceeded. Try again later.")

    def push(self, call: Call) -> Reply:
        key, asked = call.headers.get("x-line-retry-key", ""), call.json
        if key and key in self.keys:
            return Reply({"message": "The retry key is already accepted", **self.keys[key]}, 409)
        if asked["to"] not in self.friends:
            return refusal(400, "The property, 'to', in the request body is invalid (line: -, column: -)")
        if self.quota and len(self.said) >= self.quota:
            return refusal(429, "You have reached your monthly limit.")
        if wrong := next((words for each in asked["messages"] if (words := _wrong(each))), ""):
            return refusal(400, "The request body has 1 error(s)", wrong)
        if len(asked["messages"]) > 5:
            return refusal(400, "The request body has 1 error(s)", "Size must be between 1 and 5")
        sent = {"sentMessages": [{"id": str(next(self._numbers))} for _message in asked["messages"]]}
        self.keys[key] = sent
        self.said.append({**asked, **sent})
        return Reply(sent)

    def tried(self, call: Call) -> Reply:
        at = {"timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")}
        if self.reaches_desk:
            return Reply({**at, "success": True, "statusCode": 200, "reason": "OK", "detail": "200"})
        why = {"reason": "COULD_NOT_CONNECT", "detail": "TLS handshake failure"}
        return Reply({**at, "success": False, "statusCode": 0, **why})

    def set_endpoint(self, call: Call) -> Reply:
        self.endpoint = call.json["endpoint"]
        return Reply({})


def _wrong(message: Json) -> str:
    """What the real one says of it; "" for nothing."""
    if message["type"] == "text":
        is_long = len(message["text"].encode("utf-16-le")) > 10_000
        return "Length must be between 0 and 5000" if is_long else ""
    named = {"image": "previewImageUrl", "video": "previewImageUrl", "audio": "duration"}
    if message["type"] not in named:
        return "Unknown message type"
    return "" if message.get("originalContentUrl") and message.get(named[message["type"]]) else "May not be empty"


def refusal(status: int, message: str, detail: str = "") -> Reply:
    details = {"details": [{"message": detail, "property": "messages[0].text"}]} if detail else {}
    return Reply({"message": message, **details}, status)


Answers = Callable[[LineServer, Call], Reply]
ROUTES: dict[tuple[str, str], Answers] = {
    ("GET", "/v2/bot/info"): lambda server, call: Reply(BOT),
    ("POST", "/v2/bot/message/push"): LineServer.push,
    ("PUT", "/v2/bot/channel/webhook/endpoint"): LineServer.set_endpoint,
    ("GET", "/v2/bot/channel/webhook/endpoint"): lambda server, call: Reply(
        {"endpoint": server.endpoint, "active": server.is_active}
    ),
    ("POST", "/v2/bot/channel/webhook/test"): LineServer.tried,
    ("GET", "/v2/bot/message/quota"): lambda server, call: Reply(
        {"type": "limited", "value": server.quota} if server.quota else {"type": "none"}
    ),
    ("GET", "/v2/bot/message/quota/consumption"): lambda server, call: Reply({"totalUsage": len(server.said)}),
}
