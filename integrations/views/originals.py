"""The original of a message, byte for byte as its provider gave it."""

from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from conversations.models import Message
from integrations.models import RawEvent

if TYPE_CHECKING:
    from deskapp.models import User


@login_required
@require_GET
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """A download that no browser shows: a mail as .eml, anything else as .bin."""
    message = get_object_or_404(Message.objects.visible_to(cast("User", request.user)), pk=pk)
    raw = get_object_or_404(RawEvent.objects.filter(message=message).order_by("pk")[:1])
    is_mail = bool(message.channel and message.channel.medium == "email")
    response = HttpResponse(bytes(raw.body), content_type="message/rfc822" if is_mail else "application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="message-{pk}.{"eml" if is_mail else "bin"}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response
