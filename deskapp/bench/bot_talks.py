"""From a customer's line to the bot's answer: of visitors who are each new with one line, and of visitors who talk."""

import asyncio
import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from asgiref.sync import sync_to_async

from deskapp.bench.bot_house import House
from deskapp.bench.bot_screen import Others, Talk, Took, Widgets, answered
from deskapp.bench.live import pid_of, running
from deskapp.bench.machine import DatabaseCpu, Figures, cpu_seconds, family, percentile
from deskapp.supervisor import Child

RATE = 20  # lines a second
IN_BROWSER = 10  # one talk in so many
MOST_IN_BROWSER = 200  # a Chromium opens 255 sockets to one host
WARM_UP = 6  # seconds
LINES = 3  # of a visitor who talks
SOONEST, LATER = 2.0, 2.0  # seconds after an answer was read: at least, and how much more on average
LEAD = 15.0  # seconds after which as many who talk go as come


@dataclass(frozen=True)
class Heard:
    """`spent`: seconds of CPU of all lines that were said from `since` on."""

    seen: list[Took]
    heard: list[Took]
    spent: dict[str, float]
    since: float


async def at_the_widget(house: House, browser: str, count: int, say: Callable[[str], None]) -> Figures:
    """Lines are stored, routed to the bot, thought about, answered and shown. They come as customers do, by chance
    (Poisson), at RATE a second on average."""
    await sync_to_async(house.publish)()
    with running(say) as (site, desk):
        async with Widgets(browser, site) as widgets:
            new = await each_new(house, widgets, site, desk, count)
            say(f"bench bot: each visitor new, at {RATE}/s {_briefly(new)}")
            talking = await who_talk(house, widgets, site, desk, count / RATE)
            say(f"bench bot: visitors who talk, at {RATE}/s {_briefly(talking)}")
    return {"each_visitor_new": new, "visitors_who_talk": talking}


async def each_new(house: House, widgets: Widgets, site: str, desk: dict[str, Child], count: int) -> Figures:
    """So many lines of as many visitors, each new to the desk."""
    talks = await sync_to_async(timetable)(house, count + WARM_UP * RATE)
    first, rest = talks[: WARM_UP * RATE], talks[WARM_UP * RATE :]  # workers read what they read once
    await talk_with(widgets, site, first, desk)
    told = await talk_with(widgets, site, rest, desk)
    return {"lines": len(rest), "whose": "each visitor's first line"} | _figures(told, told.seen, told.heard, len(rest))


async def who_talk(house: House, widgets: Widgets, site: str, desk: dict[str, Child], seconds: float) -> Figures:
    """Of visitors with LINES each: the times are of what is said in so many seconds, once as many go as come; the CPU
    is of that and of what they say after it, until the last has talked."""
    talks = await sync_to_async(conversations)(house, LEAD + seconds)
    told = await talk_with(widgets, site, talks, desk, lead=LEAD)
    seen, heard = ([each for each in took if told.since <= each[0] < told.since + seconds]
                   for took in (told.seen, told.heard))  # fmt: skip
    took = [*told.seen, *told.heard]
    missing = len(talks) * LINES - len(took)
    counted = sum(at >= told.since for at, _ in took) + missing
    found: Figures = {
        "lines": len(seen) + len(heard) + missing,
        "whose": f"each visitor says {LINES}, each after they read the answer to the one before",
        "visitors": len(talks),
        "seconds_from_answer_to_next_line": SOONEST + LATER,
        "said_per_second": round((len(seen) + len(heard) + missing) / seconds, 1),
        "lines_for_cpu": counted,
    }
    return found | _figures(told, seen, heard, counted)


def _figures(told: Heard, seen: Sequence[Took], heard: Sequence[Took], counted: int) -> Figures:
    each = {name: round(seconds * 1000 / counted, 1) for name, seconds in told.spent.items()}
    return {
        "path": "a visitor's frame, to the bot's answer in the DOM of Chromium, or to its frame at a socket alone;"
        " each says that it has got and read the answer",
        "per_second": RATE,
        "answered": len(seen) + len(heard),
        "in_chromium": _spread(seen),
        "at_sockets": _spread(heard),
        "quiet_waited_for_ms": 250,
        "cpu_ms_each": {**each, "desk": round(each["web"] + each["worker"], 1)},
        "load_average": round(os.getloadavg()[0], 1),
    }


def _briefly(found: Figures) -> str:
    answers = f"{found['answered']} of {found['lines']} answered"
    return f"{answers}, {found['in_chromium']} in Chromium, {found['at_sockets']} at sockets, {found['cpu_ms_each']}"


def timetable(house: House, count: int) -> list[Talk]:
    chance, at, talks = random.Random(7), 0.0, []
    for guest, line in zip(house.guests(count), house.different_lines(count), strict=True):
        at += chance.expovariate(RATE)
        talks.append(Talk(guest, [line], at))
    return talks


def conversations(house: House, seconds: float) -> list[Talk]:
    """Visitors come by chance, as many as say RATE lines a second in all."""
    chance, at, talks = random.Random(8), 0.0, []
    for guest in house.guests(round(RATE * seconds / LINES)):
        at += chance.expovariate(RATE / LINES)
        pauses = [SOONEST + chance.expovariate(1 / LATER) for _ in range(LINES - 1)]
        talks.append(Talk(guest, house.matter(chance, LINES), at, pauses))
    return talks


async def talk_with(
    widgets: Widgets, site: str, talks: Sequence[Talk], desk: dict[str, Child], *, lead: float = 0
) -> Heard:
    """All are connected before the first speaks, and before that is counted, `lead` seconds after the beginning."""
    start = 0.0 if lead else talks[0].at
    talks = [Talk(talk.guest, talk.lines, talk.at - start, talk.pauses) for talk in talks]
    shown = talks[::IN_BROWSER][:MOST_IN_BROWSER]
    await widgets.open(shown)
    in_browser = {id(talk) for talk in shown}
    async with Others(site, [talk for talk in talks if id(talk) not in in_browser]) as others:
        await asyncio.sleep(2)  # what so many greetings left to do
        begin = time.time() + 0.5
        counting = asyncio.create_task(_counting(begin + lead, desk))
        await asyncio.gather(widgets.say(begin), others.say(begin))
        seen, heard = await answered(widgets, others)
        await asyncio.sleep(1)  # until the last is read
        database, before = await counting
        spent = {name: seconds - before[name] for name, seconds in used(desk).items()}
        spent["database"] = await sync_to_async(database.look)()
    await widgets.close()
    return Heard(seen, heard, spent, begin + lead)


async def _counting(since: float, desk: dict[str, Child]) -> tuple[DatabaseCpu, dict[str, float]]:
    await asyncio.sleep(max(0.0, since - time.time()))
    return await sync_to_async(DatabaseCpu)(), used(desk)


def used(desk: dict[str, Child]) -> dict[str, float]:
    """Seconds of CPU so far, of web, of worker with its beat, and of what measures, without its browser."""
    return {name: cpu_seconds(family(pid_of(child))) for name, child in desk.items()} | {
        "measuring": time.process_time()
    }


def _spread(took: Sequence[Took]) -> Figures:
    if not took:
        return {"lines": 0}
    times = [milliseconds for _, milliseconds in took]
    shares = {f"p{round(share * 100)}_ms": round(percentile(times, share), 1) for share in (0.5, 0.95, 0.99)}
    return {"lines": len(took), **shares}
