"""The two ends of `bench live`: visitors who write over their sockets, agents who listen, and one real browser."""

import asyncio
import json
import time
import uuid
from collections.abc import Iterable
from contextlib import AsyncExitStack
from types import TracebackType

import websockets
from django.conf import settings

from deskapp.bench.stage import Guest

WATCH = """
() => {
  window.seen = {};
  const look = node => {
    const now = performance.timeOrigin + performance.now();
    for (const [mark] of (node.textContent || "").matchAll(/bench-[a-z0-9]+-\\d+-/g)) window.seen[mark] ??= now;
  };
  new MutationObserver(changes => {
    for (const change of changes) {
      change.addedNodes.forEach(look);
      if (change.type === "characterData") look(change.target);
    }
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}
"""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


class Sockets:
    """Many sockets that stay open between `async with` and its end, each with a task that reads it empty."""

    def __init__(self, site: str) -> None:
        self.site, self.host = site, site.replace("http", "ws", 1)
        self.sockets: list[websockets.ClientConnection] = []
        self.readers: list[asyncio.Task[None]] = []
        self.stack = AsyncExitStack()
        self.frames = 0

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for reader in self.readers:
            reader.cancel()
        await self.stack.aclose()

    async def _open(self, path: str, headers: dict[str, str] | None = None) -> websockets.ClientConnection:
        connecting = websockets.connect(
            f"{self.host}{path}",
            origin=websockets.Origin(self.site),
            open_timeout=60,
            ping_interval=None,
            additional_headers=headers,
        )
        socket = await self.stack.enter_async_context(connecting)
        self.sockets.append(socket)
        return socket

    async def _read(self, socket: websockets.ClientConnection) -> None:
        async for _frame in socket:
            self.frames += 1


class Agents(Sockets):
    """Desk sockets of agents who are signed in; they only listen."""

    def __init__(self, site: str, sessions: list[str]) -> None:
        super().__init__(site)
        self.sessions = sessions

    async def __aenter__(self) -> "Agents":
        for cookie in self.sessions:
            headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}
            socket = await self._open("/ws/desk/", headers)
            self.readers.append(asyncio.create_task(self._read(socket)))
        return self


class Visitors(Sockets):
    """Chat sockets; `sent` holds for each mark when its frame left, and whether the browser's team gets it."""

    def __init__(self, site: str, guests: list[Guest]) -> None:
        super().__init__(site)
        self.guests = guests
        self.sent: dict[str, tuple[float, bool]] = {}

    async def __aenter__(self) -> "Visitors":
        for guest in self.guests:
            socket = await self._open(f"/ws/chat/{guest.key}/")
            await socket.send(json.dumps({"t": "hello", "token": guest.token, "since": ""}))
            ready = json.loads(await socket.recv())
            if ready["t"] != "ready":
                raise RuntimeError(f"The desk did not greet a visitor: {ready}")
            self.readers.append(asyncio.create_task(self._read(socket)))
        return self

    async def greet(self) -> None:
        """A first word of each, so that all have their conversation before anything is measured."""
        for number in range(len(self.guests)):
            await self.say(number, "first")
            await asyncio.sleep(0.05)
        await asyncio.sleep(2)

    async def say(self, number: int, run: object, *, ours_alone: bool = False) -> None:
        """A line of the next visitor; with `ours_alone`, of the next who writes to the browser's team."""
        writers = [index for index, guest in enumerate(self.guests) if guest.is_ours or not ours_alone]
        index = writers[number % len(writers)]
        guest, socket = self.guests[index], self.sockets[index]
        mark = f"bench-{run}-{number}-"
        frame = {"t": "say", "id": str(uuid.uuid4()), "text": f"{mark} Is the jacket in stock?"}
        self.sent[mark] = time.time(), guest.is_ours
        await socket.send(json.dumps(frame))


class Screen:
    """A Chromium in which an agent has the list of their team open."""

    def __init__(self, program: str, site: str, cookie: str, team: int) -> None:
        self.program, self.site, self.cookie, self.team = program, site, cookie, team

    async def __aenter__(self) -> "Screen":
        from playwright.async_api import async_playwright  # comes with the test requirements

        self.playwright = await async_playwright().start()
        self.browser = await self.playwright.chromium.launch(executable_path=self.program, args=FLAGS)
        context = await self.browser.new_context(viewport={"width": 1440, "height": 900})
        await context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": self.cookie, "url": self.site}])
        self.page = await context.new_page()
        await self.page.goto(f"{self.site}/inbox/team-{self.team}/")
        await self.page.wait_for_selector('[id^="row-"]')
        await self.page.evaluate(WATCH)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.browser.close()
        await self.playwright.stop()

    async def wait_for(self, marks: Iterable[str], seconds: float) -> dict[str, float]:
        """When each mark was first in the DOM, in seconds since 1970; waits for those still on their way."""
        wanted, deadline = set(marks), time.monotonic() + seconds
        while True:
            seen: dict[str, float] = await self.page.evaluate("() => window.seen")
            if wanted <= set(seen) or time.monotonic() > deadline:
                return {mark: at / 1000 for mark, at in seen.items() if mark in wanted}
            await asyncio.sleep(0.2)
