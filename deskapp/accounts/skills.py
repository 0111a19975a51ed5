"""/settings/skills/: what agents can, and how many of them; how well each can stands on the agent's own page."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from conversations import audit
from conversations.models import AgentSkill, Skill
from conversations.views.acting import agent_of, is_delete
from conversations.views.as_typed import as_typed
from integrations.views.admins import needs

MOST_ROWS = 200


class SkillForm(forms.ModelForm):
    class Meta:
        model = Skill
        fields = ["name"]
        labels = {"name": gettext_lazy("Name")}

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if Skill.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a skill of this name already."))
        return name


@needs("settings.skills")
@require_http_methods(["GET", "POST"])
def skills(request: HttpRequest) -> HttpResponse:
    """`q` looks among the names; POST adds one."""
    return _page(request, SkillForm(request.POST or None))


@needs("settings.skills")
@require_http_methods(["GET", "POST", "DELETE"])
def skill(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Skill, pk=pk)
    if is_delete(request):
        with audit.watched(agent_of(request), one):
            one.delete()
        messages.success(request, _("Deleted."))
        return redirect("skills")
    return _page(request, SkillForm(request.POST or None, instance=one), edited=one)


def _page(request: HttpRequest, form: SkillForm, edited: Skill | None = None) -> HttpResponse:
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        with audit.watched(agent_of(request), form.instance):
            form.save()
        messages.success(request, _("Saved."))
        return redirect("skills")
    words = request.GET.get("q", "").replace("\x00", "").strip()
    active = Q(holders__agent__is_active=True)
    found = Skill.objects.annotate(size=Count("holders", filter=active)).order_by("name")
    found = found.filter(name__icontains=words) if words else found
    rows = [{"skill": one, "holders": _holders(one)} for one in found[:MOST_ROWS]]
    context: dict[str, Any] = {"rows": rows, "form": form, "edited": edited, "q": words, "tab": "skills"}
    return render(request, "deskapp/skills.html", context, status=422 if form.errors else 200)


def _holders(one: Skill) -> list[AgentSkill]:
    """The best first."""
    return list(
        one.holders.filter(agent__is_active=True).select_related("agent").order_by("-level", "agent__name")[:20]
    )
