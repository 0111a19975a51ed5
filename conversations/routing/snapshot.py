"""The world as routing sees it: agents with their load and state, teams, hours. Read once, in few queries, for many
choices: what one gives to an agent, the next one knows (`World.given`)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Count, F, Max, OuterRef
from django.db.models.functions import JSONObject

from conversations.models import AgentSkill, Channel, Hours, RoutingDecision, Skill, Team
from conversations.routing.asked_for import Names
from conversations.routing.facts import AgentFacts, Matter, Policy, Snapshot, TeamFacts
from conversations.routing.hours import Calendar, calendar_of, is_open, next_opening

WINDOW = timedelta(hours=8)  # in which shares are compared: a shift

# Open ones, whoever has the word; what is snoozed, or with the bot, is nobody's load.
_LOADS = """
select assignee_id, coalesce(media[array_upper(media, 1)], ''), count(*)
from conversations_conversation
where status = 'open' and merged_into_id is null and not is_spam and assignee_id is not null
group by 1, 2
"""
_STATES = """
select agent_id,
    max(state) filter (where until is null),
    max(since) filter (where until is null),
    coalesce(sum(extract(epoch from least(coalesce(until, %(at)s), %(at)s) - greatest(since, %(start)s)))
        filter (where state = 'online'), 0)
from conversations_agentstate
where until is null or until > %(start)s
group by 1
"""


class World:
    """`at` is the moment of every choice made in it. Its queries: see MOST_QUERIES."""

    MOST_QUERIES = 9

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._loads = self._read_loads()
        self._facts = {agent.agent: agent for agent in self._read_agents()}
        self.names = Names(self._facts.values())
        calendars = {hours.pk: calendar_of(hours) for hours in Hours.objects.prefetch_related("closures")}
        default = Hours.objects.filter(is_default=True).values_list("pk", flat=True).first() if calendars else None
        self._default = calendars.get(default or 0, Calendar())
        self._calendars = calendars
        teams = list(Team.objects.order_by("pk"))
        self._team_hours = {team.pk: team.hours_id for team in teams}
        self.teams = tuple(self._team(team) for team in teams)
        self.channels = {channel.pk: channel for channel in Channel.objects.all()}
        self.skills = dict(Skill.objects.values_list("pk", "name"))
        self._laden: dict[int, tuple[Policy, dict[int, AgentFacts]]] = {}

    def snapshot(self, matter: Matter, policy: Policy) -> Snapshot:
        laden = self._laden_by(policy)
        if matter.assignee in laden:  # what they have of it is not in their way
            theirs = laden[matter.assignee]
            left = replace(theirs, load=max(0.0, theirs.load - policy.cost(matter.medium)))
            laden = {**laden, matter.assignee: left}
        return Snapshot(matter, tuple(laden.values()), self.teams, self.skills)

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
        return replace(facts, load=sum(policy.cost(medium) * count for medium, count in loads.items()))

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

    def _read_agents(self) -> Iterable[AgentFacts]:
        states, given = self._read_states(), self._read_given()
        User = get_user_model()
        agents = User.objects.filter(is_active=True).order_by("pk")
        in_teams = User.teams.through.objects.filter(user=OuterRef("pk")).order_by("team_id").values("team_id")
        held = AgentSkill.objects.filter(agent=OuterRef("pk")).order_by("skill_id")
        able = held.values(each=JSONObject(skill="skill_id", level="level"))
        for agent in agents.annotate(of_teams=ArraySubquery(in_teams), able=ArraySubquery(able)):
            state, since, hours = states.get(agent.pk, ("offline", None, 0.0))
            offered, last = given.get(agent.pk, (0, None))
            yield AgentFacts(
                agent=agent.pk,
                name=str(agent),
                state=state or "offline",
                teams=tuple(agent.of_teams),
                languages=tuple(agent.languages),
                skills={each["skill"]: each["level"] for each in agent.able},
                capacity=agent.capacity,
                media=tuple(agent.media) or None,
                sees_all=agent.sees_all_teams,
                idle_since=last or since,
                offered=offered,
                available=round(hours, 1),
            )

    def _read_states(self) -> Mapping[int, tuple[str | None, datetime | None, float]]:
        with connection.cursor() as cursor:
            cursor.execute(_STATES, {"at": self.at, "start": self.at - WINDOW})
            return {row[0]: (row[1], row[2], float(row[3]) / 3600) for row in cursor.fetchall()}

    def _read_given(self) -> Mapping[int, tuple[int, datetime | None]]:
        lately = RoutingDecision.objects.filter(created_at__gt=self.at - WINDOW, agent__isnull=False)
        rows = lately.values_list("agent").annotate(count=Count("pk"), last=Max(F("created_at")))
        return {agent: (count, last) for agent, count, last in rows}
