"""What `bench live` is played on: ten teams with their chat channels, signed-in agents, visitors with tokens."""

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.test import Client

from conversations.models import Channel, Medium, Team
from deskapp.models import User
from integrations.adapters.media.chat.sessions import Visitor, make_token
from integrations.models import Connector

TEAMS = 10
VISITORS = 100  # so that none of them writes faster than people do


@dataclass(frozen=True)
class Guest:
    key: str  # of the channel
    token: str
    is_ours: bool  # writes to the team of the agent whose browser is watched


@dataclass(frozen=True)
class Stage:
    team: int
    sessions: list[str]  # the cookies of the agents; the first is the browser's
    visitors: list[Guest]


def set_up(agents: int) -> Stage:
    teams = [Team.objects.get_or_create(name=f"Stage {number}")[0] for number in range(TEAMS)]
    connectors = [_door(number, team) for number, team in enumerate(teams)]
    sessions = [_session(number, teams[number % TEAMS]) for number in range(agents)]
    guests = []
    for number in range(VISITORS):
        connector = connectors[number % TEAMS]
        visitor = Visitor(connector.pk, str(uuid.uuid4()))
        guests.append(Guest(f"stage-{number % TEAMS}", make_token(visitor), number % TEAMS == 0))
    return Stage(teams[0].pk, sessions, guests)


def _door(number: int, team: Team) -> Connector:
    channel, _ = Channel.objects.get_or_create(
        medium=Medium.CHAT, address=f"stage-{number}", defaults={"name": team.name, "team": team}
    )
    return Connector.objects.get_or_create(channel=channel, defaults={"name": team.name, "adapter": "chat"})[0]


def _session(number: int, team: Team) -> str:
    email = f"live{number}@bench.example"
    agent, _ = User.objects.get_or_create(email=email, defaults={"name": f"Agent {number}", "password": "!"})
    agent.teams.set([team])
    client = Client()
    client.force_login(agent)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
