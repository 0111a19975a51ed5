"""The form of a macro: it must do something, and not two things that shut each other out."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.canned_words import usable_by
from conversations.models import Macro, Priority, Tag, Team

if TYPE_CHECKING:
    from deskapp.models import User

MOST_HOURS = 24 * 90
DOES = ("add_tags", "drop_tags", "priority", "to_me", "assignee", "team", "canned", "note", "snooze_hours", "resolves")


class MacroForm(forms.ModelForm):
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"),
        choices=[("", gettext_lazy("As it is")), *Priority.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    snooze_hours = forms.IntegerField(
        label=gettext_lazy("Snooze for hours"), min_value=1, max_value=MOST_HOURS, required=False
    )

    class Meta:
        model = Macro
        fields = ["name", "usable_in", *DOES]
        widgets = {"note": forms.Textarea(attrs={"rows": 3}), "add_tags": forms.SelectMultiple(attrs={"size": 4})}

    def __init__(self, *args: Any, agent: "User", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["add_tags"].queryset = self.fields["drop_tags"].queryset = Tag.objects.order_by("name")  # type: ignore[attr-defined]
        self.fields["assignee"].queryset = get_user_model().objects.filter(is_active=True).order_by("name")  # type: ignore[attr-defined]
        self.fields["team"].queryset = Team.objects.order_by("name")  # type: ignore[attr-defined]
        self.fields["canned"].queryset = usable_by(agent)  # type: ignore[attr-defined]
        own = Team.objects.order_by("name") if agent.may("words.share") else agent.teams.order_by("name")
        self.fields["usable_in"].queryset = own  # type: ignore[attr-defined]
        self.fields["usable_in"].required = not agent.may("words.share")  # only an admin makes one for everybody

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(self._is_set(found.get(name)) for name in DOES):
            raise forms.ValidationError(_("It does nothing yet: choose at least one thing."))
        if found.get("resolves") and found.get("snooze_hours"):
            self.add_error("snooze_hours", _("It cannot be solved and snoozed at once."))
        if found.get("to_me") and found.get("assignee"):
            self.add_error("assignee", _("It goes to one person: to them, or to whoever runs it."))
        both = set(found.get("add_tags") or ()) & set(found.get("drop_tags") or ())
        if both:
            words = _("A tag is added or taken off, not both: %(tags)s.")
            self.add_error("drop_tags", words % {"tags": ", ".join(sorted(str(mark) for mark in both))})
        return found

    @staticmethod
    def _is_set(value: object) -> bool:
        """The lowest priority is one, too: 0, and not False."""
        return bool(value.exists()) if hasattr(value, "exists") else value not in (None, "") and value is not False
