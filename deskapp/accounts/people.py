"""/settings/: agents and teams, for admins; for everybody else there is nothing here."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from conversations import audit, recounting
from conversations.models import Comparing, Team
from conversations.reports.agents.comparing import compares
from conversations.routing import waiting
from conversations.views.acting import agent_of
from conversations.views.as_typed import as_typed
from deskapp.accounts import members
from deskapp.accounts.forms import AgentForm, DeactivationForm, InvitationForm, TeamForm, role_value
from deskapp.models import User
from integrations.views.admins import admins_only

MOST_ROWS = 200


@admins_only
def agents(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    found = User.objects.select_related("own_role").prefetch_related("teams").order_by("-is_active", "name")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(email__icontains=words))
    context = {"agents": found[:MOST_ROWS], "q": words, "tab": "agents", "compares": compares()}
    return render(request, "deskapp/agents.html", context)


@admins_only
@require_POST
def ranks(request: HttpRequest) -> HttpResponse:
    """POST `is_on` "yes" or "no": whether reports may put agents in the order of their figures."""
    one = Comparing.objects.first() or Comparing()
    one.is_on = request.POST.get("is_on") == "yes"
    with audit.watched(agent_of(request), one):
        one.save()
    messages.success(request, _("Saved."))
    return redirect("agents")


@admins_only
def invitation(request: HttpRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None)
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        agent = members.invite(**form.cleaned_data, by=agent_of(request))
        messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": agent.email})
        return redirect("agents")
    context = {"form": form, "tab": "agents", "title": _("Invite an agent"), "verb": _("Send the invitation")}
    return _form(request, context)


@admins_only
def agent(request: HttpRequest, pk: int) -> HttpResponse:
    someone = get_object_or_404(User, pk=pk)
    known = {"name": someone.name, "role": role_value(someone), "teams": someone.teams.all()}
    known |= {name: getattr(someone, name) for name in members.RIGHTS}
    form = AgentForm(request.POST or None, initial=known, someone=someone)
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        try:
            members.change(someone, **form.cleaned_data, by=agent_of(request))
            messages.success(request, _("Saved."))
            return redirect("agents")
        except members.LastAdminError as error:
            form.add_error("role", str(error))
    context = {"form": form, "tab": "agents", "title": someone.name, "verb": _("Save"), "someone": someone}
    return _form(request, {**context, "leaving": DeactivationForm()})


@admins_only
@require_POST
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `active` "no" with the `team` that takes over, or "yes"."""
    someone = get_object_or_404(User, pk=pk)
    if request.POST.get("active") == "yes":
        members.reactivate(someone, by=agent_of(request))
        messages.success(request, _("%(name)s can sign in again.") % {"name": someone})
        return redirect("agent", pk=pk)
    form = DeactivationForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    try:
        count = members.deactivate(someone, to=form.cleaned_data["team"], by=agent_of(request))
    except members.LastAdminError as error:
        messages.error(request, str(error))
        return redirect("agent", pk=pk)
    words = _("%(name)s is signed out; %(count)s open conversations were handed over.")
    messages.success(request, words % {"name": someone, "count": count})
    return redirect("agents")


@admins_only
@require_POST
def invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    someone = get_object_or_404(User, pk=pk, is_active=True)
    members.send_invitation(someone, by=agent_of(request))
    messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": someone.email})
    return redirect("agent", pk=pk)


@admins_only
def teams(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    found = Team.objects.annotate(size=Count("members", filter=Q(members__is_active=True))).order_by("name")
    found = found.filter(name__icontains=words) if words else found
    return render(request, "deskapp/teams.html", {"teams": found[:MOST_ROWS], "q": words, "tab": "teams"})


@admins_only
def team(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    one = get_object_or_404(Team, pk=pk) if pk else None
    form = TeamForm(request.POST or None, instance=one)
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        before = set(one.members.values_list("pk", flat=True)) if one else set()
        with audit.watched(agent_of(request), form.instance):
            saved = form.save()
            recounting.ask_if_any()
        members.look_again(before ^ set(saved.members.values_list("pk", flat=True)))
        waiting.look_again()
        messages.success(request, _("Saved."))
        return redirect("teams")
    title = one.name if one else _("New team")
    return _form(request, {"form": form, "tab": "teams", "title": title, "verb": _("Save")})


def _form(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    has_errors = getattr(context["form"], "errors", None)
    return render(request, "deskapp/form.html", context, status=422 if has_errors else 200)
