"""The forms of /settings/hours/: a week as pairs of opens and closes, the place's holidays, and days of our own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError
from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from conversations.models import Closure, Hours
from conversations.routing.hours import DAYS, countries, subdivision_names, subdivisions
from customers.zones import zones

DAY_NAMES = dict(
    zip(
        DAYS,
        (
            gettext_lazy("Monday"),
            gettext_lazy("Tuesday"),
            gettext_lazy("Wednesday"),
            gettext_lazy("Thursday"),
            gettext_lazy("Friday"),
            gettext_lazy("Saturday"),
            gettext_lazy("Sunday"),
        ),
        strict=True,
    )
)
PAIRS = 2  # shown of each day: before and after the break
MOST_PAIRS = 6
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


@dataclass(frozen=True)
class Pair:
    """Two fields of one day, as they were typed."""

    name: str  # "mon-0"
    opens: str
    closes: str


@dataclass(frozen=True)
class Day:
    name: str
    label: str
    pairs: list[Pair]
    wrong: str


class HoursForm(forms.ModelForm):
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), choices=lambda: [(zone, zone) for zone in sorted(zones())]
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Closed on the public holidays of"), choices=lambda: country_choices(), required=False
    )

    class Meta:
        model = Hours
        fields = ["name", "zone", "country", "subdivision", "is_default"]
        labels = {"is_default": gettext_lazy("For every team and channel that has none of its own")}
        error_messages = {"name": {"unique": gettext_lazy("There are hours of this name already.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = self.data.get("country", "") if self.is_bound else self.instance.country
        named = [(code, subdivision_names(country).get(code, code)) for code in subdivisions(country)]
        self.fields["subdivision"] = forms.ChoiceField(
            label=_("State or region"),
            choices=[("", _("the whole country")), *sorted(named, key=lambda pair: pair[1])],
            required=False,
        )
        if self.is_bound and self.data.get("subdivision") not in {"", None, *dict(named)}:
            self.data = {**self.data.dict(), "subdivision": ""}  # type: ignore[attr-defined]  # of the country before
        self.wrong: dict[str, str] = {}

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        week = {}
        for day in DAYS:
            try:
                if spans := spans_in([(pair.opens, pair.closes) for pair in self._pairs(day)]):
                    week[day] = spans
            except ValueError as error:
                self.wrong[day] = str(error)
        if self.wrong:
            raise forms.ValidationError(_("Look at the days below: something does not fit."))
        found["week"] = week
        return found

    def _get_validation_exclusions(self) -> set[str]:
        """The default of before gives way to this one when it is saved."""
        return {*super()._get_validation_exclusions(), "is_default"}  # type: ignore[misc]

    def save(self, commit: bool = True) -> Hours:
        self.instance.week = self.cleaned_data["week"]
        if self.instance.is_default:
            Hours.objects.filter(is_default=True).exclude(pk=self.instance.pk).update(is_default=False)
        saved: Hours = super().save(commit)
        return saved

    def days(self) -> Iterator[Day]:
        for day in DAYS:
            yield Day(day, str(DAY_NAMES[day]), self._pairs(day), self.wrong.get(day, ""))

    def _pairs(self, day: str) -> list[Pair]:
        if self.is_bound:
            numbers = [n for n in range(MOST_PAIRS) if f"{day}-{n}-opens" in self.data or n < PAIRS]
            typed = [(self.data.get(f"{day}-{n}-opens", ""), self.data.get(f"{day}-{n}-closes", "")) for n in numbers]
        else:
            kept = [(opens, closes) for opens, closes in self.instance.week.get(day, [])]
            typed = kept + [("", "")] * max(PAIRS - len(kept), 0)
        return [
            Pair(f"{day}-{number}", opens, "00:00" if closes == "24:00" else closes)
            for number, (opens, closes) in enumerate(typed)
        ]


def spans_in(typed: list[tuple[str, str]]) -> list[list[str]]:
    """In order; an end at midnight is the end of the day. Raises ValueError with a sentence."""
    spans = []
    for opens, closes in typed:
        if not opens.strip() and not closes.strip():
            continue
        if not opens.strip():
            raise ValueError(_("It says when you close, and not when you open."))
        if not closes.strip():
            raise ValueError(_("It says when you open, and not when you close."))
        begins, ends = opens.strip(), "24:00" if closes.strip() == "00:00" else closes.strip()
        if not CLOCK.fullmatch(begins) or not CLOCK.fullmatch(ends):
            raise ValueError(_("A time is written as 09:00."))
        if begins >= ends:
            words = _("It closes at %(closes)s and opens at %(opens)s: what is after midnight belongs to the next day.")
            raise ValueError(words % {"opens": begins, "closes": ends})
        spans.append([begins, ends])
    spans.sort()
    for former, later in zip(spans, spans[1:], strict=False):
        if later[0] < former[1]:
            words = _("%(one)s and %(other)s overlap.")
            raise ValueError(words % {"one": "–".join(former), "other": "–".join(later)})
    return spans


class ClosureForm(forms.ModelForm):
    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=120, required=False)
    opens = forms.CharField(
        label=gettext_lazy("Opens"), required=False, widget=forms.TimeInput(attrs={"type": "time"}), max_length=5
    )
    closes = forms.CharField(
        label=gettext_lazy("Closes"), required=False, widget=forms.TimeInput(attrs={"type": "time"}), max_length=5
    )

    class Meta:
        model = Closure
        fields = ["day", "reason"]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        try:
            found["spans"] = spans_in([(found.get("opens") or "", found.get("closes") or "")])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        day, hours = found.get("day"), self.instance.hours
        if day and Closure.objects.filter(hours=hours, day=day).exclude(pk=self.instance.pk).exists():
            self.add_error("day", _("This day is in the list already."))
        return found

    def save(self, commit: bool = True) -> Closure:
        self.instance.spans = self.cleaned_data["spans"]
        saved: Closure = super().save(commit)
        return saved


def country_choices() -> list[tuple[str, str]]:
    """By their names in the agent's language; a country that is not named goes by its letters."""
    try:
        names = Locale.parse((get_language() or "en").replace("-", "_")).territories
    except (UnknownLocaleError, ValueError):
        names = Locale.parse("en").territories
    named = sorted(((code, str(names.get(code, code))) for code in countries()), key=lambda pair: pair[1])
    return [("", _("no country: open on holidays, too")), *named]
