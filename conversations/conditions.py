"""Conditions over what is known of a conversation: of routing rules, automation, deadlines and required fields.

They are JSON of the shape that segments have: {"match": "all" | "any", "rules": [{"field", "is", "value"}, …]}, where a
rule may be such a group itself; no rules hold always. FIELDS says what can be asked. Pure: a Matter is all they see.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.routing.facts import Matter

MOST_RULES, MOST_DEPTH = 60, 4
Json = Mapping[str, object]


class BadConditionsError(ValueError):
    """Conditions that cannot be asked; the text is for whoever wrote them."""


@dataclass(frozen=True)
class Field:
    """`kind`: "choice" (one of the values), "many" (several, any of them), "number", "flag", "words", "pair" (name and
    value). `options` names the list that a form offers: conversations.condition_forms fills it."""

    label: object
    kind: str
    read: Callable[[Matter], object]
    options: str = ""
    unit: object = ""


FIELDS: dict[str, Field] = {
    "medium": Field(gettext_lazy("medium"), "choice", lambda m: m.medium, "media"),
    "channel": Field(gettext_lazy("channel"), "choice", lambda m: m.channel or "", "channels"),
    "team": Field(gettext_lazy("team"), "choice", lambda m: m.team or "", "teams"),
    "topic": Field(gettext_lazy("topic"), "choice", lambda m: m.topic, "topics"),
    "certainty": Field(gettext_lazy("how sure the topic is"), "number", lambda m: m.certainty * 100, unit="%"),
    "complexity": Field(gettext_lazy("how hard it is"), "number", lambda m: m.complexity, "complexities"),
    "language": Field(gettext_lazy("language"), "choice", lambda m: m.language, "languages"),
    "segment": Field(gettext_lazy("segment"), "many", lambda m: m.segments, "segments"),
    "order": Field(gettext_lazy("state of an order"), "many", lambda m: m.order_states, "order_states"),
    "tier": Field(gettext_lazy("loyalty tier"), "choice", lambda m: m.tier, "tiers"),
    "value": Field(gettext_lazy("spent so far"), "number", lambda m: m.value),
    "mood": Field(gettext_lazy("mood (−1 angry, 1 glad)"), "number", lambda m: m.mood),
    "words": Field(gettext_lazy("words"), "words", lambda m: m.words),
    "open": Field(gettext_lazy("within hours"), "flag", lambda m: m.is_open),
    "new": Field(gettext_lazy("a new customer"), "flag", lambda m: m.is_new_customer),
    "public": Field(gettext_lazy("written in public"), "flag", lambda m: m.is_public),
    "assigned": Field(gettext_lazy("somebody has it"), "flag", lambda m: m.assignee is not None),
    "call_back": Field(gettext_lazy("wants to be rung"), "flag", lambda m: m.call_back),
    "priority": Field(gettext_lazy("priority"), "number", lambda m: m.priority, "priorities"),
    "status": Field(gettext_lazy("state"), "choice", lambda m: m.status, "statuses"),
    "tag": Field(gettext_lazy("tag"), "many", lambda m: m.tags, "tags"),
    "waited": Field(gettext_lazy("waiting time"), "number", lambda m: _minutes(m), unit=gettext_lazy("minutes")),
    "rating": Field(gettext_lazy("how they found it (1 to 5)"), "number", lambda m: m.rating),
    "attribute": Field(gettext_lazy("customer’s field"), "pair", lambda m: m.attributes),
}

OF_PURCHASES = frozenset({"segment", "order", "tier", "value"})  # what tells what somebody bought

# How each kind may be asked; the words come between field and value.
ASKS: dict[str, dict[str, object]] = {
    "choice": {"is": gettext_lazy("is one of"), "is_not": gettext_lazy("is none of")},
    "many": {
        "is": gettext_lazy("has one of"),
        "is_not": gettext_lazy("has none of"),
        "all": gettext_lazy("has all of"),
    },
    "number": {"at_least": gettext_lazy("is at least"), "below": gettext_lazy("is below")},
    "flag": {"yes": gettext_lazy("yes"), "no": gettext_lazy("no")},
    "words": {"has": gettext_lazy("contain one of"), "has_not": gettext_lazy("contain none of")},
    "pair": {"is": gettext_lazy("is"), "is_not": gettext_lazy("is not"), "has": gettext_lazy("is filled in")},
}


def holds(conditions: Json, matter: Matter) -> bool:
    """Conditions that were checked (`check`). An unknown value, such as a mood nobody could tell, makes it false."""
    rules = conditions.get("rules") or ()
    if not isinstance(rules, list | tuple) or not rules:
        return True
    outcomes = (_rule_holds(rule, matter) for rule in rules)
    return any(outcomes) if conditions.get("match") == "any" else all(outcomes)


def _rule_holds(rule: Json, matter: Matter) -> bool:
    if "rules" in rule:
        return holds(rule, matter)
    field = FIELDS[str(rule["field"])]
    return _HOLDS[field.kind](field.read(matter), str(rule["is"]), rule.get("value"))


def _choice(known: object, how: str, value: object) -> bool:
    return (str(known) in strings(value)) == (how == "is")


def _many(known: object, how: str, value: object) -> bool:
    assert isinstance(known, tuple)
    wanted, have = set(strings(value)), {str(each) for each in known}
    if how == "all":
        return wanted <= have
    return bool(wanted & have) == (how == "is")


def _number(known: object, how: str, value: object) -> bool:
    if not isinstance(known, int | float):
        return False
    limit = float(str(value))
    return known >= limit if how == "at_least" else known < limit


def _flag(known: object, how: str, value: object) -> bool:
    return bool(known) == (how == "yes")


def _words(known: object, how: str, value: object) -> bool:
    found = bool(_pattern(tuple(strings(value))).search(str(known)))
    return found == (how == "has")


def _pair(known: object, how: str, value: object) -> bool:
    assert isinstance(known, Mapping)
    name, _equals, wanted = str(value).partition("=")
    have = str(known.get(name.strip(), ""))
    if how == "has":
        return bool(have)
    return (have.casefold() == wanted.strip().casefold()) == (how == "is")


_HOLDS: dict[str, Callable[[object, str, object], bool]] = {
    "choice": _choice,
    "many": _many,
    "number": _number,
    "flag": _flag,
    "words": _words,
    "pair": _pair,
}


@lru_cache(maxsize=1024)
def _pattern(phrases: tuple[str, ...]) -> "re.Pattern[str]":
    """Whole words, in any case; a phrase may end in * for any ending. Scripts that do not part words match anywhere."""
    return re.compile("|".join(_one(phrase) for phrase in phrases), re.IGNORECASE)


def _one(phrase: str) -> str:
    stem = r"\s+".join(map(re.escape, phrase.rstrip("*").split()))  # one \s+ for a run: two share it in too many ways
    opens = r"(?<!\w)" if phrase[:1].isascii() or phrase[:1].isalpha() else ""
    closes = "" if phrase.endswith("*") else r"(?!\w)"
    return stem if _is_unparted(phrase) else f"{opens}{stem}{closes}"


def _is_unparted(phrase: str) -> bool:
    return any(
        "\u0e00" <= sign <= "\u0eff" or "\u3040" <= sign <= "\u9fff" or "\uac00" <= sign <= "\ud7a3" for sign in phrase
    )


def strings(value: object) -> Sequence[str]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]


def _minutes(matter: Matter) -> float | None:
    return (matter.at - matter.since).total_seconds() / 60 if matter.since else None


def check(conditions: object, *, depth: int = 1) -> None:
    """Raises BadConditionsError in the words of whoever wrote them."""
    if not isinstance(conditions, Mapping) or not isinstance(conditions.get("rules", []), list):
        raise BadConditionsError(_("These conditions cannot be read."))
    if conditions.get("match", "all") not in ("all", "any"):
        raise BadConditionsError(_("Say whether all or any of the conditions must hold."))
    if depth > MOST_DEPTH or sum(1 for _rule in rules_of(conditions)) > MOST_RULES:
        raise BadConditionsError(_("These are too many conditions; make several rules of them."))
    for rule in conditions.get("rules", []):
        if isinstance(rule, Mapping) and "rules" in rule:
            check(rule, depth=depth + 1)
        else:
            _check_one(rule)


def _check_one(rule: object) -> None:
    field = FIELDS.get(str(rule.get("field", ""))) if isinstance(rule, Mapping) else None
    if field is None or not isinstance(rule, Mapping):
        raise BadConditionsError(_("Choose what is looked at."))
    if str(rule.get("is")) not in ASKS[field.kind]:
        raise BadConditionsError(_("Say how “%(field)s” is compared.") % {"field": field.label})
    value = rule.get("value")
    if field.kind != "flag" and not [part for part in strings(value) if part and part != "None"]:
        raise BadConditionsError(_("Fill in what “%(field)s” is compared with.") % {"field": field.label})
    if field.kind == "pair" and rule.get("is") != "has" and not all(str(value).partition("=")[::2]):
        raise BadConditionsError(_("Write the name of the customer’s field, and what it is compared with."))
    if field.kind == "number":
        try:
            is_number = isfinite(float(str(value)))
        except ValueError:
            is_number = False
        if not is_number:
            raise BadConditionsError(_("“%(field)s” is compared with a number.") % {"field": field.label})


def tells_of_purchases(conditions: Json) -> bool:
    """That they hold says it, too: to be told only to whom purchases may be shown."""
    return any(str(rule.get("field")) in OF_PURCHASES for rule in rules_of(conditions))


def rules_of(conditions: Json) -> Iterator[Json]:
    """Every single rule, of inner groups too."""
    rules = conditions.get("rules") or ()
    assert isinstance(rules, list | tuple)
    for rule in rules:
        if isinstance(rule, Mapping) and "rules" in rule:
            yield from rules_of(rule)
        elif isinstance(rule, Mapping):
            yield rule
