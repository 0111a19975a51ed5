"""The form of a schedule: when, as what, and to whom."""

from typing import TYPE_CHECKING, Any

from django import forms as kit
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models.functions import Lower
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import ReportSchedule
from conversations.models.report_schedule import Form, Often
from conversations.reports.board import desk_zone

if TYPE_CHECKING:
    from deskapp.models import User

MOST_ADDRESSES = 20


class ScheduleForm(kit.ModelForm):
    weekday = kit.TypedChoiceField(
        label=gettext_lazy("On (every week)"), coerce=int, required=False,
        choices=lambda: [(number, name) for number, name in WEEKDAYS.items()],
    )  # fmt: skip
    day = kit.IntegerField(label=gettext_lazy("On the day (every month)"), min_value=1, max_value=31, required=False)
    hour = kit.TypedChoiceField(
        label=gettext_lazy("At"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)], initial=8
    )
    forms = kit.MultipleChoiceField(
        label=gettext_lazy("As"), choices=Form.choices, widget=kit.CheckboxSelectMultiple, initial=[Form.PDF]
    )
    others = kit.CharField(
        label=gettext_lazy("And to these addresses"), required=False, max_length=2000,
        help_text=gettext_lazy("With commas between them. Outside the desk only an admin sends reports."),
    )  # fmt: skip

    class Meta:
        model = ReportSchedule
        fields = ("often", "hour", "zone", "forms", "agents")
        widgets = {"agents": kit.SelectMultiple(attrs={"size": 6})}
        help_texts = {"agents": gettext_lazy("They get what you see, whatever they see themselves.")}

    field_order = ["often", "weekday", "day", "hour", "zone", "forms", "agents", "others"]

    def __init__(self, *args: Any, by: "User", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.owner = self.instance.owner if self.instance.pk else by  # with whose rights it goes out
        zones = list(dict.fromkeys(filter(None, [self.instance.zone, by.get_timezone(), desk_zone()])))
        self.fields["zone"] = kit.ChoiceField(label=_("Time zone"), choices=[(each, each) for each in zones])
        self.order_fields(self.field_order)
        agents = get_user_model().objects.filter(is_active=True).order_by("name")
        self.fields["agents"].queryset = agents  # type: ignore[attr-defined]
        self.fields["agents"].initial = [by.pk]
        if self.instance.pk:
            on = {Often.WEEKLY.value: "weekday", Often.MONTHLY.value: "day"}.get(self.instance.often)
            self.initial["others"] = ", ".join(self.instance.addresses)
            if on:
                self.initial[on] = self.instance.on

    def clean_others(self) -> list[str]:
        """Addresses of agents are as good as their names."""
        found = [each.strip().lower() for each in self.cleaned_data["others"].replace("\n", ",").split(",")]
        given = list(dict.fromkeys(each for each in found if each))
        for each in given:
            try:
                validate_email(each)
            except ValidationError:
                raise ValidationError(_("“%(address)s” is no address.") % {"address": each}) from None
        if len(given) > MOST_ADDRESSES:
            raise ValidationError(_("%(n)d addresses are the most.") % {"n": MOST_ADDRESSES})
        known = get_user_model().objects.filter(is_active=True).annotate(low=Lower("email")).filter(low__in=given)
        ours = set(known.values_list("low", flat=True))
        if not (self.by.is_admin and self.owner.is_admin) and (
            strangers := [each for each in given if each not in ours]
        ):
            words = {"addresses": ", ".join(strangers)}
            raise ValidationError(_("Only an admin sends reports outside the desk: %(addresses)s.") % words)
        self.agents_named = list(known)
        return [each for each in given if each not in ours]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("agents") and not given.get("others") and not getattr(self, "agents_named", []):
            self.add_error("agents", _("Say to whom it goes."))
        if given.get("often") == Often.MONTHLY and not given.get("day"):
            self.add_error("day", _("Say on which day of the month."))
        return given

    def filled(self, report: str = "", query: str = "") -> ReportSchedule:
        """Not stored yet, and due by its times only when somebody says so. One that was there stays of whom it is, and
        goes on asking what it asks."""
        one: ReportSchedule = self.save(commit=False)
        if one.pk is None:
            one.owner, one.report, one.query = self.by, report, query
        on = {Often.WEEKLY.value: self.cleaned_data["weekday"], Often.MONTHLY.value: self.cleaned_data["day"]}
        one.on = on.get(one.often) or 0
        one.addresses = self.cleaned_data["others"]
        return one
