"""What is wrong with rules before they are published, in plain sentences: what nobody can answer, or never happens."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Literal

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from conversations.condition_lists import Lists
from conversations.conditions import FIELDS, BadConditionsError, check, rules_of, strings
from conversations.models import AgentSkill, Bot, Priority, Team
from conversations.routing.facts import Outcome, Policy, Rule, Weights
from conversations.routing.reach import unreachable

MOST_RULES = 200
MOST_MINUTES = 1440


@dataclass(frozen=True)
class Problem:
    """An error keeps a version from being published; a warning is only said. `key` is of the rule, "" for all."""

    grade: Literal["error", "warning"]
    says: str
    key: str = ""
    name: str = ""  # of the rule


@dataclass(frozen=True)
class House:
    """Who is there: the members of each team, and what they can. Only who may sign in counts."""

    lists: Lists
    members: Mapping[int, frozenset[int]]
    levels: Mapping[tuple[int, int], int]  # (agent, skill) → level
    has_bot: bool = False  # one that answers

    @classmethod
    def read(cls, lists: Lists) -> "House":
        active = set(get_user_model().objects.filter(is_active=True).values_list("pk", flat=True))
        members: dict[int, set[int]] = {}
        for team, agent in Team.members.through.objects.values_list("team_id", "user_id"):
            members.setdefault(team, set()).update({agent} & active)
        levels = AgentSkill.objects.values_list("agent_id", "skill_id", "level")
        return cls(
            lists,
            {team: frozenset(agents) for team, agents in members.items()},
            {(agent, skill): level for agent, skill, level in levels},
            Bot.objects.filter(is_active=True).exists(),
        )


def problems(policy: Policy, house: House) -> list[Problem]:
    """Errors first, each in the order of the rules."""
    found: list[Problem] = []
    for rule in policy.rules:
        found += [Problem(each.grade, each.says, rule.key, rule.name) for each in _of_rule(rule, house)]
    found += _of_outcome(policy.otherwise, house)
    found += _of_all(policy)
    found += _never_reached(policy.rules)
    return sorted(found, key=lambda each: each.grade != "error")


def errors(policy: Policy, house: House) -> list[Problem]:
    return [each for each in problems(policy, house) if each.grade == "error"]


def _error(says: str) -> Problem:
    return Problem("error", says)


def _warning(says: str) -> Problem:
    return Problem("warning", says)


def _of_rule(rule: Rule, house: House) -> Iterator[Problem]:
    if not rule.name.strip():
        yield _error(_("It has no name."))
    try:
        check(rule.conditions)
    except BadConditionsError as error:
        yield _error(str(error))
    else:
        yield from _gone(rule, house.lists)
    yield from _of_outcome(rule.outcome, house)


def _gone(rule: Rule, lists: Lists) -> Iterator[Problem]:
    for asked in rules_of(rule.conditions):
        field = FIELDS[str(asked["field"])]
        for value in lists.gone(field.options, strings(asked.get("value")) if field.kind != "flag" else ()):
            words = _("It asks for a %(field)s that is no longer there: %(value)s.")
            yield _error(words % {"field": field.label, "value": value})


def _of_outcome(outcome: Outcome, house: House) -> Iterator[Problem]:
    if outcome.to == "bot" and not house.has_bot:
        yield _warning(_("Where no bot answers, it goes to the team at once."))
    if outcome.to == "agent" and (outcome.agent is None or str(outcome.agent) not in house.lists.of("agents")):
        yield _error(_("The agent that it goes to no longer answers here."))
    for team in (outcome.team, *(step.team for step in outcome.overflow)):
        yield from _of_team(team, house)
    yield from _of_chain(outcome, house.lists)
    yield from _of_skills(outcome, house)
    yield from _of_figures(outcome)


def _of_team(team: int, house: House) -> Iterator[Problem]:
    if not team:
        return
    if str(team) not in house.lists.of("teams"):
        yield _error(_("A team that it goes to is no longer there."))
    elif not house.members.get(team):
        words = _("Nobody is in %(team)s: what goes there would wait for ever.")
        yield _error(words % {"team": house.lists.name("teams", team)})


def _of_chain(outcome: Outcome, lists: Lists) -> Iterator[Problem]:
    """An overflow adds teams; one that was asked already is a loop."""
    seen = {outcome.team} if outcome.team else set()
    waited = 0.0
    for step in outcome.overflow:
        if step.team in seen:
            words = _("The overflow goes in a loop: it comes back to %(team)s.")
            yield _error(words % {"team": lists.name("teams", step.team)})
        seen.add(step.team)
        if step.after <= waited:
            yield _error(_("Each team of the overflow must come later than the one before it."))
        waited = step.after


def _of_skills(outcome: Outcome, house: House) -> Iterator[Problem]:
    for skill in {**outcome.required, **outcome.preferred}:
        if str(skill) not in house.lists.of("skills"):
            yield _error(_("It asks for a skill that is no longer there."))
            return
    if not outcome.required or not outcome.team:
        return
    teams = [outcome.team, *(step.team for step in outcome.overflow)]
    agents = frozenset().union(*(house.members.get(team, frozenset()) for team in teams))
    if agents and not any(_can(agent, outcome.required, house) for agent in agents):
        names = _(" and ").join(
            _("%(skill)s %(least)s") % {"skill": house.lists.name("skills", skill), "least": least}
            for skill, least in outcome.required.items()
        )
        yield _warning(_("Nobody of its teams can do what it needs: %(skills)s.") % {"skills": names})


def _of_figures(outcome: Outcome) -> Iterator[Problem]:
    """A form keeps these within bounds; what was brought in as YAML may not."""
    levels = [*outcome.required.values(), *outcome.preferred.values()]
    if not all(1 <= level <= 5 for level in levels):
        yield _error(_("The level of a skill is from 1 to 5."))
    if outcome.priority is not None and outcome.priority not in Priority.values:
        yield _error(_("There is no such priority."))
    if not 0 <= outcome.wait_for_known <= MOST_MINUTES or outcome.known_within <= 0:
        yield _error(_("It can wait for the agent whom they know at most a day."))
    if outcome.weights is not None:
        yield from _of_weights(outcome.weights)


def _of_weights(weights: Weights) -> Iterator[Problem]:
    figures = [getattr(weights, field.name) for field in fields(weights)]
    if not any(figures):
        yield _error(_("All weights of the score are nought: nobody would be better than another."))
    if min(figures) < 0:
        yield _error(_("No weight of the score can be below nought."))


def _can(agent: int, required: Mapping[int, int], house: House) -> bool:
    return all(house.levels.get((agent, skill), 0) >= least for skill, least in required.items())


def _of_all(policy: Policy) -> Iterator[Problem]:
    if len(policy.rules) > MOST_RULES:
        yield _error(_("More than %(most)s rules cannot be kept in mind, nor here.") % {"most": MOST_RULES})
    yield from _of_weights(policy.weights)
    figures = [*policy.costs.values(), *policy.silent_after.values(), policy.at_risk]
    if min(figures) < 0 or not 0 <= policy.unsure_below <= 1:
        yield _error(_("A figure that holds for all rules is out of its bounds."))
    keys = [rule.key for rule in policy.rules]
    if len(keys) != len(set(keys)):
        yield _error(_("Two rules share one key, so that what they did could not be told apart."))


def _never_reached(rules: Iterable[Rule]) -> Iterator[Problem]:
    names = {rule.key: rule.name for rule in rules}
    for key, takers in unreachable(rule for rule in rules if _is_askable(rule)).items():
        says = _("It can never hold: its conditions shut each other out.")
        if takers:
            before = ", ".join(f"“{name}”" for name in takers)
            says = _("It is never reached: everything goes to %(rules)s before it.") % {"rules": before}
        yield Problem("warning", says, key, names[key])


def _is_askable(rule: Rule) -> bool:
    try:
        check(rule.conditions)
    except BadConditionsError:
        return False
    return True
