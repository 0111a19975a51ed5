"""What the rules ask for with one conversation: which outcome holds, which teams are asked, when to look again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from conversations.routing.compiled import rules_of
from conversations.routing.facts import Matter, Outcome, Policy, Reason, Snapshot, TeamFacts, Weights

NO_TEAM_FACTS = TeamFacts(0, "")


@dataclass(frozen=True)
class Plan:
    """`asked`: the teams whose agents are candidates by now, with their place in the chain of overflow."""

    outcome: Outcome
    weights: Weights
    rule: str
    reason: Reason  # why this outcome
    is_unsure: bool
    team: int | None
    asked: Mapping[int, int]
    step: int
    risk_at: datetime | None  # from then on its deadline is at risk
    at_risk: bool
    looks: tuple[datetime, ...]  # moments to come at which more teams are asked


def plan(snapshot: Snapshot, policy: Policy) -> Plan:
    matter = snapshot.matter
    teams = {facts.team: facts for facts in snapshot.teams}
    rule, reason, outcome, is_unsure = _rule(matter, policy)
    if _is_kept(matter, outcome):
        outcome = replace(outcome, to="team", team=matter.team or 0, agent=None, required={}, preferred={}, overflow=())
        reason = Reason("team_kept", {"team": teams.get(outcome.team, NO_TEAM_FACTS).name})
    team = outcome.team or matter.team or matter.channel_team
    risk_at = matter.due_at - timedelta(minutes=policy.at_risk) if matter.due_at else None
    at_risk = risk_at is not None and risk_at <= matter.at
    asked, step, looks = _chain(matter, outcome, team, at_risk=at_risk)
    if looks and risk_at is not None:
        looks = (*looks, risk_at)
    if matter.trigger != "pulled":
        asked = {each: place for each, place in asked.items() if _assigns(teams.get(each), outcome, place)}
    return Plan(
        outcome=outcome, weights=outcome.weights or policy.weights, rule=rule, reason=reason, is_unsure=is_unsure,
        team=team, asked=asked, step=step, risk_at=risk_at, at_risk=at_risk, looks=looks,
    )  # fmt: skip


def _rule(matter: Matter, policy: Policy) -> tuple[str, Reason, Outcome, bool]:
    """The first that holds. What follows from an unsure topic is unsure; one before all that ask for it is not."""
    asked_topic = False
    for ready in rules_of(policy):
        asked_topic = asked_topic or ready.asks_topic
        if ready.holds(matter):
            rule = ready.rule
            is_unsure = asked_topic and matter.certainty < policy.unsure_below
            return rule.key, Reason("rule", {"rule": rule.name}), rule.outcome, is_unsure
    return "", Reason("otherwise"), policy.otherwise, asked_topic and matter.certainty < policy.unsure_below


def _is_kept(matter: Matter, outcome: Outcome) -> bool:
    """A person passed it to a team, and the rules mean another."""
    if matter.team is None or not (matter.team_by_hand or matter.trigger == "transferred"):
        return False
    return outcome.to != "team" or matter.team not in (outcome.team or matter.team, *(o.team for o in outcome.overflow))


def _chain(
    matter: Matter, outcome: Outcome, team: int | None, *, at_risk: bool
) -> tuple[dict[int, int], int, tuple[datetime, ...]]:
    """The teams asked by now, how many of the overflow are among them, and when the others will be."""
    queued_at = matter.queued_at or matter.at
    asked = {} if team is None else {team: 0}
    looks = []
    step = 0
    for overflow in sorted(outcome.overflow, key=lambda each: each.after):
        opens_at = queued_at + timedelta(minutes=overflow.after)
        if at_risk or opens_at <= matter.at:
            step += 1
            asked.setdefault(overflow.team, step)
        else:
            looks.append(opens_at)
    return asked, step, tuple(looks)


def _assigns(team: TeamFacts | None, outcome: Outcome, place: int) -> bool:
    """Where agents pull, nobody is given anything; the teams of the overflow may still be."""
    return (team is None or team.assigns) and (outcome.assigns or place > 0)
