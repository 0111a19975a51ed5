"""Two switches of the rail: presence and theme."""

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from conversations.routing import availability
from conversations.routing.availability import choose
from conversations.views.acting import agent_of, is_htmx


@login_required
@require_POST
def presence(request: HttpRequest) -> HttpResponse:
    """POST `presence` and, of who is away, perhaps `reason`: the name of one of those that are offered."""
    state, reason = request.POST.get("presence", ""), request.POST.get("reason", "")
    if state not in availability.STATES or (reason and reason not in availability.REASONS):
        return HttpResponse(status=422)
    choose(agent_of(request), state, reason=reason)
    return _answer(request)


@login_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """POST `theme`; without it, as when JS is off, the other of light and dark."""
    other = "light" if agent_of(request).theme == "dark" else "dark"
    return _set(request, "theme", {"auto", "light", "dark"}, otherwise=other)


def _set(request: HttpRequest, field: str, allowed: set[str], otherwise: str = "") -> HttpResponse:
    value = request.POST.get(field, otherwise)
    if value not in allowed:
        return HttpResponse(status=422)
    agent = agent_of(request)
    get_user_model().objects.filter(pk=agent.pk).update(**{field: value})
    return _answer(request)


def _answer(request: HttpRequest) -> HttpResponse:
    if is_htmx(request) or request.headers.get("Accept") == "text/plain":
        return HttpResponse(status=204)
    there = request.headers.get("Referer", "/")
    return redirect(there if url_has_allowed_host_and_scheme(there, {request.get_host()}) else "/")
