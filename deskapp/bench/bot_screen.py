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
  window.say = visitor => {
    visitor.sent = performance.now();
    visitor.socket.send(JSON.stringify({ t: "say", id: crypto.randomUUID(), text: visitor.lines.shift() }));
  };
  const open = ({ key, token, lines, pauses }) => new Promise((ready, failed) => {
    const socket = new WebSocket(`${host}/ws/chat/${key}/`);
    const visitor = { socket, sent: 0, lines, pauses };
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
        const answers = said.by?.bot && visitor.sent;
        if (answers) {
          window.took.push([(performance.timeOrigin + visitor.sent) / 1000, performance.now() - visitor.sent]);
          visitor.sent = 0;
        }
        socket.send(JSON.stringify({ t: "got", ids: [said.id] }));
        socket.send(JSON.stringify({ t: "read", id: said.id }));
        if (answers && visitor.lines.length) setTimeout(() => window.say(visitor), visitor.pauses.shift() * 1000);
      }
    };
  });
  window.visitors = [];
  for (const guest of guests) window.visitors.push(await open(guest));
}
"""
SAY = """
async ({ times, begin }) => {
  const wait = ms => new Promise(done => setTimeout(done, ms));
  for (const [number, visitor] of window.visitors.entries()) {
    await wait(Math.max(0, begin + times[number] - performance.timeOrigin - performance.now()));
    window.say(visitor);
  }
}
"""
TOOK = "() => window.took"
CLOSE = "() => { window.visitors.forEach(({ socket }) => socket.close()); }"


@dataclass(frozen=True)
class Talk:
    """What one visitor says: the first line `at` seconds after the beginning, and each further one so many seconds, of
    `pauses`, after the answer to the one before it was read."""

    guest: Guest
    lines: Sequence[str]
    at: float
    pauses: Sequence[float] = ()


Took = tuple[float, float]  # when a line was said, in seconds since 1970, and the milliseconds to the bot's answer


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
        guests = [
            {"key": talk.guest.key, "token": talk.guest.token, "lines": talk.lines, "pauses": talk.pauses}
            for talk in talks
        ]
        await self.page.evaluate(OPEN, {"host": self.site.replace("http", "ws", 1), "guests": guests})

    async def say(self, begin: float) -> None:
        """The first lines; `begin` in seconds since 1970."""
        times = [talk.at * 1000 for talk in self.talks]
        await self.page.evaluate(SAY, {"times": times, "begin": begin * 1000})

    async def took(self) -> list[Took]:
        """From each line to the bot's first answer to it, of those answered by now."""
        return [(at, took) for at, took in await self.page.evaluate(TOOK)]

    async def close(self) -> None:
        await self.page.evaluate(CLOSE)


class Others(Sockets):
    """Without a browser: until the frame with the answer is read."""

    def __init__(self, site: str, talks: Sequence[Talk]) -> None:
        super().__init__(site)
        self.talks = talks
        self.sent: dict[int, Took] = {}  # by the talk's number: when, by both clocks
        self.said = [0] * len(talks)  # lines
        self.answered: list[Took] = []

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
            await self._say(number)

    async def _say(self, number: int, after: float = 0) -> None:
        await asyncio.sleep(after)
        frame = {"t": "say", "id": str(uuid.uuid4()), "text": self.talks[number].lines[self.said[number]]}
        self.said[number] += 1
        self.sent[number] = time.time(), time.perf_counter()
        await self.sockets[number].send(json.dumps(frame))

    def took(self) -> list[Took]:
        return list(self.answered)

    async def _hear(self, number: int, socket: websockets.ClientConnection) -> None:
        async for data in socket:
            for said in json.loads(data).get("messages") or ():
                if said["mine"]:
                    continue
                answers = (said["by"] or {}).get("bot") and self.sent.pop(number, None)
                if answers:
                    self.answered.append((answers[0], (time.perf_counter() - answers[1]) * 1000))
                await socket.send(json.dumps({"t": "got", "ids": [said["id"]]}))
                await socket.send(json.dumps({"t": "read", "id": said["id"]}))
                if answers and self.said[number] < len(self.talks[number].lines):
                    pause = self.talks[number].pauses[self.said[number] - 1]
                    self.readers.append(asyncio.create_task(self._say(number, pause)))


async def answered(widgets: Widgets, others: Others) -> tuple[list[Took], list[Took]]:
    """What both have seen answered, as soon as that is all, or nothing more has come for a while."""
    wanted = sum(len(talk.lines) for talk in (*widgets.talks, *others.talks))
    known, since = -1, time.monotonic()
    while True:
        seen, heard = await widgets.took(), others.took()
        if len(seen) + len(heard) != known:
            known, since = len(seen) + len(heard), time.monotonic()
        if known >= wanted or time.monotonic() > since + LATE:
            return seen, heard
        await asyncio.sleep(0.2)
