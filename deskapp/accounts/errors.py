"""Pages for what went wrong; they need no database, because it may be what is missing."""

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def page(status: int, *, title: str, words: str) -> HttpResponse:
    return HttpResponse(render_to_string("error.html", {"error_title": title, "words": words}), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(
        400,
        title=_("The desk did not understand that"),
        words=_("Nothing was changed. Go back and try once more."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(
        403,
        title=_("That is not yours to do"),
        words=_("Nothing was changed. An admin of your desk can change your role."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(
        404,
        title=_("There is nothing here"),
        words=_("It was moved or merged, or it belongs to a team you are not in."),
    )


def failed(request: HttpRequest) -> HttpResponse:
    return page(
        500,
        title=_("The desk stumbled"),
        words=_("What you sent before is safe. Try again in a minute; if it stays, tell an admin."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(
        403,
        title=_("This page is too old to send"),
        words=_(
            "Nothing was changed. You have signed in or out since you opened it: go back, load it again and send it."
        ),
    )


def closed(request: HttpRequest) -> HttpResponse:
    raise Http404
