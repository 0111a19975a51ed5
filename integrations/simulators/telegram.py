"""Telegram's Bot API on loopback: one bot, and people who write to it, press its buttons, react, and block it.

As https://core.telegram.org/bots/api: updates go to the webhook that was set (they are `owed`), or wait for getUpdates,
never both; a file is got by getFile; what is refused says so in Telegram's words (https://github.com/tdlib/telegram-bot-api).
"""

import itertools
import json
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from email.parser import BytesParser
from email.policy import HTTP
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

from integrations.simulators.server import Call, Json, ProviderServer, Reply, Webhook

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw4"  # noqa: S105 - in the form of Telegram's own example
BOT = {"id": 110201543, "is_bot": True, "first_name": "Hollin & Fell", "username": "hollinfell_bot"}
LONGEST, LONGEST_CAPTION = 4096, 1024
LARGEST_DOWNLOAD = 20_000_000
SELDOM = ("message_reaction", "message_reaction_count", "chat_member")  # told only to a bot that names them
STRUCTURED = {
    "allowed_updates", "caption_entities", "entities", "link_preview_options", "media", "reaction", "reply_markup",
    "reply_parameters",
}  # fmt: skip
_FILM: dict[str, object] = {"width": 640, "height": 360, "duration": 4}
SHAPES: dict[str, dict[str, object]] = {  # what is told of a file of a kind, beside its name and size
    "video": _FILM,
    "animation": _FILM,
    "audio": {"duration": 4},
    "voice": {"duration": 4},
    "video_note": {"length": 240, "duration": 4},
    "sticker": {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"},
}
TAGS = {"b", "i", "u", "s", "a", "code", "pre", "blockquote", "strong", "em", "ins", "del", "strike", "tg-spoiler"}


class TelegramServer(ProviderServer):
    """`said` is what the bot has sent, oldest first. `revoked`: the token is not known any more; `flood`: so many calls
    are answered 429 with `retry_after` seconds."""

    def __init__(self, *, port: int = 0, token: str = TOKEN) -> None:
        super().__init__(port=port)
        self.token, self.revoked, self.flood, self.retry_after = token, False, 0, "3"
        self.people: dict[int, Json] = {}
        self.blocked: set[int] = set()
        self.said: list[Json] = []
        self.files: dict[str, tuple[str, bytes]] = {}
        self.answered: list[str] = []  # callback queries
        self.reactions: dict[tuple[str, int], list[Json]] = {}
        self.webhook: Json = {}
        self.last_error = ""
        self.news = threading.Condition(self.lock)
        self.updates: list[Json] = []
        self._numbers, self._messages = itertools.count(700_000_001), itertools.count(1)
        self._polls = 0

    def count_from(self, first: int) -> None:
        self._numbers, self._messages = itertools.count(first), itertools.count(first)

    def remember(self, person: str, *, name: str, at: datetime, said: str, text: str, is_public: bool) -> None:
        if person.isdecimal():
            first, _space, last = name.partition(" ")
            self.person(int(person), first, last)

    # What people do.

    def person(self, number: int, first_name: str = "Ann", last_name: str = "Bell", **more: object) -> Json:
        known = {"id": number, "is_bot": False, "first_name": first_name, "last_name": last_name, "language_code": "en"}
        return self.people.setdefault(number, {**known, **more})

    def write(self, number: int, text: str = "", *, chat: Mapping[str, object] | None = None, **parts: object) -> Json:
        """`parts`: photo, reply_to_message, media_group_id … as they stand in a message."""
        message = self._message(number, chat, **({"text": text} if text else {}), **parts)
        self._tell("message", message)
        return message

    def share(self, number: int, kind: str, body: bytes, *, name: str = "", **parts: object) -> Json:
        """A file of this kind, with all that Telegram tells of it."""
        shown: Json = {kind: self.file(kind, body, name), **parts}
        return self.write(number, **shown)

    def album(self, number: int, *bodies: bytes, caption: str = "") -> list[Json]:
        """Photos that are sent together: a message for each, the caption with the first."""
        group = str(time.time_ns())
        messages = []
        for index, body in enumerate(bodies):
            told = {"caption": caption} if caption and index == 0 else {}
            messages.append(self.share(number, "photo", body, media_group_id=group, **told))
        return messages

    def edit(self, message: Mapping[str, Any], text: str) -> None:
        edited = {**message, "text": text, "edit_date": int(time.time())}
        self._tell("edited_message", edited)

    def press(self, number: int, message: Mapping[str, Any], button: str) -> None:
        """A button below a message of the bot's, by its words."""
        rows = message["reply_markup"]["inline_keyboard"]
        data = next(each["callback_data"] for row in rows for each in row if each["text"] == button)
        query = {"id": str(time.time_ns()), "from": self.person(number), "message": dict(message), "data": data}
        self._tell("callback_query", {**query, "chat_instance": "-42"})

    def react(self, number: int, message: Mapping[str, Any], now: str = "", before: str = "") -> None:
        def kinds(emoji: str) -> list[Json]:
            return [{"type": "emoji", "emoji": emoji}] if emoji else []

        told = {"chat": message["chat"], "message_id": message["message_id"], "user": self.person(number)}
        told |= {"date": int(time.time()), "old_reaction": kinds(before), "new_reaction": kinds(now)}
        self._tell("message_reaction", told)

    def block(self, number: int, *, again: bool = False) -> None:
        """`again`: lets the bot in again."""
        (self.blocked.discard if again else self.blocked.add)(number)
        states = ("kicked", "member") if again else ("member", "kicked")
        ends = {"kicked": {"until_date": 0}}
        old, new = ({"user": BOT, "status": status, **ends.get(status, {})} for status in states)
        told = {"chat": self._private(number), "from": self.person(number), "date": int(time.time())}
        self._tell("my_chat_member", {**told, "old_chat_member": old, "new_chat_member": new})

    def file(self, kind: str, body: bytes, name: str = "") -> Any:
        with self.lock:
            file_id = f"BQACAgQAAx{len(self.files):06d}"
            self.files[file_id] = (
                f"{kind}s/file_{len(self.files)}{name[name.rfind('.') :] if '.' in name else ''}",
                body,
            )
        about: Json = {"file_id": file_id, "file_unique_id": file_id[-8:], "file_size": len(body)}
        if kind == "photo":
            small = {**about, "file_id": f"{file_id}s", "width": 90, "height": 60, "file_size": 900}
            return [small, {**about, "width": 1280, "height": 853}]
        return {**about, **SHAPES.get(kind, {}), **({"file_name": name} if name else {})}

    def _private(self, number: int) -> Json:
        person = self.person(number)
        return {"id": number, "type": "private", "first_name": person["first_name"]}

    def _message(self, number: int, chat: Mapping[str, object] | None, **parts: object) -> Json:
        head = {"message_id": next(self._messages), "from": self.person(number), "date": int(time.time())}
        return {**head, "chat": dict(chat) if chat else self._private(number), **parts}

    def _tell(self, kind: str, what: Json) -> None:
        update = {"update_id": next(self._numbers), kind: what}
        with self.news:
            if self.webhook.get("url"):
                allowed = self.webhook["allowed_updates"]
                if kind in allowed or not allowed and kind not in SELDOM:
                    headers = {"X-Telegram-Bot-Api-Secret-Token": str(self.webhook.get("secret_token", ""))}
                    body = json.dumps(update).encode()
                    self.owed.append(Webhook(kind, headers, body, str(self.webhook["url"])))
                return
            self.updates.append(update)
            self.news.notify_all()

    # What the bot asks.

    def answer(self, call: Call) -> Reply:
        _, start, *rest = unquote(call.path).split("/")  # clients may write the token's colon as %3A
        is_file = start == "file" and len(rest) > 1
        token, rest = (rest[0], rest[1:]) if is_file else (start, rest)
        if token != f"bot{self.token}":
            return refusal(404, "Not Found")
        if self.revoked:
            return refusal(401, "Unauthorized")
        if is_file:
            found = next((body for path, body in self.files.values() if path == "/".join(rest)), None)
            return Reply(found) if found is not None else refusal(404, "Not Found")
        if self.flood > 0:
            self.flood -= 1
            return _flooded(self.retry_after)
        method = METHODS.get(rest[0].lower() if rest else "")
        return method(self, fields_of(call)) if method else refusal(404, "Not Found")

    def refusal_down(self, call: Call) -> Reply:
        return refusal(502, "Bad Gateway")

    def refusal_busy(self, call: Call) -> Reply:
        return _flooded(self.retry_after)

    def poll(self, asked: Json) -> Reply:
        if self.webhook.get("url"):
            return refusal(
                409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first"
            )
        self._polls += 1
        mine = self._polls
        self.news.notify_all()
        return Reply(later=lambda: self._news(asked, mine))

    def _news(self, asked: Json, mine: int) -> Reply:
        """What was got before the offset is forgotten; a second poller ends the first."""
        with self.news:
            self.updates = [each for each in self.updates if each["update_id"] >= int(asked.get("offset") or 0)]
            ends = time.monotonic() + float(asked.get("timeout") or 0)
            while not self.updates and self._polls == mine and (left := ends - time.monotonic()) > 0:
                self.news.wait(min(left, 0.2))
                if self._ended.is_set():
                    break
            if self._polls != mine:
                return refusal(
                    409, "Conflict: terminated by other getUpdates request; make sure that only one bot runs"
                )
            return result(self.updates[: int(asked.get("limit") or 100)])

    def send(self, asked: Json, **parts: object) -> Reply:
        if refused := self._refused(asked):
            return refused
        message = self._from_bot(asked, **parts)
        return result(message)

    def album_of(self, asked: Json) -> Reply:
        media = asked.get("media") or []
        if not 2 <= len(media) <= 10:
            return refusal(400, "Bad Request: media must contain 2-10 items")
        if refused := self._refused(asked):
            return refused
        group = str(time.time_ns())
        told = []
        for each in media:
            name = str(each["media"]).removeprefix("attach://")
            file = self.file(each["type"], asked["files"][name][1])
            parts = {key: each[key] for key in ("caption",) if key in each}
            told.append(self._from_bot(asked, **{each["type"]: file, "media_group_id": group}, **parts))
        return result(told)

    def _from_bot(self, asked: Json, **parts: object) -> Json:
        chat = int(asked["chat_id"])
        where = self._private(chat) if chat > 0 else {"id": chat, "type": "supergroup", "title": "Walkers"}
        head = {"message_id": next(self._messages), "from": BOT, "chat": where, "date": int(time.time())}
        kept = {key: asked[key] for key in ("reply_markup", "reply_parameters", "parse_mode") if asked.get(key)}
        message = {**head, **parts, **kept}
        self.said.append(message)
        return message

    def _refused(self, asked: Json) -> Reply | None:
        chat = str(asked.get("chat_id", ""))
        number = int(chat) if chat.lstrip("-").isdecimal() else 0
        if number in self.blocked:
            return refusal(403, "Forbidden: bot was blocked by the user")
        if number >= 0 and number not in self.people:
            return refusal(400, "Bad Request: chat not found")
        text, most = (asked["text"], LONGEST) if "text" in asked else (asked.get("caption") or "", LONGEST_CAPTION)
        if asked.get("parse_mode") == "HTML":
            try:
                text = _plain(text)
            except ValueError as error:
                return refusal(400, f"Bad Request: can't parse entities: {error}")
        if len(text) > most:
            return refusal(400, f"Bad Request: message {'caption ' if most == LONGEST_CAPTION else ''}is too long")
        return None


Method = Callable[[TelegramServer, Json], Reply]


def result(found: object) -> Reply:
    return Reply({"ok": True, "result": found})


def refusal(status: int, said: str, **parameters: object) -> Reply:
    more = {"parameters": parameters} if parameters else {}
    return Reply({"ok": False, "error_code": status, "description": said, **more}, status)


def fields_of(call: Call) -> Json:
    """JSON, or a form of either kind, whose values are JSON where they have parts; files by name under "files"."""
    kind = call.headers.get("content-type", "")
    if kind.startswith("application/x-www-form-urlencoded"):
        return {name: _value(name, text) for name, text in call.pairs}
    if not kind.startswith("multipart/form-data"):
        return dict(call.json) if call.body else {}
    mail = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + call.body)
    found: Json = {"files": {}}
    for part in mail.iter_parts():
        name, body = str(part.get_param("name", header="content-disposition")), part.get_payload(decode=True)
        content = body if isinstance(body, bytes) else bytes(part.get_content())
        if part.get_filename():
            found["files"][name] = (part.get_filename(), content)
        else:
            found[name] = _value(name, content.decode().rstrip("\n"))
    return found


def _value(name: str, text: str) -> Any:
    return json.loads(text) if name in STRUCTURED else text


def _flooded(seconds: str) -> Reply:
    return refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=int(seconds))


def _text(server: TelegramServer, asked: Json) -> Reply:
    if not str(asked.get("text", "")).strip():
        return refusal(400, "Bad Request: message text is empty")
    return server.send(asked, text=asked["text"])


def _file(kind: str) -> Method:
    def send(server: TelegramServer, asked: Json) -> Reply:
        name, body = asked["files"][kind]
        caption = {"caption": asked["caption"]} if asked.get("caption") else {}
        return server.send(asked, **{kind: server.file(kind, body, name)}, **caption)

    return send


def _set_webhook(server: TelegramServer, asked: Json) -> Reply:
    server.webhook = {"allowed_updates": [], **asked}
    return result(True)


def _webhook_info(server: TelegramServer, asked: Json) -> Reply:
    waiting = len(server.owed) + len(server.updates)
    found: Json = {"url": server.webhook.get("url", ""), "has_custom_certificate": False}
    found |= {"pending_update_count": waiting, "allowed_updates": server.webhook.get("allowed_updates", [])}
    return result({**found, **({"last_error_message": server.last_error} if server.last_error else {})})


def _get_file(server: TelegramServer, asked: Json) -> Reply:
    path, body = server.files.get(str(asked.get("file_id")), ("", b""))
    if not path:
        return refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    if len(body) > LARGEST_DOWNLOAD:
        return refusal(400, "Bad Request: file is too big")
    named = {"file_id": asked["file_id"], "file_unique_id": str(asked["file_id"])[-8:]}
    return result({**named, "file_size": len(body), "file_path": path})


def _answer_query(server: TelegramServer, asked: Json) -> Reply:
    server.answered.append(str(asked["callback_query_id"]))
    return result(True)


def _set_reaction(server: TelegramServer, asked: Json) -> Reply:
    server.reactions[str(asked["chat_id"]), int(asked["message_id"])] = asked.get("reaction") or []
    return result(True)


METHODS: dict[str, Method] = {
    "getme": lambda server, asked: result({**BOT, "can_join_groups": True, "can_read_all_group_messages": False}),
    "getupdates": TelegramServer.poll,
    "setwebhook": _set_webhook,
    "deletewebhook": lambda server, asked: _set_webhook(server, {}),
    "getwebhookinfo": _webhook_info,
    "sendmessage": _text,
    **{f"send{kind}": _file(kind) for kind in ("photo", "video", "audio", "voice", "animation", "document")},
    "sendmediagroup": TelegramServer.album_of,
    "getfile": _get_file,
    "answercallbackquery": _answer_query,
    "setmessagereaction": _set_reaction,
}


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise ValueError(f'Unsupported start tag "{tag}"')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise ValueError(f'Unexpected end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def _plain(text: str) -> str:
    """What is left when the tags are read. Raises ValueError for HTML that Telegram does not take."""
    reader = _Plain()
    reader.feed(text)
    reader.close()
    if reader.open:
        raise ValueError(f'Can\'t find end tag corresponding to start tag "{reader.open[-1]}"')
    return "".join(reader.said)
