"""`bench routing` on a running desk: its web, its worker with beat, and agents with open sockets."""

import asyncio
import re
import time
from collections.abc import Callable
from datetime import datetime

import websockets
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.live import sockets
from conversations.models import Activity, AgentState, Conversation, Replay, RoutingPolicy, Waiting
from conversations.routing import availability, kept, replay
from deskapp.bench.machine import Figures, percentile
from deskapp.bench.routing_house import TEAMS, House
from deskapp.bench.screens import Agents

RATE, ARRIVALS, WATCHING = 20, 600, 40
WARM_UP = 40
COMING, MINUTE = 100, 60.0
LATE_SECONDS, DRAIN_SECONDS, REPLAY_SECONDS = 15, 300, 1800
SETTLE_SECONDS = 3
MARK = re.compile(r"bench-r\d+-\d+")


class Watched(Agents):
    """Sockets that note when a conversation was last shown on any of them: of its two frames, the one that gives it to
    an agent comes last."""

    def __init__(self, site: str, sessions: list[str]) -> None:
        super().__init__(site, sessions)
        self.shown: dict[str, tuple[int, float]] = {}

    async def _read(self, socket: websockets.ClientConnection) -> None:
        async for frame in socket:
            now = time.perf_counter()
            for mark in set(MARK.findall(frame if isinstance(frame, str) else frame.decode())):
                self.shown[mark] = (self.shown.get(mark, (0, 0.0))[0] + 1, now)


async def arrivals(house: House, site: str, say: Callable[[str], None]) -> Figures:
    """A mail from somebody new every twentieth of a second, received here as a worker of inbound does."""
    cookies = await sync_to_async(_sessions)(house)
    watched = Watched(site, cookies)
    async with watched:
        await asyncio.sleep(SETTLE_SECONDS)  # who has a socket is there
        say(f"bench routing: {WATCHING} agents are connected, {RATE} arrive each second")
        await _send(house, WARM_UP)  # so that the workers have read what they read once
        await asyncio.sleep(LATE_SECONDS)
        sent = await _send(house, ARRIVALS)
        await asyncio.sleep(LATE_SECONDS)
        shown = watched.shown
    given = await sync_to_async(_given)(list(sent))
    delays = [(shown[mark][1] - at) * 1000 for mark, at in sent.items() if mark in given and mark in shown]
    return {
        "arrivals": len(sent),
        "per_second": RATE,
        "given_to_an_agent": len(given),
        "shown": len(delays),
        "p50_ms": round(percentile(delays, 0.5), 1) if delays else None,
        "p95_ms": round(percentile(delays, 0.95), 1) if delays else None,
        "path": "from before the message is stored, to the frame with its row on the socket of an agent",
    }


async def _send(house: House, count: int) -> dict[str, float]:
    sent: dict[str, float] = {}
    run, started = int(time.time()), time.perf_counter()
    for number in range(count):
        await asyncio.sleep(max(0.0, started + number / RATE - time.perf_counter()))
        mark = f"bench-r{run}-{number}"
        sent[mark] = time.perf_counter()
        await sync_to_async(receive)(house.mail(mark, number))
    return sent


def _sessions(house: House) -> list[str]:
    cookies = []
    for agent in house.agents[:WATCHING]:
        client = Client()
        client.force_login(agent)
        cookies.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    return cookies


def _given(marks: list[str]) -> set[str]:
    addresses = {f"{mark}@customers.example": mark for mark in marks}
    rows = Conversation.objects.filter(assignee__isnull=False, customer__identities__value__in=addresses)
    return {addresses[value] for value in rows.values_list("customer__identities__value", flat=True)}


def backlog(house: House, count: int, say: Callable[[str], None]) -> Figures:
    """So many wait, and nobody is there; then a hundred agents come within a minute, with room for all together."""
    house.send_home(capacity=float(-(-count // COMING) + TEAMS))
    house.queue(count, is_due=False)
    coming = house.agents[:COMING]
    say(f"bench routing: {count} wait, and {COMING} agents come within a minute")
    started, came = time.perf_counter(), dict[int, datetime]()
    for number, agent in enumerate(coming):
        time.sleep(max(0.0, started + number * MINUTE / COMING - time.perf_counter()))
        sockets.opened(f"bench.{agent.pk}", agent.pk)
        came[agent.pk] = timezone.now()
        availability.choose(agent, "online")
    last = time.perf_counter()
    while (left := Waiting.objects.count()) and time.perf_counter() - last < DRAIN_SECONDS:
        time.sleep(0.1)
    ended = time.perf_counter()
    first = _first_given(came)
    return {
        "waiting": count,
        "agents": COMING,
        "left_at_the_end": left,
        "seconds_from_the_first_to_the_last_given": round(ended - started, 1),
        "seconds_after_the_last_came": round(ended - last, 1),
        "first_given_after_coming_p50_ms": round(percentile(first, 0.5)) if first else None,
        "first_given_after_coming_p95_ms": round(percentile(first, 0.95)) if first else None,
        "most_of_one_agent": max(_held(house), default=0),
    }


def _first_given(came: dict[int, datetime]) -> list[float]:
    """Milliseconds from an agent's coming to the first line of the log that gives them something."""
    first: dict[int, float] = {}
    lines = Activity.objects.filter(verb=Activity.Verb.ROUTED, conversation__assignee__in=came)
    for agent, at in lines.order_by("created_at").values_list("conversation__assignee", "created_at"):
        since = came[agent]
        if agent not in first and at > since:
            first[agent] = (at - since).total_seconds() * 1000
    return list(first.values())


def _held(house: House) -> list[int]:
    rows = Conversation.objects.filter(status="open", assignee__in=house.agents).values_list("assignee", flat=True)
    held: dict[int, int] = {}
    for agent in rows:
        held[agent] = held.get(agent, 0) + 1
    return list(held.values())


def replayed(house: House, count: int, say: Callable[[str], None]) -> Figures:
    """The same rules on all of them, which must differ in nothing; by the desk's own worker."""
    AgentState.objects.filter(agent__in=house.agents).delete()
    written = time.perf_counter()
    since, until = house.write_past(count)
    say(f"bench routing: {count} decisions of the past are written, in {time.perf_counter() - written:.0f} s")
    draft = RoutingPolicy.objects.create(number=house.version.number + 1, body=kept.written_policy(house.policy))
    started = time.perf_counter()
    made = replay.start(draft, since=since, until=until)
    while made.state == Replay.State.RUNNING and time.perf_counter() - started < REPLAY_SECONDS:
        time.sleep(0.5)
        made.refresh_from_db()
    wall = time.perf_counter() - started
    return {
        "decisions": made.total,
        "done": made.done,
        "state": made.state,
        "seconds": round(wall, 1),
        "per_second": round(made.done / wall),
        "chunks": made.chunks.count(),
        "differing": made.differing,
        "policies_played": 2,
    }
