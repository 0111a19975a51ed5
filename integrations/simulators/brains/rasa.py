"""A Rasa server on loopback: its REST channel and the part of its HTTP API that the desk asks.

As https://rasa.com/docs/reference/api/pro/http-api and rasa/core/channels/rest.py: the REST channel asks for no token,
the HTTP API does; an action that fails within Rasa is answered with 200 and [].
"""

import itertools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from integrations.simulators.server import Call, Json, ProviderServer, Reply

TOKEN = "thisismysecret-of-the-rasa-server"  # noqa: S105
VERSION = "3.6.20"
_TRACKER = re.compile(r"/conversations/([^/]+)/tracker(/events)?")


@dataclass
class Tracker:
    """`said`: what the user wrote; `understood`: of the last of it."""

    slots: Json = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    understood: Json = field(default_factory=dict)
    paused: bool = False


Says = Callable[[Tracker, str], list[Json]]


class RasaServer(ProviderServer):
    """`says` is the assistant: what it answers to a text, and what it notes in the tracker."""

    def __init__(self, says: Says | None = None, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.says: Says = says or (lambda _tracker, text: [{"text": f"You said: {text}"}])
        self.token, self.channel, self.has_model = TOKEN, "rest", True
        self.trackers: dict[str, Tracker] = {}
        self.metadata: list[Json] = []
        self._numbers = itertools.count(1)

    def answer(self, call: Call) -> Reply:
        if call.path == f"/webhooks/{self.channel}/" and call.method == "GET":
            return Reply({"status": "ok"})
        if call.path == f"/webhooks/{self.channel}/webhook" and call.method == "POST":
            return self.hears(call)
        if call.path == "/version":
            return Reply({"version": VERSION, "minimum_compatible_version": "3.5.0"})
        if (found := _TRACKER.fullmatch(call.path)) or call.path == "/status":
            if self.token and call.query.get("token") != self.token:
                return refusal(401, "NotAuthenticated", "User is not authenticated.")
            return self.tracked(call, found[1], bool(found[2])) if found else self.status()
        return Reply(
            {"description": "Not Found", "status": 404, "message": f"Requested URL {call.path} not found"}, 404
        )

    def hears(self, call: Call) -> Reply:
        sender, text = str(call.json.get("sender") or "default"), str(call.json.get("message") or "")
        self.metadata.append(call.json.get("metadata") or {})
        tracker = self.trackers.setdefault(sender, Tracker())
        tracker.said.append(text)
        if tracker.paused:
            return Reply([])
        return Reply([{"recipient_id": sender, **message} for message in self.says(tracker, text)])

    def tracked(self, call: Call, name: str, is_event: bool) -> Reply:
        tracker = self.trackers.setdefault(name, Tracker())
        if is_event:
            events = call.json if isinstance(call.json, list) else [call.json]
            for event in events:
                if event.get("event") not in ("pause", "resume", "slot", "restart"):
                    return refusal(400, "BadRequest", "Couldn't extract a proper event from the request body.")
                tracker.paused = {"pause": True, "resume": False}.get(event["event"], tracker.paused)
        elif call.method != "GET":
            return refusal(405, "MethodNotAllowed", f"Method {call.method} not allowed")
        return Reply(
            {
                "sender_id": name,
                "slots": tracker.slots,
                "latest_message": tracker.understood,
                "latest_event_time": time.time(),
                "followup_action": None,
                "paused": tracker.paused,
                "events": None if call.query.get("include_events") == "NONE" else [],
                "latest_input_channel": self.channel,
                "active_loop": {},
                "latest_action_name": "action_listen",
            }
        )

    def status(self) -> Reply:
        if not self.has_model:
            return refusal(409, "Conflict", "No agent loaded. To continue processing, a model of a trained agent …")
        return Reply({"model_file": "20261122-170000.tar.gz", "model_id": "4c1d", "num_active_training_jobs": 0})

    def refusal_down(self, call: Call) -> Reply:
        return refusal(500, "ConversationError", "An unexpected error occurred. Error: tracker store")

    def refusal_busy(self, call: Call) -> Reply:
        return Reply("Too Many Requests", 429)  # of the proxy before it


def understood(name: str, confidence: float, *others: tuple[str, float]) -> Json:
    """`latest_message` of a tracker."""
    ranking = [{"name": each, "confidence": share} for each, share in ((name, confidence), *others)]
    return {"intent": ranking[0], "entities": [], "intent_ranking": ranking}


def refusal(status: int, reason: str, message: str) -> Reply:
    said = {"version": VERSION, "status": "failure", "reason": reason, "message": message, "help": None}
    return Reply({**said, "code": status}, status)
