"""The forms of a rule that writes first: to whom, when and how often; and its words in one language."""

from datetime import time
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from conversations.models import MessageTemplate, OutreachRule
from conversations.models.outreach import Goal, OccasionKind
from conversations.outbound.way import places
from conversations.outreach.definitions import SIGNALS
from conversations.outreach.filters import MOST_DAYS, filters_of, in_form, of_form
from conversations.outreach.shown import SIGNAL_NAMES
from conversations.outreach.words import LANGUAGES, LONGEST, LONGEST_SUBJECT, BadWordsError, check, check_places
from conversations.person import language_name
from customers.models import Segment

NIGHT = time(21), time(8)  # when a new rule writes to nobody, until somebody says otherwise
MOST_SEGMENTS = 300
FILTERS = ("value", "tier", "segment", "spoken", "since", "signal")


class OutreachForm(forms.ModelForm):
    value = forms.DecimalField(label=gettext_lazy("Worth at least"), min_value=0, max_value=10**9, required=False)
    tier = forms.CharField(label=gettext_lazy("Loyalty tier"), max_length=40, required=False)
    segment = forms.TypedChoiceField(label=gettext_lazy("Segment"), coerce=str, required=False)
    spoken = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    since = forms.IntegerField(
        label=gettext_lazy("Of the last … days"), min_value=1, max_value=MOST_DAYS, required=False
    )
    signal = forms.ChoiceField(label=gettext_lazy("With the signal"), required=False)
    values = forms.CharField(
        label=gettext_lazy("Its values, one a line"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
        help_text=gettext_lazy(
            "In the order in which the template asks for them; {customer} and the like may stand here."
        ),
    )

    class Meta:
        model = OutreachRule
        fields = [
            "name", "kind", "wait_minutes", "fallback", "template", "quiet_from", "quiet_until", "rest_days",
            "own_rest_days", "daily_most", "held_out", "goal", "goal_days", "language",
        ]  # fmt: skip
        labels = {
            "name": gettext_lazy("Name"),
            "kind": gettext_lazy("Who is on the list"),
            "wait_minutes": gettext_lazy("Minutes after it"),
            "fallback": gettext_lazy("Where their own way is not open"),
            "template": gettext_lazy("Template of WhatsApp"),
            "quiet_from": gettext_lazy("Write to nobody from"),
            "quiet_until": pgettext_lazy("quiet hours", "Until"),
            "rest_days": gettext_lazy("Days of rest after any rule"),
            "own_rest_days": gettext_lazy("Days of rest after this rule"),
            "daily_most": gettext_lazy("At most a day"),
            "held_out": gettext_lazy("Of a hundred, hold out"),
            "goal": gettext_lazy("It has worked when"),
            "goal_days": gettext_lazy("Within days"),
            "language": gettext_lazy("For whom we have no words in their own language"),
        }
        help_texts = {
            "name": gettext_lazy("For colleagues: customers do not see it."),
            "template": gettext_lazy("By its name; used where the time to answer there is over."),
            "held_out": gettext_lazy("From 5 to 50: they hear nothing, and show what happens by itself."),
        }
        widgets = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = in_form(filters_of(self.instance.filters).kept())
        self.initial = {**told, "values": "\n".join(self.instance.template_values), **self.initial}
        languages = [(code, language_name(code)) for code in LANGUAGES]
        segments = [(str(pk), name) for pk, name in Segment.objects.order_by("name").values_list("pk", "name")]
        anyone = ("", _("any"))
        self.fields["kind"].choices = OccasionKind.choices  # type: ignore[attr-defined]
        self.fields["goal"].choices = Goal.choices  # type: ignore[attr-defined]
        self.fields["segment"].choices = [anyone, *segments[:MOST_SEGMENTS]]  # type: ignore[attr-defined]
        self.fields["spoken"].choices = [anyone, *languages]  # type: ignore[attr-defined]
        self.fields["signal"].choices = [anyone, *((name, SIGNAL_NAMES[name]) for name in SIGNALS)]  # type: ignore[attr-defined]
        written = [(code, name) for code, name in languages if code in self.instance.words]
        self.fields["language"] = forms.ChoiceField(
            label=self.fields["language"].label, choices=written or languages, initial=self.instance.language
        )
        if self.instance.pk:  # what it wrote and what it named was of this list
            self.fields["kind"].disabled = True
        else:
            self.initial |= {"quiet_from": NIGHT[0], "quiet_until": NIGHT[1]}

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if OutreachRule.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a rule of this name already."))
        return name

    def clean_held_out(self) -> int:
        share = int(self.cleaned_data["held_out"])
        if not 5 <= share <= 50:
            raise forms.ValidationError(_("At least 5 and at most 50: without them, nobody can tell what it does."))
        return share

    def clean_daily_most(self) -> int:
        most = int(self.cleaned_data["daily_most"])
        if not most:
            raise forms.ValidationError(_("One at least: a rule that is to write to nobody is switched off."))
        return most

    def clean_goal_days(self) -> int:
        days = int(self.cleaned_data["goal_days"])
        if not 1 <= days <= 90:
            raise forms.ValidationError(_("From 1 to 90 days."))
        return days

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("quiet_from")) != bool(given.get("quiet_until")):
            self.add_error("quiet_until", _("Say both when the quiet hours begin and when they end, or neither."))
        if given.get("goal") == Goal.REORDERED and given.get("kind") != OccasionKind.REFILL:
            self.add_error("goal", _("Only what is due can be bought again."))
        self._check_template(given)
        self.instance.filters = of_form({name: given.get(name) for name in FILTERS})
        return given

    def _check_template(self, given: dict[str, Any]) -> None:
        lines = [line.strip() for line in str(given.get("values") or "").splitlines() if line.strip()]
        self.instance.template_values = [line[:300] for line in lines[:20]]
        if not given.get("template"):
            return
        known = MessageTemplate.objects.filter(name=given["template"], is_usable=True)
        if not known:
            self.add_error("template", _("There is no template of this name that may be used."))
            return
        wanted = {len(places(each)) for each in known}
        if len(self.instance.template_values) not in wanted:
            asked = ", ".join(map(str, sorted(wanted)))
            self.add_error("values", _("The template asks for this many values: %s.") % asked)
        try:
            check_places(str(given.get("kind") or self.instance.kind), " ".join(self.instance.template_values))
        except BadWordsError as error:
            self.add_error("values", str(error))


class WordsForm(forms.Form):
    """In one language; empty is none."""

    subject = forms.CharField(label=gettext_lazy("Subject of a mail"), max_length=LONGEST_SUBJECT, required=False)
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 9})
    )

    def __init__(self, post: QueryDict | None, *, rule: OutreachRule, language: str) -> None:
        super().__init__(post, initial=rule.words.get(language, {}))
        self.rule, self.language = rule, language
        for field in self.fields.values():
            field.widget.attrs |= {"dir": "auto", "lang": language}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        subject, text = str(given.get("subject", "")).strip(), str(given.get("text", "")).strip()
        if not text and self.language == self.rule.language:
            self.add_error("text", _("There must be words in this language: it is the one for everybody else."))
        try:
            check(self.rule.kind, subject, text)
        except BadWordsError as error:
            self.add_error("text", str(error))
        return given

    @property
    def words(self) -> dict[str, dict[str, str]]:
        """All of the rule's, with these."""
        subject, text = self.cleaned_data["subject"].strip(), self.cleaned_data["text"].strip()
        others = {code: said for code, said in self.rule.words.items() if code != self.language}
        return {**others, self.language: {"subject": subject, "text": text}} if text else others
