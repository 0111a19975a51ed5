"""Agents as routing knows them. What is slow to change about them is read again only when it changed, and a process has
one object for one agent who stands as before: what is compared, or written, by the object is then quick."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from conversations.models import AgentSkill
from conversations.routing.asked_for import Names
from conversations.routing.facts import AgentFacts

WINDOW = timedelta(hours=8)  # in which shares are compared: a shift
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MOST_KNOWN = 4096

# The sum of a hash of each row: one number that is another as soon as anything is that `_read` reads.
_STAMP = """
select (select sum(hashtextextended(u::text, 0)) from (
            select id, email, name, role, own_role_id, granted, sees_purchases, sees_browsing, languages, capacity,
                media
            from {users} where is_active) u),
       (select sum(hashtextextended(m::text, 0)) from (select user_id, team_id from {members}) m),
       (select sum(hashtextextended(s::text, 0)) from (select agent_id, skill_id, level from {skills}) s)
"""
# Moments are numbers here: five hundred of them are read in no time, and made moments only where they changed.
_STATES = """
select agent_id,
    max(state) filter (where until is null),
    (extract(epoch from max(since) filter (where until is null)) * 1000000)::bigint,
    coalesce(sum(extract(epoch from least(coalesce(until, %(at)s), %(at)s) - greatest(since, %(start)s)))
        filter (where state = 'online'), 0)::float8
from conversations_agentstate
where until is null or until > %(start)s
group by 1
"""
_GIVEN = """
select agent_id, count(*), (extract(epoch from max(created_at)) * 1000000)::bigint
from conversations_routingdecision
where created_at > %(start)s and agent_id is not null
group by 1
"""


Quick = tuple[str, int | None, int, float]  # state, idle since, how many were given to them, hours there
ABSENT: Quick = ("offline", None, 0, 0.0)


@dataclass(frozen=True)
class People:
    """Everybody who works here, as they are whether or not they are there."""

    stamp: object
    agents: tuple[AgentFacts, ...]
    names: Names


_people: dict[str, People] = {}  # the last that this process has read
_laden: dict[int, tuple[AgentFacts, AgentFacts]] = {}  # by agent: without a load, and with the last they had
_stood: dict[int, tuple[AgentFacts, Quick, AgentFacts]] = {}  # by agent: slow facts, quick ones, and both as one


def people() -> People:
    """The same object while nothing changed."""
    stamp = _stamp()
    known = _people.get("now")
    if known is None or known.stamp != stamp:
        agents = tuple(_read())
        known = People(stamp, agents, Names(agents))
        if _stamp() == stamp:  # else somebody changed them while they were read
            _people["now"] = known
    return known


def standing(everybody: People, at: datetime) -> dict[int, AgentFacts]:
    """How each stands at this moment, but for their load."""
    quick = _quick(at)
    for known in (_stood, _laden):
        if len(known) > MOST_KNOWN:
            known.clear()
    return {slow.agent: _stands(slow, quick.get(slow.agent, ABSENT)) for slow in everybody.agents}


def laden(agent: AgentFacts, load: float) -> AgentFacts:
    """With so much to do."""
    if load == agent.load:
        return agent
    known = _laden.get(agent.agent)
    if known is None or known[0] is not agent or known[1].load != load:
        known = _laden[agent.agent] = (agent, replace(agent, load=load))
    return known[1]


def _stands(slow: AgentFacts, quick: Quick) -> AgentFacts:
    known = _stood.get(slow.agent)
    if known is None or known[0] is not slow or known[1] != quick:
        state, idle, offered, available = quick
        since = None if idle is None else EPOCH + idle * MICROSECOND
        facts = replace(slow, state=state, idle_since=since, offered=offered, available=available)
        known = _stood[slow.agent] = (slow, quick, facts)
    return known[2]


def _quick(at: datetime) -> dict[int, Quick]:
    """Of whom there is something to say."""
    given = {agent: (count, last) for agent, count, last in _rows(_GIVEN, at)}
    found: dict[int, Quick] = {}
    for agent, state, since, seconds in _rows(_STATES, at):
        offered, last = given.pop(agent, (0, None))
        found[agent] = (state or "offline", last or since, offered, round(seconds / 3600, 1))
    return found | {agent: ("offline", last, offered, 0.0) for agent, (offered, last) in given.items()}


def _rows(statement: str, at: datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"at": at, "start": at - WINDOW})
        return cursor.fetchall()


def _stamp() -> object:
    User = get_user_model()
    tables = {"users": User._meta.db_table, "members": User.teams.through._meta.db_table}
    tables["skills"] = AgentSkill._meta.db_table
    names = {name: connection.ops.quote_name(table) for name, table in tables.items()}
    with connection.cursor() as cursor:
        cursor.execute(_STAMP.format(**names))
        return cursor.fetchone()


def _read() -> Iterator[AgentFacts]:
    User = get_user_model()
    in_teams = User.teams.through.objects.filter(user=OuterRef("pk")).order_by("team_id").values("team_id")
    held = AgentSkill.objects.filter(agent=OuterRef("pk")).order_by("skill_id")
    able = held.values(each=JSONObject(skill="skill_id", level="level"))
    agents = User.objects.filter(is_active=True).order_by("pk")
    for agent in agents.annotate(of_teams=ArraySubquery(in_teams), able=ArraySubquery(able)):
        yield AgentFacts(
            agent=agent.pk,
            name=str(agent),
            state="offline",
            teams=tuple(agent.of_teams),
            languages=tuple(agent.languages),
            skills={each["skill"]: each["level"] for each in agent.able},
            capacity=agent.capacity,
            media=tuple(agent.media) or None,
            sees_all=agent.sees_all_teams,
        )
