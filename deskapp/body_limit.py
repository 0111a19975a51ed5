"""Turns away bodies that no address takes, before they fill the disk: Django would write them down first."""

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


class BodyLimit:
    """An ASGI application around another: 413 where the length is told, the end of the request where it is not."""

    def __init__(self, app: App, *, most: int | None = None) -> None:
        self.app = app
        self.most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1_000_000 if most is None else most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = dict(scope.get("headers", [])).get(b"content-length", b"0")  # type: ignore[call-overload]
        if not told.isdigit() or int(told) > self.most:
            headers = [(b"content-length", b"0"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 413, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        taken = 0

        async def counted() -> Event:
            nonlocal taken
            event = await receive()
            taken += len(event.get("body", b""))  # type: ignore[arg-type]
            return event if taken <= self.most else {"type": "http.disconnect"}

        await self.app(scope, counted, send)
