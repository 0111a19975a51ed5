"""Views for admins alone, or for who has a permission: for everybody else there is nothing there."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from conversations.views.acting import agent_of

if TYPE_CHECKING:
    from deskapp.models import User

MOVES = "settings.moves"  # a table or an archive of everything, in or out

View = Callable[..., HttpResponseBase]


def admins_only(view: View) -> View:
    return _guarded(view, lambda agent: agent.is_admin)


def needs(permission: str) -> Callable[[View], View]:
    """For whoever may, whatever their role is called."""
    return lambda view: _guarded(view, lambda agent: agent.may(permission))


def _guarded(view: View, is_theirs: Callable[["User"], bool]) -> View:
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not is_theirs(agent_of(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
