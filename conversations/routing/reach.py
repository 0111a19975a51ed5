"""Can this rule ever be the first that holds? Shown by taking conditions apart, never by trying them.

What is said here is certain, though not everything that is so is found: a rule that is called unreachable is.
"""

from collections.abc import Iterable, Mapping
from itertools import product

from conversations.conditions import FIELDS, Json, strings
from conversations.routing.facts import Rule

MOST_WAYS = 512  # ways for one rule to hold; with more of them nothing is claimed
MOST_SPLIT = 4  # yes-or-no fields by which a rule is split where it does not ask them itself

# One thing that is asked: field, how, and its value, alone.
Atom = tuple[str, str, str]
Way = frozenset[Atom]  # all of them together

_SPLIT_BY_VALUE = {("choice", "is"), ("many", "is"), ("words", "has")}
_SPLIT_AS_ALL = {("choice", "is_not"), ("many", "is_not"), ("many", "all"), ("words", "has_not")}


class TooManyWaysError(ValueError):
    """These conditions hold in more ways than are worth looking through."""


def unreachable(rules: Iterable[Rule]) -> dict[str, tuple[str, ...]]:
    """Rules that decide nothing, by key, with the names of those before that take everything; () for one that
    contradicts itself."""
    found: dict[str, tuple[str, ...]] = {}
    before: list[tuple[Rule, frozenset[Way]]] = []
    for rule in rules:
        try:
            ways = _possible(_ways(rule.conditions))
            covered = _covered(ways, before)
        except TooManyWaysError:
            continue
        if covered is not None:
            found[rule.key] = covered
        before.append((rule, ways))
    return found


def _covered(ways: frozenset[Way], before: list[tuple[Rule, frozenset[Way]]]) -> tuple[str, ...] | None:
    """The rules that take every one of these ways; None where one gets through."""
    flags = sorted({atom[0] for _rule, theirs in before for way in theirs for atom in way if _kind(atom) == "flag"})
    taken: dict[str, None] = {}
    for way in ways:
        for narrower in _split(way, flags[:MOST_SPLIT]):
            taker = next((rule for rule, theirs in before if any(_implies(narrower, each) for each in theirs)), None)
            if taker is None:
                return None
            taken[taker.name] = None
    return tuple(taken)


def _split(way: Way, flags: list[str]) -> list[Way]:
    free = [name for name in flags if not any(atom[0] == name for atom in way)]
    return [way | {(name, how, "") for name, how in zip(free, hows, strict=True)} for hows in _yes_or_no(len(free))]


def _yes_or_no(count: int) -> Iterable[tuple[str, ...]]:
    return product(("yes", "no"), repeat=count)


def _ways(conditions: Json) -> frozenset[Way]:
    """The conditions as ways to hold, any one of which is enough."""
    rules = conditions.get("rules")
    if not isinstance(rules, list | tuple) or not rules:
        return frozenset({frozenset()})
    parts = [_ways(rule) if "rules" in rule else _ways_of_one(rule) for rule in rules if isinstance(rule, Mapping)]
    if conditions.get("match") == "any":
        return _bounded({way for part in parts for way in part})
    ways: set[Way] = {frozenset()}
    for part in parts:
        ways = set(_bounded({way | other for way in ways for other in part}))
    return frozenset(ways)


def _bounded(ways: set[Way]) -> frozenset[Way]:
    if len(ways) > MOST_WAYS:
        raise TooManyWaysError
    return frozenset(ways)


def _ways_of_one(rule: Json) -> frozenset[Way]:
    name, how = str(rule.get("field", "")), str(rule.get("is", ""))
    kind = FIELDS[name].kind if name in FIELDS else ""
    if kind == "flag":
        return frozenset({frozenset({(name, how, "")})})
    values = strings(rule.get("value"))
    if (kind, how) in _SPLIT_BY_VALUE:
        return _bounded({frozenset({(name, how, _plain(kind, value))}) for value in values})
    if (kind, how) in _SPLIT_AS_ALL:
        return frozenset({frozenset((name, how, _plain(kind, value)) for value in values)})
    return frozenset({frozenset({(name, how, str(rule.get("value")))})})


def _plain(kind: str, value: str) -> str:
    return value.casefold() if kind == "words" else value


def _possible(ways: Iterable[Way]) -> frozenset[Way]:
    return frozenset(way for way in ways if not any(_contradicts(one, other) for one in way for other in way))


def _contradicts(one: Atom, other: Atom) -> bool:
    if one[0] != other[0]:
        return False
    kind, hows = _kind(one), (one[1], other[1])
    if kind == "choice":
        return one[2] != other[2] if hows == ("is", "is") else hows == ("is", "is_not") and one[2] == other[2]
    if kind == "many":
        return hows in (("is", "is_not"), ("all", "is_not")) and one[2] == other[2]
    if kind == "number":
        return hows == ("at_least", "below") and float(one[2]) >= float(other[2])
    return (kind == "flag" and hows == ("yes", "no")) or (
        kind == "words" and hows == ("has", "has_not") and one[2] == other[2]
    )


def _implies(way: Way, other: Way) -> bool:
    """Whenever all of `way` is so, all of `other` is."""
    return all(any(_implies_one(mine, theirs) for mine in way) for theirs in other)


def _implies_one(mine: Atom, theirs: Atom) -> bool:
    if mine == theirs:
        return True
    if mine[0] != theirs[0]:
        return False
    kind, hows = _kind(mine), (mine[1], theirs[1])
    if kind == "choice":
        return hows == ("is", "is_not") and mine[2] != theirs[2]
    if kind == "many":
        return hows in (("all", "is"), ("is", "all")) and mine[2] == theirs[2]
    if kind == "number" and mine[1] == theirs[1]:
        return float(mine[2]) >= float(theirs[2]) if mine[1] == "at_least" else float(mine[2]) <= float(theirs[2])
    return False


def _kind(atom: Atom) -> str:
    return FIELDS[atom[0]].kind if atom[0] in FIELDS else ""
