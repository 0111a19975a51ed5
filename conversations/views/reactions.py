"""An agent's emoji on one message: put on, taken off."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from conversations.actions.change import NotPossibleError
from conversations.models import Message
from conversations.outbound.reactions import react
from conversations.views.acting import Toast, agent_of, is_delete, is_htmx


@login_required
@require_http_methods(["POST", "DELETE"])
def reactions(request: HttpRequest, pk: int) -> HttpResponse:
    """The bubble is drawn anew for everybody who has the thread open, this agent among them."""
    agent = agent_of(request)
    said = get_object_or_404(Message.objects.visible_to(agent), pk=pk)
    try:
        react(said, emoji="" if is_delete(request) else request.POST.get("emoji", ""), by=agent)
    except NotPossibleError as error:
        return _answer(request, said, str(error))
    return _answer(request, said, "")


def _answer(request: HttpRequest, said: Message, problem: str) -> HttpResponse:
    if is_htmx(request):
        if not problem:
            return HttpResponse(status=204)
        return render(request, "conversations/actions/toast_only.html", {"toast": Toast(problem, seconds=6)})
    if problem:
        messages.error(request, problem)
    there = reverse("conversation", args=[said.conversation_id])
    return redirect(f"{there}#message-{said.pk}")
