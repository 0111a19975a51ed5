"""What comes while others are served is served together next; a lone one is at once. One thing for all sockets of a
process."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

Asked = TypeVar("Asked")
Told = TypeVar("Told")
Made = TypeVar("Made")


class Gathered(Generic[Asked, Told]):
    """Of one event loop. A socket waits for its answer before it is heard again, so no more wait than are open."""

    def __init__(self, serve: Callable[[Sequence[Asked]], Awaitable[Sequence[Told | Exception]]], most: int) -> None:
        self.serve, self.most = serve, most
        self.waiting: deque[tuple[Asked, asyncio.Future[Told]]] = deque()
        self.serving: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Told:
        """In the order of asking. Raises what `serve` raises, or gives instead of an answer."""
        told: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
        self.waiting.append((asked, told))
        if self.serving is None:
            self.serving = asyncio.create_task(self._serve())
        return await told

    async def _serve(self) -> None:
        try:
            while self.waiting:
                taken = [self.waiting.popleft() for _ in range(min(len(self.waiting), self.most))]
                outcomes = await self._outcomes([asked for asked, _ in taken])
                for (_, told), outcome in zip(taken, outcomes, strict=True):
                    _tell(told, outcome)
        finally:
            self.serving = None

    async def _outcomes(self, asked: Sequence[Asked]) -> Sequence[Told | Exception]:
        try:
            return await self.serve(asked)
        except (
            Exception
        ) as error:  # such as a database that is away: each socket hears of it, and its widget comes again
            return [error] * len(asked)


def _tell(told: "asyncio.Future[Told]", outcome: Told | Exception) -> None:
    if told.done():  # the socket is gone; what it said is stored
        return
    if isinstance(outcome, Exception):
        told.set_exception(outcome)
    else:
        told.set_result(outcome)


def by_loop(make: Callable[[], Made]) -> Callable[[], Made]:
    """That of this process; a test has many loops, one after the other."""
    known: WeakKeyDictionary[asyncio.AbstractEventLoop, Made] = WeakKeyDictionary()

    def of_this_loop() -> Made:
        loop = asyncio.get_running_loop()
        if loop not in known:
            known[loop] = make()
        return known[loop]

    return of_this_loop
