"""Whom a conversation owes a call: the line at its head, asking for one, and ending it."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from conversations.actions import call_backs
from conversations.actions.change import NotPossibleError
from conversations.models import CallBack, Conversation
from conversations.views.acting import Toast, agent_of, conversation_or_404, done, is_htmx, refused
from conversations.views.calls import phone_named
from conversations.views.states import moment


@login_required
@require_http_methods(["GET", "POST"])
def owed(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the line at the head, as it is now. POST `identity`, and if they said so `due` and `note`: they asked."""
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    if request.method == "GET":
        return _head(request, conversation)
    identity = phone_named(request.POST.get("identity", ""))
    if identity is None:
        return refused(request, conversation, _("Choose one of their numbers."), where="call")
    try:
        due_at = _when(request.POST.get("due", ""), agent.get_timezone())
        note = request.POST.get("note", "").replace("\x00", "").strip()
        call_backs.ask(conversation, identity=identity, by=agent, due_at=due_at, note=note)
    except NotPossibleError as refusal:
        return refused(request, conversation, refusal, where="call")
    return done(request, conversation, Toast(_("They will be called back."), seconds=4), happened="calls:changed")


def _when(said: str, zone: str) -> datetime:
    return moment(said, zone=zone) if said else timezone.now()


@login_required
@require_POST
def call_back(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `outcome`: it is done, or needs no call any more."""
    agent = agent_of(request)
    seen = CallBack.objects.filter(conversation__in=Conversation.objects.visible_to(agent))
    found = get_object_or_404(seen.select_related("conversation"), pk=pk)
    outcome = request.POST.get("outcome", "").replace("\x00", "").strip()
    call_backs.end(found, by=agent, outcome=outcome or _("Done."))
    conversation = conversation_or_404(request, found.conversation_id)
    if not is_htmx(request):
        messages.success(request, _("Done."))
        return redirect(reverse("conversation", args=[conversation.pk]))
    return _head(request, conversation)


def _head(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    if not is_htmx(request):
        return redirect(reverse("conversation", args=[conversation.pk]))
    return render(request, "conversations/calls/owed.html", {"conversation": conversation})
