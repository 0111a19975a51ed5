"""A provider's server on loopback: answers calls, has bad days on request, and keeps the webhooks it owes the desk."""

import json
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

Json = dict[str, Any]
PULSE = 0.05  # seconds in which one notices that it is to stop


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in small letters
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"{}")

    @property
    def form(self) -> dict[str, str]:
        """Of a body as application/x-www-form-urlencoded; of a name that comes twice, the last."""
        return dict(self.pairs)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return parse_qsl(self.body.decode(), keep_blank_values=True)


@dataclass(frozen=True)
class Reply:
    """`body` goes out as it is where it is bytes or text, and as JSON otherwise. `headers` may name another type.
    `later` makes the answer when it is due, while others are answered (long polling); `stream` goes out part by part,
    as they come, until they end."""

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    later: "Callable[[], Reply] | None" = None
    stream: Iterable[bytes] | None = None

    @property
    def bytes(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()

    @property
    def content_type(self) -> str:
        if isinstance(self.body, bytes):
            return "application/octet-stream"
        return "text/plain; charset=utf-8" if isinstance(self.body, str) else "application/json"


@dataclass(frozen=True)
class Webhook:
    topic: str
    headers: Mapping[str, str]
    body: bytes
    url: str = ""  # where the desk asked for it, for a provider that keeps several addresses


@dataclass
class Trouble:
    """What goes wrong. `outage`: every call is answered by `refusal_down`; `busy`: so many by `refusal_busy`;
    `breaks`: so many are carried out and then answered by a closed connection; `silence`: so many are carried out and
    never answered; `delay`: seconds before each answer."""

    outage: bool = False
    busy: int = 0
    breaks: int = 0
    silence: int = 0
    delay: float = 0.0


class ProviderServer(Trouble):
    """Runs in a thread of its own. It is in trouble as a whole by its own attributes, and below one path by those of
    `at(path)`; `retry_after` is what a busy one says, "" for nothing. `owed` are the webhooks not yet sent: whoever
    holds the simulator sends them, in any order, as often as it likes (`deliver`)."""

    def __init__(self, *, port: int = 0) -> None:
        super().__init__()
        self.retry_after = "1"
        self.troubles: dict[str, Trouble] = {}
        self.calls: deque[Call] = deque(maxlen=10_000)
        self.owed: list[Webhook] = []
        self.lock = threading.RLock()
        self._ended = threading.Event()
        self._http = _Quiet(("127.0.0.1", port), _handler(self))
        name = type(self).__name__
        self._thread = threading.Thread(target=self._http.serve_forever, args=(PULSE,), name=name, daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *args: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)

    def at(self, path: str) -> Trouble:
        """The trouble of the calls whose path begins with this."""
        return self.troubles.setdefault(path, Trouble())

    def answer(self, call: Call) -> Reply:
        raise NotImplementedError

    def count_from(self, first: int) -> None:
        """Its numbers begin here, for one that is started again beside a desk that remembers."""

    def trust(self, secrets: Mapping[str, str]) -> None:
        """What the desk has of its keys, which it gave out before it was started."""

    def remember(self, person: str, *, name: str, at: datetime, said: str, text: str, is_public: bool) -> None:
        """That this person wrote `text` then, which it gave the name `said`, before it was started."""

    def refusal_down(self, call: Call) -> Reply:
        """In the provider's own form."""
        return Reply({"errors": "Service Unavailable"}, 503)

    def refusal_busy(self, call: Call) -> Reply:
        return Reply({"errors": "Too Many Requests"}, 429)

    def deliver(
        self,
        send: Callable[[Webhook], object],
        *,
        order: Sequence[int] | None = None,
        copies: int = 1,
        delay: float = 0.0,
    ) -> int:
        """Sends what is owed: in this `order`, so often, with so many seconds between. Gives how many went out."""
        with self.lock:
            owed, self.owed = self.owed, []
        chosen = [owed[index] for index in (order if order is not None else range(len(owed)))]
        for webhook in chosen * copies:
            send(webhook)
            time.sleep(delay)
        return len(chosen) * copies


class _Quiet(ThreadingHTTPServer):
    """Who calls may hang up."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def _handler(server: ProviderServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            call = _call_of(self)
            with server.lock:
                server.calls.append(call)
                troubles = _troubles(server, call)
                reply, end = _reply(server, call, troubles)
            server._ended.wait(sum(each.delay for each in troubles))
            if end == "silence":
                server._ended.wait()
            if end:
                self.close_connection = True
                self.connection.close()
                return
            reply = reply.later() if reply.later else reply
            if reply.stream is None:
                self.say(reply)
            else:
                self.pour(reply, reply.stream)

        def pour(self, reply: Reply, stream: Iterable[bytes]) -> None:
            self.send_response(reply.status)
            for name, value in {**reply.headers, "Transfer-Encoding": "chunked"}.items():
                self.send_header(name, value)
            self.end_headers()
            for chunk in _chunks(server, stream):
                self.wfile.write(chunk)
                self.wfile.flush()

        def say(self, reply: Reply) -> None:
            said = b"" if reply.status == 204 else reply.bytes
            self.send_response(reply.status)
            for name, value in {"Content-Type": reply.content_type, **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(said)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - as http.server names them

        def log_message(self, format: str, *args: object) -> None:
            """The tests' and the demo's output is not a web server's log."""

    return Handler


def _call_of(handler: BaseHTTPRequestHandler) -> Call:
    parts = urlsplit(handler.path)
    body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    headers = {name.lower(): value for name, value in handler.headers.items()}
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Call(handler.command, parts.path, query, headers, body)


def _chunks(server: ProviderServer, stream: Iterable[bytes]) -> Iterator[bytes]:
    """RFC 9112 7.1; none after the server has ended."""
    for part in stream:
        if server._ended.is_set():
            break
        yield b"%x\r\n%s\r\n" % (len(part), part)
    yield b"0\r\n\r\n"


def _troubles(server: ProviderServer, call: Call) -> list[Trouble]:
    """The nearest first."""
    below = [path for path in server.troubles if call.path.startswith(path)]
    return [*(server.troubles[path] for path in sorted(below, key=len, reverse=True)), server]


def _reply(server: ProviderServer, call: Call, troubles: Sequence[Trouble]) -> tuple[Reply, str]:
    """What is answered, and how the answer ends early: "breaks", "silence" or ""."""
    if any(each.outage for each in troubles):
        return server.refusal_down(call), ""
    if _used(troubles, "busy"):
        refusal = server.refusal_busy(call)
        later = {"Retry-After": server.retry_after} if server.retry_after else {}
        return Reply(refusal.body, refusal.status, {**later, **refusal.headers}), ""
    reply = server.answer(call)
    return reply, _used(troubles, "silence") or _used(troubles, "breaks")


def _used(troubles: Sequence[Trouble], name: str) -> str:
    """Its name, where one of them has this trouble left: it is less by one then."""
    for each in troubles:
        if getattr(each, name) > 0:
            setattr(each, name, getattr(each, name) - 1)
            return name
    return ""
