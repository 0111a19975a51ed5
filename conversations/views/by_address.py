"""Pages that customers reach by a signed address, without signing in: in their language, and as their channel looks."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conversations.models import Channel

RIGHT_TO_LEFT = ("ar", "he", "fa", "ur")


def page(
    request: HttpRequest,
    template: str,
    said: Mapping[str, object],
    *,
    language: str,
    channel: Channel | None,
) -> HttpResponse:
    """`channel`: by which they got the address; it is called as customers know it, else as the desk is."""
    branding = getattr(channel, "branding", None)
    about = {
        "language": language,
        "is_rtl": language.partition("-")[0] in RIGHT_TO_LEFT,
        "desk": str(getattr(branding, "title", "") or settings.DESK_NAME),
        "brand": str(getattr(branding, "colour", "") or ""),
        **said,
    }
    answer = render(request, template, about)
    answer["Referrer-Policy"] = "no-referrer"  # the address is the key
    return answer
