"""What one version of the rules has that another has not, in sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from conversations.condition_lists import Lists
from conversations.condition_words import said
from conversations.routing.facts import Policy, Rule
from conversations.routing.outcome_words import outcome_phrases, said_outcome, settings_phrases


@dataclass(frozen=True)
class Difference:
    """`key` is of the rule that it speaks of; "" for what holds for all."""

    kind: Literal["added", "removed", "moved"]
    says: str
    key: str = ""


def differences(old: Policy, new: Policy, lists: Lists) -> list[Difference]:
    """Nothing where both decide alike. In the order of the new one, what is gone last."""
    before = {rule.key: rule for rule in old.rules}
    moved = _moved([rule.key for rule in old.rules], [rule.key for rule in new.rules])
    found: list[Difference] = []
    for place, rule in enumerate(new.rules, start=1):
        if rule.key not in before:
            found.append(Difference("added", rule_sentence(rule, lists), rule.key))
            continue
        if rule.key in moved:
            words = _("“%(rule)s” is asked in place %(place)s.")
            found.append(Difference("moved", words % {"rule": rule.name, "place": place}, rule.key))
        found += _changes(before[rule.key], rule, lists)
    kept = {rule.key for rule in new.rules}
    gone = [rule for rule in old.rules if rule.key not in kept]
    found += [Difference("removed", rule_sentence(rule, lists), rule.key) for rule in gone]
    return found + list(_of_all(old, new, lists))


def rule_sentence(rule: Rule, lists: Lists) -> str:
    words = _("%(name)s: when %(conditions)s, %(outcome)s.") if has_conditions(rule) else _("%(name)s: %(outcome)s.")
    told = {"conditions": said(rule.conditions, lists), "outcome": said_outcome(rule.outcome, lists)}
    return words % {"name": rule.name, **told}


def has_conditions(rule: Rule) -> bool:
    return bool(rule.conditions.get("rules"))


def _changes(old: Rule, new: Rule, lists: Lists) -> Iterator[Difference]:
    """Of one rule, only what differs."""
    if old.name != new.name:
        words = _("“%(old)s” is called “%(new)s”.")
        yield Difference("moved", words % {"old": old.name, "new": new.name}, new.key)
    before, after = said(old.conditions, lists), said(new.conditions, lists)
    if old.conditions != new.conditions and before != after:
        yield Difference("removed", _of(new, _("when %(conditions)s") % {"conditions": before}), new.key)
        yield Difference("added", _of(new, _("when %(conditions)s") % {"conditions": after}), new.key)
    yield from _outcomes(new, outcome_phrases(old.outcome, lists), outcome_phrases(new.outcome, lists))


def _outcomes(rule: Rule, before: list[str], after: list[str]) -> Iterator[Difference]:
    for phrase in before:
        if phrase not in after:
            yield Difference("removed", _of(rule, phrase), rule.key)
    for phrase in after:
        if phrase not in before:
            yield Difference("added", _of(rule, phrase), rule.key)


def _of(rule: Rule, phrase: str) -> str:
    return _("%(name)s: %(phrase)s.") % {"name": rule.name, "phrase": phrase}


def _of_all(old: Policy, new: Policy, lists: Lists) -> Iterator[Difference]:
    otherwise = Rule("", _("Otherwise"))
    yield from _outcomes(otherwise, outcome_phrases(old.otherwise, lists), outcome_phrases(new.otherwise, lists))
    before, after = settings_phrases(old), settings_phrases(new)
    for name, words in after.items():
        if before[name] != words:
            yield Difference("removed", before[name])
            yield Difference("added", words)


def _moved(old: list[str], new: list[str]) -> set[str]:
    """The fewest that must be taken out for the others to stand as they stood: all but a longest common run."""
    shared = [key for key in new if key in set(old)]
    places = [old.index(key) for key in shared]
    longest: list[list[int]] = []
    for here, place in enumerate(places):
        runs = [run for run in longest if places[run[-1]] < place]
        longest.append([*max(runs, key=len, default=[]), here])
    stays = {shared[here] for here in max(longest, key=len, default=[])}
    return set(shared) - stays
