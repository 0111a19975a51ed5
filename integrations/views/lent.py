"""A file that was lent to a provider, for whoever holds its signed address."""

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from integrations.lending import lent_file


@require_safe
def lent(request: HttpRequest, signed: str, name: str) -> FileResponse:
    """`name` is for the reader of the address; the signature alone says which file it is."""
    file = lent_file(signed)
    if file is None:
        raise Http404
    response = FileResponse(
        file.file.open("rb"), as_attachment=not file.is_image, filename=file.name, content_type=file.content_type
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=600"
    response["X-Robots-Tag"] = "noindex"
    return response
