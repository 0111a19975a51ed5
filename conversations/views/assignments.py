"""Who has it and who follows it."""

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from conversations.actions.assigning import assign, follow, unfollow
from conversations.actions.change import NotPossibleError
from conversations.models import Conversation, Team
from conversations.views.acting import Toast, agent_of, conversation_or_404, done, is_delete, refused


@login_required
@require_http_methods(["POST", "DELETE"])
def assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `agent` (an id, "me", "" for nobody), perhaps `team`; or `to`: "agent:7", "team:2". DELETE frees it."""
    conversation, me = conversation_or_404(request, pk), agent_of(request)
    kind, _colon, key = request.POST.get("to", "").partition(":")
    agent_id = request.POST.get("agent", key if kind == "agent" else "")
    team_id = request.POST.get("team", key if kind == "team" else "")
    to, team = None, None
    try:
        if not is_delete(request):
            if agent_id:
                to = me if agent_id == "me" else get_user_model().objects.get(pk=agent_id, is_active=True)
            team = Team.objects.get(pk=team_id) if team_id else None
        assign(conversation, to=to, team=team, by=me)
    except (get_user_model().DoesNotExist, Team.DoesNotExist, ValueError):
        return refused(request, conversation, _("Choose somebody from the list."), where="to")
    except NotPossibleError as refusal:
        return refused(request, conversation, refusal, where="to")
    name = to or team
    text = _("Assigned to %(name)s.") % {"name": name} if name else _("Assigned to nobody.")
    return done(request, conversation, Toast(text, reverse("assignment", args=[pk]), _as_it_was(conversation)))


def _as_it_was(conversation: Conversation) -> dict[str, str]:
    """`conversation` was read before the change."""
    agent, team = conversation.assignee_id, conversation.team_id
    return {"agent": str(agent or ""), "team": str(team or "")}


@login_required
@require_http_methods(["POST", "DELETE"])
def following(request: HttpRequest, pk: int) -> HttpResponse:
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    if is_delete(request):
        unfollow(conversation, by=agent)
        return done(request, conversation, Toast(_("You follow it no more."), seconds=4))
    follow(conversation, by=agent)
    return done(request, conversation, Toast(_("You follow it now."), seconds=4))
