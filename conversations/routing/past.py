"""What has happened, as a desk in memory needs it: what arrived and how long it took, who was there, when it was open.

All of it is read from what was kept: decisions with what was known, the log of agents' states, the log of deeds.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import median

from django.db.models import QuerySet

from conversations.models import Activity, AgentState, Hours, Message, RoutingDecision, Team
from conversations.models.activity import Verb
from conversations.models.message import MessageKind
from conversations.routing import kept
from conversations.routing.facts import AgentFacts, TeamFacts
from conversations.routing.hours import Calendar, calendar_of, is_open, next_closing, next_opening
from conversations.routing.simulated import Arrival, Opening, Presence, Stage

ENTERS = ("arrived", "replied", "handed_over", "call_back")  # triggers by which something comes to be answered
BY_HAND = ("by_hand", "transferred")
ENDS = (Verb.RESOLVED, Verb.SNOOZED, Verb.MERGED, Verb.MARKED_SPAM)
USUAL = {"chat": timedelta(minutes=12), "voice": timedelta(minutes=8)}  # where nobody finished any; else
USUALLY = timedelta(minutes=40)
USUAL_ANSWER = timedelta(minutes=5)
MOST_OPENINGS = 400  # of one team in one stretch


def arrivals_between(since: datetime, until: datetime) -> "QuerySet[RoutingDecision]":
    """In order of time. What was known of them is in `matter`."""
    rows = RoutingDecision.objects.filter(trigger__in=ENTERS, created_at__gte=since, created_at__lt=until)
    return rows.exclude(matter={}).order_by("created_at", "pk")


@dataclass
class Deeds:
    """With one conversation, in order of time."""

    given: list[tuple[datetime, int]] = field(default_factory=list)  # to whom
    moved: list[tuple[datetime, int]] = field(default_factory=list)  # by a person, to which team
    left: list[datetime] = field(default_factory=list)  # when it was nobody's to do any more
    answered: list[datetime] = field(default_factory=list)


def arrivals(since: datetime, until: datetime) -> list[Arrival]:
    """Six queries, however many there are."""
    rows = list(arrivals_between(since, until).only("matter", "conversation_id", "created_at", "changed_team_id"))
    deeds = _deeds({row.conversation_id for row in rows}, since)
    lives = [_life(row, deeds[row.conversation_id]) for row in rows]
    usual = {medium: _usual(medium, lives) for medium in {life.arrival.matter.medium for life in lives}}
    return [life.filled(usual[life.arrival.matter.medium]) for life in lives]


@dataclass(frozen=True)
class Life:
    """An arrival, with what is not known of it left open."""

    arrival: Arrival
    handling: timedelta | None
    answering: timedelta | None

    def filled(self, usual: "Usual") -> Arrival:
        handling = self.handling if self.handling is not None else usual.handling
        answering = self.answering if self.answering is not None else usual.answering
        return replace(self.arrival, handling=handling, answering=answering)


@dataclass(frozen=True)
class Usual:
    handling: timedelta
    answering: timedelta


def _usual(medium: str, lives: Iterable[Life]) -> Usual:
    """For what nobody finished, or answered: as long as most others by that medium took."""
    alike = [life for life in lives if life.arrival.matter.medium == medium]
    handling = [life.handling.total_seconds() for life in alike if life.handling is not None]
    answering = [life.answering.total_seconds() for life in alike if life.answering is not None]
    return Usual(
        timedelta(seconds=median(handling)) if handling else USUAL.get(medium, USUALLY),
        timedelta(seconds=median(answering)) if answering else USUAL_ANSWER,
    )


def _life(row: RoutingDecision, deeds: Deeds) -> Life:
    matter = replace(kept.matter_of(row), at=row.created_at)
    given_at, agent = next(((at, agent) for at, agent in deeds.given if at >= row.created_at), (None, None))
    moved = [team for at, team in deeds.moved if at >= row.created_at]
    arrival = Arrival(
        matter,
        handling=timedelta(),
        taken_after=given_at - row.created_at if given_at else None,
        taken_by=agent,
        belongs=row.changed_team_id or (moved[0] if moved else None),
    )
    if given_at is None:
        return Life(arrival, None, None)
    ends = [*_after(deeds.left, given_at)[:1], *_after([at for at, _to in deeds.given], given_at)[:1]]
    answers = _after(deeds.answered, given_at)
    return Life(arrival, min(ends) - given_at if ends else None, answers[0] - given_at if answers else None)


def _after(moments: list[datetime], at: datetime) -> list[datetime]:
    ordered = sorted(moments)
    place = bisect_left(ordered, at)
    while place < len(ordered) and ordered[place] == at:
        place += 1
    return ordered[place:]


def _deeds(conversations: set[int], since: datetime) -> defaultdict[int, Deeds]:
    deeds: defaultdict[int, Deeds] = defaultdict(Deeds)
    chosen = RoutingDecision.objects.filter(conversation__in=conversations, created_at__gte=since)
    columns = ("conversation_id", "created_at", "agent_id", "team_id", "trigger")
    for pk, at, agent, team, trigger in chosen.order_by("created_at", "pk").values_list(*columns):
        if agent is not None:
            deeds[pk].given.append((at, agent))
        if trigger in BY_HAND and team is not None:
            deeds[pk].moved.append((at, team))
    done = Activity.objects.filter(conversation__in=conversations, verb__in=ENDS, created_at__gte=since)
    for pk, at in done.order_by("created_at").values_list("conversation_id", "created_at"):
        deeds[pk].left.append(at)
    said = Message.objects.filter(conversation__in=conversations, kind=MessageKind.OUTBOUND, created_at__gte=since)
    for pk, at in said.filter(author__isnull=False).values_list("conversation_id", "created_at"):
        deeds[pk].answered.append(at)
    return deeds


def stage(since: datetime, until: datetime) -> Stage:
    """Who and what was there; agents and teams as the last decision of the time saw them."""
    seen = RoutingDecision.objects.filter(created_at__gte=since, created_at__lt=until, roster__isnull=False)
    last = seen.order_by("-created_at", "-pk").first()
    if last is None:
        return Stage((), (), until)
    known = kept.snapshot_of(last)
    states = _states(since, until)
    worked = set(seen.filter(agent__isnull=False).values_list("agent_id", flat=True).distinct())
    agents = tuple(_at_first(agent, since, states, worked) for agent in known.agents)
    teams, openings = _teams(known.teams, since, until)
    presences = [
        Presence(at, agent.agent, state) for agent in agents for at, state in states.get(agent.agent, ()) if at > since
    ]
    presences.sort(key=lambda each: (each.at, each.agent))
    return Stage(agents, teams, until, known.skills, presences, openings, known.bot)


def _states(since: datetime, until: datetime) -> dict[int, list[tuple[datetime, str]]]:
    """By agent: when each state began. The end of the last one leaves them off line."""
    rows = AgentState.objects.filter(since__lt=until).exclude(until__lte=since).order_by("agent_id", "since")
    states: dict[int, list[tuple[datetime, str]]] = {}
    for agent, begins, ends, state in rows.values_list("agent_id", "since", "until", "state"):
        here = states.setdefault(agent, [])
        if here and here[-1][0] == begins:
            here.pop()  # the end of the one before, and this its next
        here.append((max(begins, since), state))
        if ends is not None and ends < until:
            here.append((ends, "offline"))
    return states


def _at_first(
    agent: AgentFacts, since: datetime, states: dict[int, list[tuple[datetime, str]]], worked: set[int]
) -> AgentFacts:
    """One of whom no state was logged was there if they were given something."""
    logged = states.get(agent.agent)
    if logged:
        state = logged[0][1] if logged[0][0] == since else "offline"
    else:
        state = "online" if agent.agent in worked else "offline"
    return replace(agent, state=state, load=0.0, idle_since=None, offered=0, available=0.0)


def _teams(teams: Sequence[TeamFacts], since: datetime, until: datetime) -> tuple[tuple[TeamFacts, ...], list[Opening]]:
    hours = {each.pk: calendar_of(each) for each in Hours.objects.prefetch_related("closures")}
    default = Hours.objects.filter(is_default=True).values_list("pk", flat=True).first()
    of_team = dict(Team.objects.values_list("pk", "hours_id"))
    at_first: list[TeamFacts] = []
    openings: list[Opening] = []
    for team in teams:
        calendar = hours.get(of_team.get(team.team) or default or 0, Calendar())
        opened = is_open(calendar, since)
        at_first.append(replace(team, is_open=opened, opens_at=None if opened else next_opening(calendar, since)))
        openings.extend(_openings(team.team, calendar, since, until))
    return tuple(at_first), sorted(openings, key=lambda each: (each.at, each.team))


def _openings(team: int, calendar: Calendar, since: datetime, until: datetime) -> Iterator[Opening]:
    at, opened = since, is_open(calendar, since)
    for _number in range(MOST_OPENINGS):
        moment = next_closing(calendar, at) if opened else next_opening(calendar, at)
        if moment is None or moment >= until:
            return
        at, opened = moment, not opened
        yield Opening(at, team, opened, None if opened else next_opening(calendar, at))
