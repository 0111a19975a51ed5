"""A customer's own HTML, shown where nothing of it can run: in a sandboxed frame with a policy of its own."""

import re

from django.contrib.auth.decorators import login_required
from django.core.signing import BadSignature, TimestampSigner
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from conversations.models import Attachment, Message
from conversations.views.acting import agent_of

_SIGNER = TimestampSigner(salt="conversations.inline-picture")
_SIGNED_FOR = 600  # seconds; a sandboxed frame sends no cookie, so its pictures carry a signature
_SANDBOX = "sandbox allow-popups allow-popups-to-escape-sandbox"
_CID = re.compile(r'(<img\b[^>]*?\bsrc=")cid:([^"]+)(")', re.IGNORECASE)
_REMOTE = re.compile(r'(<img\b[^>]*?\b)(src="https?:)', re.IGNORECASE)


@login_required
@require_GET
@xframe_options_sameorigin
def html(request: HttpRequest, pk: int) -> HttpResponse:
    """The sanitised mail as a page for the frame; remote pictures load only with ?images=1."""
    message = get_object_or_404(Message.objects.visible_to(agent_of(request)), pk=pk)
    if not message.html:
        raise Http404
    with_images = request.GET.get("images") == "1"
    body = message.html if with_images else _REMOTE.sub(r"\1data-\2", message.html)  # the policy stops them as well
    body = _with_pictures(request, message, body)
    response = render(request, "conversations/thread/mail.html", {"body": body, "message": message})
    pictures = "'self' data: https: http:" if with_images else f"{request.scheme}://{request.get_host()} data:"
    response["Content-Security-Policy"] = (
        f"default-src 'none'; img-src {pictures}; style-src 'unsafe-inline'; form-action 'none'; "
        f"base-uri 'none'; frame-ancestors 'self'; {_SANDBOX}"
    )
    response["Referrer-Policy"] = "no-referrer"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _with_pictures(request: HttpRequest, message: Message, body: str) -> str:
    """cid: addresses replaced by signed ones of the message's own attachments; what is not attached never loads."""
    by_name = {file.content_id.strip("<>"): file for file in message.attachments.all() if file.content_id}

    def address(found: "re.Match[str]") -> str:
        file = by_name.get(found[2].strip("<>"))
        if file is None or not file.is_image:
            return f"{found[1]}{found[3]}"
        link = reverse("inline_picture", args=[_SIGNER.sign(str(file.pk))])
        return f"{found[1]}{request.build_absolute_uri(link)}{found[3]}"

    return _CID.sub(address, body)


@require_GET
def picture(request: HttpRequest, signed: str) -> FileResponse:
    """An inline picture for whoever was shown its mail in the last minutes."""
    try:
        pk = _SIGNER.unsign(signed, max_age=_SIGNED_FOR)
    except BadSignature as error:
        raise Http404 from error
    file = get_object_or_404(Attachment, pk=pk)
    if not file.is_image:
        raise Http404
    response = FileResponse(file.file.open("rb"), content_type=file.content_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"  # the frame's origin is opaque
    response["Cache-Control"] = "private, max-age=600"
    return response
