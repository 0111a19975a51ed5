"""The browser of `bench bot`: one Chromium page with a socket for each visitor, as the widget opens one, in which a
line leaves and the bot's answer is put into the document."""

from collections.abc import Sequence
from types import TracebackType

from deskapp.bench.screens import FLAGS
from deskapp.bench.stage import Guest

LATE = 30  # seconds in which no further answer came
MOST_SOCKETS = 200  # a Chromium opens 255 to one host

ANSWERS = """
async ({ host, guests, lines, rate, late }) => {
  const list = document.body.appendChild(document.createElement("ol"));
  const wait = ms => new Promise(done => setTimeout(done, ms));
  const took = [];
  let last = 0;
  const open = ({ key, token }) => new Promise((ready, failed) => {
    const socket = new WebSocket(`${host}/ws/chat/${key}/`);
    const visitor = { socket, sent: 0, answered: false };
    socket.onopen = () => socket.send(JSON.stringify({ t: "hello", token, since: "" }));
    socket.onerror = failed;
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.t === "ready") ready(visitor);
      for (const said of frame.messages ?? []) {
        if (!said.by?.bot || !visitor.sent || visitor.answered) continue;
        visitor.answered = true;
        const line = list.appendChild(document.createElement("li"));
        line.textContent = said.text;
        line.getBoundingClientRect();
        last = performance.now();
        took.push(last - visitor.sent);
      }
    };
  });
  const visitors = [];
  for (const guest of guests) visitors.push(await open(guest));
  const begun = performance.now();
  for (const [number, visitor] of visitors.entries()) {
    await wait(Math.max(0, begun + number * 1000 / rate - performance.now()));
    visitor.sent = performance.now();
    visitor.socket.send(JSON.stringify({ t: "say", id: crypto.randomUUID(), text: lines[number] }));
  }
  last = performance.now();
  while (took.length < visitors.length && performance.now() < last + late * 1000) await wait(50);
  visitors.forEach(({ socket }) => socket.close());
  list.remove();
  return took;
}
"""


class Widgets:
    def __init__(self, program: str, site: str) -> None:
        self.program, self.site = program, site

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

    async def answer(self, guests: Sequence[Guest], lines: Sequence[str], rate: int) -> list[float]:
        """Milliseconds from each line to the bot's first answer to it; of those that were answered."""
        took: list[float] = []
        for start in range(0, len(guests), MOST_SOCKETS):
            some = slice(start, start + MOST_SOCKETS)
            asked = {
                "host": self.site.replace("http", "ws", 1),
                "guests": [{"key": guest.key, "token": guest.token} for guest in guests[some]],
                "lines": list(lines[some]),
                "rate": rate,
                "late": LATE,
            }
            took += await self.page.evaluate(ANSWERS, asked)
        return took
