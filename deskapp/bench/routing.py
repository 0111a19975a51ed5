"""`bench routing`: the choice alone, the whole transaction, from arrival to the agent's screen, a backlog, a replay."""

import asyncio
import multiprocessing
import time
from collections.abc import Callable
from random import Random

from django.db import connections

from conversations.models import RoutingDecision
from conversations.routing.facts import Snapshot, TeamFacts
from conversations.routing.policy import decide
from deskapp.bench import routing_live
from deskapp.bench.live import running
from deskapp.bench.machine import Figures, percentile
from deskapp.bench.routing_house import AGENTS, RULES, SKILLS, TEAMS, House, agents, matter, policy
from deskapp.bench.routing_worker import START_SECONDS, WORK_SECONDS, worker

DECISIONS, WARM_UP = 3000, 50
WORKERS = 2
HOLD = 100.0  # units that an agent of the whole transaction can have: nobody is full


def run(
    *, say: Callable[[str], None], messages: int | None = None, waiting: int = 5000, replayed: int = 100_000,
    **options: object,
) -> Figures:  # fmt: skip
    figures: Figures = {"agents": AGENTS, "teams": TEAMS, "rules": RULES}
    figures["pure_function"] = alone = pure()
    say(f"bench routing: the choice alone {alone['per_second']}/s, p95 {alone['p95_ms']} ms")
    house = House()
    figures["whole_transaction"] = whole = with_workers(house, messages or 2000)
    say(f"bench routing: whole transactions {whole['per_second']}/s with {WORKERS} workers")
    house.send_home(capacity=HOLD)
    with running(say) as (site, _desk):
        figures["arrival_to_shown"] = shown = asyncio.run(routing_live.arrivals(house, site, say))
        say(f"bench routing: from arrival to the agent's screen p50 {shown['p50_ms']} ms, p95 {shown['p95_ms']} ms")
        figures["backlog"] = drained = routing_live.backlog(house, waiting, say)
        say(f"bench routing: {waiting} waiting given {drained['seconds_after_the_last_came']} s after the last came")
        figures["replay"] = again = routing_live.replayed(house, replayed, say)
        say(f"bench routing: {replayed} decisions replayed in {again['seconds']} s, {again['differing']} differ")
    return figures


def pure() -> Figures:
    """In this process, one after the other. Every decision is about another conversation."""
    chance = Random(3)
    teams = list(range(1, TEAMS + 1))
    people = agents(teams, list(range(1, AGENTS + 1)), chance)
    facts = tuple(TeamFacts(team, f"Team {team}") for team in teams)
    skills = {skill: f"Skill {skill}" for skill in range(1, SKILLS + 1)}
    rules = policy(teams)
    at = max(agent.idle_since for agent in people if agent.idle_since)
    ids = [agent.agent for agent in people]
    asked = [Snapshot(matter(number, at, chance, ids, teams), people, facts, skills) for number in range(DECISIONS)]
    for snapshot in asked[:WARM_UP]:
        decide(snapshot, rules)
    times, listed = [], 0
    cpu, started = time.process_time(), time.perf_counter()
    for snapshot in asked:
        begun = time.perf_counter()
        listed += len(decide(snapshot, rules).verdicts)
        times.append((time.perf_counter() - begun) * 1000)
    wall, cpu = time.perf_counter() - started, time.process_time() - cpu
    return {
        "decisions": DECISIONS,
        "per_second": round(DECISIONS / wall),
        "per_second_of_cpu": round(DECISIONS / cpu),
        "p50_ms": round(percentile(times, 0.5), 3),
        "p95_ms": round(percentile(times, 0.95), 3),
        "candidates_listed_each": round(listed / DECISIONS, 1),
    }


def with_workers(house: House, count: int) -> Figures:
    """From the row in the queue to the committed decision, by the function that the task calls."""
    house.send_home(capacity=HOLD)
    house.come(AGENTS)
    house.queue(count, is_due=True)
    before = RoutingDecision.objects.count()
    connections.close_all()
    spawn = multiprocessing.get_context("spawn")
    ready, done = spawn.Barrier(WORKERS + 1), spawn.Barrier(WORKERS + 1)
    pool = [spawn.Process(target=worker, args=(ready, done), daemon=True) for _ in range(WORKERS)]
    for process in pool:
        process.start()
    ready.wait(START_SECONDS)
    started = time.perf_counter()
    done.wait(WORK_SECONDS)
    wall = time.perf_counter() - started
    for process in pool:
        process.join(START_SECONDS)
    decided = RoutingDecision.objects.count() - before
    return {
        "conversations": count,
        "decided": decided,
        "given_to_an_agent": RoutingDecision.objects.filter(kind="agent", agent__in=house.agents).count(),
        "workers": WORKERS,
        "per_second": round(decided / wall, 1),
        "transactions_are": "of up to fifty conversations each, which two workers take in turn",
    }
