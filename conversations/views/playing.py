"""Sounds as a browser plays them: whole, or the part that it asks for, so that one can skip to the middle."""

import re
from collections.abc import Iterator
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from conversations.models import Attachment

_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
AT_ONCE = 64 * 1024  # bytes


def played(request: HttpRequest, attachment: Attachment) -> HttpResponseBase:
    """As RFC 9110 14.2 has it, for one range; of several, or of one that says nothing, the whole is given."""
    size = attachment.file.size
    wanted = _ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    if not wanted or not any(wanted.groups()):
        response: HttpResponseBase = FileResponse(attachment.file.open("rb"), content_type=attachment.content_type)
        response["Accept-Ranges"] = "bytes"
        return response
    first, last = _bounds(wanted[1], wanted[2], size)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    opened = attachment.file.open("rb")
    response = StreamingHttpResponse(_part(opened, first, last), status=206, content_type=attachment.content_type)
    response["Accept-Ranges"] = "bytes"
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    return response


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """Without a first, the last so many bytes."""
    if not first:
        return max(0, size - int(last[:18])), size - 1
    return int(first[:18]), min(int(last[:18]), size - 1) if last else size - 1


def _part(opened: "IO[bytes]", first: int, last: int) -> Iterator[bytes]:
    with opened:
        opened.seek(first)
        left = last - first + 1
        while left > 0 and (read := opened.read(min(AT_ONCE, left))):
            left -= len(read)
            yield read
