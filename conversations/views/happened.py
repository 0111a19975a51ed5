"""What the customer of an open thread did lately, for standing among its messages as it happens."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from conversations import drawing
from conversations.happened import lately
from conversations.views.acting import agent_of, conversation_or_404, is_htmx

LATELY = timedelta(days=1)


@login_required
@require_GET
def happened(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines of the last day; without htmx the thread, which has them all."""
    conversation = conversation_or_404(request, pk)
    if not is_htmx(request):
        return redirect("conversation", pk)
    return HttpResponse(drawing.events(lately(agent_of(request), conversation, timezone.now() - LATELY)))
