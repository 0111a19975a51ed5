"""A Twilio account on loopback: messages, calls, numbers, files, and webhooks signed as Twilio signs them.

It refuses the numbers that Twilio's test credentials refuse: https://www.twilio.com/docs/iam/test-credentials
"""

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from integrations.adapters.media.twilio.signature import SIGNATURE, signed
from integrations.simulators.server import Call, ProviderServer, Reply, Webhook

Json = dict[str, Any]
ACCOUNT, TOKEN = "AC" + "5" * 32, "the token of the account"
NUMBER = "+447700900123"
GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")

REFUSED_TO = {
    "+15005550001": (21211, "The 'To' number is not a valid phone number."),
    "+15005550002": (21612, "The 'To' phone number is not currently reachable."),
    "+15005550003": (21408, "Permission to send an SMS has not been enabled for the region."),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (21614, "'To' number is not a valid mobile number"),
}
REFUSED_FROM = {
    "+15005550001": (21212, "The 'From' number is not a valid phone number."),
    "+15005550007": (21606, "The 'From' phone number is not a valid SMS-capable number."),
    "+15005550008": (21611, "This 'From' number has exceeded the maximum number of queued messages"),
}
CALLS_REFUSED_TO = {
    "+15005550001": (21217, "Phone number does not appear to be valid"),
    "+15005550002": (21214, "'To' phone number cannot be reached"),
    "+15005550003": (21215, "Account not authorized to make an international call"),
    "+15005550004": (21216, "Account not allowed to call the number"),
}
# Ours: messages to these are taken and then lost, with this code.
LOST = {"+15005550030": "30003", "+15005550031": "30007", "+15005550032": "63016"}


class TwilioServer(ProviderServer):
    """`text`, `ring` … are what customers do; what Twilio then sends the desk is `owed`. It owes for a message of the
    desk's what became of it, too: sent and delivered, or lost. `blocked` have written STOP."""

    def __init__(self, *, port: int = 0, numbers: tuple[str, ...] = (NUMBER,), balance: str = "42.10") -> None:
        super().__init__(port=port)
        self.balance, self.status, self._count = balance, "active", 0
        self.numbers: dict[str, Json] = {number: self._number(number) for number in numbers}
        self.messages: dict[str, Json] = {}
        self.inbound: list[Json] = []  # messages that came, the oldest first
        self.rung: list[Json] = []  # calls that came, and the lines that they rang
        self.phone_calls: dict[str, Json] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.blocked: set[str] = set()
        self.contents: list[Json] = [
            self._content("order_sent", "Hi {{1}}, your order {{2}} is on its way.", "approved"),
            self._content("order_late", "Your order {{2}} is late, {{1}}.", "approved"),
            self._content("new_shop", "Come and see us!", "rejected"),
        ]

    # What customers do

    def text(
        self, sender: str, body: str, *, to: str = NUMBER, hook: str = "", files: tuple[str, ...] = (), **more: str
    ) -> str:
        """A message from `sender`, who may be "whatsapp:+…". Gives its SID."""
        sid = self.sid("MM" if files else "SM")
        fields = {
            "MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "AccountSid": ACCOUNT, "From": sender, "To": to,
            "Body": body, "NumMedia": str(len(files)), "NumSegments": "1", "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
        }  # fmt: skip
        if sender.startswith("whatsapp:"):
            fields |= {"WaId": sender.removeprefix("whatsapp:+"), "ProfileName": "Ann"}
        for number, kind in enumerate(files):
            fields |= {f"MediaUrl{number}": self.keep(kind, GIF), f"MediaContentType{number}": kind}
        word = body.strip().upper()
        if word in ("STOP", "START", "HELP") and not sender.startswith("whatsapp:"):
            (self.blocked.add if word == "STOP" else self.blocked.discard)(sender)
        fields |= more
        self.inbound.append({
            "sid": sid, "direction": "inbound", "status": "received", "from": sender, "to": to, "body": body,
            "num_media": str(len(files)), "date_sent": format_datetime(datetime.now(UTC)), "fields": fields,
        })  # fmt: skip
        self.owe(hook or self.numbers[to.removeprefix("whatsapp:")]["sms_url"], fields)
        return sid

    def keep(self, kind: str, body: bytes) -> str:
        """A file at Twilio; gives its address, which leads on to another one."""
        name = self.sid("ME")
        self.files[name] = (kind, body)
        return f"{self.url}/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/{name}"

    def owe(self, url: str, fields: dict[str, str]) -> None:
        """Signs the webhook for the address that it goes to, as that stands."""
        pairs = list(fields.items())
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            SIGNATURE: signed(url, pairs, TOKEN),
            "User-Agent": "TwilioProxy/1.1",
        }
        self.owed.append(Webhook("message", headers, urlencode(pairs).encode(), url))

    def becomes(self, sid: str, status: str, code: str = "") -> None:
        """What became of a message of the desk's."""
        message = self.messages[sid]
        message |= {"status": status, "error_code": int(code) if code else None}
        fields = {
            "MessageSid": sid, "SmsSid": sid, "MessageStatus": status, "SmsStatus": status, "AccountSid": ACCOUNT,
            "From": message["from"], "To": message["to"], "ApiVersion": "2010-04-01",
        }  # fmt: skip
        if message["callback"]:
            self.owe(message["callback"], fields | ({"ErrorCode": code} if code else {}))

    def count_from(self, first: int) -> None:
        self._count = first * 1000

    # What it answers

    def answer(self, call: Call) -> Reply:
        if not call.path.startswith("/media/") and not self._is_signed_in(call):
            return _error(20003, "Authenticate", 401)
        path = call.path.removeprefix(f"/2010-04-01/Accounts/{ACCOUNT}")
        for pattern, method, act in self._routes():
            if method == call.method and (found := re.fullmatch(pattern, path)):
                return act(call, *found.groups())
        return _error(20404, f"The requested resource {call.path} was not found", 404)

    def refusal_busy(self, call: Call) -> Reply:
        return _error(20429, "Too Many Requests", 429)

    def refusal_down(self, call: Call) -> Reply:
        return _error(20503, "Service Unavailable", 503)

    def _routes(self) -> list[tuple[str, str, Callable[..., Reply]]]:
        return [
            (r"\.json", "GET", self._account),
            (r"/Balance\.json", "GET", self._balance),
            (r"/IncomingPhoneNumbers\.json", "GET", self._list_numbers),
            (r"/IncomingPhoneNumbers/(\w+)\.json", "POST", self._set_number),
            (r"/Messages\.json", "POST", self._send),
            (r"/Messages\.json", "GET", self._list_messages),
            (r"/Messages/(\w+)\.json", "GET", self._message),
            (r"/Messages/(\w+)/Media\.json", "GET", self._list_media),
            (r"/Messages/\w+/Media/(\w+)", "GET", self._media),
            (r"/Recordings/(\w+)(?:\.mp3|\.wav)?", "GET", self._media),
            (r"/media/(\w+)", "GET", self._file),
            (r"/Calls\.json", "POST", self._call),
            (r"/Calls\.json", "GET", self._list_calls),
            (r"/v1/ContentAndApprovals", "GET", self._contents),
            (r"/v1/Services/(\w+)", "GET", self._service),
            (r"/v1/Services/(\w+)", "POST", self._service),
        ]

    def _is_signed_in(self, call: Call) -> bool:
        said = call.headers.get("authorization", "").partition(" ")[2]
        return base64.b64decode(said or b"").decode() == f"{ACCOUNT}:{TOKEN}"

    def _account(self, call: Call) -> Reply:
        return Reply({"sid": ACCOUNT, "friendly_name": "Hollin & Fell", "status": self.status, "type": "Full"})

    def _balance(self, call: Call) -> Reply:
        return Reply({"account_sid": ACCOUNT, "balance": self.balance, "currency": "GBP"})

    def _list_numbers(self, call: Call) -> Reply:
        asked = call.query.get("PhoneNumber", "")
        found = [number for address, number in self.numbers.items() if not asked or asked.strip() in address]
        return Reply({"incoming_phone_numbers": found, "page": 0})

    def _set_number(self, call: Call, sid: str) -> Reply:
        number = next(each for each in self.numbers.values() if each["sid"] == sid)
        number |= {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(): value for name, value in call.pairs}
        return Reply(number)

    def _list_messages(self, call: Call) -> Reply:
        found = [_told(each) for each in (*self.inbound, *self.messages.values())]
        found.sort(key=lambda each: parsedate_to_datetime(each["date_sent"]))
        return self._page(call, "messages", "DateSent", "date_sent", found)

    def _message(self, call: Call, sid: str) -> Reply:
        found = next((each for each in (*self.inbound, *self.messages.values()) if each["sid"] == sid), None)
        return Reply(_told(found)) if found else _error(20404, f"The requested resource {call.path} was not found", 404)

    def _list_media(self, call: Call, sid: str) -> Reply:
        fields = next(each["fields"] for each in self.inbound if each["sid"] == sid)
        urls = [fields[f"MediaUrl{number}"] for number in range(int(fields["NumMedia"]))]
        kinds = [fields[f"MediaContentType{number}"] for number in range(len(urls))]
        files = [
            {"sid": url.rpartition("/")[2], "content_type": kind, "parent_sid": sid}
            for url, kind in zip(urls, kinds, strict=True)
        ]
        return Reply({"media_list": files, "next_page_uri": None})

    def _list_calls(self, call: Call) -> Reply:
        parent = call.query.get("ParentCallSid", "")
        found = [each for each in self.rung if (each["parent_call_sid"] or "") == parent or not parent]
        return self._page(call, "calls", "StartTime", "start_time", found)

    def _page(self, call: Call, name: str, asked: str, field: str, found: list[Json]) -> Reply:
        """The newest first, as filtered: "DateSent>" and "DateSent<" hold the times themselves."""
        ours, size, page = call.query.get("To", ""), int(call.query.get("PageSize", 50)), int(call.query.get("Page", 0))
        since, until = (_asked_time(call.query.get(f"{asked}{sign}", "")) for sign in "><")
        theirs = call.query.get("From", "")
        kept = [each for each in reversed(found) if not ours or each["to"] == ours]
        kept = [each for each in kept if not theirs or each["from"] == theirs]
        kept = [each for each in kept if not since or parsedate_to_datetime(each[field]) >= since]
        kept = [each for each in kept if not until or parsedate_to_datetime(each[field]) <= until]
        following = None
        if len(kept) > (page + 1) * size:
            asking = urlencode({**call.query, "Page": page + 1, "PageToken": f"PA{page}"})
            following = f"/2010-04-01/Accounts/{ACCOUNT}/{name.capitalize()}.json?{asking}"
        return Reply({name: kept[page * size : (page + 1) * size], "page": page, "next_page_uri": following})

    def _service(self, call: Call, sid: str) -> Reply:
        found = {
            "sid": sid,
            "friendly_name": "Support",
            "inbound_request_url": None,
            "use_inbound_webhook_on_number": True,
        }
        return Reply(found)

    def _contents(self, call: Call) -> Reply:
        return Reply({"contents": self.contents, "meta": {"next_page_url": None, "key": "contents"}})

    def _send(self, call: Call) -> Reply:
        form, bare = call.form, call.form.get("To", "").removeprefix("whatsapp:")
        sender = form.get("From", "").removeprefix("whatsapp:")
        wrong = REFUSED_TO.get(bare) or REFUSED_FROM.get(sender)
        if bare in self.blocked:
            wrong = REFUSED_TO["+15005550004"]
        if not wrong and sender and sender not in self.numbers and not sender.startswith("+1500555"):
            wrong = (21660, "Mismatch between the 'From' number and the account")
        files = [value for name, value in call.pairs if name == "MediaUrl"]
        if not wrong and not (form.get("Body") or files or form.get("ContentSid")):
            wrong = (21602, "Message body is required.")
        if not wrong and len(form.get("Body", "")) > 1600:
            wrong = (21617, "The concatenated message body exceeds the 1600 character limit.")
        if wrong:
            return _error(*wrong, 429 if wrong[0] == 21611 else 400)
        return self._taken(form, files, bare)

    def _taken(self, form: dict[str, str], files: list[str], bare: str) -> Reply:
        sid, now = self.sid("MM" if files else "SM"), format_datetime(datetime.now(UTC))
        self.messages[sid] = {
            "sid": sid, "status": "queued", "to": form["To"], "from": form.get("From", ""), "files": files,
            "body": form.get("Body", ""), "callback": form.get("StatusCallback", ""), "num_segments": "1",
            "content_sid": form.get("ContentSid", ""), "variables": json.loads(form.get("ContentVariables") or "{}"),
            "error_code": None, "date_created": now, "date_sent": now, "direction": "outbound-api",
            "num_media": str(len(files)),
        }  # fmt: skip
        self.becomes(sid, "sent")
        if code := LOST.get(bare):
            self.becomes(sid, "undelivered", code)
        else:
            self.becomes(sid, "delivered")
        return Reply({**_told(self.messages[sid]), "status": "queued", "error_code": None}, 201)

    def _call(self, call: Call) -> Reply:
        form = call.form
        wrong = CALLS_REFUSED_TO.get(form.get("To", "")) or REFUSED_FROM.get(form.get("From", ""))
        if wrong:
            return _error(*wrong, 400)
        sid = self.sid("CA")
        asked = [value for name, value in call.pairs if name == "StatusCallbackEvent"]
        self.phone_calls[sid] = {**form, "sid": sid, "events": asked}
        return Reply({"sid": sid, "status": "queued", "to": form["To"], "from": form["From"]}, 201)

    def _media(self, call: Call, name: str) -> Reply:
        return Reply("", 307, {"Location": f"{self.url}/media/{name}"})

    def _file(self, call: Call, name: str) -> Reply:
        """Where it lies, nobody asks for a key; and nobody is to send one."""
        if "authorization" in call.headers:
            return Reply("Only one auth mechanism allowed", 400)
        if name not in self.files:
            return Reply("Not Found", 404)
        kind, body = self.files[name]
        return Reply(body, 200, {"Content-Type": kind})

    def _number(self, number: str) -> Json:
        return {
            "sid": self.sid("PN"), "phone_number": number, "sms_url": "", "sms_method": "POST", "voice_url": "",
            "voice_method": "POST", "status_callback": "", "capabilities": {"sms": True, "mms": True, "voice": True},
        }  # fmt: skip

    def _content(self, name: str, body: str, status: str) -> Json:
        return {
            "sid": self.sid("HX"), "friendly_name": name, "language": "en", "types": {"twilio/text": {"body": body}},
            "variables": {"1": "Ann", "2": "HF-1"},
            "approval_requests": {"name": name, "category": "UTILITY", "status": status},
        }  # fmt: skip

    def sid(self, kind: str) -> str:
        self._count += 1
        return f"{kind}{self._count:032x}"


def _told(message: Json) -> Json:
    """Without what is only ours."""
    ours = ("fields", "files", "callback", "content_sid", "variables")
    return {name: value for name, value in message.items() if name not in ours} | {"account_sid": ACCOUNT}


def _asked_time(said: str) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


def _error(code: int, message: str, status: int) -> Reply:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return Reply({"code": code, "message": message, "more_info": more, "status": status}, status)
