"""The customers of `bench bot`: some in one Chromium page, with a socket for each as the widget opens one, in which a
line leaves and the bot's answer is put into the document; the others by sockets alone, which say the same frames."""

import asyncio
import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType

import websockets

from deskapp.bench.screens import FLAGS, Sockets
from deskapp.bench.stage import Guest

LATE = 30.0  # seconds in which no further answer came

OPEN = """
async ({ host, guests }) => {
  const list = document.body.appendChild(document.createElement("ol"));
  window.took = [];
  const open = ({ key, token }) => new Promise((ready, failed) => {
    const socket = new WebSocket(`${host}/ws/chat/${key}/`);
    const visitor = { socket, sent: 0, answered: false };
    socket.onopen = () => socket.send(JSON.stringify({ t: "hello", token, since: "" }));
    socket.onerror = failed;
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.t === "ready") ready(visitor);
      for (const said of frame.messages ?? []) {
        if (said.mine) continue;
        const line = list.appendChild(document.createElement("li"));
        line.textContent = said.text;
        line.getBoundingClientRect();
        if (said.by?.bot && visitor.sent && !visitor.answered) {
          visitor.answered = true;
          window.took.push(performance.now() - visitor.sent);
        }
        socket.send(JSON.stringify({ t: "got", ids: [said.id] }));
        socket.send(JSON.stringify({ t: "read", id: said.id }));
      }
    };
  });
  window.visitors = [];
  for (const guest of guests) window.visitors.push(await open(guest));
}
"""
SAY = """
async ({ lines, times, begin }) => {
  const wait = ms => new Promise(done => setTimeout(done, ms));
  for (const [number, visitor] of window.visitors.entries()) {
    await wait(Math.max(0, begin + times[number] - performance.timeOrigin - performance.now()));
    visitor.sent = performance.now();
    visitor.socket.send(JSON.stringify({ t: "say", id: crypto.randomUUID(), text: lines[number] }));
  }
}
"""
TOOK = "() => window.took"
CLOSE = "() => { window.visitors.forEach(({ socket }) => socket.close()); }"


@dataclass(frozen=True)
class Talk:
    """One visitor's first line; `at`: seconds after the beginning."""

    guest: Guest
    line: str
    at: float


class Widgets:
    """In the browser."""

    def __init__(self, program: str, site: str) -> None:
        self.program, self.site = program, site
        self.talks: Sequence[Talk] = ()

    async def __aenter__(self) -> "Widgets":
        from playwright.async_api import async_playwright  # comes with the test requirements

        self.playwright = await async_playwright().start()
        self.browser = await self.playwright.chromium.launch(executable_path=self.program, args=FLAGS)
        self.page = await self.browser.new_page()
        await self.page.goto(f"{self.site}/accounts/login/")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.browser.close()
        await self.playwright.stop()

    async def open(self, talks: Sequence[Talk]) -> None:
        self.talks = talks
        guests = [{"key": talk.guest.key, "token": talk.guest.token} for talk in talks]
        await self.page.evaluate(OPEN, {"host": self.site.replace("http", "ws", 1), "guests": guests})

    async def say(self, begin: float) -> None:
        """`begin` in seconds since 1970."""
        lines, times = [talk.line for talk in self.talks], [talk.at * 1000 for talk in self.talks]
        await self.page.evaluate(SAY, {"lines": lines, "times": times, "begin": begin * 1000})

    async def took(self) -> list[float]:
        """Milliseconds from each line to the bot's first answer to it, of those answered by now."""
        found: list[float] = await self.page.evaluate(TOOK)
        return found

    async def close(self) -> None:
        await self.page.evaluate(CLOSE)


class Others(Sockets):
    """Without a browser: until the frame with the answer is read."""

    def __init__(self, site: str, talks: Sequence[Talk]) -> None:
        super().__init__(site)
        self.talks = talks
        self.sent: dict[int, float] = {}
        self.answered: dict[int, float] = {}

    async def __aenter__(self) -> "Others":
        for number, talk in enumerate(self.talks):
            socket = await self._open(f"/ws/chat/{talk.guest.key}/")
            await socket.send(json.dumps({"t": "hello", "token": talk.guest.token, "since": ""}))
            ready = json.loads(await socket.recv())
            if ready["t"] != "ready":
                raise RuntimeError(f"The desk did not greet a visitor: {ready}")
            self.readers.append(asyncio.create_task(self._hear(number, socket)))
        return self

    async def say(self, begin: float) -> None:
        for number, talk in enumerate(self.talks):
            await asyncio.sleep(max(0.0, begin + talk.at - time.time()))
            self.sent[number] = time.perf_counter()
            frame = {"t": "say", "id": str(uuid.uuid4()), "text": talk.line}
            await self.sockets[number].send(json.dumps(frame))

    def took(self) -> list[float]:
        return [(at - self.sent[number]) * 1000 for number, at in self.answered.items()]

    async def _hear(self, number: int, socket: websockets.ClientConnection) -> None:
        async for data in socket:
            for said in json.loads(data).get("messages") or ():
                if said["mine"]:
                    continue
                if (said["by"] or {}).get("bot") and number in self.sent:
                    self.answered.setdefault(number, time.perf_counter())
                await socket.send(json.dumps({"t": "got", "ids": [said["id"]]}))
                await socket.send(json.dumps({"t": "read", "id": said["id"]}))


async def answered(widgets: Widgets, others: Others) -> tuple[list[float], list[float]]:
    """What both have seen answered, as soon as that is all, or nothing more has come for a while."""
    wanted, known, since = len(widgets.talks) + len(others.talks), -1, time.monotonic()
    while True:
        seen, heard = await widgets.took(), others.took()
        if len(seen) + len(heard) != known:
            known, since = len(seen) + len(heard), time.monotonic()
        if known >= wanted or time.monotonic() > since + LATE:
            return seen, heard
        await asyncio.sleep(0.2)
