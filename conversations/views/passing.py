"""Giving back, taking the next, passing on: what agents do with work that is or was theirs."""

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from conversations.actions.change import NotPossibleError
from conversations.actions.declining import REASONS, decline
from conversations.actions.pulling import pull_next
from conversations.actions.transferring import Along, transfer
from conversations.models import Team
from conversations.views.acting import Toast, agent_of, conversation_or_404, done, is_htmx, refused


@login_required
@require_POST
def declining(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `reason`, one of those offered, or `other` in the agent's own words."""
    conversation = conversation_or_404(request, pk)
    chosen = request.POST.get("reason", "")
    reason = str(REASONS.get(chosen, "")) or request.POST.get("other", "").replace("\x00", "")
    try:
        decline(conversation, by=agent_of(request), reason=reason)
    except NotPossibleError as refusal:
        return refused(request, conversation, refusal, where="reason")
    toast = Toast(_("Given back: somebody else answers it."), seconds=4)
    return done(request, conversation, toast, happened="conversation:declined")


@login_required
@require_POST
def transferring(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `pass_to`: "agent:7" or "team:2"; `note`; and what goes along: `draft`, `follow`."""
    conversation, me = conversation_or_404(request, pk), agent_of(request)
    kind, _colon, key = request.POST.get("pass_to", "").partition(":")
    along = Along(draft="draft" in request.POST, follow="follow" in request.POST)
    note = request.POST.get("note", "").replace("\x00", "")
    try:
        to = get_user_model().objects.get(pk=key, is_active=True) if kind == "agent" else None
        team = Team.objects.get(pk=key) if kind == "team" else None
        transfer(conversation, to=to, team=team, by=me, note=note, along=along)
    except (get_user_model().DoesNotExist, Team.DoesNotExist, ValueError):
        return refused(request, conversation, _("Choose somebody from the list."), where="pass_to")
    except NotPossibleError as refusal:
        return refused(request, conversation, refusal, where="pass_to")
    text = _("Passed on to %(name)s.") % {"name": to or team}
    return done(request, conversation, Toast(text, seconds=4), happened="conversation:passed")


@login_required
@require_POST
def taking(request: HttpRequest) -> HttpResponse:
    """The next that waits, opened; else a word why there is none."""
    try:
        conversation = pull_next(agent_of(request))
    except NotPossibleError as refusal:
        messages.info(request, str(refusal))
        there = reverse("inbox_view", args=["mine"])
    else:
        messages.success(request, _("%(name)s is yours.") % {"name": conversation.customer.label})
        there = reverse("conversation", args=[conversation.pk])
    return HttpResponse(headers={"HX-Redirect": there}) if is_htmx(request) else redirect(there)
