"""A policy made ready to be asked many times: conditions with their values taken apart, and what each rule looks at.

What holds is what `conversations.conditions.holds` says; a test compares the two. Only the way there is shorter.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from conversations import conditions
from conversations.conditions import Json
from conversations.routing.facts import Matter, Policy, Rule

MOST_POLICIES = 64  # kept ready in one process: the live one, one on trial, drafts that are tried
Test = Callable[[Matter], bool]
Read = Callable[[Matter], object]


@dataclass(frozen=True)
class ReadyRule:
    rule: Rule
    holds: Test
    asks_topic: bool


_ready: OrderedDict[int, tuple[Policy, tuple[ReadyRule, ...]]] = OrderedDict()


def rules_of(policy: Policy) -> tuple[ReadyRule, ...]:
    """Remembered for this very object: policies hold mappings, so they have no hash, and comparing them takes long."""
    found = _ready.get(id(policy))
    if found is not None and found[0] is policy:
        return found[1]
    rules = tuple(ReadyRule(rule, test_of(rule.conditions), _asks_topic(rule.conditions)) for rule in policy.rules)
    _ready[id(policy)] = (policy, rules)
    while len(_ready) > MOST_POLICIES:
        _ready.popitem(last=False)
    return rules


def test_of(written: Json) -> Test:
    """Conditions that were checked, as a question to a matter."""
    rules = written.get("rules") or ()
    if not isinstance(rules, list | tuple) or not rules:
        return _always
    tests = tuple(_test(rule) for rule in rules)
    if len(tests) == 1:
        return tests[0]
    return _any_of(tests) if written.get("match") == "any" else _all_of(tests)


def _always(matter: Matter) -> bool:
    return True


def _any_of(tests: tuple[Test, ...]) -> Test:
    def holds(matter: Matter) -> bool:
        return any(test(matter) for test in tests)

    return holds


def _all_of(tests: tuple[Test, ...]) -> Test:
    def holds(matter: Matter) -> bool:
        return all(test(matter) for test in tests)

    return holds


def _test(rule: Json) -> Test:
    if "rules" in rule:
        return test_of(rule)
    field = conditions.FIELDS[str(rule["field"])]
    made = _MAKE.get(field.kind)
    return made(field.read, rule) if made else lambda matter: conditions.holds({"rules": (rule,)}, matter)


def _choice(read: Read, rule: Json) -> Test:
    wanted, expected = frozenset(conditions.strings(rule.get("value"))), rule["is"] == "is"
    return lambda matter: (str(read(matter)) in wanted) == expected


def _many(read: Read, rule: Json) -> Test:
    wanted, how = frozenset(conditions.strings(rule.get("value"))), rule["is"]

    def holds(matter: Matter) -> bool:
        have = read(matter)
        assert isinstance(have, tuple)
        if how == "all":
            return wanted.issubset(map(str, have))
        return (not wanted.isdisjoint(map(str, have)) if have else False) == (how == "is")

    return holds


def _number(read: Read, rule: Json) -> Test:
    limit, at_least = float(str(rule.get("value"))), rule["is"] == "at_least"

    def holds(matter: Matter) -> bool:
        known = read(matter)
        return isinstance(known, int | float) and (known >= limit) == at_least

    return holds


def _words(_read: Read, rule: Json) -> Test:
    """A pattern over whole words costs a hundred times what finding plain signs does, and mostly there are none."""
    stems = tuple(_plainest(phrase) for phrase in conditions.strings(rule.get("value")))
    absent = rule["is"] == "has_not"

    def holds(matter: Matter) -> bool:
        text = _plain(matter.words)
        if not any(stem in text for stem in stems):
            return absent
        return conditions.holds({"rules": (rule,)}, matter)

    return holds


def _plainest(phrase: str) -> str:
    words = phrase.rstrip("*").split()
    return _plain(max(words, key=len)) if words else ""


@lru_cache(maxsize=64)
def _plain(text: str) -> str:
    """At least as much alike as a pattern without regard to case takes it to be: Turkish İ and ı are i to it."""
    return text.casefold().replace("\u0307", "").replace("ı", "i")


def _asks_topic(written: Mapping[str, object]) -> bool:
    return any(rule.get("field") in ("topic", "certainty") for rule in conditions.rules_of(written))


_MAKE: Mapping[str, Callable[[Read, Json], Test]] = {
    "choice": _choice,
    "many": _many,
    "number": _number,
    "words": _words,
}
