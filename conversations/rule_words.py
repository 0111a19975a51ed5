"""Rules of automation in words: what a rule says, and why it acted or not."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conversations import condition_words, rule_actions
from conversations.condition_lists import Lists
from conversations.conditions import FIELDS, OF_PURCHASES, Json, holds
from conversations.models import Rule, RuleRun
from conversations.models.rule import TIMED, RuleEventKind
from conversations.routing.facts import Matter

TELLING = frozenset({"choice", "number", "flag"})  # fields whose value may be told: never a customer's own words

# Why a rule did not act, where it is no condition that did not hold.
_WHY: Mapping[str, object] = {
    "itself": gettext_lazy("What happened was its own doing, and it does not answer itself."),
    "depth": gettext_lazy("Rules had set each other off %(depth)s times, which is as far as they may."),
    "often": gettext_lazy("It has acted here %(times)s times within the hour, which is as often as it may."),
    "once": gettext_lazy("It has acted here already, and the customer has not written since."),
    "over": gettext_lazy("The moment had passed: the customer wrote, or was answered, before."),
    "refused": gettext_lazy("It could not %(action)s: %(said)s Nothing was changed."),
    "failed": gettext_lazy("Something broke: %(said)s Nothing was changed."),
}


def when(rule: Rule) -> str:
    """ "a conversation begins", "the customer has waited for 2 hours"."""
    label = str(RuleEventKind(rule.event).label)
    return f"{label} {span(rule.after_minutes or 0)}" if rule.event in TIMED else label


def span(minutes: int) -> str:
    if minutes and minutes % 1440 == 0:
        return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}
    if minutes and minutes % 60 == 0:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def why_not(conditions: Json, matter: Matter) -> dict[str, object]:
    """The first condition that did not hold, with what was known instead: for RuleRun.why."""
    rules = conditions.get("rules")
    assert isinstance(rules, list)
    failing = conditions
    if conditions.get("match") != "any":
        failing = next(each for each in rules if not holds({"rules": [each]}, matter))
    return {"code": "condition", "about": {"rule": dict(failing), "known": _known(failing, matter)}}


def _known(rule: Json, matter: Matter) -> str:
    field = FIELDS.get(str(rule.get("field", "")))
    if field is None or field.kind not in TELLING:
        return ""
    value = field.read(matter)
    return f"{value:g}" if isinstance(value, float) else str(value or "")


def code_of(why: Json) -> str:
    """What reasons are counted by: "condition:topic"."""
    about = why.get("about")
    rule = about.get("rule") if isinstance(about, Mapping) else None
    field = rule.get("field", "group") if isinstance(rule, Mapping) else ""
    return f"{why.get('code', '')}:{field}"[:40] if field else str(why.get("code", ""))[:40]


def counted(code: str) -> str:
    """Of a tally, in words."""
    kind, _colon, field = code.partition(":")
    if kind != "condition":
        return str(_WHY.get(kind, kind)) % {"depth": "…", "times": "…", "action": "…", "said": "…"}
    known = FIELDS.get(field)
    return _("not so: %(field)s") % {"field": known.label if known else _("none of its conditions")}


def why(run: RuleRun, lists: Lists, *, sees_purchases: bool = True) -> str:
    """The reason in a sentence; of one that acted, what it did. `sees_purchases`: may its reader?"""
    if run.outcome == RuleRun.Outcome.RAN:
        deeds = ", ".join(rule_actions.done_in_words(run.did))
        return (deeds[:1].upper() + deeds[1:] + ".") if deeds else _("It did nothing.")
    about = run.why.get("about") if isinstance(run.why, Mapping) else None
    known = about if isinstance(about, Mapping) else {}
    code = str(run.why.get("code", ""))
    if code == "condition":
        return _of_condition(known, lists, sees_purchases=sees_purchases)
    return str(_WHY.get(code, code)) % known


def _of_condition(about: Mapping[str, object], lists: Lists, *, sees_purchases: bool) -> str:
    rule = about.get("rule")
    rule = rule if isinstance(rule, Mapping) else {}
    conditions = rule if "rules" in rule else {"rules": [rule]}
    said = _("Not so: %(condition)s.") % {"condition": condition_words.said(conditions, lists)}
    name = str(rule.get("field", ""))
    field = FIELDS.get(name)
    if field is None or field.kind == "flag" or (name in OF_PURCHASES and not sees_purchases):
        return said
    if known := str(about.get("known") or ""):
        value = lists.name(field.options, known) if field.options else known
        return f"{said} " + _("It was %(value)s.") % {"value": f"{value} {field.unit}".strip()}
    return f"{said} " + _("It was not known.") if field.kind in TELLING else said
