"""Can this rule ever be the first that holds? Shown by taking conditions apart, never by trying them.

What is said here is certain, though not everything that is so is found: a rule that is called unreachable is.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from conversations.conditions import FIELDS, Json, strings
from conversations.routing.facts import Rule

MOST_WAYS = 64  # ways for one rule to hold; with more of them nothing is claimed
MOST_PIECES = 64  # into which a way is cut, to see whether several rules take it together
MOST_COMPARED = 400_000  # ways with each other, of all rules: a page waits for it


@dataclass(frozen=True)
class Atom:
    """One thing that is asked. `limit` is of numbers, `values` of all else that has any."""

    field: str
    kind: str
    how: str
    values: frozenset[str] = frozenset()
    limit: float = 0.0


Way = frozenset[Atom]  # all of them together


class TooManyWaysError(ValueError):
    """These conditions hold in more ways than are worth looking through."""


class TooLongError(ValueError):
    """These rules would keep a page waiting."""


@dataclass
class Patience:
    """How much is still compared before nothing more is claimed."""

    left: int

    def spend(self, much: int) -> None:
        self.left -= much
        if self.left < 0:
            raise TooLongError


def unreachable(rules: Iterable[Rule]) -> dict[str, tuple[str, ...]]:
    """Rules that decide nothing, by key, with the names of those before that take everything; () for one that
    contradicts itself. Their conditions are such as `conditions.check` lets pass."""
    found: dict[str, tuple[str, ...]] = {}
    before: list[tuple[Rule, frozenset[Way]]] = []
    patience = Patience(MOST_COMPARED)
    for rule in rules:
        try:
            ways = _possible(_ways(rule.conditions), patience)
            covered = _covered(ways, before, patience)
        except TooManyWaysError:
            continue
        except TooLongError:
            break
        if covered is not None:
            found[rule.key] = covered
        before.append((rule, ways))
    return found


def _covered(
    ways: frozenset[Way], before: list[tuple[Rule, frozenset[Way]]], patience: Patience
) -> tuple[str, ...] | None:
    """The rules that take every one of these ways; None where one may get through."""
    flags = sorted({atom.field for _rule, theirs in before for way in theirs for atom in way if atom.kind == "flag"})
    taken: dict[str, None] = {}
    for way in ways:
        takers = _takers(way, before, flags, patience)
        if takers is None:
            return None
        taken.update(dict.fromkeys(takers))
    return tuple(taken)


def _takers(
    way: Way, before: list[tuple[Rule, frozenset[Way]]], flags: list[str], patience: Patience
) -> list[str] | None:
    """One rule that takes it whole; else several, each a piece of it."""
    whole = _taker(way, before, patience)
    if whole is not None:
        return [whole]
    found = []
    for piece in _pieces(way, flags):
        taker = _taker(piece, before, patience)
        if taker is None:
            return None
        found.append(taker)
    return found


def _taker(way: Way, before: list[tuple[Rule, frozenset[Way]]], patience: Patience) -> str | None:
    for rule, theirs in before:
        patience.spend(len(theirs))
        if any(_implies(way, each) for each in theirs):
            return rule.name
    return None


def _pieces(way: Way, flags: list[str]) -> Iterator[Way]:
    """The way for each of its values apart, and for yes and no of what it does not ask: all of them are the way."""
    asked = {atom.field for atom in way}
    choices: list[list[Atom]] = []
    for atom in way:
        is_one_of = atom.how == "is" and atom.kind in ("choice", "many")
        values = sorted(atom.values) if is_one_of else []
        choices.append([Atom(atom.field, atom.kind, "is", frozenset({value})) for value in values] or [atom])
    choices += [[Atom(name, "flag", how) for how in ("yes", "no")] for name in flags if name not in asked]
    count = 1
    kept = []
    for each in choices:
        is_too_much = count * len(each) > MOST_PIECES
        count *= 1 if is_too_much else len(each)
        if not is_too_much:
            kept.append(each)
    whole = frozenset(atom for atom in way if [atom] not in kept)
    return (whole | frozenset(piece) for piece in product(*kept))


def _ways(conditions: Json) -> frozenset[Way]:
    """The conditions as ways to hold, any one of which is enough."""
    rules = conditions.get("rules")
    if not isinstance(rules, list | tuple) or not rules:
        return frozenset({frozenset()})
    parts = [
        _ways(rule) if "rules" in rule else frozenset({frozenset({_atom(rule)})})
        for rule in rules
        if isinstance(rule, Mapping)
    ]
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


def _atom(rule: Json) -> Atom:
    name, how, value = str(rule["field"]), str(rule["is"]), rule.get("value")
    kind = FIELDS[name].kind
    if kind == "flag":
        return Atom(name, kind, how)
    if kind == "number":
        return Atom(name, kind, how, limit=float(str(value)))
    values = [str(value)] if kind == "pair" else strings(value)
    return Atom(name, kind, how, frozenset(map(str.lower, values) if kind == "words" else values))


def _possible(ways: frozenset[Way], patience: Patience) -> frozenset[Way]:
    patience.spend(sum(len(way) ** 2 for way in ways))
    return frozenset(way for way in ways if not any(_contradicts(one, other) for one in way for other in way))


def _contradicts(one: Atom, other: Atom) -> bool:
    """They can never both be so. Asked both ways round, so that one order of the two is enough here."""
    if one.field != other.field:
        return False
    match one.kind, one.how, other.how:
        case "choice", "is", "is":
            return not one.values & other.values
        case ("choice" | "many", "is", "is_not") | ("words", "has", "has_not"):
            return one.values <= other.values
        case "many", "all", "is_not":
            return bool(one.values & other.values)
        case "number", "at_least", "below":
            return one.limit >= other.limit
        case "flag", "yes", "no":
            return True
    return False


def _implies(way: Way, other: Way) -> bool:
    """Whenever all of `way` is so, all of `other` is."""
    return all(any(_implies_one(mine, theirs) for mine in way) for theirs in other)


def _implies_one(mine: Atom, theirs: Atom) -> bool:
    if mine.field != theirs.field:
        return False
    match mine.kind, mine.how, theirs.how:
        case ("choice" | "many", "is", "is") | ("words", "has", "has"):
            return mine.values <= theirs.values
        case "choice", "is", "is_not":
            return not mine.values & theirs.values
        case ("choice" | "many", "is_not", "is_not") | ("words", "has_not", "has_not") | ("many", "all", "all"):
            return theirs.values <= mine.values
        case "many", "all", "is":
            return bool(mine.values & theirs.values)
        case "many", "is", "all":
            return mine.values == theirs.values and len(mine.values) == 1
        case "number", "at_least", "at_least":
            return mine.limit >= theirs.limit
        case "number", "below", "below":
            return mine.limit <= theirs.limit
    return mine == theirs
