"""What open widgets are told of is read together, for all that are told while others are read for."""

import asyncio
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async

from integrations.adapters.media.chat.sight import Said, Sight, look_each

Look = tuple[Sight, Sequence[int]]  # for whom, and the messages
Shown = tuple[list[Said], int]

MOST = 50  # at once


class Looks:
    """Of one event loop."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Look, asyncio.Future[Shown]]] = []
        self.reading: asyncio.Task[None] | None = None

    async def at(self, sight: Sight, messages: Sequence[int]) -> Shown:
        """As `look_each`. Raises what it raises, such as a database that is away."""
        shown: asyncio.Future[Shown] = asyncio.get_running_loop().create_future()
        self.waiting.append(((sight, messages), shown))
        if self.reading is None:
            self.reading = asyncio.create_task(self._read())
        return await shown

    async def _read(self) -> None:
        try:
            while self.waiting:
                taken, self.waiting = self.waiting[:MOST], self.waiting[MOST:]
                await _tell(taken)
        finally:
            self.reading = None


async def _tell(taken: Sequence[tuple[Look, asyncio.Future[Shown]]]) -> None:
    try:
        found = await database_sync_to_async(look_each)([look for look, _ in taken])
    except Exception as error:  # each socket hears of it, and its widget comes again
        for _, shown in taken:
            if not shown.done():
                shown.set_exception(error)
        return
    for (_, shown), each in zip(taken, found, strict=True):
        if not shown.done():  # else the socket is gone
            shown.set_result(each)


_by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, Looks] = WeakKeyDictionary()


def looks() -> Looks:
    """Those of this process; a test has many loops, one after the other."""
    return _by_loop.setdefault(asyncio.get_running_loop(), Looks())
