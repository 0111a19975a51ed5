"""A Mastodon server on loopback: one account of ours, people on it and elsewhere who write to it, and its stream.

As https://docs.joinmastodon.org: notifications are listed by number, the stream tells of them at once, posts are made
once for each Idempotency-Key, films are worked on for a while, and limits stand in X-RateLimit-* headers.
"""

import itertools
import json
import queue
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import urlencode

from integrations.simulators.server import Call, Json, ProviderServer, Reply
from integrations.simulators.telegram import fields_of

TOKEN = "ZA-Yj3aBD8U8Cm7lKUp-lm9O9BmDgdhHzDeqsY8tlL0"  # noqa: S105 - in the form of the documentation's example
DOMAIN, VERSION = "mastodon.example", "4.2.10"
US = {"id": "14715", "username": "hollinfell", "acct": "hollinfell", "display_name": "Hollin & Fell"}
SCOPES = ["read", "write"]
HEARTBEAT = 0.2  # seconds; a real server's are 15


class MastodonServer(ProviderServer):
    """`statuses` are all posts by their number; `said` those of ours, oldest first. `revoked`: the token is not known;
    `limited`: so many calls are answered 429; `has_stream`: whether the stream opens."""

    def __init__(self, *, port: int = 0, token: str = TOKEN) -> None:
        super().__init__(port=port)
        self.token, self.revoked, self.limited, self.has_stream = token, False, 0, True
        self.longest, self.scopes, self.policy = 500, list(SCOPES), "accept"
        self.statuses: dict[str, Json] = {}
        self.said: list[Json] = []
        self.notifications: list[Json] = []
        self.keys: dict[str, Json] = {}
        self.media: dict[str, int] = {}  # by number: how often it is asked for until it is done
        self.working = 1  # how often that is for a new film
        self.files: dict[str, bytes] = {}
        self.lines: list[queue.Queue[tuple[str, str]]] = []
        self._statuses, self._notifications = itertools.count(103_186_126_728_896_492), itertools.count(34_975_861)

    def count_from(self, first: int) -> None:
        self._statuses, self._notifications = itertools.count(first * 10**9), itertools.count(first)

    def remember(self, person: str, *, name: str, at: datetime, said: str, text: str, is_public: bool) -> None:
        visibility = "public" if is_public else "direct"
        content = f"<p>{escape(text)}</p>"
        status = self._status(_account(person), content, visibility=visibility, reply_to="", id=said)
        self.statuses = {**self.statuses, said: status}

    # What people do.

    def write(self, acct: str, text: str, *, visibility: str = "public", reply_to: str = "", **more: object) -> Json:
        """A post that mentions us."""
        content = f'<p><span class="h-card"><a href="{self.url}/@hollinfell" class="u-url mention">@<span>hollinfell'
        content += f"</span></a></span> {escape(text)}</p>"
        status = self._status(_account(acct), content, visibility=visibility, reply_to=reply_to, **more)
        self.notify("mention", status)
        return status

    def notify(self, kind: str, status: Json) -> Json:
        """favourite, reblog, mention …"""
        with self.lock:
            told = {"id": str(next(self._notifications)), "type": kind, "created_at": _now()}
            notification = {**told, "account": status["account"], "status": status}
            self.notifications.append(notification)
            self._stream("notification", notification)
        return notification

    def edit(self, status: Json, text: str) -> None:
        with self.lock:
            status.update(content=f"<p>{escape(text)}</p>", edited_at=_now())
            self._stream("status.update", status)

    def delete(self, status: Json) -> None:
        """Its notification goes with it."""
        with self.lock:
            del self.statuses[status["id"]]
            self.notifications = [each for each in self.notifications if each["status"]["id"] != status["id"]]
            self._stream("delete", status["id"])

    def picture(self, body: bytes, *, name: str = "boot.png") -> Json:
        """For `media_attachments`."""
        number = str(len(self.files) + 1)
        self.files[f"/media/{number}/{name}"] = body
        url = f"{self.url}/media/{number}/{name}"
        return {"id": number, "type": "image", "url": url, "remote_url": None, "description": "A boot"}

    def hang_up(self) -> None:
        """Every open stream breaks off."""
        with self.lock:
            for line in self.lines:
                line.put(("", ""))

    def _status(self, account: Json, content: str, *, visibility: str, reply_to: str, **more: object) -> Json:
        number = str(next(self._statuses))
        status: Json = {
            "id": number,
            "created_at": _now(),
            "in_reply_to_id": reply_to or None,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": visibility,
            "language": "en",
            "url": f"{self.url}/@{account['acct']}/{number}",
            "edited_at": None,
            "content": content,
            "account": account,
            "media_attachments": [],
            "mentions": [US],
            "poll": None,
            **more,
        }
        self.statuses[number] = status
        return status

    def _stream(self, event: str, payload: object) -> None:
        data = payload if isinstance(payload, str) else json.dumps(payload)
        for line in self.lines:
            line.put((event, data))

    # What the desk asks.

    def answer(self, call: Call) -> Reply:
        if call.path in self.files:
            return Reply(self.files[call.path], headers={"Content-Type": "image/png"})
        if self.revoked or call.headers.get("authorization") != f"Bearer {self.token}":
            return Reply({"error": "The access token is invalid"}, 401)
        if self.limited > 0:
            self.limited -= 1
            return self.refusal_busy(call)
        for (method, start), answers in ROUTES.items():
            if call.method == method and call.path.startswith(start):
                return answers(self, call)
        return Reply({"error": "Record not found"}, 404)

    def refusal_busy(self, call: Call) -> Reply:
        ends = datetime.now(UTC) + timedelta(seconds=float(self.retry_after or 1))
        headers = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": ends.isoformat()}
        return Reply({"error": "Too many requests"}, 429, headers)

    def stream(self, call: Call) -> Reply:
        if not self.has_stream:
            return Reply({"error": "Not found"}, 404)
        line: queue.Queue[tuple[str, str]] = queue.Queue()
        self.lines.append(line)
        return Reply(headers={"Content-Type": "text/event-stream"}, stream=self._events(line))

    def _events(self, line: "queue.Queue[tuple[str, str]]") -> Iterator[bytes]:
        try:
            yield b":)\n"
            while not self._ended.is_set():
                try:
                    event, data = line.get(timeout=HEARTBEAT)
                except queue.Empty:
                    yield b":thump\n"
                    continue
                if not event:
                    return
                yield f"event: {event}\ndata: {data}\n\n".encode()
        finally:
            with self.lock:
                self.lines.remove(line)

    def listed(self, call: Call) -> Reply:
        """The newest first, those immediately behind min_id where that is asked."""
        asked = call.query
        found = [each for each in self.notifications if each["type"] == asked.get("types[]", each["type"])]
        most = min(int(asked.get("limit", "40")), 80)
        if before := asked.get("max_id"):
            found = [each for each in found if int(each["id"]) < int(before)]
        if after := asked.get("min_id"):
            found = [each for each in found if int(each["id"]) > int(after)][:most]
        page = sorted(found, key=lambda each: -int(each["id"]))[:most]
        return Reply(page, headers=self._around(call, page))

    def _around(self, call: Call, page: list[Json]) -> dict[str, str]:
        """Where the pages before and behind this one are: https://docs.joinmastodon.org/api/guidelines/#pagination"""
        if not page:
            return {}
        kept = {name: value for name, value in call.query.items() if name not in ("max_id", "min_id")}
        ways = {"next": {"max_id": page[-1]["id"]}, "prev": {"min_id": page[0]["id"]}}
        links = {rel: f"{self.url}{call.path}?{urlencode({**kept, **way})}" for rel, way in ways.items()}
        return {"Link": ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items())}

    def one(self, call: Call) -> Reply:
        status = self.statuses.get(call.path.rpartition("/")[2])
        return Reply(status) if status else Reply({"error": "Record not found"}, 404)

    def post(self, call: Call) -> Reply:
        key, asked = call.headers.get("idempotency-key", ""), _asked(call)
        if key and key in self.keys:
            return Reply(self.keys[key])
        text, files = str(asked.get("status") or ""), asked.get("media_ids") or []
        if len(text) > self.longest:
            return _invalid(f"Text character limit of {self.longest} exceeded")
        if not text and not files:
            return _invalid("Text can't be blank")
        if any(self.media.get(number, -1) != 0 for number in files):
            return Reply(
                {"error": "Cannot attach files that have not finished processing. Try again in a moment!"}, 422
            )
        if (answered := asked.get("in_reply_to_id")) and answered not in self.statuses:
            return Reply({"error": "The post you are trying to reply to does not appear to exist."}, 404)
        media = [{"id": number} for number in files]
        status = self._status(
            US,
            f"<p>{escape(text)}</p>",
            visibility=str(asked.get("visibility") or "public"),
            reply_to=str(answered or ""),
            media_attachments=media,
            text=text,
        )
        self.keys[key] = status
        self.said.append(status)
        return Reply(status)

    def upload(self, call: Call) -> Reply:
        _name, body = fields_of(call)["files"]["file"]
        if body.startswith(b"MZ"):
            return _invalid("File content type is invalid, File is invalid")
        number, waits = str(22_348_641 + len(self.media)), 0 if body.startswith(b"\x89PNG") else self.working
        self.media[number] = waits
        return Reply({"id": number, "url": None if waits else "done"}, 202 if waits else 200)

    def uploaded(self, call: Call) -> Reply:
        number = call.path.rpartition("/")[2]
        if number not in self.media:
            return Reply({"error": "Record not found"}, 404)
        if self.media[number] > 0:
            self.media[number] -= 1
            return Reply({"id": number, "url": None}, 206)
        return Reply({"id": number, "url": "done"})

    def instance(self, call: Call) -> Reply:
        limits = {"max_characters": self.longest, "max_media_attachments": 4}
        urls = {"streaming": self.url.replace("http", "ws", 1)}
        about = {"domain": DOMAIN, "title": "Mastodon", "version": VERSION}
        return Reply({**about, "configuration": {"urls": urls, "statuses": limits}})

    def older_instance(self, call: Call) -> Reply:
        """As https://docs.joinmastodon.org/methods/instance/#v1, which clients still ask for the version."""
        urls = {"streaming_api": self.url.replace("http", "ws", 1)}
        return Reply({"uri": DOMAIN, "title": "Mastodon", "version": VERSION, "urls": urls})


Answers = Callable[[MastodonServer, Call], Reply]
ROUTES: dict[tuple[str, str], Answers] = {
    ("GET", "/api/v1/streaming/user"): MastodonServer.stream,
    ("GET", "/api/v1/notifications"): MastodonServer.listed,
    ("GET", "/api/v1/accounts/verify_credentials"): lambda server, call: Reply(US),
    ("GET", "/api/v1/apps/verify_credentials"): lambda server, call: Reply({"name": "Desk", "scopes": server.scopes}),
    ("GET", "/api/v2/notifications/policy"): lambda server, call: Reply({"for_private_mentions": server.policy}),
    ("GET", "/api/v2/instance"): MastodonServer.instance,
    ("GET", "/api/v1/instance"): MastodonServer.older_instance,
    ("GET", "/api/v1/statuses/"): MastodonServer.one,
    ("GET", "/api/v1/media/"): MastodonServer.uploaded,
    ("POST", "/api/v2/media"): MastodonServer.upload,
    ("POST", "/api/v1/statuses"): MastodonServer.post,
}


def _account(acct: str) -> Json:
    known: dict[str, Any] = {"id": str(sum(map(ord, acct)) + 900_000), "acct": acct, "username": acct.partition("@")[0]}
    return {**known, "display_name": acct.partition("@")[0].title(), "bot": False}


def _asked(call: Call) -> Json:
    """JSON, or a form in which the name of a list ends with brackets."""
    if not call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return dict(call.json)
    lists: dict[str, list[str]] = {}
    for name, value in call.pairs:
        if name.endswith("[]"):
            lists.setdefault(name.removesuffix("[]"), []).append(value)
    return {**call.form, **lists}


def _invalid(said: str) -> Reply:
    return Reply({"error": f"Validation failed: {said}"}, 422)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
