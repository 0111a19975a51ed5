"""The world as routing sees it: agents with their load and state, teams, hours. Read once, in few queries, for many
choices: what one gives to an agent, the next one knows (`World.given`)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from django.db import connection

from conversations.models import Channel, Team
from conversations.routing import people
from conversations.routing.facts import AgentFacts, Matter, Policy, Snapshot, TeamFacts
from conversations.routing.hours import is_open, next_opening
from conversations.routing.places import places

# Open ones, whoever has the word; what is snoozed, or with the bot, is nobody's load.
_LOADS = """
select assignee_id, coalesce(media[array_upper(media, 1)], ''), count(*)
from conversations_conversation
where status = 'open' and merged_into_id is null and not is_spam and assignee_id is not null
group by 1, 2
"""


class World:
    """`at` is the moment of every choice made in it. Its queries: see MOST_QUERIES."""

    MOST_QUERIES = 5
    MOST_QUERIES_ANEW = 15  # in a process that has not met these agents, or this desk, yet

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._loads = self._read_loads()
        everybody = people.people()
        self._facts = people.standing(everybody, at)
        self.names = everybody.names
        here = places()
        self._default, self._calendars = here.default, here.calendars
        self._team_hours = {team.pk: team.hours_id for team in here.teams}
        self.teams = tuple(self._team(team) for team in here.teams)
        self.channels, self.skills, self._bots = here.channels, here.skills, here.bots
        self._laden: dict[int, tuple[Policy, dict[int, AgentFacts]]] = {}

    def snapshot(self, matter: Matter, policy: Policy) -> Snapshot:
        laden = self._laden_by(policy)
        if matter.assignee in laden:  # what they have of it is not in their way
            theirs = laden[matter.assignee]
            left = replace(theirs, load=max(0.0, theirs.load - policy.cost(matter.medium)))
            laden = {**laden, matter.assignee: left}
        is_bot_here = self.bot_for(matter) is not None
        return Snapshot(matter, tuple(laden.values()), self.teams, self.skills, is_bot_here)

    def bot_for(self, matter: Matter) -> int | None:
        """Who would take it, if rules say so."""
        return self._bots.answering(matter.channel, matter.medium, is_public=matter.is_public)

    def given(self, agent: int, medium: str) -> None:
        """Somebody has one more, as the next choice is to know."""
        self._loads.setdefault(agent, Counter())[medium] += 1
        facts = self._facts.get(agent)
        if facts is None:
            return
        self._facts[agent] = replace(facts, offered=facts.offered + 1, idle_since=self.at)
        for policy, laden in self._laden.values():
            laden[agent] = self._with_load(self._facts[agent], policy)

    def with_room(self, policy: Policy) -> Iterator[AgentFacts]:
        """Who may be given the lightest thing there is."""
        least = min([1.0, *policy.costs.values()])
        for agent in self._laden_by(policy).values():
            if agent.state == "online" and agent.load + least <= agent.capacity:
                yield agent

    def has_room(self, policy: Policy) -> bool:
        return next(self.with_room(policy), None) is not None

    def state_of(self, agent: int) -> str:
        facts = self._facts.get(agent)
        return facts.state if facts else "offline"

    def is_open(self, channel: Channel | None, team: int | None, at: datetime | None = None) -> bool:
        """By the hours of the channel, of the team, or of the desk (conversations.routing.whose_hours); now, or `at`
        another moment."""
        of_team = self._team_hours.get(team or (channel.team_id if channel else 0) or 0)
        hours = (channel.hours_id if channel else None) or of_team
        return is_open(self._calendars.get(hours or 0, self._default), at or self.at)

    def _laden_by(self, policy: Policy) -> dict[int, AgentFacts]:
        found = self._laden.get(id(policy))
        if found is None or found[0] is not policy:
            found = (policy, {pk: self._with_load(facts, policy) for pk, facts in self._facts.items()})
            self._laden[id(policy)] = found
        return found[1]

    def _with_load(self, facts: AgentFacts, policy: Policy) -> AgentFacts:
        loads = self._loads.get(facts.agent)
        if not loads:
            return facts
        return people.laden(facts, sum(policy.cost(medium) * count for medium, count in loads.items()))

    def _team(self, team: Team) -> TeamFacts:
        calendar = self._calendars.get(team.hours_id or 0, self._default)
        opened = is_open(calendar, self.at)
        opens_at = None if opened else next_opening(calendar, self.at)
        return TeamFacts(team.pk, team.name, opened, opens_at, team.assigns)

    def _read_loads(self) -> dict[int, Counter[str]]:
        loads: dict[int, Counter[str]] = {}
        with connection.cursor() as cursor:
            cursor.execute(_LOADS)
            for agent, medium, count in cursor.fetchall():
                loads.setdefault(agent, Counter())[medium] += count
        return loads
