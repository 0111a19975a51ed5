"""Answers that are made while they are sent: the same under ASGI, which would keep a plain iterator in memory."""

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import cast

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

PIECE = 64 * 1024  # so that a thousand short lines are not a thousand turns


def streamed(pieces: Iterable[bytes], *, content_type: str, name: str) -> StreamingHttpResponse:
    """A file of that name. Its pieces may be short: see `piece_by_piece`, by which it goes."""
    response = StreamingHttpResponse(pieces, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Accel-Buffering"] = "no"
    return response


def piece_by_piece(request: HttpRequest, response: HttpResponseBase) -> None:
    """Call for every answer. Under ASGI its pieces, as of a file, are made in the request's own thread, which has its
    connection, when they are sent; Django would make all of them first."""
    if isinstance(request, ASGIRequest) and isinstance(response, StreamingHttpResponse) and not response.is_async:
        pieces = cast(Iterator[bytes], response.streaming_content)
        response.streaming_content = _turn_by_turn(_larger(pieces))


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
