"""A desk in memory, event by event: conversations arrive, agents come, go and finish, and rules choose who answers.

Pure: what arrived, who was there and how long each took is given, and time is what the events say. The same arrivals
under the same rules end the same, so two runs differ only by what the rules differ in. Tests and replays use it.
"""

import heapq
from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from conversations.routing.facts import Decision, Known, Matter, Policy, Snapshot, Trigger
from conversations.routing.policy import decide
from conversations.routing.simulated import Arrival, Fate, Opening, Place, Presence, Run, Stage, Work

STALE = timedelta(minutes=15)  # after which hours of presence are counted again
LEAST = timedelta(minutes=1)  # left of what somebody gave back
PASSES = {"away", "offline", "full", "closed"}  # obstacles that time may lift: such agents may take it later
FINISH, PRESENCE, HOURS, ARRIVAL, LOOK, TAKE = range(6)  # the order of what happens at one moment
NEARLY = 1e-9


def simulate(stage: Stage, arrivals: Sequence[Arrival], policy: Policy) -> Run:
    return _Desk(stage, policy).run(arrivals)


class _Desk:
    def __init__(self, stage: Stage, policy: Policy) -> None:
        self.stage, self.policy = stage, policy
        self.now = datetime.min.replace(tzinfo=UTC)
        self.agents = {agent.agent: agent for agent in stage.agents}
        self.teams = {team.team: team for team in stage.teams}
        self.work = {agent.agent: Work() for agent in stage.agents}
        self.held: dict[int, dict[int, Fate]] = {agent.agent: {} for agent in stage.agents}  # by conversation
        self.holder: dict[int, int] = {}  # conversation → the agent who was last given it
        self.met: dict[int, dict[int, Known]] = {}  # customer → agent, of this run
        self.queue: list[tuple[Place, Fate]] = []
        self.events: list[tuple[datetime, int, int, object]] = []
        self.number = 0
        self.fresh_until = self.now

    def run(self, arrivals: Sequence[Arrival]) -> Run:
        fates = [Fate(arrival) for arrival in arrivals]
        for fate in fates:
            self._plan(fate.arrival.matter.at, ARRIVAL, fate)
        for presence in self.stage.presences:
            self._plan(presence.at, PRESENCE, presence)
        for opening in self.stage.openings:
            self._plan(opening.at, HOURS, opening)
        self._begin()
        while self.events and self.events[0][0] <= self.stage.until:
            self.now, kind, _number, what = heapq.heappop(self.events)
            self._happen(kind, what)
        for work in self.work.values():
            work.count(max(self.now, self.stage.until))
        return Run(fates, self.work)

    def _begin(self) -> None:
        if self.events:
            self.now = self.events[0][0]
        for agent, facts in self.agents.items():
            work = self.work[agent]
            work.counted_at, work.is_there = self.now, facts.state == "online"
            work.there_since = self.now if work.is_there else None

    def _plan(self, at: datetime, kind: int, what: object) -> None:
        self.number += 1
        heapq.heappush(self.events, (at, kind, self.number, what))

    def _happen(self, kind: int, what: object) -> None:
        if isinstance(what, Presence):
            self._change_presence(what)
        elif isinstance(what, Opening):
            self.teams[what.team] = replace(self.teams[what.team], is_open=what.is_open, opens_at=what.opens_at)
        elif isinstance(what, Fate):
            self._arrive(what)
        elif isinstance(what, tuple):
            fate, turn = what
            if fate.turn == turn:  # else something else happened to it meanwhile
                {FINISH: self._finish, LOOK: self._look, TAKE: self._take}[kind](fate)

    # What happens

    def _arrive(self, fate: Fate) -> None:
        matter = fate.arrival.matter
        holder = self.holder.get(matter.conversation)
        if holder is not None and matter.conversation in self.held[holder]:
            fate.agent, fate.given_at = holder, self.now  # they have it, and go on
            return
        if holder is not None and matter.trigger == "handed_over":
            fate.is_moot = True
            return
        fate.queued_at, fate.priority, fate.team = self.now, matter.priority, matter.team
        self._decide(fate, matter.trigger)

    def _look(self, fate: Fate) -> None:
        self._decide(fate, "overdue")

    def _finish(self, fate: Fate) -> None:
        assert fate.agent is not None
        agent = fate.agent
        self._lay_down(fate)
        self._drain(agent)

    def _take(self, fate: Fate) -> None:
        """An agent pulls it, as they did in life."""
        agent = fate.arrival.taken_by
        if agent in self.agents:
            self._give(fate, agent, fate.team)

    def _change_presence(self, presence: Presence) -> None:
        agent = presence.agent
        if agent not in self.agents or self.agents[agent].state == presence.state:
            return
        work = self.work[agent]
        work.count(self.now)
        if work.there_since is not None:
            work.stretches.append((work.there_since, self.now))
        work.is_there = presence.state == "online"
        work.there_since = self.now if work.is_there else None
        self._change(agent, state=presence.state)
        self._count_share(agent)
        if work.is_there:
            self._drain(agent)
        else:
            self._give_back(agent)

    def _give_back(self, agent: int) -> None:
        """Some media's work is offered to others when its agent goes."""
        for fate in list(self.held[agent].values()):
            if fate.arrival.matter.medium not in self.policy.away_gives_back:
                continue
            ends_at = fate.ends_at
            self._lay_down(fate)
            fate.given_back += 1
            fate.left = max(LEAST, (ends_at or self.now) - self.now)
            fate.queued_at = self.now
            self._decide(fate, "left")

    def _drain(self, agent: int) -> None:
        """Somebody has room: those who wait, in their order."""
        facts = self.agents[agent]
        for _place, fate in list(self.queue):
            if facts.state != "online" or facts.load >= facts.capacity - NEARLY:
                return
            if agent in fate.may_take and facts.load + self._cost(fate) <= facts.capacity + NEARLY:
                self._decide(fate, "freed")
                facts = self.agents[agent]

    # The choice, and what follows from it

    def _decide(self, fate: Fate, trigger: Trigger) -> None:
        fate.turn += 1
        snapshot = self._snapshot(fate, trigger)
        decision = decide(snapshot, self.policy)
        if fate.first is None:
            fate.first, fate.first_snapshot = decision, snapshot
        if decision.priority is not None:
            fate.priority = decision.priority
        fate.step, fate.team = decision.step, decision.team or fate.team
        self._leave_queue(fate)
        if decision.kind in ("agent", "stays") and decision.agent is not None:
            fate.chosen = decision
            self._give(fate, decision.agent, fate.team)
        elif decision.kind == "team" or (decision.kind == "stays" and decision.is_fallback):
            self._wait(fate, decision)
        else:
            fate.chosen = decision

    def _wait(self, fate: Fate, decision: Decision) -> None:
        fate.may_take = frozenset(
            verdict.agent for verdict in decision.verdicts if PASSES.issuperset(each.code for each in verdict.out)
        )
        fate.queued_place = fate.place
        insort(self.queue, (fate.place, fate), key=lambda each: each[0])
        if decision.look_at is not None:
            self._plan(decision.look_at, LOOK, (fate, fate.turn))
        after = fate.arrival.taken_after
        if after is not None and any(reason.code == "they_pull" for reason in decision.reasons):
            self._plan(max(self.now, fate.arrival.matter.at + after), TAKE, (fate, fate.turn))

    def _leave_queue(self, fate: Fate) -> None:
        if fate.queued_place is None:
            return
        place = bisect_left(self.queue, fate.queued_place, key=lambda each: each[0])
        while self.queue[place][1] is not fate:
            place += 1
        del self.queue[place]
        fate.queued_place = None

    def _give(self, fate: Fate, agent: int, team: int | None) -> None:
        matter = fate.arrival.matter
        self._leave_queue(fate)
        fate.turn += 1
        if fate.given_at is None:
            fate.given_at = self.now
        fate.agent, fate.team = agent, team
        fate.gives.append((self.now, agent))
        fate.ends_at = self.now + (fate.left or fate.arrival.handling)
        known = self._known(matter)
        fate.had_known = fate.had_known or bool(known)
        fate.is_known = fate.is_known or any(each.agent == agent for each in known)
        self._take_up(fate, agent)
        self._plan(fate.ends_at, FINISH, (fate, fate.turn))

    def _take_up(self, fate: Fate, agent: int) -> None:
        matter, work = fate.arrival.matter, self.work[agent]
        work.count(self.now)
        work.given += 1
        work.offers.append(self.now)
        work.load += self._cost(fate)
        work.most = max(work.most, work.load)
        self.held[agent][matter.conversation] = fate
        self.holder[matter.conversation] = agent
        talks = self.met.setdefault(matter.customer, {})
        before = talks.get(agent)
        talks[agent] = Known(agent, before.talks + 1 if before else 1, self.now)
        self._change(agent, load=work.load, idle_since=self.now, offered=self.agents[agent].offered + 1)

    def _lay_down(self, fate: Fate) -> None:
        agent = fate.agent
        assert agent is not None
        work = self.work[agent]
        work.count(self.now)
        work.load = round(max(0.0, work.load - self._cost(fate)), 6)
        self.held[agent].pop(fate.arrival.matter.conversation, None)
        fate.turn += 1
        self._change(agent, load=work.load)

    # What is known at a moment

    def _snapshot(self, fate: Fate, trigger: Trigger) -> Snapshot:
        if self.now >= self.fresh_until:
            self.fresh_until = self.now + STALE
            for agent in self.agents:
                self._count_share(agent)
        return Snapshot(
            self._matter(fate, trigger), tuple(self.agents.values()), tuple(self.teams.values()), self.stage.skills,
            self.stage.bot,
        )  # fmt: skip

    def _matter(self, fate: Fate, trigger: Trigger) -> Matter:
        matter = fate.arrival.matter
        return replace(
            matter,
            at=self.now,
            trigger=trigger,
            team=fate.team,
            assignee=None if trigger == "left" else self.holder.get(matter.conversation, matter.assignee),
            priority=fate.priority,
            queued_at=fate.queued_at,
            step=fate.step,
            known=self._known(matter),
        )

    def _known(self, matter: Matter) -> tuple[Known, ...]:
        """From before this run, and from this run: what came between in life did not happen here."""
        met = self.met.get(matter.customer)
        if not met:
            return matter.known
        earlier = {each.agent: each for each in matter.known if each.agent not in met}
        return tuple(sorted({**earlier, **met}.values(), key=lambda each: (each.last_at, each.agent), reverse=True))

    def _change(self, agent: int, **changes: object) -> None:
        self.agents[agent] = replace(self.agents[agent], **changes)  # type: ignore[arg-type]

    def _count_share(self, agent: int) -> None:
        """For all at the same moments, or who was counted last would seem to have been there longest."""
        work = self.work[agent]
        self._change(agent, offered=work.offered(self.now), available=work.available(self.now))

    def _cost(self, fate: Fate) -> float:
        return self.policy.cost(fate.arrival.matter.medium)
