"""The page and the Instagram account of the simulated Graph API: what people write to them, and what they send.

The payloads are those of developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks and
…/business-messaging/instagram-messaging/webhooks.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from integrations.simulators.meta_graph import APP_ID, INSTAGRAM, PAGE, Refusal
from integrations.simulators.server import Call, Json

if TYPE_CHECKING:
    import re

STANDARD, HUMAN = timedelta(hours=24), timedelta(days=7)
OWNERS = {"messenger": PAGE, "instagram": INSTAGRAM}
OBJECTS = {"messenger": "page", "instagram": "instagram"}
LISTED = 20  # messages of a talk that one can ask for
LONGEST = {"messenger": 2000, "instagram": 1000}  # characters, and bytes


class Talks:
    """Mixed into the server (integrations.simulators.meta). `on` is "messenger" or "instagram"."""

    if TYPE_CHECKING:
        owe: Callable[..., Json]
        name: Callable[[str], str]
        keep: Callable[[str, bytes], str]
        hear: Callable[..., None]
        is_heard: Callable[[str, timedelta], bool]
        said: list[Json]
        acted: list[Json]
        kept: list[Json]
        profiles: dict[str, Json]
        url: str

    # What people do.

    def talk(self, on: str, person: str, text: str = "", *, at: float | None = None, **parts: Any) -> Json:
        """`parts`: attachments, quick_reply, reply_to, referral … as they stand in a message. Gives the message."""
        when = at or time.time()
        self.hear(person, when)
        message: Json = {"mid": self.name("m_"), **({"text": text} if text else {}), **parts}
        self.kept.append({"on": on, "person": person, "is_ours": False, "at": when, "message": message})
        self.event(on, person, {"message": message}, at=when)
        return message

    def show(self, on: str, person: str, kind: str, content_type: str, body: bytes, **more: Any) -> Json:
        """A file; its address is open to everybody who knows it."""
        url = f"{self.url}/files/{self.keep(content_type, body)}?open=1"
        return self.talk(on, person, attachments=[{"type": kind, "payload": {"url": url, **more}}])

    def event(self, on: str, person: str, parts: Json, *, at: float | None = None, is_ours: bool = False) -> Json:
        """One item of `messaging`: postback, reaction, read, delivery, message_edit …"""
        owner = OWNERS[on]
        sender, recipient = (owner, person) if is_ours else (person, owner)
        item = {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": int((at or time.time()) * 1000)}
        entry = {"id": owner, "time": item["timestamp"], "messaging": [{**item, **parts}]}
        return self.owe({"object": OBJECTS[on], "entry": [entry]})

    def press(self, on: str, person: str, title: str, payload: str, **more: Any) -> Json:
        self.hear(person)
        postback = {"title": title, "payload": payload, "mid": self.name("m_"), **more}
        return self.event(on, person, {"postback": postback})

    def put_emoji(self, on: str, person: str, name: str, emoji: str, *, is_on: bool = True) -> Json:
        action = "react" if is_on else "unreact"
        told = {"mid": name, "action": action, **({"reaction": "other", "emoji": emoji} if is_on else {})}
        return self.event(on, person, {"reaction": told})

    def unsend(self, on: str, person: str, name: str) -> Json:
        return self.event(on, person, {"message": {"mid": name, "is_deleted": True}})

    def see(self, on: str, person: str, *, until: float | None = None, name: str = "") -> Json:
        """Messenger tells until when, Instagram which was the newest."""
        at = until or time.time()
        told = {"mid": name} if on == "instagram" else {"watermark": int(at * 1000)}
        return self.event(on, person, {"read": told}, at=at)

    def answer_in_inbox(self, on: str, person: str, text: str) -> Json:
        """The shop writes in the page's own inbox, which is an app of Meta's."""
        message = {"mid": self.name("m_"), "text": text, "is_echo": True, "app_id": 26390203743090}
        self.kept.append({"on": on, "person": person, "is_ours": True, "at": time.time(), "message": message})
        self.event(on, person, {"message": message}, is_ours=True)
        return message

    # What it answers.

    def send_in_talk(self, body: Json, on: str) -> Json:
        to = str(body.get("recipient", {}).get("id", ""))
        if action := body.get("sender_action"):
            self.acted.append({**body, "on": on})
            return {"recipient_id": to, **({"message_id": self.name("m_")} if action == "react" else {})}
        message = body.get("message") or {}
        text = str(message.get("text", ""))
        length = len(text.encode()) if on == "instagram" else len(text)
        if length > LONGEST[on]:
            raise Refusal(100, f"(#100) Length of param message[text] must be less than or equal to {LONGEST[on]}")
        if not text and not message.get("attachment"):
            raise Refusal(100, "(#100) Param message must be non-empty.")
        within = HUMAN if (body.get("messaging_type"), body.get("tag")) == ("MESSAGE_TAG", "HUMAN_AGENT") else STANDARD
        if not self.is_heard(to, within):
            text = "(#10) This message is sent outside of allowed window."
            raise Refusal(10, text, subcode=2534022 if on == "instagram" else 2018278)
        name = self.name("m_")
        self.said.append({"id": name, "to": to, "body": body, "on": on})
        self._echo(on, to, name, message)
        return {"recipient_id": to, "message_id": name}

    def _echo(self, on: str, to: str, name: str, message: Json) -> None:
        told = {key: value for key, value in message.items() if key in ("text", "metadata")}
        echo = {"mid": name, "is_echo": True, "app_id": int(APP_ID), **told}
        self.event(on, to, {"message": echo}, is_ours=True)

    def list_talks(self, call: Call, found: "re.Match[str]") -> Json:
        """Those of one platform with the newest messages of each, the newest talk first, page by page."""
        on, limit = call.query.get("platform", "messenger"), int(call.query.get("limit", 25))
        people = list(dict.fromkeys(each["person"] for each in reversed(self.kept) if each["on"] == on))
        start = int(call.query.get("after") or 0)
        talks = [self._talk(on, person) for person in people[start : start + limit]]
        paging: Json = {"cursors": {"before": str(start), "after": str(start + limit)}}
        if start + limit < len(people):
            paging["next"] = f"{self.url}/next"
        return {"data": talks, "paging": paging}

    def _talk(self, on: str, person: str) -> Json:
        mine = [each for each in reversed(self.kept) if (each["on"], each["person"]) == (on, person)]
        said = [self._as_listed(each) for each in mine[:LISTED]]
        return {"id": f"t_{person}", "updated_time": said[0]["created_time"], "messages": {"data": said}}

    def _as_listed(self, kept: Json) -> Json:
        message, owner = kept["message"], OWNERS[kept["on"]]
        sender, to = (owner, kept["person"]) if kept["is_ours"] else (kept["person"], owner)
        files = [
            {"mime_type": f"{each['type']}/*", f"{each['type']}_data": {"url": each["payload"]["url"]}}
            for each in message.get("attachments", [])
        ]
        at = datetime.fromtimestamp(kept["at"], UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
        return {
            "id": message["mid"], "created_time": at, "from": {"id": sender}, "to": {"data": [{"id": to}]},
            "message": message.get("text", ""), **({"attachments": {"data": files}} if files else {}),
        }  # fmt: skip

    def show_page(self, call: Call, found: "re.Match[str]") -> Json:
        return {"id": PAGE, "instagram_business_account": {"id": INSTAGRAM, "username": "hollinfell"}}
