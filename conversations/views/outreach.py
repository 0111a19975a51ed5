"""The page on which a customer says: no more messages like this. Reached by a signed address, without signing in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from conversations.outreach import links
from conversations.outreach.words import STOP, STOPPED, in_language
from conversations.views import by_address


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
    said = {
        "token": token,
        "thanks": in_language(STOPPED if is_stopped else STOP, language),
        "is_stopped": is_stopped,
    }
    channel = record.message.channel if record.message else None
    return by_address.page(request, "outreach/stop.html", said, language=language, channel=channel)
