"""Views for admins alone: for everybody else there is nothing there."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from conversations.views.acting import agent_of

View = Callable[..., HttpResponseBase]


def admins_only(view: View) -> View:
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not agent_of(request).is_admin:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
