"""A simulated customer at the chat widget: its session over HTTP, its frames over the real socket."""

import asyncio
import json
import random
import uuid
from typing import cast

import httpx
import websockets

PATIENCE = 6  # paces without a word from the desk, and the customer closes the tab
PING_SECONDS = 25
ANSWER_SHARE = 0.8
MOST_TO_BOT = 8  # answers, before they have enough of it
FIRST_SHARE = 0.75  # of its buttons: the first is what most people mean

Frame = dict[str, object]


class Chat:
    def __init__(
        self, site: str, key: str, identity: str, *, language: str, pace: float, knows: tuple[str, ...] = ()
    ) -> None:
        """`knows`: what they answer when a bot asks, one after the other: the number of their order, its product."""
        self.site, self.key, self.identity, self.language, self.pace = site, key, identity, language, pace
        self.knows, self.to_bot = list(filter(None, knows)), 0
        self.answered: set[object] = set()  # what of the desk's needs no further word

    async def run(self, lines: tuple[str, ...], more: tuple[str, ...]) -> None:
        """Says `lines`, then one of `more` to each answer of an agent, and what a bot wants to know; leaves when all is
        said, or nobody answers."""
        session = await self._session()
        self.answered = {said["id"] for said in cast(list[Frame], session["messages"])}
        async with websockets.connect(
            f"{self.site.replace('http', 'ws', 1)}/ws/chat/{self.key}/", origin=websockets.Origin(self.site)
        ) as socket:
            await self._send(socket, t="hello", token=session["token"], since=session["cursor"])
            for line in lines:
                await self._say(socket, line)
            await self._listen(socket, list(more))

    async def _session(self) -> dict[str, object]:
        async with httpx.AsyncClient(base_url=self.site, headers={"Origin": self.site}, timeout=20) as client:
            answer = await client.post(f"/chat/{self.key}/session", json={"identity": self.identity})
            answer.raise_for_status()
            return answer.json()

    async def _listen(self, socket: websockets.ClientConnection, more: list[str]) -> None:
        left = PATIENCE * self.pace
        while left > 0:
            wait = min(left, PING_SECONDS)
            try:
                frame = json.loads(await asyncio.wait_for(socket.recv(), wait))
            except TimeoutError:
                left -= wait
                await self._send(socket, t="ping")
                continue
            for said in self._news(frame):
                left = PATIENCE * self.pace
                await self._send(socket, t="got", ids=[said["id"]])
                await self._send(socket, t="read", id=said["id"])
                if _is_bots(said):
                    await self._answer_bot(socket, said)
                elif more and random.random() < ANSWER_SHARE:
                    await self._say(socket, more.pop(0))

    async def _answer_bot(self, socket: websockets.ClientConnection, said: Frame) -> None:
        """Presses a button, or says something that they know to a question; to the rest there is nothing to say."""
        replies = [str(reply) for reply in cast(list[object], said.get("replies") or [])]
        asks = "?" in str(said["text"])
        if self.to_bot >= MOST_TO_BOT:
            return
        self.to_bot += 1
        if asks and self.knows and len(replies) < 2:  # a single one offers a person, and nothing else
            await self._say(socket, self.knows.pop(0))
        elif replies:
            await self._say(socket, replies[0] if random.random() < FIRST_SHARE else random.choice(replies))

    def _news(self, frame: Frame) -> list[Frame]:
        """What agents said and this customer has not seen yet."""
        messages = frame.get("messages") or []
        assert isinstance(messages, list)
        news = [said for said in messages if not said["mine"] and said["id"] not in self.answered]
        self.answered |= {said["id"] for said in news}
        return news

    async def _say(self, socket: websockets.ClientConnection, text: str) -> None:
        """At the speed of fingers: the desk sees that somebody is typing."""
        await self._send(socket, t="typing")
        await asyncio.sleep(min(len(text) * random.uniform(0.03, 0.06), 8) * min(1.0, self.pace / 10))
        page = f"{self.site}/demo-shop/"
        await self._send(socket, t="say", id=str(uuid.uuid4()), text=text, page=page, language=self.language)

    async def _send(self, socket: websockets.ClientConnection, **frame: object) -> None:
        await socket.send(json.dumps(frame))


def _is_bots(said: Frame) -> bool:
    by = said.get("by")
    return isinstance(by, dict) and bool(by.get("bot"))
