"""The page on which a customer says: no more messages like this. Reached by a signed address, without signing in."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from conversations.outreach import links
from conversations.outreach.words import STOP, STOPPED, in_language
from conversations.views.survey import RIGHT_TO_LEFT


@csrf_exempt  # the signed address says who asks; there is no session that another page could use
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def outreach_stop(request: HttpRequest, token: str) -> HttpResponse:
    """A button, and what a mail program presses for them (RFC 8058). Opening it changes nothing: those who look through
    mails for us open every link in them."""
    record = links.record_of(token)
    if record is None:
        raise Http404
    is_stopped = request.method == "POST"
    if is_stopped:
        links.stop(record)
    language = (record.language or "en").partition("-")[0]
    channel = record.message.channel if record.message else None
    branding = getattr(channel, "branding", None) if channel else None
    said = {
        "token": token,
        "language": language,
        "is_rtl": language in RIGHT_TO_LEFT,
        "thanks": in_language(STOPPED if is_stopped else STOP, language),
        "desk": str(getattr(branding, "title", "") or settings.DESK_NAME),
        "brand": str(getattr(branding, "colour", "") or ""),
        "is_stopped": is_stopped,
    }
    answer = render(request, "outreach/stop.html", said)
    answer["Referrer-Policy"] = "no-referrer"  # the address is the key
    return answer
