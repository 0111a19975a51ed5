"""Conditions as a sentence: "topic is Exchange or Refund, and the customer is new"."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.condition_lists import Lists
from conversations.conditions import FIELDS, Field, Json, strings

# What a flag says when it is up, and when it is not.
FLAGS: dict[str, tuple[object, object]] = {
    "open": (gettext_lazy("it is within hours"), gettext_lazy("it is outside hours")),
    "new": (gettext_lazy("the customer is new"), gettext_lazy("the customer has written before")),
    "public": (gettext_lazy("it is written in public"), gettext_lazy("it is not written in public")),
    "assigned": (gettext_lazy("somebody has it"), gettext_lazy("nobody has it")),
    "call_back": (gettext_lazy("they want to be rung"), gettext_lazy("they do not want to be rung")),
}
_SAYS: dict[tuple[str, str], object] = {
    ("choice", "is"): gettext_lazy("%(field)s is %(any)s"),
    ("choice", "is_not"): gettext_lazy("%(field)s is not %(any)s"),
    ("many", "is"): gettext_lazy("%(field)s is %(any)s"),
    ("many", "is_not"): gettext_lazy("%(field)s is not %(any)s"),
    ("many", "all"): gettext_lazy("%(field)s is %(every)s together"),
    ("number", "at_least"): gettext_lazy("%(field)s is at least %(any)s"),
    ("number", "below"): gettext_lazy("%(field)s is below %(any)s"),
    ("words", "has"): gettext_lazy("the words contain %(any)s"),
    ("words", "has_not"): gettext_lazy("the words do not contain %(any)s"),
    ("pair", "is"): gettext_lazy("the customer’s “%(name)s” is “%(wanted)s”"),
    ("pair", "is_not"): gettext_lazy("the customer’s “%(name)s” is not “%(wanted)s”"),
    ("pair", "has"): gettext_lazy("the customer’s “%(name)s” is filled in"),
}


def said(conditions: object, lists: Lists | None = None) -> str:
    """ "always" for no conditions. Never fails: what cannot be read is said to be so."""
    group = conditions if isinstance(conditions, Mapping) else {}
    return _group(group, lists or Lists()) or _("always")


def _group(group: Json, lists: Lists) -> str:
    rules = group.get("rules")
    parts = [_said(rule, lists) for rule in rules if isinstance(rule, Mapping)] if isinstance(rules, list) else []
    joined = _(" or ") if group.get("match") == "any" else _(" and ")
    return joined.join(part for part in parts if part)


def _said(rule: Json, lists: Lists) -> str:
    if "rules" in rule:
        inner = _group(rule, lists)
        return f"({inner})" if inner else ""
    name, how = str(rule.get("field", "")), str(rule.get("is", ""))
    if (field := FIELDS.get(name)) is None:
        return _("a condition on “%(field)s”, which is not known here") % {"field": name}
    if field.kind == "flag":
        return flag_words(name, how)
    if (template := _SAYS.get((field.kind, how))) is None:
        return str(field.label)
    return str(template) % _about(field, rule, lists)


def flag_words(name: str, how: str) -> str:
    up, down = FLAGS.get(name, (FIELDS[name].label, _("not %(field)s") % {"field": FIELDS[name].label}))
    return str(up if how == "yes" else down)


def _about(field: Field, rule: Json, lists: Lists) -> dict[str, object]:
    values = strings(rule.get("value"))
    names = [lists.name(field.options, value) for value in values] or ["…"]
    if field.kind == "words":
        names = [f"“{name}”" for name in names]
    if field.kind == "number" and field.unit:
        names = [f"{name} {field.unit}" for name in names]
    pair, _equals, wanted = str(rule.get("value", "")).partition("=")
    return {
        "field": field.label,
        "any": _(" or ").join(names),
        "every": _(" and ").join(names),
        "name": pair.strip(),
        "wanted": wanted.strip(),
    }
