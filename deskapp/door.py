"""Webhooks' own way in: past sessions, languages and all else that only a browser needs, on threads that keep their
database connection. What is not a webhook goes on to the pages."""

import asyncio
import re
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import IO

import structlog
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponse, HttpResponseBase

from deskapp.body_limit import App, Receive, Scope, Send
from deskapp.middleware import RequestMiddleware
from integrations.inbound import refused
from integrations.inbound.webhooks import hook, largest_of

log = structlog.get_logger(__name__)

PATH = re.compile(r"/hooks/(\d{1,18})/([^/]+)/(?:([-\w]+)/)?")
SMALL = 1_000_000  # bytes: up to here nobody asks how much this connector's provider may send
THREADS = 4  # of each web process, each with a database connection


class Door:
    """An ASGI application around another."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="webhook")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = PATH.fullmatch(str(scope.get("path", "")))
        if not found or scope.get("method") != "POST" or not _is_ours(scope):
            await self.app(scope, receive, send)
            return
        number, secret, kind = int(found[1]), found[2], found[3] or ""
        loop, most, told = asyncio.get_running_loop(), SMALL, _length(scope)
        if told is None or told > SMALL:
            most = await loop.run_in_executor(self.threads, largest_of, number)
        body = None if (told or 0) > most else await _read(receive, most)
        if body is None:
            await loop.run_in_executor(self.threads, refused.count, "too_large")
            await _send(send, HttpResponse(status=413, headers={"Connection": "close"}))
            return
        with body:
            answer = await loop.run_in_executor(self.threads, _answered, scope, body, number, secret, kind)
        await _send(send, answer)


def _is_ours(scope: Scope) -> bool:
    """Not where a prefix stands before the address, or where the pages would send the caller on to https."""
    if scope.get("root_path") or settings.FORCE_SCRIPT_NAME:
        return False
    return not settings.SECURE_SSL_REDIRECT or ASGIRequest(scope, BytesIO()).is_secure()


def _length(scope: Scope) -> int | None:
    told = dict(scope.get("headers", [])).get(b"content-length", b"")  # type: ignore[call-overload]
    return int(told) if told.isdigit() else None


async def _read(receive: Receive, most: int) -> IO[bytes] | None:
    """The whole body; None where it is larger, or the caller hung up."""
    body = tempfile.SpooledTemporaryFile(max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE)  # noqa: SIM115  closed by who reads
    size = 0
    while True:
        event = await receive()
        part = event.get("body", b"")
        assert isinstance(part, bytes)
        size += len(part)
        if event["type"] == "http.disconnect" or size > most:
            body.close()
            return None
        body.write(part)
        if not event.get("more_body"):
            body.seek(0)
            return body


def _answered(scope: Scope, body: IO[bytes], number: int, secret: str, kind: str) -> HttpResponseBase:
    """In a thread of ours. A connection that broke while nobody called is opened anew, once."""
    request = ASGIRequest(scope, body)

    def asked(_request: object) -> HttpResponse:
        for is_last in (False, True):
            try:
                return hook(request, number, secret, kind)
            except (OperationalError, InterfaceError):
                connection.close()
                if is_last:
                    log.exception("a webhook was not kept", connector=number)
            except Exception:
                log.exception("a webhook was not kept", connector=number)
                break
        return HttpResponse(status=500)

    return RequestMiddleware(asked)(request)


async def _send(send: Send, answer: HttpResponseBase) -> None:
    content = answer.content if isinstance(answer, HttpResponse) else b""
    headers = [(name.lower().encode(), value.encode()) for name, value in _headers(answer, len(content))]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _headers(answer: HttpResponseBase, length: int) -> Iterator[tuple[str, str]]:
    yield from answer.items()
    yield "Content-Length", str(length)
