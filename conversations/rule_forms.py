"""The forms of rules of automation: what sets one off, and the builder of what it does, row by row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.condition_forms import Choice
from conversations.models import Rule
from conversations.models.rule import TIMED, RuleEventKind
from conversations.rule_actions import ACTIONS, LONGEST_NOTE, MOST_ACTIONS, Action, BadActionError, Options, check, said
from conversations.typed import whole_number

UNITS = {"minutes": 1, "hours": 60, "days": 1440}
MOST_MINUTES = 90 * 1440


class RuleForm(forms.ModelForm):
    after = forms.IntegerField(label=gettext_lazy("How long"), min_value=1, required=False)
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"),
        choices=[
            ("minutes", gettext_lazy("minutes")),
            ("hours", gettext_lazy("hours")),
            ("days", gettext_lazy("days")),
        ],
        required=False,
    )

    class Meta:
        model = Rule
        fields = ["name", "event", "stops", "is_active"]
        labels = {"event": gettext_lazy("When"), "name": gettext_lazy("Name"), "is_active": gettext_lazy("It acts")}
        help_texts = {"stops": gettext_lazy("Where it acts, the rules after it are not looked at.")}

    field_order = ["name", "event", "after", "unit", "stops", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["event"].choices = RuleEventKind.choices  # type: ignore[attr-defined]  # with none that is empty
        minutes = self.instance.after_minutes or 0
        unit = next((name for name, size in reversed(UNITS.items()) if minutes and minutes % size == 0), "hours")
        self.initial["unit"], self.initial["after"] = unit, minutes // UNITS[unit] or None

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if Rule.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a rule of this name already."))
        return name

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        self.instance.after_minutes = None
        if found.get("event") in TIMED and "after" not in self.errors:
            minutes = (found.get("after") or 0) * UNITS[found.get("unit") or "hours"]
            if not 1 <= minutes <= MOST_MINUTES:
                self.add_error("after", _("Say how long: at most 90 days."))
            self.instance.after_minutes = min(max(minutes, 1), MOST_MINUTES)
        return found


@dataclass(frozen=True)
class ActionLine:
    """One row of the builder."""

    prefix: str
    place: int
    action: Mapping[str, object]
    options: Options
    is_focused: bool = False

    @property
    def name(self) -> str:
        return f"{self.prefix}-{self.place}"

    @property
    def number(self) -> int:
        return self.place + 1

    @property
    def place_text(self) -> str:
        return str(self.place)

    @property
    def do(self) -> str:
        return str(self.action.get("do", ""))

    @property
    def known(self) -> Action | None:
        return ACTIONS.get(self.do)

    @property
    def control(self) -> str:
        return self.known.control if self.known else "none"

    @property
    def value(self) -> str:
        return str(self.action.get("value", ""))

    @property
    def choices(self) -> list[Choice]:
        """All there are, and the one that was chosen and is gone, so that one sees it."""
        known = self.options.of(self.do)
        gone = {} if self.value in known or not self.value else {self.value: self.options.name(self.do, self.value)}
        return [Choice(value, label, value == self.value) for value, label in {**known, **gone}.items()]

    @property
    def longest(self) -> int:
        return LONGEST_NOTE


@dataclass
class ActionsForm:
    """As condition_forms.ConditionsForm, for what is done: used in the same way, within the same form."""

    stored: object
    prefix: str = "do"
    post: QueryDict | None = None
    options: Options = field(default_factory=Options)

    def __post_init__(self) -> None:
        self.error, self.focused = "", -1
        known = self.stored if isinstance(self.stored, list) else []
        self.actions: list[dict[str, object]] = [dict(each) for each in known if isinstance(each, Mapping)]
        if self.post is not None:
            self.actions = _typed(self.prefix, self.post)
            self._change(str(self.post.get(f"{self.prefix}-act", "")))

    @property
    def wants_rows(self) -> bool:
        return self.post is not None and f"{self.prefix}-act" in self.post

    def is_valid(self) -> bool:
        try:
            check(self.actions, self.options)
        except BadActionError as error:
            self.error = str(error)
        return not self.error

    @property
    def lines(self) -> list[ActionLine]:
        return [
            ActionLine(self.prefix, place, action, self.options, is_focused=place == self.focused)
            for place, action in enumerate(self.actions)
        ]

    @property
    def may_add(self) -> bool:
        return len(self.actions) < MOST_ACTIONS

    @property
    def is_add_focused(self) -> bool:
        return self.wants_rows and not self.actions

    @property
    def deeds(self) -> list[tuple[str, str]]:
        return [(name, str(action.label)) for name, action in ACTIONS.items()]

    @property
    def words(self) -> str:
        return ", ".join(said([each for each in self.actions if each.get("value") or _needs_none(each)], self.options))

    def _change(self, deed: str) -> None:
        """What a button of the builder asks for: "add:", "remove:2"."""
        verb, _colon, place = deed.partition(":")
        if verb == "add" and self.may_add:
            self.actions.append({"do": "tag", "value": ""})
            self.focused = len(self.actions) - 1
        elif verb == "remove" and (number := whole_number(place)) is not None and number < len(self.actions):
            del self.actions[number]
            self.focused = max(0, number - 1)


def _needs_none(action: Mapping[str, object]) -> bool:
    known = ACTIONS.get(str(action.get("do", "")))
    return known is not None and known.control == "none"


def _typed(prefix: str, post: QueryDict) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for row in post.getlist(f"{prefix}-row")[: MOST_ACTIONS + 1]:
        name = f"{prefix}-{row}"
        do = str(post.get(f"{name}-do", ""))
        value = str(post.get(f"{name}-value", "")).replace("\x00", "").strip()[: LONGEST_NOTE + 1]
        if post.get(f"{name}-was") not in (do, None, ""):
            value = ""  # another action was chosen: what stood beside the former one is no answer to it
        found.append({"do": do, "value": value.lstrip("#") if do in ("tag", "untag") else value})
    return found
