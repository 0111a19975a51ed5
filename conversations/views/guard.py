"""The already-answered guard, asked while one writes: a quiet line for each question whose answer is there."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from conversations.handoff.guard import MOST_SIGNS
from conversations.handoff.repeats import lines
from conversations.views.acting import agent_of, conversation_or_404


@login_required
@require_POST
def guard(request: HttpRequest, pk: int) -> HttpResponse:
    """POST, though it changes nothing: the words of a draft belong in no log of addresses."""
    conversation = conversation_or_404(request, pk)
    found = lines(request.POST.get("text", "")[:MOST_SIGNS], conversation, agent_of(request))
    dismissed = set(request.POST.getlist("dismissed"))
    context = {"lines": [line for line in found if line.slot not in dismissed], "conversation": conversation}
    return render(request, "conversations/composer/guard.html", context)
