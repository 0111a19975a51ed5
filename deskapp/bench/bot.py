"""`bench bot`: turns a second of one worker; from a customer's line to the bot's answer in a browser; learning anew.

How quickly solved conversations much like one are found among a million is `bench likeness`.
"""

import asyncio
import os
import random
import time
from collections.abc import Callable

from conversations.bots import learning, turn
from conversations.models import BotTurn, Handoff, Message
from deskapp.bench.bot_house import House
from deskapp.bench.bot_screen import Widgets
from deskapp.bench.live import chromium, pid_of, running
from deskapp.bench.machine import DatabaseCpu, Figures, cpu_seconds, family, percentile

EXAMPLES = 10_000
TURNS = 200  # of one worker
RATE = 20  # lines a second
SECONDS = 20
WARM_UP = 20  # lines


def run(*, say: Callable[[str], None], messages: int | None = None, **options: object) -> Figures:
    browser, house = chromium(), House()
    figures: Figures = {"line_to_answer": asyncio.run(in_the_browser(house, browser, messages or RATE * SECONDS, say))}
    figures["turns_of_one_worker"] = of_one_worker(house, messages or TURNS, say)
    figures["learning_anew"] = learning_anew(house, say)
    return figures


def of_one_worker(house: House, count: int, say: Callable[[str], None]) -> Figures:
    """By the function that the task calls, one after another in this process: read, think, say, put in the outbox."""
    waiting = house.waiting(count + 10)
    for conversation in waiting[:10]:  # what a worker does once in its life
        turn.run(conversation)
    database, handed = DatabaseCpu(), Handoff.objects.count()
    wall, cpu = time.perf_counter(), time.process_time()
    asked = waiting[10:]
    for conversation in asked:
        turn.run(conversation)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    found: Figures = {
        "turns": count,
        "per_second": round(count / wall, 1),
        "cpu_ms_each": round(cpu * 1000 / count, 1),
        "database_cpu_ms_each": round(database.look() * 1000 / count, 1),
        "answered": Message.objects.filter(is_bot=True, conversation__in=asked)
        .values("conversation")
        .distinct()
        .count(),
        "left": BotTurn.objects.filter(conversation__in=asked).count(),
        "handed_to_people": Handoff.objects.count() - handed,
    }
    say(f"bench bot: {found['per_second']} turns/s of one worker, {found['cpu_ms_each']} ms of CPU each")
    return found


async def in_the_browser(house: House, browser: str, count: int, say: Callable[[str], None]) -> Figures:
    """Lines of as many visitors, each new to the desk: stored, routed to the bot, thought, delivered, shown."""
    from asgiref.sync import sync_to_async

    await sync_to_async(house.publish)()
    guests = await sync_to_async(house.guests)(count + WARM_UP)
    chance = random.Random(7)
    lines = [chance.choice(house.lines)[0] for _ in guests]
    with running(say) as (site, desk):
        pids = [pid for child in desk.values() for pid in family(pid_of(child))]
        async with Widgets(browser, site) as widgets:
            await widgets.answer(guests[:WARM_UP], lines[:WARM_UP], 4)  # workers read what they read once
            cpu = cpu_seconds(pids)
            took = await widgets.answer(guests[WARM_UP:], lines[WARM_UP:], RATE)
            spent = cpu_seconds(pids) - cpu
    found: Figures = {
        "path": "a visitor's frame from Chromium, to the bot's answer in its DOM; each visitor's first line",
        "lines": count,
        "per_second": RATE,
        "answered": len(took),
        "p50_ms": round(percentile(took, 0.5), 1) if took else None,
        "p95_ms": round(percentile(took, 0.95), 1) if took else None,
        "quiet_waited_for_ms": 250,
        "desk_cpu_ms_each": round(spent * 1000 / count, 1),
        "load_average": round(os.getloadavg()[0], 1),
    }
    say(f"bench bot: at {RATE}/s p50 {found['p50_ms']} ms, p95 {found['p95_ms']} ms, {len(took)} of {count} answered")
    return found


def learning_anew(house: House, say: Callable[[str], None]) -> Figures:
    examples = house.teach(EXAMPLES)
    learning.ask()
    wall, cpu = time.perf_counter(), time.process_time()
    learning.run()
    found: Figures = {
        "examples": examples,
        "seconds": round(time.perf_counter() - wall, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
    }
    say(f"bench bot: {examples} examples learnt in {found['seconds']} s")
    return found
