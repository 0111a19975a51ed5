"""`bench live`: from a visitor's socket frame to the row in an agent's browser, while many agents are connected."""

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
from django.conf import settings

from deskapp.bench.machine import Figures, cpu_seconds, family, percentile, pss_mb
from deskapp.bench.screens import Agents, Screen, Visitors
from deskapp.bench.stage import VISITORS, Stage, set_up
from deskapp.management.commands.demo import free_port, processes
from deskapp.supervisor import Child, Supervisor

START_SECONDS, SETTLE_SECONDS, LATE_SECONDS = 60, 3, 15
SLOW = 5  # a second: so slowly that all may write to one team, and each of them is measured
MESSAGES = {1: 60, 50: 1500}  # at this many a second


def run(
    *, say: Callable[[str], None], agents: int, rates: str, messages: int | None = None, **options: object
) -> Figures:
    browser = chromium()
    stage = set_up(agents)
    figures: Figures = {
        "path": "a visitor's socket frame, to a row in the list of one agent's Chromium, seen by a MutationObserver",
        "agents_connected": agents,
        "agents_are": "signed-in sockets in ten teams; a message goes to the agents of one team; one is the browser",
        "visitors_connected": VISITORS,
    }
    with running(say) as (site, desk):
        web = family(pid_of(desk["web"]))
        say(f"bench live: the desk listens at {site}")
        figures["web_processes"] = max(1, len(web) - 1)  # with several, one more only watches over them
        wanted = [int(rate) for rate in rates.split(",")]
        figures |= asyncio.run(measure(stage, site, web, browser, wanted, messages, say))
        figures["memory_pss_mb_after_load"] = memory(desk)
    return figures


def memory(desk: dict[str, Child]) -> Figures:
    """Of each and of all: proportional, so that what forked processes share counts once."""
    each = {name: round(pss_mb(family(pid_of(child))), 1) for name, child in desk.items()}
    return {**each, "all": round(sum(each.values()), 1)}


async def measure(
    stage: Stage,
    site: str,
    web: list[int],
    browser: str,
    rates: list[int],
    messages: int | None,
    say: Callable[[str], None],
) -> Figures:
    figures: Figures = {}
    async with Agents(site, stage.sessions[1:]) as agents, Visitors(site, stage.visitors) as visitors:
        say(f"bench live: {len(agents.sockets) + 1} agents and {len(visitors.sockets)} visitors are connected")
        await visitors.greet()
        async with Screen(browser, site, stage.sessions[0], stage.team) as screen:
            for rate in rates:
                count = messages or MESSAGES.get(rate, rate * 30)
                await asyncio.sleep(SETTLE_SECONDS)
                figures[f"at_{rate}_per_second"] = found = await at(rate, count, web, screen, agents, visitors)
                say(f"bench live: at {rate}/s p50 {found['p50_ms']} ms, p95 {found['p95_ms']} ms, lost {found['lost']}")
    return figures


async def at(rate: int, count: int, web: list[int], screen: Screen, agents: Agents, visitors: Visitors) -> Figures:
    """Writes `count` messages, one every 1/rate seconds whether or not the desk keeps up."""
    frames, cpu, started = agents.frames, cpu_seconds(web), time.perf_counter()
    visitors.sent.clear()
    writing = []
    for number in range(count):
        await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
        writing.append(asyncio.create_task(visitors.say(number, rate, ours_alone=rate <= SLOW)))
    await asyncio.gather(*writing)
    wall = time.perf_counter() - started
    expected = {mark: at for mark, (at, is_ours) in visitors.sent.items() if is_ours}
    seen = await screen.wait_for(expected.keys(), LATE_SECONDS)
    delays = [(seen[mark] - sent) * 1000 for mark, sent in expected.items() if mark in seen]
    return {
        "messages": count,
        "measured_in_the_browser": len(delays),
        "lost": len(expected) - len(delays),
        "p50_ms": round(percentile(delays, 0.5), 1) if delays else None,
        "p95_ms": round(percentile(delays, 0.95), 1) if delays else None,
        "frames_to_agents_per_second": round((agents.frames - frames) / wall, 1),
        "web_cpu_ms_per_message": round((cpu_seconds(web) - cpu) * 1000 / count, 1),
    }


def chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = os.environ.get("CHROMIUM") or next((path for name in names if (path := shutil.which(name))), "")
    if not found:
        raise SystemExit("bench live needs a Chromium: install one, or name it in CHROMIUM.")
    return found


@contextmanager
def running(say: Callable[[str], None]) -> Iterator[tuple[str, dict[str, Child]]]:
    """Web and worker, with its beat, as bin/demo starts them, on a free port."""
    port = free_port()
    site, data = f"http://127.0.0.1:{port}", settings.DATA_DIR / "bench"
    (data / "logs").mkdir(parents=True, exist_ok=True)
    supervisor = Supervisor(data / "logs", environment={**os.environ, "SITE_URL": site}, say=say)
    commands = processes(data, port)
    try:
        desk = {name: supervisor.start(name, commands[name]) for name in ("web", "worker")}
        wait_until_up(site, desk["web"])
        yield site, desk
    finally:
        supervisor.stop()


def pid_of(child: Child) -> int:
    assert child.process
    return child.process.pid


def wait_until_up(site: str, web: Child) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and web.process and web.process.poll() is None:
        try:
            httpx.get(f"{site}/accounts/login/", timeout=5)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"The desk did not come up: {web.log} says why.")
