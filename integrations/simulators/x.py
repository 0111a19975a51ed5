"""X's API v2 on loopback: one account of ours, people who write to it, an app with its secrets and its webhook.

As https://docs.x.com: a webhook is asked its word (CRC) before it is believed, events come signed in the form of the X
Activity API or of the older Account Activity API, refresh tokens are good once, and limits stand in x-rate-limit-reset.
"""

import base64
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from integrations.simulators.server import Call, Json, ProviderServer, Reply, Webhook
from integrations.simulators.telegram import fields_of

SECRETS = {
    "client_id": "rG9n6402A3dbUJKzXTNX4oWHJ",
    "client_secret": "only-the-app-and-X-know-this",
    "access_token": "first-access",
    "refresh_token": "first-refresh",
    "bearer_token": "the-apps-own",
}
US = {"id": "1111111111111111111", "name": "Hollin & Fell", "username": "hollinfell"}


class XServer(ProviderServer):
    """`said`: what the account has sent; `posts` and `messages`: what is there, oldest first. `revoked`: no token is
    known any more; `closed`: who takes no direct messages; `limited`: so many calls are answered 429."""

    def __init__(self, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.revoked, self.limited, self.may_read_messages, self.has_webhooks = False, 0, True, True
        self.closed: set[str] = set()
        self.tokens, self.refresh = {SECRETS["access_token"]}, SECRETS["refresh_token"]
        self.posts: list[Json] = []
        self.messages: list[Json] = []
        self.said: list[Json] = []
        self.users: dict[str, Json] = {US["id"]: US}
        self.files: dict[str, bytes] = {}
        self.media: dict[str, Json] = {}
        self.webhooks: list[Json] = []
        self.subscriptions: list[Json] = []
        self._numbers = itertools.count(2_080_765_813_578_191_303)

    # What people do.

    def person(self, number: str, name: str = "Ann Bell", username: str = "annbell") -> Json:
        return self.users.setdefault(number, {"id": number, "name": name, "username": username})

    def mention(self, number: str, text: str, *, reply_to: str = "", **more: object) -> Json:
        post: Json = {"id": str(next(self._numbers)), "text": f"@hollinfell {text}", "author_id": number}
        post |= {"created_at": _now(), "lang": "en", **more}
        post |= {"referenced_tweets": [{"type": "replied_to", "id": reply_to}]} if reply_to else {}
        self.posts.append(post)
        self.tell("post.mention.create", post, includes={"users": [self.person(number)]})
        return post

    def write(self, number: str, text: str, **more: object) -> Json:
        """A direct message."""
        message: Json = {"id": str(next(self._numbers)), "event_type": "MessageCreate", "text": text}
        message |= {"sender_id": number, "created_at": _now(), **more}
        self.messages.append(message)
        self.tell("dm.received", {"direct_message_events": [_old(message)], "users": self._users(number)})
        return message

    def tell(self, kind: str, payload: Json, **more: object) -> None:
        about = {"event_uuid": str(next(self._numbers)), "filter": {"user_id": US["id"]}, "event_type": kind}
        self.owe(kind, {"data": {**about, "payload": payload, **more}})

    def owe(self, kind: str, said: Json) -> None:
        """Signed in both ways, as for an app that has both secrets."""
        body = json.dumps(said).encode()
        headers = {"X-Twitter-Webhooks-Signature-OAuth2": sign(SECRETS["client_secret"], body)}
        url = str(self.webhooks[-1]["url"]) if self.webhooks else ""
        self.owed.append(Webhook(kind, headers, body, url))

    def count_from(self, first: int) -> None:
        self._numbers = itertools.count(first * 10**9)

    def trust(self, secrets: Mapping[str, str]) -> None:
        if secrets.get("access_ends"):  # it was renewed
            self.tokens.add(secrets["access_token"])
            self.refresh = secrets["refresh_token"]

    def remember(self, person: str, *, name: str, at: datetime, said: str, text: str, is_public: bool) -> None:
        first = name.split()[0].lower() if name else "somebody"
        self.person(person, name, first)
        if is_public:
            post = {"id": said.rpartition(":")[2], "text": text, "author_id": person}
            self.posts.append({**post, "created_at": at.isoformat()})

    def picture(self, body: bytes, name: str = "boot.jpg") -> Json:
        self.files[f"/img/{name}"] = body
        return {"media_key": f"3_{len(self.files)}", "type": "photo", "url": f"{self.url}/img/{name}"}

    def author_of(self, reply: Json) -> str:
        """Of the post that this one of ours answers; "" where there is none."""
        answered = str((reply.get("reply") or {}).get("in_reply_to_tweet_id", ""))
        return next((str(post["author_id"]) for post in self.posts if post["id"] == answered), "")

    def _users(self, number: str) -> Json:
        return {each["id"]: {"data": each} for each in (self.person(number), US)}

    # What the desk asks.

    def answer(self, call: Call) -> Reply:
        if call.path in self.files:
            return Reply(self.files[call.path], headers={"Content-Type": "image/jpeg"})
        if call.path == "/2/oauth2/token":
            return self.renewed(call)
        if self.limited > 0:
            self.limited -= 1
            return self.refusal_busy(call)
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        is_app = call.path.startswith("/2/webhooks")
        known = {SECRETS["bearer_token"]} if is_app else self.tokens
        if self.revoked or (token not in known and not token.startswith("OAuth ")):
            return Reply({"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}, 401)
        for (method, start), answers in ROUTES.items():
            if call.method == method and call.path.startswith(start):
                return answers(self, call)
        return problem(404, "resource-not-found", "Not Found Error", "Could not find it.")

    def refusal_busy(self, call: Call) -> Reply:
        ends = int(time.time() + float(self.retry_after or 1))
        body = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429}
        return Reply(body, 429, {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(ends)})

    def renewed(self, call: Call) -> Reply:
        """A refresh token buys one pair."""
        if self.revoked or call.form.get("refresh_token") != self.refresh:
            return Reply(
                {"error": "invalid_request", "error_description": "Value passed for the token was invalid."}, 400
            )
        number = next(self._numbers)
        self.refresh = f"refresh-{number}"
        self.tokens = {f"access-{number}"}
        pair = {"access_token": f"access-{number}", "refresh_token": self.refresh, "expires_in": 7200}
        return Reply({"token_type": "bearer", **pair})

    def listed(self, call: Call) -> Reply:
        """The newest first, in pages."""
        asked, is_posts = call.query, "mentions" in call.path
        if not is_posts and not self.may_read_messages:
            return problem(403, "oauth2-permissions", "Forbidden", "Your app may not read direct messages.")
        things = self.posts if is_posts else self.messages
        found = sorted(things, key=lambda each: -int(each["id"]))
        found = [each for each in found if int(each["id"]) > int(asked.get("since_id", "0"))]
        start, most = int(asked.get("pagination_token", "0")), int(asked.get("max_results", "10"))
        page = found[start : start + most]
        meta: Json = {"result_count": len(page)}
        meta |= {"next_token": str(start + most)} if start + most < len(found) else {}
        media = [each for one in page for each in one.get("_media", [])]
        data = [{key: value for key, value in each.items() if key != "_media"} for each in page]
        includes = {"users": list(self.users.values()), **({"media": media} if media else {})}
        return Reply({"data": data, "includes": includes, "meta": meta} if data else {"meta": meta})

    def direct(self, call: Call) -> Reply:
        number, asked = call.path.split("/")[4], call.json
        if number in self.closed:
            return problem(403, "about:blank", "Forbidden", "You cannot send messages to this user.")
        if len(asked.get("attachments") or []) > 1:
            return problem(400, "invalid-request", "Invalid Request", "Only one attachment is allowed.")
        event = str(next(self._numbers))
        self.said.append({"to": number, "id": event, **asked})
        return Reply({"data": {"dm_conversation_id": f"{number}-{US['id']}", "dm_event_id": event}}, 201)

    def post(self, call: Call) -> Reply:
        asked = call.json
        if any(each.get("text") == asked.get("text") for each in self.said):
            detail = "You are not allowed to create a Tweet with duplicate content."
            return problem(403, "about:blank", "Forbidden", detail)
        answered = str((asked.get("reply") or {}).get("in_reply_to_tweet_id", ""))
        if answered and not any(each["id"] == answered for each in self.posts):
            detail = "You attempted to reply to a Tweet that is deleted or not visible to you."
            return problem(400, "invalid-request", "Invalid Request", detail)
        number = str(next(self._numbers))
        self.said.append({"id": number, **asked})
        return Reply({"data": {"id": number, "text": asked.get("text", "")}}, 201)

    def upload(self, call: Call) -> Reply:
        parts, number = call.path.split("/"), str(next(self._numbers))
        if parts[-1] == "append":
            self.media[parts[-2]]["body"] += fields_of(call)["files"]["media"][1]
            return Reply({"data": {}})
        if parts[-1] == "finalize":
            return Reply({"data": {"id": parts[-2], "processing_info": {"state": "pending", "check_after_secs": 0}}})
        asked = call.json if parts[-1] == "initialize" else fields_of(call)
        body = b"" if parts[-1] == "initialize" else asked["files"]["media"][1]
        self.media[number] = {"category": asked["media_category"], "body": body}
        return Reply({"data": {"id": number, "media_key": f"3_{number}"}})

    def subscribe(self, call: Call) -> Reply:
        self.subscriptions.append(call.json)
        return Reply({"data": {"subscription_id": str(len(self.subscriptions)), **call.json}}, 201)

    def hooks(self, call: Call) -> Reply:
        if not self.has_webhooks:
            return problem(403, "client-forbidden", "Client Forbidden", "This app has no access to webhooks.")
        if call.method == "POST":
            self.webhooks.append({"id": str(next(self._numbers)), "url": call.json["url"], "valid": True})
            return Reply({"data": self.webhooks[-1]}, 201)
        return Reply({"data": self.webhooks, "meta": {"result_count": len(self.webhooks)}})


def sign(secret: str, body: bytes) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def problem(status: int, kind: str, title: str, detail: str) -> Reply:
    url = kind if kind == "about:blank" else f"https://api.x.com/2/problems/{kind}"
    return Reply({"title": title, "detail": detail, "type": url, "status": status}, status)


Answers = Callable[[XServer, Call], Reply]
ROUTES: dict[tuple[str, str], Answers] = {
    ("GET", "/2/users/me"): lambda server, call: Reply({"data": US}),
    ("GET", "/2/users/"): XServer.listed,
    ("GET", "/2/dm_events"): XServer.listed,
    ("POST", "/2/dm_conversations/with/"): XServer.direct,
    ("POST", "/2/tweets"): XServer.post,
    ("POST", "/2/media/upload"): XServer.upload,
    ("GET", "/2/media/upload"): lambda server, call: Reply({"data": {"processing_info": {"state": "succeeded"}}}),
    ("POST", "/2/activity/subscriptions"): XServer.subscribe,
    ("POST", "/2/webhooks"): XServer.hooks,
    ("PUT", "/2/webhooks"): XServer.hooks,
    ("GET", "/2/webhooks"): XServer.hooks,
}


def _old(message: Json) -> Json:
    """As the Activity API still has direct messages: in the form of the Account Activity API."""
    data: dict[str, Any] = {"text": message["text"], "entities": {"urls": []}}
    told = {"target": {"recipient_id": US["id"]}, "sender_id": message["sender_id"], "message_data": data}
    at = datetime.fromisoformat(message["created_at"]).timestamp()
    known = {"type": "message_create", "id": message["id"], "created_timestamp": str(int(at * 1000))}
    return {**known, "message_create": told}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
