"""Who may take a conversation, and how well they fit: every reason for and against, and the score in its parts.

The parts are from 0 to 1, weighed so that the best that can be is 100. Nothing but the snapshot is asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from conversations.routing.facts import AgentFacts, Matter, Policy, Reason, Snapshot, Verdict, Weights
from conversations.routing.plan import Plan

IDLE_AT_MOST = 60.0  # minutes: who waited longer than an hour waited long
AGREED = 0.6  # of the part "knows", for somebody who spoke with them, but was not the last
FAR = 3.0  # conversations behind or before the fair share at which the part is full, or none
ANGRY = -0.5  # a mood from here down asks for as much as a hard matter
HARD = 3
NEARLY = 1e-9

AWAY, OFFLINE, PASSED, CLOSED = Reason("away"), Reason("offline"), Reason("passed"), Reason("closed")


class Candidate(NamedTuple):
    agent: AgentFacts
    place: int  # of their team in the chain of overflow
    team: int | None
    out: tuple[Reason, ...]


@dataclass(frozen=True)
class Asked:
    """What the matter asks of everybody, taken apart once."""

    matter: Matter
    cost: float
    language: str  # "" where it does not matter, or is not known
    demand: int  # 1 to 3: how much a skill's level counts
    skills: tuple[tuple[int, int, bool, str], ...]  # skill, least level, is it required, its name
    known: Mapping[int, int]  # agent → talks, of those who spoke with them lately
    last: int | None  # the last who did
    named: frozenset[int]  # whom the rule or the customer named: their skills are not asked for
    language_required: bool
    closed: frozenset[int]
    has_musts: bool  # a language or skills without which nobody can
    reads: Reason  # of whoever reads their language


def asked_of(snapshot: Snapshot, policy: Policy, plan: Plan) -> Asked:
    matter, outcome = snapshot.matter, plan.outcome
    since = matter.at - timedelta(days=outcome.known_within)
    known = sorted((each.last_at, each.talks, each.agent) for each in matter.known if each.last_at >= since)
    talks = {agent: number for _at, number, agent in known}
    if matter.assignee is not None:
        talks.setdefault(matter.assignee, 1)
    language = "" if outcome.language == "any" else plain_language(matter.language)
    named = {matter.asked_for, outcome.agent if outcome.to == "agent" else None} - {None}
    return Asked(
        matter=matter,
        cost=policy.cost(matter.medium),
        language=language,
        demand=HARD if matter.mood is not None and matter.mood <= ANGRY else matter.complexity,
        skills=tuple(_skills(snapshot, outcome.required, True)) + tuple(_skills(snapshot, outcome.preferred, False)),
        known=talks,
        last=known[-1][2] if known else matter.assignee,
        named=frozenset(agent for agent in named if agent is not None),
        language_required=outcome.language == "required",
        closed=frozenset(team.team for team in snapshot.teams if not team.is_open),
        has_musts=outcome.language == "required" or bool(outcome.required),
        reads=_reason("reads", ("language", language)),
    )


def _skills(snapshot: Snapshot, wanted: Mapping[int, int], required: bool) -> Iterator[tuple[int, int, bool, str]]:
    for skill, least in sorted(wanted.items()):
        yield skill, least, required, snapshot.skills.get(skill, str(skill))


@lru_cache(maxsize=512)
def plain_language(code: str) -> str:
    """Who reads Portuguese reads that of Brazil."""
    return code.replace("_", "-").partition("-")[0].casefold()


@lru_cache(maxsize=1024)
def _languages(codes: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(plain_language, codes))


def reads(agent: AgentFacts, language: str) -> bool:
    return language in _languages(agent.languages)


def candidates(snapshot: Snapshot, plan: Plan, asked: Asked) -> tuple[list[Candidate], int]:
    """Everybody of the teams that are asked, and whoever was named; and how many others there are."""
    places, found = plan.asked, list[Candidate]()
    concerned = frozenset(places)
    if not asked.named:  # as nearly always: five hundred are gone through as quickly as can be
        near = [agent for agent in snapshot.agents if not concerned.isdisjoint(agent.teams)]
        return _of_places(near, places, asked), len(snapshot.agents) - len(near)
    for agent in snapshot.agents:
        if not concerned.isdisjoint(agent.teams):
            here = [(places[team], team) for team in agent.teams if team in concerned]
            found.append(_of_teams(agent, here, asked))
        elif agent.agent in asked.named:
            found.append(_named(agent, plan, asked))
    return found, len(snapshot.agents) - len(found)


def _of_places(near: Sequence[AgentFacts], places: Mapping[int, int], asked: Asked) -> list[Candidate]:
    """Each by the first of their teams; where one team is asked that is open, there is nothing to choose."""
    if len(places) == 1 and not asked.closed:
        ((team, place),) = places.items()
        return [Candidate(agent, place, team, against(agent, asked)) for agent in near]
    return [_of_teams(agent, [(places[team], team) for team in agent.teams if team in places], asked) for agent in near]


def _of_teams(agent: AgentFacts, here: list[tuple[int, int]], asked: Asked) -> Candidate:
    """By the first of their teams in the chain that is open; a team's hours do not hold for whoever pulls."""
    out = against(agent, asked)
    if not asked.closed or asked.matter.trigger == "pulled":
        place, team = min(here)
        return Candidate(agent, place, team, out)
    opened = [each for each in here if each[1] not in asked.closed]
    place, team = min(opened or here)
    return Candidate(agent, place, team, out if opened or out == (OFFLINE,) else (*out, CLOSED))


def _named(agent: AgentFacts, plan: Plan, asked: Asked) -> Candidate:
    """Somebody of no team asked. A rule may mean them; a customer may ask for them, if they may see it."""
    may_see = agent.sees_all or agent.agent == plan.outcome.agent or asked.matter.team in agent.teams
    out = against(agent, asked)
    return Candidate(agent, 0, plan.team, out if may_see else (*out, Reason("outside")))


def against(agent: AgentFacts, asked: Asked) -> tuple[Reason, ...]:
    """Every reason why not. Of somebody who is not there, no more is asked."""
    if agent.state == "offline":
        return (OFFLINE,)
    matter, pulled = asked.matter, asked.matter.trigger == "pulled"
    out = [] if agent.state == "online" else [AWAY]
    if agent.agent in matter.passed and not pulled:
        out.append(PASSED)
    if agent.media is not None and matter.medium not in agent.media:
        out.append(_reason("medium", ("medium", matter.medium)))
    if agent.load + asked.cost > agent.capacity + NEARLY:
        out.append(_reason("full", ("load", agent.load), ("capacity", agent.capacity)))
    if asked.has_musts and agent.agent not in asked.named:
        out.extend(_unfit(agent, asked))
    return tuple(out)


def _unfit(agent: AgentFacts, asked: Asked) -> Iterator[Reason]:
    if asked.language_required and asked.language and not reads(agent, asked.language):
        yield _reason("language", ("language", asked.language))
    for skill, least, required, name in asked.skills:
        level = agent.skills.get(skill, 0)
        if required and level < least:
            yield _reason("skill", ("skill", name), ("level", level), ("least", least))


def _good(agent: AgentFacts, asked: Asked) -> tuple[Reason, ...]:
    good = [] if not asked.skills else list(_able(agent, asked))
    if asked.language and reads(agent, asked.language):
        good.append(asked.reads)
    if agent.agent in asked.known:
        good.append(_reason("knows", ("talks", asked.known[agent.agent])))
    if agent.agent in asked.named:
        good.append(Reason("named" if agent.agent != asked.matter.asked_for else "asked_for"))
    return tuple(good)


def _able(agent: AgentFacts, asked: Asked) -> Iterator[Reason]:
    for skill, least, _required, name in asked.skills:
        level = agent.skills.get(skill, 0)
        if level >= least:
            yield _reason("skilled", ("skill", name), ("level", level))


@lru_cache(maxsize=8192)
def _reason(code: str, *about: tuple[str, str | int | float]) -> Reason:
    """One for all who have the same: thousands are alike, and nobody changes them."""
    return Reason(code, dict(about))


def verdicts(found: Sequence[Candidate], plan: Plan, asked: Asked) -> list[Verdict]:
    """The best first: those in by place, score, and longest idle; then those who are out, by fewest reasons."""
    inside = [candidate.agent for candidate in found if not candidate.out]
    score = Score(plan.weights, asked, inside)
    judged = []
    for candidate in found:
        if not candidate.out:
            agent = candidate.agent
            parts = score.parts(agent)
            verdict = Verdict(agent.agent, (), _good(agent, asked), parts, round(sum(parts.values()), 2))
            idle = agent.idle_since.timestamp() if agent.idle_since else 0.0
            judged.append((candidate.place, -verdict.score, idle, agent.agent, verdict))
    judged.sort()  # no two have one agent: verdicts are never compared
    outside = [Verdict(each.agent.agent, each.out, _good_of_out(each, asked)) for each in found if each.out]
    outside.sort(key=lambda each: (each.out[0] is OFFLINE, len(each.out), each.agent))
    return [each[-1] for each in judged] + outside


def _good_of_out(candidate: Candidate, asked: Asked) -> tuple[Reason, ...]:
    """What spoke for somebody who is out. Of those who are not there, only what the customer would miss."""
    agent = candidate.agent
    if candidate.out[0] is OFFLINE and agent.agent not in asked.known and agent.agent not in asked.named:
        return ()
    return _good(agent, asked)


class Score:
    """The parts of each candidate's score, weighed so that the best that can be is 100."""

    def __init__(self, weights: Weights, asked: Asked, inside: Sequence[AgentFacts]) -> None:
        whole = weights.skill + weights.language + weights.room + weights.knows + weights.idle + weights.share
        by = 100 / whole if whole > 0 else 0.0
        self.asked, self.at = asked, asked.matter.at
        self.skill, self.room = by * weights.skill, by * weights.room
        self.idle, self.share = by * weights.idle, by * weights.share
        self.full_skill, self.full_idle = round(self.skill, 2), round(self.idle, 2)
        self.reads, self.last = round(by * weights.language, 2), round(by * weights.knows, 2)
        self.spoke = round(by * weights.knows * AGREED, 2)
        self._rooms: dict[tuple[float, float], float] = {}
        self.offered = sum(agent.offered for agent in inside)
        self.available = sum(agent.available for agent in inside)

    def parts(self, agent: AgentFacts) -> dict[str, float]:
        asked = self.asked
        knows = 0.0
        if agent.agent in asked.known:
            knows = self.last if agent.agent == asked.last else self.spoke
        standing = (agent.load, agent.capacity)
        room = self._rooms.get(standing)
        if room is None:  # few stand otherwise than somebody before them
            room = self._rooms[standing] = round(self.room * _room(agent), 2)
        return {
            "skill": round(self.skill * _skill(agent, asked), 2) if asked.skills else self.full_skill,
            "language": self.reads if not asked.language or reads(agent, asked.language) else 0.0,
            "room": room,
            "knows": knows,
            "idle": self._idle(agent),
            "share": round(self.share * self._behind(agent), 2),
        }

    def _idle(self, agent: AgentFacts) -> float:
        if agent.idle_since is None:
            return self.full_idle
        minutes = (self.at - agent.idle_since).total_seconds() / 60
        if minutes >= IDLE_AT_MOST:
            return self.full_idle
        return round(self.idle * minutes / IDLE_AT_MOST, 2) if minutes > 0 else 0.0

    def _behind(self, agent: AgentFacts) -> float:
        """What they would have been given by now, were all given by the hours they were there: who has less, comes
        first."""
        if self.available <= 0:
            return 0.5
        behind = self.offered * agent.available / self.available - agent.offered
        return min(1.0, max(0.0, 0.5 + behind / (2 * FAR)))


def _skill(agent: AgentFacts, asked: Asked) -> float:
    """Level counts for what is hard or for somebody angry; for a simple matter it is enough to have the skill."""
    total = 0.0
    for skill, least, _required, _name in asked.skills:
        level = agent.skills.get(skill, 0)
        if level < least:
            total += 0.5 * level / least
        elif asked.demand >= HARD:
            total += level / 5
        else:
            total += min(1.0, level / 3) if asked.demand == 2 else 1.0
    return total / len(asked.skills)


def _room(agent: AgentFacts) -> float:
    return min(1.0, max(0.0, (agent.capacity - agent.load) / agent.capacity)) if agent.capacity > 0 else 0.0
