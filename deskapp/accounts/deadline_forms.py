"""The form of an SLA policy: times as people write them, whose hours count, and what is done when one has passed."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import Hours, Priority, SlaPolicy, Team
from conversations.models.sla import MOST_MINUTES
from conversations.typed import whole_number

OWN, ALWAYS = "own", "always"
_UNIT = r"(h(?:rs?|ours?)?|m(?:ins?|inutes?)?|)(?![a-z])"
_PART = re.compile(rf"(\d{{1,6}}(?:[.,]\d{{1,2}})?)\s*{_UNIT}\.?\s*", re.IGNORECASE)


def minutes_of(text: str) -> int:
    """Of "90", "45 min", "1h 30m", "1.5 h": without a unit, minutes. Raises ValueError."""
    place, total = 0, 0.0
    text = text.strip()
    while place < len(text):
        found = _PART.match(text, place)
        if found is None:
            raise ValueError(text)
        number = float(found[1].replace(",", "."))
        total += number * 60 if found[2].lower().startswith("h") else number
        place = found.end()
    return round(total)


def written(minutes: int | None) -> str:
    """As `minutes_of` reads it: "1h 30m"."""
    if not minutes:
        return ""
    hours, left = divmod(minutes, 60)
    return " ".join(f"{number}{unit}" for number, unit in ((hours, "h"), (left, "m")) if number)


class MinutesField(forms.CharField):
    """A length of time in minutes; None where nothing was typed, unless that means none at all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, required=False, max_length=30, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value))
        if not text:
            return None
        try:
            minutes = minutes_of(text)
        except ValueError:
            raise forms.ValidationError(_("Write it as 30m, 4h or 1h 30m.")) from None
        if minutes < 1 or minutes > MOST_MINUTES:
            raise forms.ValidationError(_("From one minute to a year."))
        return minutes


class SlaPolicyForm(forms.ModelForm):
    first_response = MinutesField(label=gettext_lazy("First answer within"))
    next_response = MinutesField(label=gettext_lazy("Every further answer within"))
    resolution = MinutesField(label=gettext_lazy("Solved within"))
    counts = forms.ChoiceField(label=gettext_lazy("The hours that count"))
    escalate_after = MinutesField(
        label=gettext_lazy("So long after the deadline"), help_text=gettext_lazy("30m or 1h 30m; empty: at once.")
    )

    class Meta:
        model = SlaPolicy
        fields = [
            "name", "is_active", "first_response", "next_response", "resolution", "pauses", "warn_at",
            "escalate_after", "raise_to", "escalate_to", "tells_supervisors",
        ]  # fmt: skip
        labels = {
            "name": gettext_lazy("Name"),
            "is_active": gettext_lazy("In force"),
            "pauses": gettext_lazy("The time to a solution rests while the customer has the word"),
            "warn_at": gettext_lazy("At risk when so much of the time is used, in per cent"),
            "raise_to": gettext_lazy("Raise the priority to"),
            "escalate_to": gettext_lazy("Move it to the team"),
            "tells_supervisors": gettext_lazy("Tell the supervisors"),
        }
        error_messages = {"name": {"unique": gettext_lazy("There is a policy of this name already.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hours = [(str(one.pk), one.name) for one in Hours.objects.order_by("name")]
        self.fields["counts"].choices = [  # type: ignore[attr-defined]
            (OWN, _("those of the channel, else of the team, else of the desk")),
            (ALWAYS, _("every hour of day and night")),
            *hours,
        ]
        one = self.instance
        self.fields["counts"].initial = ALWAYS if one.is_round_the_clock else str(one.hours_id or OWN)
        priorities = [(value, label) for value, label in Priority.choices if value > Priority.LOW]
        self.fields["raise_to"].choices = [("", _("leave it")), *priorities]  # type: ignore[attr-defined]
        teams = self.fields["escalate_to"]
        assert isinstance(teams, forms.ModelChoiceField)
        teams.queryset, teams.empty_label = Team.objects.order_by("name"), _("leave it where it is")

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        promised = ("first_response", "next_response", "resolution")
        if not self.errors.keys() & set(promised) and not any(found.get(name) for name in promised):
            raise forms.ValidationError(_("Promise something: a first answer, every further one, or a solution."))
        found["escalate_after"] = found.get("escalate_after") or 0
        counts = found.get("counts", OWN)
        self.instance.is_round_the_clock = counts == ALWAYS
        self.instance.hours_id = whole_number(counts)
        return found

    def answers(self) -> list[forms.BoundField]:
        return [self[name] for name in ("first_response", "next_response", "resolution")]

    def within(self) -> dict[str, timedelta]:
        """Of what was typed as far as it is right."""
        kinds = {"first": "first_response", "next": "next_response", "resolution": "resolution"}
        typed = {kind: self.cleaned_data.get(name) for kind, name in kinds.items()}
        return {kind: timedelta(minutes=minutes) for kind, minutes in typed.items() if minutes}
