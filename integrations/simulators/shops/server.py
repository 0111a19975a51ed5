"""A shop's server on loopback: answers calls, has bad days on request, and keeps the webhooks that it owes the desk."""

import json
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"{}")


@dataclass(frozen=True)
class Reply:
    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Webhook:
    topic: str
    headers: Mapping[str, str]
    body: bytes


class ShopServer:
    """Runs in a thread of its own. `outage`: every call is answered 503; `breaks`: so many calls are carried out and
    then answered by a closed connection; `busy`: so many are answered 429 with `retry_after`. `owed` are the webhooks
    not yet sent: whoever holds the simulator sends them, in any order, as often as it likes (`deliver`)."""

    def __init__(self, *, port: int = 0) -> None:
        self.outage, self.breaks, self.busy, self.retry_after = False, 0, 0, "1"
        self.calls: deque[Call] = deque(maxlen=10_000)
        self.owed: list[Webhook] = []
        self.lock = threading.RLock()
        self._http = _Quiet(("127.0.0.1", port), _handler(self))
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="shop", daemon=True)

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
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)

    def answer(self, call: Call) -> Reply:
        raise NotImplementedError

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


def _handler(shop: ShopServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            call = Call(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
            with shop.lock:
                shop.calls.append(call)
                reply, is_broken = _reply(shop, call)
            if is_broken:
                self.close_connection = True
                self.connection.close()
                return
            said = json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - as http.server names them

        def log_message(self, format: str, *args: object) -> None:
            """The tests' and the demo's output is not a web server's log."""

    return Handler


def _reply(shop: ShopServer, call: Call) -> tuple[Reply, bool]:
    if shop.outage:
        return Reply({"errors": "Service Unavailable"}, 502), False
    if shop.busy > 0:
        shop.busy -= 1
        return Reply({"errors": "Exceeded 2 calls per second for api client."}, 429, _later(shop)), False
    reply = shop.answer(call)
    if shop.breaks > 0:
        shop.breaks -= 1
        return reply, True
    return reply, False


def _later(shop: ShopServer) -> dict[str, str]:
    return {"Retry-After": shop.retry_after}
