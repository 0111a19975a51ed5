"""/settings/roles/: what each role may, in sentences; and roles of one's own beside the three built-in ones."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from conversations import audit
from conversations.views.acting import agent_of, is_delete
from conversations.views.as_typed import as_typed
from deskapp.accounts import members
from deskapp.models import OwnRole, Role, User
from deskapp.permissions import BUILT_IN, PERMISSIONS
from integrations.views.admins import admins_only

FIRST_PAGES = {
    "settings.connectors": "connectors",
    "settings.automation": "automation",
    "settings.topics": "topics",
    "settings.bots": "bots",
    "settings.hours": "hours_list",
    "settings.sla": "sla_policies",
    "settings.skills": "skills",
    "settings.tags": "tag_list",
    "settings.branding": "branding_list",
    "settings.privacy": "privacy",
    "settings.moves": "imports",
    "settings.audit": "audit_log",
}


class RoleForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    permissions = forms.MultipleChoiceField(
        choices=[(each.name, each.label) for each in PERMISSIONS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: object, role: OwnRole, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.role = role

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        is_taken = OwnRole.objects.filter(name__iexact=name).exclude(pk=self.role.pk).exists()
        if is_taken or name.lower() in {str(label).lower() for _value, label in Role.choices}:
            raise forms.ValidationError(_("There is a role of this name already."))
        return name


@login_required
def first_page(request: HttpRequest) -> HttpResponse:
    """The first page of the settings that is theirs."""
    agent = agent_of(request)
    if agent.is_admin:
        return redirect("agents")
    where = next((page for permission, page in FIRST_PAGES.items() if agent.may(permission)), None)
    if where is None:
        raise Http404
    return redirect(where)


@admins_only
def roles(request: HttpRequest) -> HttpResponse:
    """A table of who may what; `q` looks among permissions."""
    words = request.GET.get("q", "").replace("\x00", "").strip().lower()
    own = list(OwnRole.objects.order_by("name"))
    sets = [BUILT_IN[value] for value in Role.values] + [frozenset(role.permissions) for role in own]
    rows = [
        {"permission": each, "held": [each.name in held for held in sets]}
        for each in PERMISSIONS
        if words in f"{each.label} {each.says}".lower()
    ]
    built_in = [{"name": label, "size": _size(role=value, own_role=None)} for value, label in Role.choices]
    ours = [{"name": role.name, "pk": role.pk, "size": _size(own_role=role)} for role in own]
    context = {"rows": rows, "roles": built_in + ours, "q": words, "tab": "roles"}
    return render(request, "deskapp/roles.html", context)


@admins_only
@require_http_methods(["GET", "POST", "DELETE"])
def role(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """POST `name` and `permissions`. One that somebody has cannot be deleted."""
    one = get_object_or_404(OwnRole, pk=pk) if pk else OwnRole()
    if pk and is_delete(request):
        return _deleted(request, one)
    known = {"name": one.name, "permissions": one.permissions}
    form = RoleForm(request.POST or None, initial=known, role=one)
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        members.change_role(one, **form.cleaned_data, by=agent_of(request))
        messages.success(request, _("Saved."))
        return redirect("roles")
    chosen = set(form["permissions"].value() or [])
    rows = [{"permission": each, "is_on": each.name in chosen} for each in PERMISSIONS]
    size = _size(own_role=one) if pk else 0
    context = {"form": form, "one": one, "rows": rows, "size": size, "tab": "roles"}
    return render(request, "deskapp/role.html", context, status=422 if form.errors else 200)


def _deleted(request: HttpRequest, one: OwnRole) -> HttpResponse:
    size = _size(own_role=one)
    if size:
        words = ngettext(
            "%(n)s agent has this role: give them another first.",
            "%(n)s agents have this role: give them another first.",
            size,
        )
        messages.error(request, words % {"n": size})
        return redirect("role", pk=one.pk)
    with audit.watched(agent_of(request), one):
        one.delete()
    messages.success(request, _("Deleted."))
    return redirect("roles")


def _size(**wanted: object) -> int:
    return User.objects.filter(**wanted).count()
