"""The forms of /me/ and /settings/."""

from decimal import Decimal
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from conversations.models import Team
from customers import retention
from deskapp.models import Role, Theme, User


def _zones() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]


class MeForm(forms.ModelForm):
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    timezone = forms.ChoiceField(label=_("Time zone"), choices=_zones)
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices)

    class Meta:
        model = User
        fields = [
            "name", "extension", "signature", "locale", "timezone", "theme", "single_keys", "notify_desktop",
            "notify_sound",
        ]  # fmt: skip
        labels = {
            "name": _("Name"),
            "extension": _("Your phone: extension or number"),
            "signature": _("Signature under your mails"),
            "single_keys": _("Single-letter shortcuts"),
            "notify_desktop": _("Desktop notifications for new messages"),
            "notify_sound": _("A sound for new messages"),
        }
        widgets = {"signature": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"extension": _("As the phone system names it. Calls that ring there are shown to you.")}

    def clean_extension(self) -> str:
        return settled_extension(self.cleaned_data["extension"], of=self.instance)


def settled_extension(typed: str, *, of: User | None) -> str:
    """Raises ValidationError where it is somebody else's: a call rings at one agent."""
    extension = typed.replace("\x00", "").strip()
    taken = User.objects.filter(extension__iexact=extension)
    if extension and (taken.exclude(pk=of.pk) if of and of.pk else taken).exists():
        raise forms.ValidationError(_("Somebody here already has this extension."))
    return extension


class AgentForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.AGENT)
    teams = forms.ModelMultipleChoiceField(
        label=_("Teams"),
        queryset=Team.objects.order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    sees_purchases = forms.BooleanField(label=_("Sees what customers bought"), required=False, initial=True)
    sees_browsing = forms.BooleanField(label=_("Sees what customers looked at"), required=False, initial=True)
    refund_limit = forms.DecimalField(
        label=_("May refund at once up to"),
        min_value=0,
        max_value=1_000_000,
        decimal_places=2,
        initial=0,
        required=False,
        help_text=_("In the order's currency. An admin has no limit."),
    )

    extension = forms.CharField(
        label=_("Phone: extension or number"),
        max_length=80,
        required=False,
        help_text=_("As the phone system names it. Calls that ring there are shown to them."),
    )

    def __init__(self, *args: object, someone: User | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.someone = someone

    def clean_extension(self) -> str:
        return settled_extension(self.cleaned_data["extension"], of=self.someone)

    def clean_refund_limit(self) -> Decimal:
        return self.cleaned_data["refund_limit"] or Decimal(0)


class InvitationForm(AgentForm):
    email = forms.EmailField(label=_("Email"))
    field_order = ["email", "name", "role", "teams"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Somebody here already has this address."))
        return email


class DeactivationForm(forms.Form):
    team = forms.ModelChoiceField(
        label=_("Their open conversations go to"),
        queryset=Team.objects.order_by("name"),
        required=False,
        empty_label=_("the team each one is in"),
    )


class RetentionForm(forms.Form):
    kind = forms.CharField()
    days = forms.IntegerField(min_value=1, max_value=36500)
    is_on = forms.BooleanField(required=False)

    def clean_kind(self) -> str:
        kind: str = self.cleaned_data["kind"]
        if kind not in retention.KINDS:
            raise forms.ValidationError(_("There is no such kind of data."))
        return kind


class TeamForm(forms.ModelForm):
    members = forms.ModelMultipleChoiceField(
        label=_("Members"),
        queryset=User.objects.filter(is_active=True).order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Team
        fields = ["name", "members", "hours", "signature"]
        labels = {"name": _("Name"), "hours": _("Hours"), "signature": _("Signature under the team's mails")}
        widgets = {"signature": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"hours": _("Without any, the desk's default.")}
        error_messages = {"name": {"unique": _("There is a team of this name already.")}}
