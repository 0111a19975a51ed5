"""A small cast for routing: Ada and Grace answer for Returns, Linus for Orders, Ann writes in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from conversations.routing.facts import AgentFacts, Matter, Outcome, Policy, Rule, Snapshot, TeamFacts

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RETURNS, ORDERS = 1, 2
ADA, GRACE, LINUS = 11, 12, 13
SEAMS = 5  # a skill

MATTER = Matter(at=NOON, trigger="arrived", conversation=7, customer=3, medium="email", channel=1, queued_at=NOON)
AGENTS = (
    AgentFacts(ADA, "Ada", teams=(RETURNS,), languages=("en", "no")),
    AgentFacts(GRACE, "Grace", teams=(RETURNS,), languages=("en",)),
    AgentFacts(LINUS, "Linus", teams=(ORDERS,), languages=("en", "de")),
)
TO_RETURNS = Outcome(team=RETURNS)
TEAMS = (TeamFacts(RETURNS, "Returns"), TeamFacts(ORDERS, "Orders"))


def snapshot(*, agents=AGENTS, teams=TEAMS, bot=False, **matter):
    return Snapshot(replace(MATTER, **matter), agents, teams, {SEAMS: "Seams"}, bot)


def changed(agent, *, agents=AGENTS, **facts):
    """The cast, with something else of one of them."""
    return tuple(replace(each, **facts) if each.agent == agent else each for each in agents)


def rules(*outcomes, otherwise=TO_RETURNS, **policy):
    """A policy whose rules always hold, in this order; without any, `otherwise` does."""
    made = tuple(Rule(f"r{place}", f"Rule {place}", {}, outcome) for place, outcome in enumerate(outcomes))
    return Policy(version=1, rules=made, otherwise=otherwise, **policy)


def ago(minutes):
    return NOON - timedelta(minutes=minutes)


def ahead(minutes):
    return NOON + timedelta(minutes=minutes)
