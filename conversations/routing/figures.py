"""What two runs of one stretch come to: tallies that add up over stretches, the figures of all, and what differs. Pure.

Shares are 0 to 1 and waits are seconds; None where there is nothing to count.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from statistics import pstdev
from typing import TypeVar

from conversations.routing.facts import Decision
from conversations.routing.simulated import Fate, Run

T = TypeVar("T")
THERE = 0.5  # hours from which on an agent's load is compared with others'


@dataclass(frozen=True)
class TeamTally:
    waits: tuple[float, ...] = ()
    arrivals: int = 0
    dated: int = 0  # with a deadline
    late: int = 0


@dataclass(frozen=True)
class AgentTally:
    given: int = 0
    busy: float = 0.0  # units × hours
    there: float = 0.0  # hours × capacity


@dataclass(frozen=True)
class Tally:
    """Of one stretch under one policy."""

    arrivals: int = 0
    to_bot: int = 0
    unserved: int = 0  # nobody had them at the end
    waits: tuple[float, ...] = ()
    had_known: int = 0  # an agent had spoken with the customer
    same: int = 0  # and had it
    passed_on: int = 0
    dated: int = 0
    late: int = 0
    fallbacks: int = 0
    teams: Mapping[int, TeamTally] = field(default_factory=dict)
    agents: Mapping[int, AgentTally] = field(default_factory=dict)


@dataclass(frozen=True)
class TeamFigures:
    team: int
    arrivals: int
    median_wait: float | None
    p90_wait: float | None
    late: float | None


@dataclass(frozen=True)
class AgentFigures:
    agent: int
    given: int
    load: float  # of their capacity while they were there


@dataclass(frozen=True)
class Figures:
    arrivals: int
    to_bot: int
    unserved: int
    median_wait: float | None
    p90_wait: float | None
    same_agent: float | None
    passed_on: float | None
    late: float | None
    fallback: float | None
    spread: float | None  # of the agents' loads: the standard deviation
    busiest: AgentFigures | None
    teams: tuple[TeamFigures, ...] = ()
    agents: tuple[AgentFigures, ...] = ()


@dataclass(frozen=True)
class Turn:
    """What one run did with a conversation. `decision` without its candidates: enough for the sentence."""

    kind: str
    agent: int | None
    team: int | None
    wait: float | None
    decision: Decision | None


def tally(run: Run, *, since: datetime, until: datetime, end: datetime, capacities: Mapping[int, float]) -> Tally:
    """Of the arrivals from `since` to `until`; the run went on to `end`."""
    fates = [fate for fate in run.fates if is_counted(fate, since, until)]
    people = [fate for fate in fates if not _is_with_bot(fate)]
    known = [fate for fate in people if fate.had_known]
    dated = [fate for fate in people if fate.arrival.matter.due_at]
    return Tally(
        arrivals=len(fates),
        to_bot=len(fates) - len(people),
        unserved=sum(fate.given_at is None for fate in people),
        waits=tuple(_wait(fate, end) for fate in people),
        had_known=len(known),
        same=sum(fate.is_known for fate in known),
        passed_on=sum(_is_passed_on(fate) for fate in people),
        dated=len(dated),
        late=sum(_is_late(fate, end) for fate in dated),
        fallbacks=sum(fate.chosen is None or fate.chosen.is_fallback for fate in people),
        teams=_teams(people, end),
        agents={
            agent: AgentTally(work.given, round(work.busy, 4), round(work.there * capacities.get(agent, 0.0), 4))
            for agent, work in sorted(run.work.items())
            if work.given or work.there
        },
    )


def is_counted(fate: Fate, since: datetime, until: datetime) -> bool:
    """Neither of the time before, which only fills the desk, nor what never came to a choice."""
    settled = fate.first is not None and fate.first.kind == "stays" and fate.agent is None
    return since <= fate.arrival.matter.at < until and not fate.is_moot and not settled


def added(tallies: Sequence[Tally]) -> Tally:
    """Of all stretches together."""
    if not tallies:
        return Tally()
    counts = ("arrivals", "to_bot", "unserved", "had_known", "same", "passed_on", "dated", "late", "fallbacks")
    return Tally(
        **{name: sum(getattr(each, name) for each in tallies) for name in counts},
        waits=tuple(wait for each in tallies for wait in each.waits),
        teams={team: _added_team(each) for team, each in _by_key([each.teams for each in tallies])},
        agents={agent: _added_agent(each) for agent, each in _by_key([each.agents for each in tallies])},
    )


def figures(whole: Tally) -> Figures:
    agents = tuple(
        AgentFigures(agent, each.given, round(each.busy / each.there, 4))
        for agent, each in sorted(whole.agents.items())
        if each.there > 0
    )
    there = [agent for agent in agents if whole.agents[agent.agent].there >= THERE]
    people = whole.arrivals - whole.to_bot
    return Figures(
        arrivals=whole.arrivals,
        to_bot=whole.to_bot,
        unserved=whole.unserved,
        median_wait=quantile(whole.waits, 0.5),
        p90_wait=quantile(whole.waits, 0.9),
        same_agent=_share(whole.same, whole.had_known),
        passed_on=_share(whole.passed_on, people),
        late=_share(whole.late, whole.dated),
        fallback=_share(whole.fallbacks, people),
        spread=round(pstdev(agent.load for agent in there), 4) if there else None,
        busiest=max(there, key=lambda each: (each.load, -each.agent), default=None),
        teams=tuple(_team_figures(team, each) for team, each in sorted(whole.teams.items())),
        agents=agents,
    )


def turn_of(fate: Fate) -> Turn:
    decision = fate.chosen or fate.first
    wait = (fate.given_at - fate.arrival.matter.at).total_seconds() if fate.given_at else None
    return Turn(
        kind="agent" if fate.agent is not None else decision.kind if decision else "stays",
        agent=fate.gives[0][1] if fate.gives else fate.agent,
        team=fate.team,
        wait=wait,
        decision=replace(decision, verdicts=()) if decision else None,
    )


def differs(before: Turn, after: Turn) -> bool:
    return (before.kind, before.agent, before.team) != (after.kind, after.agent, after.team)


def quantile(values: Sequence[float], share: float) -> float | None:
    """Between the two nearest, as most have it."""
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return round(ordered[below] + (ordered[above] - ordered[below]) * (place - below), 1)


def _is_with_bot(fate: Fate) -> bool:
    return fate.agent is None and fate.chosen is not None and fate.chosen.kind == "bot"


def _wait(fate: Fate, end: datetime) -> float:
    """Of those whom nobody had at the end: so far."""
    return round(((fate.given_at or end) - fate.arrival.matter.at).total_seconds(), 1)


def _is_passed_on(fate: Fate) -> bool:
    """Given back by somebody who went, or given to another team than the one to which a person moved it in life."""
    belongs = fate.arrival.belongs
    return bool(fate.given_back) or (belongs is not None and fate.given_at is not None and fate.team != belongs)


def _is_late(fate: Fate, end: datetime) -> bool:
    due_at = fate.arrival.matter.due_at
    assert due_at is not None
    return (fate.given_at + fate.arrival.answering if fate.given_at else end) > due_at


def _teams(people: Iterable[Fate], end: datetime) -> dict[int, TeamTally]:
    by_team: dict[int, list[Fate]] = {}
    for fate in people:
        if fate.team is not None:
            by_team.setdefault(fate.team, []).append(fate)
    return {team: _team(fates, end) for team, fates in sorted(by_team.items())}


def _team(fates: Sequence[Fate], end: datetime) -> TeamTally:
    dated = [fate for fate in fates if fate.arrival.matter.due_at]
    waits = tuple(_wait(fate, end) for fate in fates)
    return TeamTally(waits, len(fates), len(dated), sum(_is_late(fate, end) for fate in dated))


def _team_figures(team: int, tallied: TeamTally) -> TeamFigures:
    waits = tallied.waits
    late = _share(tallied.late, tallied.dated)
    return TeamFigures(team, tallied.arrivals, quantile(waits, 0.5), quantile(waits, 0.9), late)


def _by_key(tallies: Sequence[Mapping[int, T]]) -> Iterator[tuple[int, list[T]]]:
    for key in sorted({key for each in tallies for key in each}):
        yield key, [each[key] for each in tallies if key in each]


def _added_team(tallies: Sequence[TeamTally]) -> TeamTally:
    return TeamTally(
        waits=tuple(wait for each in tallies for wait in each.waits),
        arrivals=sum(each.arrivals for each in tallies),
        dated=sum(each.dated for each in tallies),
        late=sum(each.late for each in tallies),
    )


def _added_agent(tallies: Sequence[AgentTally]) -> AgentTally:
    return AgentTally(
        sum(each.given for each in tallies), sum(each.busy for each in tallies), sum(each.there for each in tallies)
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
