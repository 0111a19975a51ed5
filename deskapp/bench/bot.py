"""`bench bot`: turns a second of one worker; from a customer's line to the bot's answer in a browser; a line by its
steps; learning anew.

How quickly solved conversations much like one are found among a million is `bench likeness`.
"""

import asyncio
import time
from collections.abc import Callable

from conversations.bots import learning, turn
from conversations.models import BotTurn, Handoff, Message
from deskapp.bench.bot_house import House
from deskapp.bench.bot_steps import by_steps
from deskapp.bench.bot_talks import RATE, at_the_widget
from deskapp.bench.live import chromium
from deskapp.bench.machine import DatabaseCpu, Figures

EXAMPLES = 10_000
TURNS = 200  # of one worker
STEPS = 60  # lines that are followed by their steps


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
