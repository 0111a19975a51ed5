"""`bench bot`: turns a second of one worker; from a customer's line to the bot's answer in a browser; a line by its
steps; learning anew.

How quickly solved conversations much like one are found among a million is `bench likeness`.
"""

import asyncio
import os
import random
import time
from collections.abc import Callable, Sequence

from asgiref.sync import sync_to_async

from conversations.bots import learning, turn
from conversations.models import BotTurn, Handoff, Message
from deskapp.bench.bot_house import House
from deskapp.bench.bot_screen import Others, Talk, Widgets, answered
from deskapp.bench.bot_steps import by_steps
from deskapp.bench.live import chromium, pid_of, running
from deskapp.bench.machine import DatabaseCpu, Figures, cpu_seconds, family, percentile
from deskapp.supervisor import Child

EXAMPLES = 10_000
TURNS = 200  # of one worker
STEPS = 60  # lines that are followed by their steps
RATE = 20  # lines a second
IN_BROWSER = 10  # one talk in so many
MOST_IN_BROWSER = 200  # a Chromium opens 255 sockets to one host
WARM_UP = 6  # seconds


def run(*, say: Callable[[str], None], seconds: int, messages: int | None = None, **options: object) -> Figures:
    browser, house = chromium(), House()
    figures: Figures = {"line_to_answer": asyncio.run(at_the_widget(house, browser, messages or RATE * seconds, say))}
    figures["by_steps"] = by_steps(house, min(messages or STEPS, STEPS), say)
    figures["turns_of_one_worker"] = of_one_worker(house, min(messages or TURNS, TURNS), say)
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


async def at_the_widget(house: House, browser: str, count: int, say: Callable[[str], None]) -> Figures:
    """Lines of as many visitors, each new to the desk: stored, routed to the bot, thought, delivered, shown. They come
    as customers do, by chance (Poisson), at RATE a second on average."""
    await sync_to_async(house.publish)()
    talks = await sync_to_async(timetable)(house, count + WARM_UP * RATE)
    first, rest = talks[: WARM_UP * RATE], talks[WARM_UP * RATE :]  # workers read what they read once
    with running(say) as (site, desk):
        async with Widgets(browser, site) as widgets:
            await talk_with(widgets, site, first, desk)
            seen, heard, spent = await talk_with(widgets, site, rest, desk)
    took = [*seen, *heard]
    each = {name: round(seconds * 1000 / len(rest), 1) for name, seconds in spent.items()}
    found: Figures = {
        "path": "a visitor's frame, to the bot's answer in the DOM of Chromium, or to its frame at a socket alone;"
        " each visitor's first line; each says that it has got and read the answer",
        "lines": len(rest),
        "per_second": RATE,
        "answered": len(took),
        "in_chromium": _spread(seen),
        "at_sockets": _spread(heard),
        "quiet_waited_for_ms": 250,
        "cpu_ms_each": {**each, "desk": round(each["web"] + each["worker"], 1)},
        "load_average": round(os.getloadavg()[0], 1),
    }
    say(f"bench bot: at {RATE}/s {found['in_chromium']} in Chromium, {found['at_sockets']} at sockets, {each}")
    return found


def timetable(house: House, count: int) -> list[Talk]:
    chance, at, talks = random.Random(7), 0.0, []
    for guest, line in zip(house.guests(count), house.different_lines(count), strict=True):
        at += chance.expovariate(RATE)
        talks.append(Talk(guest, line, at))
    return talks


async def talk_with(
    widgets: Widgets, site: str, talks: Sequence[Talk], desk: dict[str, Child]
) -> tuple[list[float], list[float], dict[str, float]]:
    """Milliseconds to each answer, in the browser and at sockets alone, and the CPU that it took, in seconds. All are
    connected before the first speaks, and before that is counted."""
    start = talks[0].at
    talks = [Talk(talk.guest, talk.line, talk.at - start) for talk in talks]
    shown = talks[::IN_BROWSER][:MOST_IN_BROWSER]
    await widgets.open(shown)
    async with Others(site, [talk for talk in talks if talk not in shown]) as others:
        await asyncio.sleep(2)  # what so many greetings left to do
        database, before = await sync_to_async(DatabaseCpu)(), used(desk)
        begin = time.time() + 0.5
        await asyncio.gather(widgets.say(begin), others.say(begin))
        seen, heard = await answered(widgets, others)
        await asyncio.sleep(1)  # until the last is read
        spent = {name: seconds - before[name] for name, seconds in used(desk).items()}
        spent["database"] = await sync_to_async(database.look)()
    await widgets.close()
    return seen, heard, spent


def used(desk: dict[str, Child]) -> dict[str, float]:
    """Seconds of CPU so far, of web, of worker with its beat, and of what measures, without its browser."""
    return {name: cpu_seconds(family(pid_of(child))) for name, child in desk.items()} | {
        "measuring": time.process_time()
    }


def _spread(took: Sequence[float]) -> Figures:
    if not took:
        return {"lines": 0}
    shares = {f"p{round(share * 100)}_ms": round(percentile(took, share), 1) for share in (0.5, 0.95, 0.99)}
    return {"lines": len(took), **shares}


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
