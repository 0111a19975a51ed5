"""What the demo does by itself, and at one key: rules of automation, macros, and a question that Repairs answer before
they solve."""

from collections.abc import Mapping

from conversations.models import Macro, Priority, RequiredField, Rule, Tag, Team
from conversations.models.rule import RuleEventKind

HOUR, DAY = 60, 1440


def build() -> None:
    """Once: rules that somebody changed since, or took away, stay as they are."""
    if Rule.objects.exists():
        return
    for name in ("unhappy", "no answer", "vip"):
        Tag.objects.get_or_create(name=name)
    for place, told in enumerate(_rules()):
        Rule.objects.create(place=place, is_active=True, **told)
    causes = ["Worn out", "Fault of ours", "Accident", "Not found"]
    repairs = Team.objects.get(name="Repairs")
    RequiredField.objects.get_or_create(
        name="What was wrong with it", defaults={"kind": "choice", "options": causes, "team": repairs}
    )
    for name, does in _macros(repairs).items():
        Macro.objects.get_or_create(name=name, defaults=does)


def _macros(repairs: Team) -> dict[str, dict[str, object]]:
    return {
        "To the workshop": {"team": repairs, "note": "For the workshop: can this be mended, and by when?"},
        "Ask again in two days": {"snooze_hours": 48, "to_me": True},
        "Urgent, and mine": {"priority": Priority.URGENT.value, "to_me": True},
        "Answered by phone": {"note": "Answered by phone.", "resolves": True},
    }


def _rules() -> list[dict[str, object]]:
    return [
        {
            "name": "Unhappy customers first",
            "event": RuleEventKind.WROTE,
            "conditions": _all({"field": "mood", "is": "below", "value": -0.4}),
            "actions": _do(("priority", str(Priority.HIGH.value)), ("tag", "unhappy")),
        },
        {
            "name": "Gold is seen at once",
            "event": RuleEventKind.ARRIVED,
            "conditions": _all({"field": "tier", "is": "is", "value": ["Gold"]}),
            "actions": _do(("priority", str(Priority.HIGH.value)), ("tag", "vip")),
        },
        {
            "name": "Nobody waits half a day",
            "event": RuleEventKind.WAITING,
            "after_minutes": 12 * HOUR,
            "conditions": _all({"field": "priority", "is": "below", "value": Priority.HIGH.value}),
            "actions": _do(
                ("priority", str(Priority.HIGH.value)),
                ("note", "{customer} has waited for twelve hours: who can write?"),
            ),
        },
        {
            "name": "Nothing more to say",
            "event": RuleEventKind.QUIET,
            "after_minutes": 5 * DAY,
            "conditions": _all({"field": "call_back", "is": "no"}),
            "actions": _do(("tag", "no answer"), ("resolve", "")),
        },
    ]


def _all(*rules: Mapping[str, object]) -> dict[str, object]:
    return {"match": "all", "rules": list(rules)}


def _do(*actions: tuple[str, str]) -> list[dict[str, str]]:
    return [{"do": do, "value": value} for do, value in actions]
