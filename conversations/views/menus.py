"""What is inside the menus of a conversation's head and panel, fetched when one is opened for the first time."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from conversations.panel import Menus
from conversations.views.acting import actions_context, agent_of, is_htmx, known_or_404

MENUS = {"assign", "snooze", "pass", "decline", "more", "joining", "tags", "topic"}


@login_required
@require_GET
def menu(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """The forms of one menu; without htmx a page of their own."""
    if name not in MENUS:
        raise Http404
    known = known_or_404(request, pk)
    inside = f"conversations/actions/menus/{name}.html"
    menus = Menus(agent_of(request), known.conversation)
    context = {"menus": menus, "inside": inside, **actions_context(request, known)}
    return render(request, inside if is_htmx(request) else "conversations/actions/menu_page.html", context)
