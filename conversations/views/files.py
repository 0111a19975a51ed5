"""Files: taken up from the composer, given back to who may see them, dropped before they are sent."""

import uuid
from typing import IO

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from conversations.file_kinds import LONGEST_SIGN, kind_of
from conversations.models import Attachment, Message
from conversations.views.acting import agent_of, is_delete
from conversations.views.playing import played

LARGEST = 25 * 1024 * 1024  # bytes: what most mail servers take
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox"


@login_required
@require_POST
def files(request: HttpRequest) -> HttpResponse:
    """Keeps one file for the message to come; answers its chip, or a sentence (413, 422) that says why not."""
    given = request.FILES.get("upload")
    if given is None or not given.size:
        return HttpResponse(_("That file is empty."), status=422)
    if given.size > LARGEST:
        return HttpResponse(_("Files may have 25 MB. Share a link instead."), status=413)
    name = (given.name or "").replace("\x00", "").rpartition("/")[2][-255:] or _("file")
    attachment = Attachment(
        uploaded_by=agent_of(request),
        name=name,
        content_type=_kind_of(given.file, given.content_type or ""),
        size=given.size,
        content_id=f"{uuid.uuid4().hex}@throughline",
    )
    attachment.file.save(uuid.uuid4().hex, given, save=False)
    attachment.save()
    mode = "note" if request.POST.get("mode") == "note" else "reply"
    return render(request, "conversations/composer/file.html", {"file": attachment, "mode": mode}, status=201)


def _kind_of(opened: "IO[bytes] | None", declared: str) -> str:
    if opened is None:
        return kind_of(declared, b"")
    opened.seek(0)
    start = opened.read(LONGEST_SIGN)
    opened.seek(0)
    return kind_of(declared, start)


@login_required
@require_http_methods(["GET", "POST", "DELETE"])
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file itself, if its conversation may be seen or it is one's own and unsent. DELETE drops an unsent one."""
    agent = agent_of(request)
    if is_delete(request):
        drop(get_object_or_404(Attachment, pk=pk, message=None, uploaded_by=agent))
        return HttpResponse("")
    own = Q(message=None, uploaded_by=agent)
    seen = Q(message__in=Message.objects.visible_to(agent))
    attachment = get_object_or_404(Attachment.objects.filter(own | seen, state=Attachment.State.WHOLE), pk=pk)
    as_page = (attachment.is_image or attachment.is_audio) and "download" not in request.GET
    if as_page and attachment.is_audio:
        return framed(played(request, attachment))
    response = FileResponse(
        attachment.file.open("rb"),
        as_attachment=not as_page,
        filename=attachment.name,
        content_type=attachment.content_type if as_page else "application/octet-stream",
    )
    return framed(response)


def framed(response: HttpResponseBase) -> HttpResponseBase:
    """A file from outside runs nothing and is taken for nothing else."""
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def drop(attachment: Attachment) -> None:
    """The row, and the bytes unless a message taken back still holds them."""
    name, storage = attachment.file.name, attachment.file.storage
    attachment.delete()
    if name and not Attachment.objects.filter(file=name).exists():
        storage.delete(name)
