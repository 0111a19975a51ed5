"""Meta's Graph API on loopback: one app, a WhatsApp number, a Facebook page and an Instagram account.

As developers.facebook.com has it: tokens and what they may (debug_token), subscriptions that are tried by a challenge
before they are believed, media by an id and then an address, templates page by page, the Send API of each messenger;
what is refused says so in Meta's form. Webhooks are signed, and `owed` until somebody delivers them.
"""

import hashlib
import hmac
import itertools
import json
import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import urlencode

from integrations.adapters.media.meta.hearing import sign
from integrations.simulators.meta_graph import (
    ACCOUNT,
    APP_ID,
    APP_SECRET,
    INSTAGRAM,
    NUMBER,
    PAGE,
    SCOPES,
    TOKEN,
    Refusal,
)
from integrations.simulators.meta_talks import Talks
from integrations.simulators.meta_whatsapp import TEMPLATES, Numbers
from integrations.simulators.server import Call, Json, ProviderServer, Reply, Webhook


class GraphServer(Numbers, Talks, ProviderServer):
    """`said` is what the desk has sent, oldest first; `acted` its reactions and marks. `refusing`: the next calls to
    send are refused so (code, subcode), one each. `window`: how long one may answer, as each messenger has it.
    `challenge`: asks the desk, given an address and what is asked, for its answer; None believes any address."""

    def __init__(self, *, port: int = 0, challenge: Callable[[str, dict[str, str]], str] | None = None) -> None:
        super().__init__(port=port)
        self.challenge = challenge
        self.revoked, self.expires_at, self.scopes = False, 0, list(SCOPES)
        self.said: list[Json] = []
        self.acted: list[Json] = []
        self.kept: list[Json] = []  # messages of talks, the oldest first
        self.refusing: list[tuple[int, int]] = []
        self.files: dict[str, tuple[str, bytes]] = {}
        self.subscriptions: dict[str, Json] = {}  # of the app, by object
        self.subscribed: dict[str, list[str]] = {}  # the fields, by page or account
        self.override = ""  # the number's own address
        self.heard_at: dict[str, float] = {}  # when each person last wrote
        self.templates = list(TEMPLATES)
        self.profiles: dict[str, Json] = {}
        self.reports = True  # sent and delivered follow what is sent by themselves
        self.token = TOKEN
        self._ids = itertools.count(1)

    # What it owes.

    def owe(self, body: Json, *, secret: str = APP_SECRET) -> Json:
        raw = json.dumps(body).encode()
        headers = {"X-Hub-Signature-256": sign(secret, raw), "Content-Type": "application/json"}
        told = self.override if body["object"] == "whatsapp_business_account" else ""
        url = told or str(self.subscriptions.get(body["object"], {}).get("callback_url", ""))
        with self.lock:
            self.owed.append(Webhook(str(body["object"]), headers, raw, url))
        return body

    def name(self, prefix: str) -> str:
        return f"{prefix}{next(self._ids):08d}"

    def keep(self, content_type: str, body: bytes) -> str:
        """A file, by its id; what the simulator's people send lies here, too."""
        number = str(1_000_000_000 + next(self._ids))
        self.files[number] = (content_type, body)
        return number

    def count_from(self, first: int) -> None:
        self._ids = itertools.count(first)

    def remember(self, person: str, *, name: str, at: datetime, said: str, text: str, is_public: bool) -> None:
        person = person.lstrip("+")
        self.hear(person, at.timestamp())
        self.profiles[person] = {"name": name, "username": name.split()[0].lower() if name else "somebody"}

    def hear(self, person: str, at: float | None = None) -> None:
        self.heard_at[person] = at or time.time()

    def is_heard(self, person: str, within: timedelta) -> bool:
        return time.time() - self.heard_at.get(person, 0.0) < within.total_seconds()

    # What it answers.

    def refusal_down(self, call: Call) -> Reply:
        text = "An unexpected error has occurred. Please retry your request later."
        return Reply({"error": {"message": text, "type": "OAuthException", "code": 2, "is_transient": True}}, 503)

    def refusal_busy(self, call: Call) -> Reply:
        text = (
            "(#80007) Rate limit hit"
            if NUMBER in call.path
            else "(#613) Calls to this api have exceeded the rate limit."
        )
        code = 80007 if NUMBER in call.path else 613
        usage = {NUMBER: [{"type": "messages", "call_count": 100, "estimated_time_to_regain_access": 2}]}
        headers = {"X-Business-Use-Case-Usage": json.dumps(usage)}
        return Reply({"error": {"message": text, "type": "OAuthException", "code": code}}, 400, headers)

    def answer(self, call: Call) -> Reply:
        if call.path.startswith("/files/"):
            return self._file(call)
        found = re.fullmatch(r"/(v\d+\.\d+)/(.+)", call.path)
        if not found:
            return Reply({"error": {"message": "Unknown path components", "code": 2500}}, 400)
        try:
            self._believe(call)
            return Reply(self._served(call, found[2]))
        except Refusal as refusal:
            return Reply({"error": refusal.error}, refusal.status)

    def _believe(self, call: Call) -> None:
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        if token == f"{APP_ID}|{APP_SECRET}":
            return
        if self.revoked or token != self.token:
            text = "Error validating access token: The session has been invalidated."
            raise Refusal(190, text, subcode=460, status=401)
        proof = hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
        if call.query.get("appsecret_proof", proof) != proof:
            raise Refusal(100, "Invalid appsecret_proof provided in the API argument")

    def _served(self, call: Call, path: str) -> Json:
        for (method, pattern), serve in _ROUTES.items():
            found = re.fullmatch(pattern, path)
            if found and method == call.method:
                return serve(self, call, found)
        raise Refusal(100, f"Unsupported {call.method.lower()} request: {path}", subcode=33)

    def _app(self, call: Call, found: "re.Match[str]") -> Json:
        return {"id": APP_ID, "name": "Hollin & Fell Desk"}

    def _debug(self, call: Call, found: "re.Match[str]") -> Json:
        is_valid = call.query.get("input_token") == self.token and not self.revoked
        told = {"app_id": APP_ID, "is_valid": is_valid, "expires_at": self.expires_at, "scopes": self.scopes}
        return {"data": {**told, "data_access_expires_at": 0, "type": "SYSTEM_USER"}}

    def _me(self, call: Call, found: "re.Match[str]") -> Json:
        if "username" in call.query.get("fields", ""):
            return {"user_id": INSTAGRAM, "username": "hollinfell", "id": "9010"}
        return {"id": PAGE, "name": "Hollin & Fell"}

    def _subscriptions(self, call: Call, found: "re.Match[str]") -> Json:
        if call.method == "GET":
            return {"data": list(self.subscriptions.values())}
        form = call.form
        self._try(form["callback_url"], form["verify_token"])
        kept = {"object": form["object"], "callback_url": form["callback_url"], "active": True}
        self.subscriptions[form["object"]] = kept
        return {"success": True}

    def _subscribed(self, call: Call, found: "re.Match[str]") -> Json:
        whose = found[1]
        if call.method == "GET":
            apps = [{"whatsapp_business_api_data": {"id": APP_ID, "name": "Desk"}}] if whose in self.subscribed else []
            return {"data": apps}
        told = call.form.get("subscribed_fields") or call.query.get("subscribed_fields", "")
        self.subscribed[whose] = told.split(",")
        return {"success": True}

    def _try(self, address: str, token: str) -> None:
        """Meta calls the address before it believes it."""
        if self.challenge is None:
            return
        asked = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"}
        if self.challenge(f"{address}?{urlencode(asked)}", asked) != "1158201444":
            raise Refusal(
                2200, "(#2200) Callback verification failed with the following errors: HTTP Status Code = 403"
            )

    def _profile(self, call: Call, found: "re.Match[str]") -> Json:
        if found[1] not in self.profiles:
            raise Refusal(100, "(#100) No profile available for this user.", subcode=2018218)
        return {**self.profiles[found[1]], "id": found[1]}

    def _renew(self, call: Call, found: "re.Match[str]") -> Json:
        self.token = f"{self.token}+"
        return {"access_token": self.token, "token_type": "bearer", "expires_in": 5_184_000}

    def _media(self, call: Call, found: "re.Match[str]") -> Json:
        """Where a file is: the address is good for five minutes, and wants the token."""
        if found[1] not in self.files:
            raise Refusal(100, "Unsupported get request. Object does not exist.", subcode=33)
        content_type, body = self.files[found[1]]
        digest = hashlib.sha256(body).hexdigest()
        told = {"url": f"{self.url}/files/{found[1]}", "mime_type": content_type, "file_size": str(len(body))}
        return {**told, "sha256": digest, "id": found[1], "messaging_product": "whatsapp"}

    def _file(self, call: Call) -> Reply:
        number = call.path.rpartition("/")[2]
        wants_token = "open" not in call.query
        if wants_token and call.headers.get("authorization") != f"Bearer {self.token}":
            return Reply("", 401)
        if number not in self.files:
            return Reply("", 404)
        content_type, body = self.files[number]
        return Reply(body, headers={"Content-Type": content_type})

    def _upload(self, call: Call, found: "re.Match[str]") -> Json:
        parts = parts_of(call)
        name = "filedata" if "filedata" in parts else "file"
        if name not in parts:
            raise Refusal(100, f"(#100) The parameter {name} is required.")
        content_type, body = parts[name]
        number = self.keep(content_type, body)
        return {"id": number} if name == "file" else {"attachment_id": number}

    def _send(self, call: Call, found: "re.Match[str]") -> Json:
        body: dict[str, Any] = call.json
        if self.refusing and not self._is_act(body):
            code, subcode = self.refusing.pop(0)
            raise Refusal(code, f"(#{code}) Simulated refusal", subcode=subcode)
        if body.get("messaging_product") == "whatsapp":
            return self.send_on_whatsapp(body)
        return self.send_in_talk(body, "instagram" if found[1] in (INSTAGRAM, "me") else "messenger")

    def _is_act(self, body: Json) -> bool:
        return "sender_action" in body or body.get("status") == "read"


def parts_of(call: Call) -> dict[str, tuple[str, bytes]]:
    """Of a body as multipart/form-data: each part's type and bytes, by its name."""
    head = f"Content-Type: {call.headers.get('content-type', '')}\r\n\r\n".encode()
    found: dict[str, tuple[str, bytes]] = {}
    for part in BytesParser(policy=HTTP).parsebytes(head + call.body).iter_parts():
        body = part.get_payload(decode=True)
        name = str(part.get_param("name", header="content-disposition"))
        found[name] = (part.get_content_type(), body if isinstance(body, bytes) else b"")
    return found


Serve = Callable[[GraphServer, Call, "re.Match[str]"], Json]
_ROUTES: dict[tuple[str, str], Serve] = {
    ("GET", "app"): GraphServer._app,
    ("GET", "debug_token"): GraphServer._debug,
    ("GET", "me"): GraphServer._me,
    ("GET", "refresh_access_token"): GraphServer._renew,
    ("GET", rf"{APP_ID}/subscriptions"): GraphServer._subscriptions,
    ("POST", rf"{APP_ID}/subscriptions"): GraphServer._subscriptions,
    ("GET", r"(\w+)/subscribed_apps"): GraphServer._subscribed,
    ("POST", r"(\w+)/subscribed_apps"): GraphServer._subscribed,
    ("GET", rf"{ACCOUNT}/message_templates"): GraphServer.list_templates,
    ("GET", NUMBER): GraphServer.show_number,
    ("POST", NUMBER): GraphServer.set_number,
    ("GET", rf"(me|{PAGE})/conversations"): GraphServer.list_talks,
    ("GET", PAGE): GraphServer.show_page,
    ("POST", r"(\w+)/media"): GraphServer._upload,
    ("POST", r"(\w+)/message_attachments"): GraphServer._upload,
    ("POST", r"(\w+)/messages"): GraphServer._send,
    ("GET", r"(1\d{9})"): GraphServer._media,
    ("GET", r"(\d+)"): GraphServer._profile,
}
