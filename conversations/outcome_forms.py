"""The forms of what a rule does, and of what holds for all rules of a version."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from conversations.condition_lists import Lists
from conversations.models import Medium, Priority
from conversations.routing.facts import Outcome, Overflow, Policy, Weights
from conversations.routing.outcome_words import PARTS

SPARE = 2  # empty rows for what one adds; the next ones come with saving
MOST_ROWS = 20
ROW = ("skill", "after", "overflow")  # what makes a row one that is filled in
MOST_MINUTES = 1440
LEVELS = [(str(level), str(level)) for level in range(1, 6)]
NEEDS = [("required", _("needed")), ("preferred", _("preferred"))]
WEIGHTS = tuple(field.name for field in fields(Weights))


def _minutes(label: object, **more: object) -> forms.FloatField:
    options = {"min_value": 0, "max_value": MOST_MINUTES, "required": False, **more}
    return forms.FloatField(label=label, **options)  # type: ignore[arg-type]


def _weight(name: str) -> forms.FloatField:
    return forms.FloatField(label=PARTS[name], min_value=0, max_value=1000, required=False)


def _picked(lists: Lists, of: str, chosen: object, none: object) -> list[tuple[str, object]]:
    """What was chosen and is gone stays, so that one sees it; `routing.checking` says that it is."""
    gone = [str(chosen)] if chosen and str(chosen) not in lists.of(of) else []
    return [("", none), *lists.of(of).items(), *((value, lists.name(of, value)) for value in gone)]


class OutcomeForm(forms.Form):
    """`outcome` is what was typed, once it is valid. Rows of skills and of the overflow that are empty do not count."""

    to = forms.ChoiceField(
        label=_("Goes to"),
        choices=[("team", _("a team")), ("agent", _("one agent, else the team")), ("bot", _("the bot, then the team"))],
    )
    team = forms.ChoiceField(label=_("Team"), required=False)
    agent = forms.ChoiceField(label=_("Agent, where it goes to one"), required=False)
    assigns = forms.BooleanField(
        label=_("Given to an agent at once; else agents pull it from the queue"), required=False
    )
    language = forms.ChoiceField(
        label=_("The customer’s language"),
        choices=[
            ("preferred", _("rather to who reads it")),
            ("required", _("only to who reads it")),
            ("any", _("does not matter")),
        ],
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=[("", _("As it is")), *Priority.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    wait_for_known = _minutes(_("Minutes to wait for an agent whom they know"))
    known_within = forms.FloatField(
        label=_("Who spoke with them in the last … days"), min_value=0.1, max_value=3650, required=False
    )

    def __init__(self, stored: Outcome, lists: Lists, post: QueryDict | None = None, *, redraw: bool = False) -> None:
        typed = {name.removeprefix("then-"): value for name, value in post.items()} if post is not None else None
        initial = typed if redraw and typed is not None else _initial(stored)
        super().__init__(None if redraw else post, prefix="then", initial=initial)
        self.rows = min(MOST_ROWS, max(_rows(initial), _rows(typed or {})) + SPARE)
        self.lists = lists
        self._choose("team", "teams", _("The channel’s own"))
        self._choose("agent", "agents", _("Nobody"))
        for row in range(self.rows):
            self._add_row(row)
        for name in WEIGHTS:
            self.fields[f"weight_{name}"] = _weight(name)

    def _add_row(self, row: int) -> None:
        for name, label in ((f"skill{row}", _("Skill")), (f"overflow{row}", _("also to"))):
            self.fields[name] = forms.ChoiceField(label=label, required=False)
        self._choose(f"skill{row}", "skills", "–")
        self._choose(f"overflow{row}", "teams", "–")
        self.fields[f"least{row}"] = forms.ChoiceField(label=_("Level from"), choices=LEVELS, required=False)
        self.fields[f"need{row}"] = forms.ChoiceField(label=_("How"), choices=NEEDS, required=False)
        self.fields[f"after{row}"] = _minutes(_("After minutes"), min_value=0.1)

    def _choose(self, name: str, of: str, none: object) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _picked(self.lists, of, self.initial.get(name), none)

    @property
    def skills(self) -> Iterator[tuple[forms.BoundField, ...]]:
        return ((self[f"need{row}"], self[f"skill{row}"], self[f"least{row}"]) for row in range(self.rows))

    @property
    def overflow(self) -> Iterator[tuple[forms.BoundField, ...]]:
        return ((self[f"after{row}"], self[f"overflow{row}"]) for row in range(self.rows))

    @property
    def weights(self) -> Iterator[forms.BoundField]:
        return (self[f"weight_{name}"] for name in WEIGHTS)

    @property
    def has_weights(self) -> bool:
        return any(bound.value() not in (None, "") for bound in self.weights)

    def clean(self) -> dict[str, object]:
        found: dict[str, object] = super().clean() or {}
        if found.get("to") == "agent" and not found.get("agent"):
            self.add_error("agent", _("Choose the agent."))
        for row in range(self.rows):
            after, team = found.get(f"after{row}"), found.get(f"overflow{row}")
            if bool(after) != bool(team) and f"after{row}" not in self.errors:
                missing = f"overflow{row}" if after else f"after{row}"
                self.add_error(missing, _("Say both: after how long, and to whom."))
        return found

    @property
    def outcome(self) -> Outcome:
        typed = self.cleaned_data
        return Outcome(
            to=typed["to"],
            team=int(typed["team"] or 0),
            agent=int(typed["agent"]) if typed["to"] == "agent" else None,
            assigns=typed["assigns"],
            required=self._levels("required"),
            preferred=self._levels("preferred"),
            language=typed["language"],
            priority=typed["priority"],
            overflow=self._steps(),
            wait_for_known=typed["wait_for_known"] or 0.0,
            known_within=typed["known_within"] or Outcome().known_within,
            weights=_weights(typed) if any(typed[f"weight_{name}"] is not None for name in WEIGHTS) else None,
        )

    def _levels(self, need: str) -> dict[int, int]:
        typed = self.cleaned_data
        rows = (row for row in range(self.rows) if typed[f"skill{row}"] and (typed[f"need{row}"] or "required") == need)
        return {int(typed[f"skill{row}"]): int(typed[f"least{row}"] or 1) for row in rows}

    def _steps(self) -> tuple[Overflow, ...]:
        typed = self.cleaned_data
        rows = (row for row in range(self.rows) if typed[f"overflow{row}"])
        steps = (Overflow(typed[f"after{row}"], int(typed[f"overflow{row}"])) for row in rows)
        return tuple(sorted(steps, key=lambda step: step.after))


def _initial(outcome: Outcome) -> dict[str, object]:
    known: dict[str, object] = {
        "to": outcome.to, "team": str(outcome.team or ""), "agent": str(outcome.agent or ""),
        "assigns": outcome.assigns, "language": outcome.language, "priority": outcome.priority,
        "wait_for_known": _figure(outcome.wait_for_known or None), "known_within": _figure(outcome.known_within),
    }  # fmt: skip
    skills = [("required", *pair) for pair in outcome.required.items()]
    skills += [("preferred", *pair) for pair in outcome.preferred.items()]
    for row, (need, skill, least) in enumerate(skills):
        known |= {f"need{row}": need, f"skill{row}": str(skill), f"least{row}": str(least)}
    for row, step in enumerate(outcome.overflow):
        known |= {f"after{row}": _figure(step.after), f"overflow{row}": str(step.team)}
    if outcome.weights is not None:
        known |= {f"weight_{name}": _figure(getattr(outcome.weights, name)) for name in WEIGHTS}
    return known


def _figure(number: float | None) -> str | None:
    """3, not 3.0."""
    return None if number is None else f"{number:g}"


def _rows(known: Mapping[str, object]) -> int:
    """Up to the last that has something in it: one may leave a gap."""
    return 1 + max((row for row in range(MOST_ROWS) if any(known.get(f"{name}{row}") for name in ROW)), default=-1)


def _weights(typed: Mapping[str, float | None]) -> Weights:
    return Weights(**{name: typed[f"weight_{name}"] or 0.0 for name in WEIGHTS})


class SettingsForm(forms.Form):
    """What holds for all rules of a version. A medium left empty counts one, and is never offered back."""

    unsure_below = forms.FloatField(label=_("A topic is unsure below, %"), min_value=0, max_value=100)
    at_risk = _minutes(_("A deadline is at risk so many minutes before"), required=True)
    away_gives_back = forms.MultipleChoiceField(
        label=_("Offered back at once when its agent goes"),
        choices=Medium.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, stored: Policy, post: QueryDict | None = None) -> None:
        super().__init__(post, prefix="all", initial=_settings_initial(stored))
        for name in WEIGHTS:
            self.fields[f"weight_{name}"] = _weight(name)
        for medium, label in Medium.choices:
            self.fields[f"cost_{medium}"] = forms.FloatField(label=label, min_value=0.1, max_value=100, required=False)
            self.fields[f"silent_{medium}"] = _minutes(label, min_value=0.1)

    @property
    def weights(self) -> Iterator[forms.BoundField]:
        return (self[f"weight_{name}"] for name in WEIGHTS)

    @property
    def by_medium(self) -> Iterator[tuple[object, forms.BoundField, forms.BoundField]]:
        return ((label, self[f"cost_{medium}"], self[f"silent_{medium}"]) for medium, label in Medium.choices)

    def clean(self) -> dict[str, object]:
        found: dict[str, object] = super().clean() or {}
        if not self.errors and not any(found[f"weight_{name}"] for name in WEIGHTS):
            self.add_error("weight_skill", _("At least one weight is to be more than nought."))
        return found

    def applied(self, policy: Policy, otherwise: Outcome) -> Policy:
        typed = self.cleaned_data
        return Policy(
            rules=policy.rules,
            otherwise=otherwise,
            weights=_weights(typed),
            costs=self._by_medium("cost"),
            unsure_below=typed["unsure_below"] / 100,
            silent_after=self._by_medium("silent"),
            away_gives_back=tuple(typed["away_gives_back"]),
            at_risk=typed["at_risk"],
        )

    def _by_medium(self, what: str) -> dict[str, float]:
        typed = self.cleaned_data
        return {medium: typed[f"{what}_{medium}"] for medium in Medium.values if typed[f"{what}_{medium}"]}


def _settings_initial(policy: Policy) -> dict[str, object]:
    known: dict[str, object] = {
        "unsure_below": _figure(policy.unsure_below * 100),
        "at_risk": _figure(policy.at_risk),
        "away_gives_back": list(policy.away_gives_back),
    }
    known |= {f"weight_{name}": _figure(getattr(policy.weights, name)) for name in WEIGHTS}
    known |= {f"cost_{medium}": _figure(figure) for medium, figure in policy.costs.items()}
    return known | {f"silent_{medium}": _figure(figure) for medium, figure in policy.silent_after.items()}
