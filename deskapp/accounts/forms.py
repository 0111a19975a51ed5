"""The forms of /me/ and /settings/."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

from conversations.models import AgentSkill, Medium, Skill, Team
from customers import retention
from customers.zones import zones
from deskapp.models import OwnRole, Role, Theme, User

SKILL = "skill-"  # and its number: a field of the agent's form
OWN_ROLE = "role-"  # and its number: a choice of role
MOST_SKILLS = 100


def _zones() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(zones())]


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
        help_texts = {"extension": _("An admin enters it. Calls that ring there are shown to you.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Whose line rings is called into the conversation (conversations.inbound.calls), whichever team's it is: so
        nobody but an admin says whose line is whose."""
        super().__init__(*args, **kwargs)
        self.fields["extension"].disabled = not self.instance.is_admin

    def clean_extension(self) -> str:
        return settled_extension(self.cleaned_data["extension"], of=self.instance)


def settled_extension(typed: str, *, of: User | None) -> str:
    """Raises ValidationError where it is somebody else's: a call rings at one agent."""
    extension = typed.replace("\x00", "").strip()
    taken = User.objects.filter(extension__iexact=extension)
    if extension and (taken.exclude(pk=of.pk) if of and of.pk else taken).exists():
        raise forms.ValidationError(_("Somebody here already has this extension."))
    return extension


def _languages() -> list[tuple[str, str]]:
    """By their own names, which is what who speaks them looks for."""
    named = ((code, str(info.get("name_local", "")).capitalize()) for code, info in LANG_INFO.items())
    return sorted(((code, name) for code, name in named if "-" not in code and name), key=lambda pair: pair[1])


def role_choices() -> list[tuple[str, Any]]:
    own = [(f"{OWN_ROLE}{role.pk}", role.name) for role in OwnRole.objects.order_by("name")]
    return [*Role.choices, *own]


def role_value(agent: User) -> str:
    return f"{OWN_ROLE}{agent.own_role_id}" if agent.own_role_id else agent.role


class AgentForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=lambda: role_choices(),
        initial=Role.AGENT,
        help_text=_("A role of your own decides by itself on purchases and browsing."),
    )
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

    capacity = forms.FloatField(
        label=_("How much at once"),
        min_value=0,
        max_value=100,
        initial=6,
        required=False,
        help_text=_("Routing gives them no more. A mail counts one, a chat two, unless the rules say otherwise."),
    )
    answers_by = forms.MultipleChoiceField(  # a form's `media` are its scripts
        label=_("Answers by"),
        choices=Medium.choices,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 5}),
        help_text=_("Routing gives them nothing that came another way. None chosen: they answer by all of them."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Answers in"),
        choices=_languages,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
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
        self.fields["answers_by"].initial = someone.media if someone else []
        held = {each.skill_id: each.level for each in someone.skills.all()} if someone else {}
        for skill in Skill.objects.order_by("name")[:MOST_SKILLS]:
            self.fields[f"{SKILL}{skill.pk}"] = forms.TypedChoiceField(
                label=_("Skill: %(name)s") % {"name": skill.name},
                choices=[("", "–"), *AgentSkill.Level.choices],
                coerce=int,
                required=False,
                initial=held.get(skill.pk, ""),
            )

    def clean(self) -> dict[str, Any]:
        """The skills as one: {the skill's number: level}. The role as the built-in one and, or, one of our own."""
        found: dict[str, Any] = super().clean() or {}
        found["media"] = found.pop("answers_by", [])
        role = str(found.get("role", ""))
        found["own_role"] = None
        if role.startswith(OWN_ROLE):
            found["own_role"] = OwnRole.objects.get(pk=int(role.removeprefix(OWN_ROLE)))
            found["role"] = Role.AGENT
        known = [name for name in found if name.startswith(SKILL)]
        found["skills"] = {int(name.removeprefix(SKILL)): found.pop(name) or 0 for name in known}
        return found

    def clean_extension(self) -> str:
        return settled_extension(self.cleaned_data["extension"], of=self.someone)

    def clean_capacity(self) -> float:
        said: float | None = self.cleaned_data["capacity"]
        return float(User._meta.get_field("capacity").get_default()) if said is None else said

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
        fields = ["name", "members", "assigns", "hours", "signature"]
        labels = {
            "name": _("Name"),
            "assigns": _("Routing gives its work to agents"),
            "hours": _("Hours"),
            "signature": _("Signature under the team's mails"),
        }
        widgets = {"signature": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "hours": _("Without any, the desk's default."),
            "assigns": _("Otherwise it waits in the team's queue, and they take the next themselves."),
        }
        error_messages = {"name": {"unique": _("There is a team of this name already.")}}
