"""What agents did, by agent, from every stream that knows them."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model

from conversations.reports.agents.figures import Doing
from conversations.reports.answers.figures import credited
from conversations.reports.answers.streams import CREDITS
from conversations.reports.measures import Counts
from conversations.reports.service.reading import by_calendar
from conversations.reports.sheets.sheet import Asked
from conversations.reports.streams_service import ENDED, PASSED, REPEATS, REPLIES, STATES, WORK
from conversations.reports.tallies.reading import Between, read, spread
from conversations.reports.tallies.spreads import Spread
from conversations.reports.tallies.stream import Numbers, Stream

if TYPE_CHECKING:
    from deskapp.models import User


def agents_of(asked: Asked) -> dict[str, "User"]:
    """Whom this may be told of: the members of the teams that are looked at, by the text of their key; without teams,
    everybody. Those who left are in it while the report has something of them."""
    people = get_user_model().objects.all()
    if asked.teams is not None:
        people = people.filter(teams__in=sorted(asked.teams - {0})).distinct()
    return {str(agent.pk): agent for agent in people}


def mine(asked: Asked) -> Asked:
    """Of themselves, in whichever team they did it."""
    return replace(asked, teams=None, medium="")


def doings(asked: Asked, agents: Collection[str], between: Between | None = None) -> dict[str, Doing]:
    """By agent, of those; who did nothing and was not there is not in it. Eight readings.

    A person's states, and what they asked twice, are of no team: of those who may be told of, they are told whole."""
    whole = mine(asked)
    name = "seconds" if by_calendar(asked) else "seconds_open"
    replies, ended = _numbers(REPLIES, asked, between), _numbers(ENDED, asked, between)
    middles = {str(key[0]): each for key, each in _spreads(name, asked, between).items()}
    passed, work = _numbers(PASSED, asked, between), _numbers(WORK, asked, between)
    repeats, states = _numbers(REPEATS, whole, between), _states(whole, between)
    csat = _csat(asked, between)
    none = Numbers()
    found = {
        key: Doing(
            replies.get(key, none),
            middles.get(key, Spread()),
            ended.get(key, none),
            passed.get(key, none)["passed"],
            work.get(key, none)["seconds_sum"],
            states.get(key, {}),
            *csat.get(key, (Counts(), 0)),
            repeats.get(key, none)["questions"],
        )
        for key in agents
    }
    return {key: doing for key, doing in found.items() if not doing.is_nothing}


def _numbers(stream: Stream, asked: Asked, between: Between | None) -> dict[str, Numbers]:
    found = read(stream, asked, cut="agent", by=("value",), between=between)
    return {str(key): numbers for (key,), numbers in found.items()}


def _spreads(name: str, asked: Asked, between: Between | None) -> Mapping[tuple[object, ...], Spread]:
    return spread(REPLIES, name, asked, cut="agent", by=("value",), between=between)


def _states(asked: Asked, between: Between | None) -> dict[str, dict[tuple[str, str], int]]:
    states: dict[str, dict[tuple[str, str], int]] = {}
    for (value,), numbers in read(STATES, asked, cut="agent_state", by=("value",), between=between).items():
        agent, state, reason = str(value).split("/", 2)
        states.setdefault(agent, {})[state, reason] = numbers["seconds_sum"]
    return states


def _csat(asked: Asked, between: Between | None) -> dict[str, tuple[Counts, int]]:
    """Their shares of answers, and of how many."""
    found = {}
    for (value,), numbers in read(CREDITS, asked, cut="kind|agent", by=("value",), between=between).items():
        kind, _bar, agent = str(value).partition("|")
        if kind == "csat":
            found[agent] = credited(numbers), numbers["answers"]
    return found
