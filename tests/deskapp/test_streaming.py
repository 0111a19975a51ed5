"""What is sent as it is made is never whole in memory, under ASGI neither."""

import io

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.test import AsyncRequestFactory, RequestFactory

from conversations.views.streaming import PIECE, piece_by_piece

SIZE = 40 * PIECE


class Read(io.BytesIO):
    """A file that knows how far it was read."""

    furthest = 0

    def read(self, size=-1):
        found = super().read(size)
        self.furthest = max(self.furthest, self.tell())
        return found


async def test_a_file_is_read_as_it_is_sent_and_closed_after_it():
    file = Read(bytes(range(256)) * (SIZE // 256))
    response = FileResponse(file, as_attachment=True, filename="all.zip")
    piece_by_piece(AsyncRequestFactory().get("/"), response)
    assert response.is_async and response["Content-Length"] == str(SIZE)
    sent = b""
    async for piece in response:
        assert len(piece) <= PIECE
        sent += piece
        assert file.furthest <= len(sent) + PIECE
    assert sent == bytes(range(256)) * (SIZE // 256)
    response.close()
    assert file.closed


async def test_short_lines_are_sent_together_and_what_is_async_is_left_alone():
    response = StreamingHttpResponse(b"a line\n" for _ in range(1000))
    request = AsyncRequestFactory().get("/")
    piece_by_piece(request, response)
    piece_by_piece(request, response)
    assert [piece async for piece in response if piece] == [b"a line\n" * 1000]


def test_without_asgi_nothing_changes():
    plain, streamed = HttpResponse("Hello"), StreamingHttpResponse([b"one", b"two"])
    for response in (plain, streamed):
        piece_by_piece(RequestFactory().get("/"), response)
    assert plain.content == b"Hello" and list(streamed) == [b"one", b"two"]
