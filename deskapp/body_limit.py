"""Turns away bodies that no address takes, before they fill the disk: Django would write them down first."""

import json
from typing import Protocol

from django.conf import settings

Scope = dict[str, object]
Event = dict[str, object]


class Receive(Protocol):
    async def __call__(self) -> Event: ...


class Send(Protocol):
    async def __call__(self, event: Event) -> None: ...


class App(Protocol):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


# The tracking API takes 500 kB, and is called by every browser on the shop's pages; its libraries read the words.
TRACKING, TRACKING_BYTES = "/v1/", 600_000
TOO_LARGE = json.dumps({"success": False, "code": "too_large", "message": "A request has up to 500 kB."}).encode()


class BodyLimit:
    """An ASGI application around another: 413 where the length is told, the end of the request where it is not."""

    def __init__(self, app: App, *, most: int | None = None) -> None:
        self.app = app
        self.most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1_000_000 if most is None else most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = dict(scope.get("headers", [])).get(b"content-length", b"0")  # type: ignore[call-overload]
        is_tracking = str(scope.get("path", "")).startswith(TRACKING)
        most = min(self.most, TRACKING_BYTES) if is_tracking else self.most
        if not told.isdigit() or int(told) > most:
            words = TOO_LARGE if is_tracking else b""
            headers = [(b"content-length", str(len(words)).encode()), (b"connection", b"close")]
            headers += [(b"content-type", b"application/json")] if is_tracking else []
            await send({"type": "http.response.start", "status": 413, "headers": headers})
            await send({"type": "http.response.body", "body": words})
            return
        taken = 0

        async def counted() -> Event:
            nonlocal taken
            event = await receive()
            taken += len(event.get("body", b""))  # type: ignore[arg-type]
            return event if taken <= most else {"type": "http.disconnect"}

        await self.app(scope, counted, send)
