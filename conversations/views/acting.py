"""What every action's view shares: find through visible_to, and answer with fragments or a redirect."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from conversations.models import Conversation
from conversations.opening import Opened, opened
from conversations.panel import Menus, actions
from conversations.required import Asked

if TYPE_CHECKING:
    from deskapp.models import User


@dataclass(frozen=True)
class Toast:
    """One line at the foot of the list. `undo` is the address to which the taking back is posted, with `values`."""

    text: str
    undo: str = ""
    values: dict[str, str] = field(default_factory=dict)
    target: str = "#conversation-actions"
    seconds: int = field(default_factory=lambda: max(8, settings.UNDO_SECONDS))


def agent_of(request: HttpRequest) -> "User":
    """With their teams, which sight and rail both go by, asked for once a request."""
    agent = cast("User", request.user)
    prefetch_related_objects([agent], "teams")
    return agent


def is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def is_delete(request: HttpRequest) -> bool:
    """A plain form cannot DELETE: it posts `_method`."""
    return request.method == "DELETE" or request.POST.get("_method") == "DELETE"


def conversation_or_404(request: HttpRequest, pk: int) -> Conversation:
    visible = Conversation.objects.visible_to(agent_of(request))
    return get_object_or_404(visible.select_related("customer", "assignee", "team"), pk=pk)


def done(
    request: HttpRequest,
    conversation: Conversation,
    toast: Toast | None = None,
    *,
    happened: str = "",
) -> HttpResponse:
    """After an action: the head's buttons, the panel and the toast; without htmx, back to where it was done.

    `happened` names a DOM event for the page, such as "conversation:resolved".
    """
    agent = agent_of(request)
    known = opened(agent, conversation.pk, among=Conversation.objects.visible_to(agent))
    if known is None:
        return _leave(request, toast)
    if not is_htmx(request):
        if toast:
            messages.success(request, toast.text)
        return redirect(_back(request, conversation))
    context = {"toast": toast, **actions_context(request, known)}
    response = render(request, "conversations/actions/done.html", context)
    if happened:
        response["HX-Trigger"] = json.dumps({happened: {"id": conversation.pk}})
    return response


def refused(
    request: HttpRequest,
    conversation: Conversation,
    error: Exception | str,
    *,
    where: str,
    status: int = 422,
    asked: Sequence[Asked] = (),
) -> HttpResponse:
    """The same forms again with the reason beside the field `where`; without htmx, a page that says so. `asked`: what
    must be known first, as fields."""
    known = known_or_404(request, conversation.pk)
    context = {"errors": {where: str(error)}, "error": str(error), **actions_context(request, known)}
    context["asked"] = asked
    context["menus"] = Menus(agent_of(request), known.conversation)  # the one that holds the field is open
    name = "conversations/actions/done.html" if is_htmx(request) else "conversations/actions/refused.html"
    return render(request, name, context, status=status)


def known_or_404(request: HttpRequest, pk: int) -> Opened:
    agent = agent_of(request)
    known = opened(agent, pk, among=Conversation.objects.visible_to(agent))
    if known is None:
        raise Http404
    return known


def actions_context(request: HttpRequest, known: Opened) -> dict[str, object]:
    return {"conversation": known.conversation, "actions": actions(agent_of(request), known)}


def _leave(request: HttpRequest, toast: Toast | None) -> HttpResponse:
    """The conversation went out of this agent's sight."""
    if toast:
        messages.success(request, toast.text)
    if is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": "/"})
    return redirect("/")


def _back(request: HttpRequest, conversation: Conversation) -> str:
    there = request.POST.get("next", "")
    if there and url_has_allowed_host_and_scheme(there, {request.get_host()}):
        return there
    return reverse("conversation", args=[conversation.pk])
