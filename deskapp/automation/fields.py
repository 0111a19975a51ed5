"""/settings/automation/fields/: what must be known before a conversation is solved, per team and topic."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from conversations import audit
from conversations.models import RequiredField, Team, Topic
from conversations.models.required_field import FieldKind
from conversations.views.acting import agent_of, is_delete
from conversations.views.as_typed import as_typed
from deskapp.automation.rules import MINE
from integrations.views.admins import needs

MOST_OPTIONS, LONGEST = 50, 80


class RequiredFieldForm(forms.ModelForm):
    lines = forms.CharField(
        label=gettext_lazy("List"),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        help_text=gettext_lazy("One a line. Of a tag: any of these; none means any tag."),
    )

    class Meta:
        model = RequiredField
        fields = ["name", "kind", "team", "topic", "is_active"]
        labels = {
            "name": gettext_lazy("Question"),
            "kind": gettext_lazy("What it is"),
            "team": gettext_lazy("Asked of team"),
            "topic": gettext_lazy("Asked of topic"),
            "is_active": gettext_lazy("It is asked"),
        }

    field_order = ["name", "kind", "lines", "team", "topic", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.order_by("name")  # type: ignore[attr-defined]
        self.fields["topic"].queryset = Topic.objects.order_by("name")  # type: ignore[attr-defined]
        for name in ("team", "topic"):
            self.fields[name].empty_label = _("Every one")  # type: ignore[attr-defined]
        self.initial["lines"] = "\n".join(self.instance.options)

    def clean_lines(self) -> list[str]:
        typed = str(self.cleaned_data["lines"]).splitlines()
        options = list(dict.fromkeys(filter(None, (" ".join(line.split()).lstrip("#") for line in typed))))
        if len(options) > MOST_OPTIONS or any(len(option) > LONGEST for option in options):
            raise forms.ValidationError(_("At most 50 lines, of 80 letters each."))
        return options

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("kind") == FieldKind.CHOICE and "lines" not in self.errors and len(found.get("lines") or []) < 2:
            self.add_error("lines", _("A list to choose from has at least two lines."))
        has_list = found.get("kind") in (FieldKind.CHOICE, FieldKind.TAG)
        self.instance.options = found.get("lines") or [] if has_list else []
        return found


@needs(MINE)
@require_http_methods(["GET", "POST"])
def fields(request: HttpRequest) -> HttpResponse:
    """POST adds one."""
    return _page(request, RequiredFieldForm(request.POST or None, instance=RequiredField()))


@needs(MINE)
@require_http_methods(["GET", "POST", "DELETE"])
def field(request: HttpRequest, pk: int) -> HttpResponse:
    """DELETE takes away what was filled in, too."""
    one = get_object_or_404(RequiredField, pk=pk)
    if is_delete(request):
        with audit.watched(agent_of(request), one):
            one.delete()
        messages.success(request, _("Deleted."))
        return redirect("required_fields")
    return _page(request, RequiredFieldForm(request.POST or None, instance=one), edited=one)


def _page(request: HttpRequest, form: RequiredFieldForm, edited: RequiredField | None = None) -> HttpResponse:
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        with audit.watched(agent_of(request), form.instance):
            form.save()
        messages.success(request, _("Saved."))
        return redirect("required_fields")
    found = RequiredField.objects.select_related("team", "topic").annotate(size=Count("values"))
    rows = found.order_by("place", "pk")[:200]
    context = {"rows": rows, "form": form, "edited": edited, "tab": "automation"}
    return render(request, "deskapp/automation/fields.html", context, status=422 if form.errors else 200)
