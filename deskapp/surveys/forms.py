"""The forms of a survey: when it is asked, and its questions in one language at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import Survey, Tag
from conversations.surveys import questions as asked
from conversations.surveys.questions import SCALES, BadQuestionError, Option, Question

MOST_TAGS = 300


class SurveyForm(forms.ModelForm):
    class Meta:
        model = Survey
        fields = [
            "name", "kind", "touchpoint", "is_active", "teams", "wait_minutes", "share", "rest_days", "by_mail_else",
            "skip_tags", "quiet_from", "quiet_until", "expires_days",
        ]  # fmt: skip
        labels = {
            "name": gettext_lazy("Name"),
            "kind": gettext_lazy("What is asked"),
            "touchpoint": gettext_lazy("Asked after"),
            "is_active": gettext_lazy("On"),
            "teams": gettext_lazy("Only these teams"),
            "wait_minutes": gettext_lazy("Minutes after it"),
            "share": gettext_lazy("Of a hundred, ask"),
            "rest_days": gettext_lazy("Days of rest for one person"),
            "by_mail_else": gettext_lazy("By email where it cannot go there"),
            "skip_tags": gettext_lazy("Not where it has one of these tags"),
            "quiet_from": gettext_lazy("Ask nobody from"),
            "quiet_until": gettext_lazy("Until"),
            "expires_days": gettext_lazy("Days in which it can be answered"),
        }
        help_texts = {
            "name": gettext_lazy("For colleagues: customers do not see it."),
            "teams": gettext_lazy("None is every team. One for a team comes before one for all."),
            "rest_days": gettext_lazy("Whoever was asked by any survey in these days is left alone."),
        }
        widgets = {
            "teams": forms.CheckboxSelectMultiple,
            "skip_tags": forms.SelectMultiple(attrs={"size": 4}),
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:  # its answers are counted by it
            self.fields["kind"].disabled = True
        theirs = Tag.objects.order_by("name")[:MOST_TAGS]
        self.fields["skip_tags"].queryset = theirs  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if Survey.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a survey of this name already."))
        return name

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("quiet_from")) != bool(given.get("quiet_until")):
            self.add_error("quiet_until", _("Say both when the quiet hours begin and when they end, or neither."))
        return given


class QuestionForm(forms.Form):
    """One question in one language; without words it is none. `place` is its number, from 1."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Answered by"),
        choices=[
            ("scale", gettext_lazy("a number")),
            ("choice", gettext_lazy("choosing")),
            ("text", gettext_lazy("words")),
        ],
    )
    words = forms.CharField(label=gettext_lazy("Question"), max_length=300, required=False)
    low = forms.IntegerField(label=gettext_lazy("From"), min_value=0, max_value=10, required=False)
    high = forms.IntegerField(label=gettext_lazy("To"), min_value=1, max_value=10, required=False)
    low_words = forms.CharField(label=gettext_lazy("The lowest means"), max_length=60, required=False)
    high_words = forms.CharField(label=gettext_lazy("The highest means"), max_length=60, required=False)
    options = forms.CharField(
        label=gettext_lazy("Answers to choose from, one a line"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        required=False,
    )
    many = forms.BooleanField(label=gettext_lazy("As many as they like"), required=False)
    after = forms.ChoiceField(label=gettext_lazy("Only if question"), required=False)
    values = forms.CharField(
        label=gettext_lazy("was answered by"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Numbers, or lines of its answers, with commas: “1, 2”."),
    )

    def __init__(
        self, post: QueryDict | None, *, place: int, known: Question | None, language: str, fixed: bool
    ) -> None:
        super().__init__(post, prefix=f"q{place}", initial=_initial(known, language))
        self.place, self.known, self.language, self.fixed = place, known, language, fixed
        before = [("", _("always"))] + [(f"q{number}", str(number)) for number in range(1, place)]
        self.fields["after"].choices = before  # type: ignore[attr-defined]
        if fixed:
            for name in ("kind", "low", "high", "options", "many", "after", "values"):
                del self.fields[name]
        for name in ("words", "low_words", "high_words", "options"):
            if name in self.fields:
                self.fields[name].widget.attrs |= {"dir": "auto", "lang": language}

    @property
    def is_dropped(self) -> bool:
        """Its words were taken away, in the one language that it had."""
        return not str(self.cleaned_data.get("words", "")).strip() and not self.fixed

    def question(self, keys: Mapping[str, Question]) -> Question:
        """`keys`: the questions before it, by their place ("q1")."""
        given, known = self.cleaned_data, self.known or Question(f"q{self.place}", "text")
        words = _with(known.words, self.language, given["words"])
        low_words = _with(known.low_words, self.language, given.get("low_words", ""))
        high_words = _with(known.high_words, self.language, given.get("high_words", ""))
        if self.fixed:
            return replace(known, words=words, low_words=low_words, high_words=high_words)
        low, high = given.get("low"), given.get("high")
        return Question(
            known.key,
            given["kind"],
            words,
            low=1 if low is None else low,
            high=5 if high is None else high,
            low_words=low_words,
            high_words=high_words,
            options=_options(known.options, given.get("options", ""), self.language)
            if given["kind"] == "choice"
            else (),
            many=bool(given.get("many")),
            when=self._when(keys),
        )

    def _when(self, keys: Mapping[str, Question]) -> dict[str, tuple[str, ...]]:
        before = keys.get(self.cleaned_data.get("after", ""))
        wanted = [each.strip() for each in str(self.cleaned_data.get("values", "")).split(",") if each.strip()]
        if before is None:
            return {}
        by_words = {text.casefold(): option.key for option in before.options for text in option.words.values()}
        return {before.key: tuple(by_words.get(each.casefold(), each) for each in wanted)}


def _initial(known: Question | None, language: str) -> dict[str, object]:
    if known is None:
        return {"kind": "text", "low": 1, "high": 5}
    return {
        "kind": known.kind,
        "words": known.words.get(language, ""),
        "low": known.low,
        "high": known.high,
        "low_words": known.low_words.get(language, ""),
        "high_words": known.high_words.get(language, ""),
        "options": "\n".join(option.words.get(language, "") for option in known.options),
        "many": known.many,
    }


def _with(words: Mapping[str, str], language: str, text: str) -> dict[str, str]:
    found = {**words, language: text.strip()}
    return {code: each for code, each in found.items() if each}


def _options(known: Sequence[Option], text: str, language: str) -> tuple[Option, ...]:
    """Line by line: the third line is the third answer in every language."""
    lines = [line.strip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    found = []
    for number, line in enumerate(lines):
        before = known[number] if number < len(known) else Option(f"a{number + 1}", {})
        found.append(replace(before, words=_with(before.words, language, line)))
    return tuple(found)


class QuestionsForm:
    """All of them, with room for one more. `errors`: what is wrong with the whole."""

    def __init__(self, kind: str, known: Sequence[Question], language: str, post: QueryDict | None = None) -> None:
        self.kind, self.language, self.errors = kind, language, list[str]()
        room = list(known) + [None] * (asked.MOST - len(known))
        self.forms = [
            QuestionForm(post, place=place, known=one, language=language, fixed=place == 1 and kind in SCALES)
            for place, one in enumerate(room, 1)
        ]
        for form, one in zip(self.forms, room, strict=True):
            form.initial = {**form.initial, **_dependence(one, known)}

    @property
    def written(self) -> Iterable[QuestionForm]:
        """Those that are there, and the first of those that are not."""
        for form in self.forms:
            yield form
            if form.known is None and not form.is_bound:
                return

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Call after `is_valid`."""
        keys: dict[str, Question] = {}
        for form in self.forms:
            if not form.is_dropped:
                keys[f"q{form.place}"] = form.question(keys)
        return tuple(keys.values())

    def is_valid(self) -> bool:
        if not all([form.is_valid() for form in self.forms]):
            return False
        try:
            asked.check(self.kind, self.questions)
        except BadQuestionError as error:
            self.errors.append(str(error))
        return not self.errors


def _dependence(one: Question | None, all_: Sequence[Question]) -> dict[str, str]:
    if one is None or not one.when:
        return {}
    key, values = next(iter(one.when.items()))
    place = next((number for number, each in enumerate(all_, 1) if each.key == key), 0)
    return {"after": f"q{place}", "values": ", ".join(values)}
