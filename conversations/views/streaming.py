"""Answers that are made while they are sent: the same under ASGI, which would keep a plain iterator in memory."""

from collections.abc import AsyncIterator, Iterable, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

PIECE = 64 * 1024  # so that a thousand short lines are not a thousand turns


def streamed(request: HttpRequest, pieces: Iterable[bytes], *, content_type: str, name: str) -> StreamingHttpResponse:
    """A file of that name. Under ASGI its pieces are made in the request's own thread, which has its connection."""
    larger = _larger(pieces)
    content = _turn_by_turn(larger) if isinstance(request, ASGIRequest) else larger
    response = StreamingHttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Accel-Buffering"] = "no"
    return response


def _larger(pieces: Iterable[bytes]) -> Iterator[bytes]:
    kept, size = list[bytes](), 0
    for piece in pieces:
        kept.append(piece)
        size += len(piece)
        if size >= PIECE:
            yield b"".join(kept)
            kept, size = [], 0
    yield b"".join(kept)


async def _turn_by_turn(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    turn = sync_to_async(lambda: next(pieces, None), thread_sensitive=True)
    while (piece := await turn()) is not None:
        yield piece
